// Asks with cross-fetch, which brings a node-fetch of an older major version.
import { fetch } from 'cross-fetch'
import { bytesOf, twice } from './rounds.mjs'

const api = process.env.TMDB_URL
const search = `${api}/search/movie?api_key=app-key&language=en&query=Disney`
const details = `${api}/tv/1396?api_key=app-key&language=en`
const genres = `${api}/genre/movie/list?api_key=app-key&language=en`
const missing = `${api}/movie/999999999?api_key=app-key`
const refused = `${api}/tv/1396?api_key=wrong-key&language=en`

const answerOf = async (url) => {
  const response = await fetch(url)
  const { status, statusText, ok, redirected, headers } = response
  const answer = {
    status,
    statusText,
    ok,
    redirected,
    url: response.url,
    headers: Object.fromEntries(headers),
  }
  return { ...answer, body: await response.json() }
}

await twice({
  search: () => answerOf(search),
  bytes: async () => (await fetch(details)).arrayBuffer(),
  stream: async () => bytesOf((await fetch(genres)).body),
  missing: () => answerOf(missing),
  refused: () => answerOf(refused),
})
