// Asks with spotify-web-api-node as require gives it.
const SpotifyWebApi = require('spotify-web-api-node')

const spotify = new SpotifyWebApi({ clientId: 'app-id', clientSecret: 'app-secret' })

void import('../rounds.mjs').then(({ twice }) =>
  twice({
    token: async () => {
      const { body } = await spotify.clientCredentialsGrant()
      spotify.setAccessToken(body.access_token)
      return body
    },
    search: () => spotify.searchArtists('Arctic', { limit: 10, offset: 0 }),
    album: () => spotify.getAlbum('2js3lkzAjWpD656NK7ZaJX'),
    missing: () => spotify.getAlbum('0000000000000000000000'),
    refused: () => spotify.getAlbum('5bU1XKYxHhEwukllT20xtk'),
  }),
)
