// Asks with names imported from node:http and node:https, bound before any call is made.
import { get } from 'node:http'
import { get as getSecurely, request } from 'node:https'
import { bytesOf, twice } from './rounds.mjs'

const { TMDB_URL: api, SECURE_TMDB_URL: secureApi } = process.env

const answerOf = (ask) =>
  new Promise((resolve, reject) => {
    const outgoing = ask(async (response) => {
      const { statusCode, headers } = response
      resolve({ statusCode, headers, body: JSON.parse(await bytesOf(response)) })
    })
    outgoing.on('error', reject)
    outgoing.end()
  })

await twice({
  search: () => answerOf((done) => get(`${api}/search/movie?api_key=app-key&language=en&query=Disney`, done)),
  details: () => answerOf((done) => getSecurely(`${secureApi}/tv/1396?api_key=app-key&language=en`, done)),
  genres: () =>
    answerOf((done) => request(`${secureApi}/genre/movie/list?api_key=app-key&language=en`, done)),
})
