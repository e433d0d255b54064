// Asks with axios as require gives it, which is another build than the imported one.
const axios = require('axios')

const api = axios.create({ baseURL: process.env.TMDB_URL, params: { api_key: 'app-key', language: 'en' } })
const fieldsOf = ({ status, statusText, headers, data }) => ({ status, statusText, headers, data })

void import('../rounds.mjs').then(({ bytesOf, twice }) =>
  twice({
    search: async () => fieldsOf(await api.get('/search/movie', { params: { query: 'Disney' } })),
    bytes: async () => (await api.get('/tv/1396', { responseType: 'arraybuffer' })).data,
    stream: async () => bytesOf((await api.get('/genre/movie/list', { responseType: 'stream' })).data),
    missing: () => api.get('/movie/999999999'),
    refused: () => api.get('/tv/1396', { params: { api_key: 'wrong-key' } }),
  }),
)
