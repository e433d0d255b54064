// Asks with moviedb-promise, which sends the key as a parameter.
import { MovieDb } from 'moviedb-promise'
import { twice } from './rounds.mjs'

const tmdb = new MovieDb('app-key')
const stranger = new MovieDb('wrong-key')

await twice({
  search: () => tmdb.searchMovie({ query: 'Disney', language: 'en' }),
  details: () => tmdb.tvInfo({ id: 1396, language: 'en' }),
  missing: () => tmdb.movieInfo(999999999),
  refused: () => stranger.tvInfo({ id: 1396, language: 'en' }),
})
