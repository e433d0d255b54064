// Searches a film and shows its cast; the second run answers from the cache.
// Needs TMDB_API_KEY or TMDB_ACCESS_TOKEN. Run: npx tsx examples/providers/tmdb.ts
import { CachedExternalAPIService, TMDBService } from 'cachette'

const tmdb = new TMDBService()

const found = await tmdb.searchMovies('Inception')
const [first] = found.results
if (first !== undefined) {
  const movie = await tmdb.movie(first.id, { append: ['credits', 'videos'] })
  const cast = movie.credits.cast.slice(0, 3).map(({ name, character }) => `${name} (${character})`)
  console.log(`${movie.title}, ${movie.release_date.slice(0, 4)}: ${cast.join(', ')}`)
}

const { services } = await CachedExternalAPIService.getGlobalMetrics()
console.log(`${services['tmdb']?.hits ?? 0} from the cache, ${services['tmdb']?.misses ?? 0} from TMDB`)
await CachedExternalAPIService.close()
