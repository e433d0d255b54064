// Asks with Spotify's own SDK as require gives it.
const { SpotifyApi } = require('@spotify/web-api-ts-sdk')

const spotify = SpotifyApi.withClientCredentials('app-id', 'app-secret')

void import('../rounds.mjs').then(({ twice }) =>
  twice({
    search: () => spotify.search('Arctic', ['artist'], undefined, 10, 0),
    album: () => spotify.albums.get('2js3lkzAjWpD656NK7ZaJX'),
    missing: () => spotify.albums.get('0000000000000000000000'),
    refused: () => spotify.albums.get('5bU1XKYxHhEwukllT20xtk'),
  }),
)
