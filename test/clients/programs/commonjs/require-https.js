// Asks with what require gives of node:https and of http, destructured and not.
const https = require('node:https')
const { get } = require('http')

const { TMDB_URL: api, SECURE_TMDB_URL: secureApi } = process.env

const answerOf = (ask) =>
  new Promise((resolve, reject) => {
    const outgoing = ask((response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part) => (text += part))
      response.on('end', () => {
        const { statusCode, headers } = response
        resolve({ statusCode, headers, body: JSON.parse(text) })
      })
    })
    outgoing.on('error', reject)
    outgoing.end()
  })

void import('../rounds.mjs').then(({ twice }) =>
  twice({
    search: () =>
      answerOf((done) => get(`${api}/search/movie?api_key=app-key&language=en&query=Disney`, done)),
    details: () => answerOf((done) => https.get(`${secureApi}/tv/1396?api_key=app-key&language=en`, done)),
    genres: () =>
      answerOf((done) => https.request(`${secureApi}/genre/movie/list?api_key=app-key&language=en`, done)),
  }),
)
