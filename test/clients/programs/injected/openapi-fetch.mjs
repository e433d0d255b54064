// Asks with openapi-fetch, which is given the fetch of an instance.
import createClient from 'openapi-fetch'
import { twice } from '../rounds.mjs'
import { cachette } from './instance.mjs'

const api = createClient({ baseUrl: process.env.TMDB_URL, fetch: cachette?.fetch })
const query = { api_key: 'app-key', language: 'en' }

const fieldsOf = ({ data, error, response }) => {
  const { status, statusText, headers } = response
  return { data, error, status, statusText, headers: Object.fromEntries(headers) }
}

await twice({
  search: async () =>
    fieldsOf(await api.GET('/search/movie', { params: { query: { ...query, query: 'Disney' } } })),
  details: async () => fieldsOf(await api.GET('/tv/{id}', { params: { path: { id: 1396 }, query } })),
  missing: async () => fieldsOf(await api.GET('/movie/{id}', { params: { path: { id: 999999999 }, query } })),
  refused: async () =>
    fieldsOf(await api.GET('/tv/{id}', { params: { path: { id: 1396 }, query: { api_key: 'wrong-key' } } })),
})
