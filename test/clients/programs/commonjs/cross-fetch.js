// Asks with cross-fetch as require gives it.
const fetch = require('cross-fetch')

const api = process.env.TMDB_URL
const search = `${api}/search/movie?api_key=app-key&language=en&query=Disney`
const details = `${api}/tv/1396?api_key=app-key&language=en`
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

void import('../rounds.mjs').then(({ twice }) =>
  twice({
    search: () => answerOf(search),
    bytes: async () => (await fetch(details)).arrayBuffer(),
    missing: () => answerOf(missing),
    refused: () => answerOf(refused),
  }),
)
