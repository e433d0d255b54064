// Asks with tmdb-ts, which is given the fetch of an instance.
import { TMDB } from 'tmdb-ts'
import { twice } from '../rounds.mjs'
import { cachette } from './instance.mjs'

const tmdb = new TMDB('app-token', { fetch: cachette?.fetch })
const stranger = new TMDB('wrong-key', { fetch: cachette?.fetch })

await twice({
  search: () => tmdb.search.movies({ query: 'Disney', language: 'en' }),
  details: () => tmdb.tvShows.details(1396, undefined, 'en'),
  missing: () => tmdb.movies.details(999999999),
  refused: () => stranger.tvShows.details(1396, undefined, 'en'),
})
