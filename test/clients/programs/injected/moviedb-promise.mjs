// Asks with moviedb-promise, whose calls each take settings of axios, the adapter among them.
import axios from 'axios'
import { createCachedAdapter } from 'cachette/axios'
import { MovieDb } from 'moviedb-promise'
import { twice } from '../rounds.mjs'
import { cachette } from './instance.mjs'

const tmdb = new MovieDb('app-key')
const stranger = new MovieDb('wrong-key')
const settings = {
  adapter: cachette === undefined ? axios.getAdapter('http') : createCachedAdapter(cachette),
}

await twice({
  search: () => tmdb.searchMovie({ query: 'Disney', language: 'en' }, settings),
  details: () => tmdb.tvInfo({ id: 1396, language: 'en' }, settings),
  missing: () => tmdb.movieInfo(999999999, settings),
  refused: () => stranger.tvInfo({ id: 1396, language: 'en' }, settings),
})
