// Asks with got for parsed JSON, bytes and a stream. Its function for requests asks with undici, below the interceptor,
// and makes of each answer a response as node:http gives it.
import https from 'node:https'
import { Readable } from 'node:stream'
import { cacheInterceptor } from 'cachette/undici'
import got from 'got'
import { Agent, request } from 'undici'
import { bytesOf, twice } from '../rounds.mjs'
import { cachette } from './instance.mjs'

const throughInstance = () => {
  const dispatcher = new Agent().compose(cacheInterceptor(cachette))
  return async (url, { method, headers }) => {
    const answer = await request(url, { method, headers, dispatcher })
    const { statusCode, statusText: statusMessage } = answer
    // Not the body itself, which has fields that got writes to.
    const response = Readable.from(answer.body, { objectMode: false })
    return Object.assign(response, { statusCode, statusMessage, headers: answer.headers })
  }
}
const client = got.extend({ request: cachette === undefined ? https.request : throughInstance() })

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
  search: async () => fieldsOf(await client(search, { responseType: 'json' })),
  bytes: () => client(details).buffer(),
  stream: () => bytesOf(client.stream(genres)),
  missing: () => client(missing).json(),
  refused: () => client(refused).json(),
})
