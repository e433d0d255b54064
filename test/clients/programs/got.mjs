// Asks with got for parsed JSON, bytes and a stream.
import got from 'got'
import { bytesOf, twice } from './rounds.mjs'

const api = process.env.TMDB_URL
const search = `${api}/search/movie?api_key=app-key&language=en&query=Disney`
const details = `${api}/tv/1396?api_key=app-key&language=en`
const genres = `${api}/genre/movie/list?api_key=app-key&language=en`
const missing = `${api}/movie/999999999?api_key=app-key`
const refused = `${api}/tv/1396?api_key=wrong-key&language=en`

const fieldsOf = ({ statusCode, statusMessage, headers, body, isFromCache, url, redirectUrls }) => {
  const redirects = redirectUrls.length
  return { statusCode, statusMessage, headers, body, isFromCache, url, redirects }
}

await twice({
  search: async () => fieldsOf(await got(search, { responseType: 'json' })),
  bytes: () => got(details).buffer(),
  stream: () => bytesOf(got.stream(genres)),
  missing: () => got(missing).json(),
  refused: () => got(refused).json(),
})
