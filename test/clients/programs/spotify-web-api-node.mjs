// Asks with spotify-web-api-node, fetching a token at the start of each round.
import SpotifyWebApi from 'spotify-web-api-node'
import { twice } from './rounds.mjs'

const spotify = new SpotifyWebApi({ clientId: 'app-id', clientSecret: 'app-secret' })

await twice({
  token: async () => {
    const { body } = await spotify.clientCredentialsGrant()
    spotify.setAccessToken(body.access_token)
    return body
  },
  search: () => spotify.searchArtists('Arctic', { limit: 10, offset: 0 }),
  album: () => spotify.getAlbum('2js3lkzAjWpD656NK7ZaJX'),
  missing: () => spotify.getAlbum('0000000000000000000000'),
  refused: () => spotify.getAlbum('5bU1XKYxHhEwukllT20xtk'),
})
