// How each client tells its program of a 404, and of a 401 or 403. Facts of the clients, read by running them uncached.
import { expect } from 'vitest'

/** What the two refusals look like: parts of an outcome, as `toMatchObject` takes them. */
export interface Refusals {
  readonly missing: object
  readonly refused: object
}

const MISSING_IN_TMDB = { status_code: 34 }
const REFUSED_BY_TMDB = { status_code: 7 }

const AXIOS: Refusals = {
  missing: { error: axiosError(404, MISSING_IN_TMDB) },
  refused: { error: axiosError(401, REFUSED_BY_TMDB) },
}

/** Those that give a response whatever its status. */
const FETCH: Refusals = {
  missing: { value: { status: 404, statusText: 'Not Found', ok: false, body: MISSING_IN_TMDB } },
  refused: { value: { status: 401, statusText: 'Unauthorized', ok: false, body: REFUSED_BY_TMDB } },
}

const NODE_HTTP: Refusals = {
  missing: { value: { statusCode: 404, statusMessage: 'Not Found', body: MISSING_IN_TMDB } },
  refused: { value: { statusCode: 401, statusMessage: 'Unauthorized', body: REFUSED_BY_TMDB } },
}

/** By the name of the program, without its folder and ending. */
export const REFUSALS: Readonly<Record<string, Refusals>> = {
  axios: AXIOS,
  'axios-fetch': AXIOS,
  'moviedb-promise': AXIOS,
  'global-fetch': FETCH,
  'node-fetch': FETCH,
  'cross-fetch': FETCH,
  'http-get': NODE_HTTP,
  'https-request': NODE_HTTP,
  undici: {
    missing: { value: { statusCode: 404, statusText: 'Not Found', body: MISSING_IN_TMDB } },
    refused: { value: { status: 401, statusText: 'Unauthorized', body: REFUSED_BY_TMDB } },
  },
  'openapi-fetch': {
    missing: { value: { status: 404, error: MISSING_IN_TMDB } },
    refused: { value: { status: 401, error: REFUSED_BY_TMDB } },
  },
  'tmdb-ts': { missing: { error: MISSING_IN_TMDB }, refused: { error: REFUSED_BY_TMDB } },
  got: {
    missing: {
      error: { name: 'HTTPError', code: 'ERR_NON_2XX_3XX_RESPONSE', message: gotSays('404 (Not Found)') },
    },
    refused: {
      error: { name: 'HTTPError', code: 'ERR_NON_2XX_3XX_RESPONSE', message: gotSays('401 (Unauthorized)') },
    },
  },
  ky: {
    missing: { error: { name: 'HTTPError', response: { status: 404, statusText: 'Not Found' } } },
    refused: { error: { name: 'HTTPError', response: { status: 401, statusText: 'Unauthorized' } } },
  },
  'spotify-web-api-ts-sdk': {
    missing: {
      error: {
        message:
          'Unrecognised response code: 404 - Not Found. Body: {"error":{"status":404,"message":"Resource not found"}}',
      },
    },
    refused: {
      error: {
        message:
          'Bad or expired token. This can happen if the user revoked a token or the access token has expired. ' +
          'You should re-authenticate the user.',
      },
    },
  },
  'spotify-web-api-node': {
    missing: { error: spotifyError(404, 'Resource not found') },
    refused: { error: spotifyError(401, 'The access token expired') },
  },
  'googleapis-books': {
    missing: {
      error: { class: 'GaxiosError', code: 404, status: 404, message: 'The volume ID could not be found.' },
    },
    refused: {
      error: {
        class: 'GaxiosError',
        code: 403,
        status: 403,
        message: 'Cannot determine user location for geographically restricted operation.',
      },
    },
  },
  'google-books-search': {
    missing: { error: { message: 'Google Books API error. Status Code: 404' } },
    refused: { error: { message: 'Google Books API error. Status Code: 403' } },
  },
}

function axiosError(status: number, data: object): object {
  const message = `Request failed with status code ${status}`
  return { name: 'AxiosError', code: 'ERR_BAD_REQUEST', message, status, response: { status, data } }
}

function gotSays(status: string): unknown {
  return expect.stringContaining(`Request failed with status code ${status}: GET http`)
}

function spotifyError(statusCode: number, message: string): object {
  return {
    name: 'WebapiRegularError',
    message: `An error occurred while communicating with Spotify's Web API.\nDetails: ${message}.`,
    statusCode,
    body: { error: { status: statusCode, message } },
  }
}
