// TMDB, Spotify with its token endpoint, and Google Books, on one scripted loopback origin.
import type { LoopbackOrigin, ScriptedReply } from './loopback-origin.js'

/** Credentials that nothing else in the tests looks like. */
export const APP_CREDENTIALS = Object.freeze({
  TMDB_API_KEY: 'tmdbKeyQ7x9Zk2LmW4',
  SPOTIFY_CLIENT_ID: 'spotifyIdR8s3Vb6Nq1',
  SPOTIFY_CLIENT_SECRET: 'spotifySecretT5y2Hc9Pd7',
  GOOGLE_BOOKS_API_KEY: 'booksKeyJ4g8Fn3Xw6',
})

/** The environment that leads the three services to an origin. */
export function providerEnvironment(origin: LoopbackOrigin): Record<string, string> {
  return {
    ...APP_CREDENTIALS,
    TMDB_BASE_URL: `${origin.url}/3`,
    SPOTIFY_BASE_URL: `${origin.url}/v1`,
    SPOTIFY_ACCOUNTS_URL: origin.url,
    GOOGLE_BOOKS_BASE_URL: `${origin.url}/books/v1`,
  }
}

export const TOKEN_PATH = '/api/token'

/** Answers token requests with `token-1`, `token-2`, …; gives the tokens that are out. */
export function serveTokens(
  origin: LoopbackOrigin,
  lifeSeconds = 3_600,
  prefix = 'spotifyTokenB2m6',
): string[] {
  const tokens: string[] = []
  origin.on(TOKEN_PATH, ({ nth }): ScriptedReply => {
    tokens.push(`${prefix}n${nth}`)
    return { json: { access_token: tokens.at(-1), token_type: 'Bearer', expires_in: lifeSeconds } }
  })
  return tokens
}
