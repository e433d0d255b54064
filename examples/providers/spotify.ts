// Searches a track and lists its artist's albums; the token is fetched and renewed behind the scenes.
// Needs SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET. Run: npx tsx examples/providers/spotify.ts
import { CachedExternalAPIService, SpotifyService } from 'cachette'

const spotify = new SpotifyService()

const { tracks } = await spotify.searchTracks('Blinding Lights', { limit: 1 })
const artist = tracks.items[0]?.artists[0]
if (artist !== undefined) {
  const albums = await spotify.artistAlbums(artist.id, { includeGroups: 'album' })
  console.log(`${artist.name} (${artist.external_urls.spotify})`)
  for (const album of albums.items) console.log(`- ${album.name}`)
}

await CachedExternalAPIService.close()
