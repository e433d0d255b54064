// Asks with ky, which is given the fetch of an instance.
import ky from 'ky'
import { twice } from '../rounds.mjs'
import { cachette } from './instance.mjs'

const api = ky.create({ prefixUrl: process.env.TMDB_URL, fetch: cachette?.fetch })
const searchParams = { api_key: 'app-key', language: 'en' }

await twice({
  search: () => api.get('search/movie', { searchParams: { ...searchParams, query: 'Disney' } }).json(),
  details: () => api.get('tv/1396', { searchParams }).json(),
  genres: () => api.get('genre/movie/list', { searchParams }).text(),
  missing: () => api.get('movie/999999999', { searchParams }).json(),
  refused: () => api.get('tv/1396', { searchParams: { ...searchParams, api_key: 'wrong-key' } }).json(),
})
