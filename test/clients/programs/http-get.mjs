// Asks with http.get and http.request, decoding by hand as programs without a library do.
import http from 'node:http'
import { gunzipSync } from 'node:zlib'
import { bytesOf, twice } from './rounds.mjs'

const api = process.env.TMDB_URL
const search = `${api}/search/movie?api_key=app-key&language=en&query=Disney`
const details = `${api}/tv/1396?api_key=app-key&language=en`
const missing = `${api}/movie/999999999?api_key=app-key`
const refused = `${api}/tv/1396?api_key=wrong-key&language=en`

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

const get = (url, options) =>
  new Promise((resolve, reject) => {
    http.get(url, options, (response) => finish(response).then(resolve, reject)).on('error', reject)
  })

const request = (url, options) =>
  new Promise((resolve, reject) => {
    const { hostname, port, pathname, search: query } = new URL(url)
    const outgoing = http.request({ hostname, port, path: pathname + query, ...options })
    outgoing.on('response', (response) => finish(response).then(resolve, reject))
    outgoing.on('error', reject)
    outgoing.end()
  })

await twice({
  search: () => get(search, { headers: { 'accept-encoding': 'gzip' } }),
  details: () => request(details, { method: 'GET' }),
  missing: () => get(missing, {}),
  refused: () => get(refused, { headers: { 'accept-encoding': 'gzip' } }),
})
