// Asks with tmdb-ts, which sends a bearer token.
import { TMDB } from 'tmdb-ts'
import { twice } from './rounds.mjs'

const tmdb = new TMDB('app-token')
const stranger = new TMDB('wrong-key')

await twice({
  search: () => tmdb.search.movies({ query: 'Disney', language: 'en' }),
  details: () => tmdb.tvShows.details(1396, undefined, 'en'),
  missing: () => tmdb.movies.details(999999999),
  refused: () => stranger.tvShows.details(1396, undefined, 'en'),
})
