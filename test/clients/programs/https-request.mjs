// Asks with https.request and https.get, with an agent of its own for one of the calls.
import https from 'node:https'
import { gunzipSync } from 'node:zlib'
import { bytesOf, twice } from './rounds.mjs'

const api = process.env.TMDB_URL
const search = `${api}/search/movie?api_key=app-key&language=en&query=Disney`
const details = `${api}/tv/1396?api_key=app-key&language=en`
const genres = `${api}/genre/movie/list?api_key=app-key&language=en`
const missing = `${api}/movie/999999999?api_key=app-key`
const refused = `${api}/tv/1396?api_key=wrong-key&language=en`
const agent = new https.Agent({ keepAlive: true })

const finish = async (response) => {
  const { statusCode, statusMessage, httpVersion, headers } = response
  const bytes = await bytesOf(response)
  const length = headers['content-length']
  const isLengthTrue = length === undefined || Number(length) === bytes.length
  const body = JSON.parse(headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes)
  return {
    statusCode,
    statusMessage,
    httpVersion,
    headers,
    isComplete: response.complete,
    isLengthTrue,
    body,
  }
}

const request = (url, options) =>
  new Promise((resolve, reject) => {
    const outgoing = https.request(url, options, (response) => finish(response).then(resolve, reject))
    outgoing.on('error', reject)
    outgoing.end()
  })

const get = (...args) =>
  new Promise((resolve, reject) => {
    https.get(...args, (response) => finish(response).then(resolve, reject)).on('error', reject)
  })

await twice({
  search: () => request(search, { agent, headers: { 'Accept-Encoding': 'gzip, deflate' } }),
  details: () => request(new URL(details), { headers: { accept: 'application/json' } }),
  genres: () => get(genres),
  missing: () => get(new URL(missing)),
  refused: () => request(refused, {}),
})
