// Asks for what the APIs refuse for having been asked too often.
import https from 'node:https'
import { bytesOf, twice } from './rounds.mjs'

const bySecureGet = (url) =>
  new Promise((resolve, reject) => {
    const outgoing = https.get(url, async (response) => {
      const { statusCode, headers } = response
      resolve({
        status: statusCode,
        retryAfter: headers['retry-after'] ?? null,
        body: String(await bytesOf(response)),
      })
    })
    outgoing.on('error', reject)
  })

const byFetch = async (url) => {
  const response = await fetch(url)
  const { status, headers } = response
  return { status, retryAfter: headers.get('retry-after'), body: await response.text() }
}

await twice({
  tmdb: () => byFetch(`${process.env.TMDB_URL}/movie/429?api_key=app-key`),
  spotify: () => bySecureGet('https://api.spotify.com/v1/albums/4290000000000000000000'),
  books: () => byFetch('https://www.googleapis.com/books/v1/volumes/limited?key=app-key'),
})
