// Asks with Spotify's own SDK, which is given the fetch of an instance; its token it fetches by itself.
import { SpotifyApi } from '@spotify/web-api-ts-sdk'
import { twice } from '../rounds.mjs'
import { cachette } from './instance.mjs'

const config = { fetch: cachette?.fetch ?? fetch }
const spotify = SpotifyApi.withClientCredentials('app-id', 'app-secret', [], config)

await twice({
  search: () => spotify.search('Arctic', ['artist'], undefined, 10, 0),
  album: () => spotify.albums.get('2js3lkzAjWpD656NK7ZaJX'),
  missing: () => spotify.albums.get('0000000000000000000000'),
  refused: () => spotify.albums.get('5bU1XKYxHhEwukllT20xtk'),
})
