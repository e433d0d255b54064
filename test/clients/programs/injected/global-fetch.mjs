// Asks with the fetch that Node has built in, below a global dispatcher that has the interceptor.
import { cacheInterceptor } from 'cachette/undici'
import { Agent, setGlobalDispatcher } from 'undici'
import { twice } from '../rounds.mjs'
import { cachette } from './instance.mjs'

const agent = new Agent()
setGlobalDispatcher(cachette === undefined ? agent : agent.compose(cacheInterceptor(cachette)))

const api = process.env.TMDB_URL
const search = `${api}/search/movie?api_key=app-key&language=en&query=Disney`
const details = `${api}/tv/1396?api_key=app-key&language=en`
const genres = `${api}/genre/movie/list?api_key=app-key&language=en`
const missing = `${api}/movie/999999999?api_key=app-key`
const refused = `${api}/tv/1396?api_key=wrong-key&language=en`

const asJson = async (url, init) => {
  const response = await fetch(url, init)
  const { status, statusText, ok, redirected, type, headers } = response
  const answer = {
    status,
    statusText,
    ok,
    redirected,
    type,
    url: response.url,
    headers: Object.fromEntries(headers),
  }
  return { ...answer, body: await response.json() }
}

await twice({
  search: () => asJson(search),
  details: () => asJson(new Request(details, { headers: { accept: 'application/json' } })),
  genres: async () => new Uint8Array(await (await fetch(genres)).arrayBuffer()),
  missing: () => asJson(missing),
  refused: () => asJson(refused),
})
