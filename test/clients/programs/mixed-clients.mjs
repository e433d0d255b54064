// Asks for one URL with clients that accept different codings of the body.
import https from 'node:https'
import axios from 'axios'
import { gunzipSync } from 'node:zlib'
import { bytesOf, twice } from './rounds.mjs'

const api = process.env.TMDB_URL
const details = `${api}/tv/1396?api_key=app-key&language=en`

const bodyBy = (headers) =>
  new Promise((resolve, reject) => {
    const outgoing = https.get(details, { headers }, async (response) => {
      const bytes = await bytesOf(response)
      const coding = response.headers['content-encoding'] ?? 'none'
      // Who did not ask for a coding cannot be expected to undo one.
      const isAcceptable = coding === 'none' || (headers['accept-encoding'] ?? '').includes(coding)
      resolve({ isAcceptable, body: JSON.parse(coding === 'gzip' ? gunzipSync(bytes) : bytes) })
    })
    outgoing.on('error', reject)
  })

await twice({
  withGzip: () => bodyBy({ 'accept-encoding': 'gzip' }),
  withoutCoding: () => bodyBy({}),
  withIdentity: () => bodyBy({ 'accept-encoding': 'identity' }),
  axios: async () => (await axios.get(details)).data,
  fetch: async () => (await fetch(details)).json(),
})
