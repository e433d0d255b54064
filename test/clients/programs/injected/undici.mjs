// Asks with the undici of the registry, each call with a dispatcher that has the interceptor.
import { Writable } from 'node:stream'
import { cacheInterceptor } from 'cachette/undici'
import { Agent, fetch, request, stream } from 'undici'
import { twice } from '../rounds.mjs'
import { cachette } from './instance.mjs'

const agent = new Agent()
const dispatcher = cachette === undefined ? agent : agent.compose(cacheInterceptor(cachette))

const api = process.env.TMDB_URL
const search = `${api}/search/movie?api_key=app-key&language=en&query=Disney`
const details = `${api}/tv/1396?api_key=app-key&language=en`
const genres = `${api}/genre/movie/list?api_key=app-key&language=en`
const missing = `${api}/movie/999999999?api_key=app-key`
const refused = `${api}/tv/1396?api_key=wrong-key&language=en`

const requested = async (url) => {
  const { statusCode, statusText, headers, body } = await request(url, { dispatcher })
  return { statusCode, statusText, headers, body: await body.json() }
}

const fetched = async (url) => {
  const response = await fetch(url, { dispatcher })
  const { status, statusText, headers } = response
  return { status, statusText, headers: Object.fromEntries(headers), body: await response.json() }
}

const streamed = async (url) => {
  const chunks = []
  const parts = { headers: undefined }
  await stream(url, { method: 'GET', dispatcher }, ({ statusCode, headers }) => {
    Object.assign(parts, { statusCode, headers })
    return new Writable({ write: (chunk, _encoding, done) => done(void chunks.push(chunk)) })
  })
  return { ...parts, body: JSON.parse(Buffer.concat(chunks)) }
}

await twice({
  search: () => requested(search),
  details: () => fetched(details),
  genres: () => streamed(genres),
  missing: () => requested(missing),
  refused: () => fetched(refused),
})
