// Asks with axios for parsed JSON, bytes and a stream, through the adapter.
import axios from 'axios'
import { createCachedAdapter } from 'cachette/axios'
import { bytesOf, twice } from '../rounds.mjs'
import { cachette } from './instance.mjs'

const api = axios.create({
  adapter: cachette === undefined ? axios.getAdapter('http') : createCachedAdapter(cachette),
  baseURL: process.env.TMDB_URL,
  params: { api_key: 'app-key', language: 'en' },
})
const fieldsOf = ({ status, statusText, headers, data }) => ({ status, statusText, headers, data })

await twice({
  search: async () => fieldsOf(await api.get('/search/movie', { params: { query: 'Disney' } })),
  bytes: async () => (await api.get('/tv/1396', { responseType: 'arraybuffer' })).data,
  stream: async () => bytesOf((await api.get('/genre/movie/list', { responseType: 'stream' })).data),
  missing: () => api.get('/movie/999999999'),
  refused: () => api.get('/tv/1396', { params: { api_key: 'wrong-key' } }),
})
