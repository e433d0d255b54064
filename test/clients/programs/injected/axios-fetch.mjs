// Asks with axios through its fetch adapter, which is given the fetch of an instance.
import axios from 'axios'
import { twice } from '../rounds.mjs'
import { cachette } from './instance.mjs'

const api = axios.create({
  adapter: 'fetch',
  env: { fetch: cachette?.fetch ?? fetch },
  baseURL: process.env.TMDB_URL,
  params: { api_key: 'app-key', language: 'en' },
})
const fieldsOf = ({ status, statusText, headers, data }) => ({ status, statusText, headers, data })

await twice({
  search: async () => fieldsOf(await api.get('/search/movie', { params: { query: 'Disney' } })),
  details: async () => fieldsOf(await api.get('/tv/1396')),
  missing: () => api.get('/movie/999999999'),
  refused: () => api.get('/tv/1396', { params: { api_key: 'wrong-key' } }),
})
