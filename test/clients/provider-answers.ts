// What the origin of these tests answers: recorded responses where they are at hand, else made up ones of their shape.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createBooksRoutes } from '../../src/demo/books-routes.js'
import { loadCatalogue } from '../../src/demo/catalogue.js'
import { calleeOf, type Callee } from '../../src/demo/local-origin.js'
import { jsonReply, type ProviderRoutes } from '../../src/demo/provider-routes.js'
import { readRecordings, requestKey, type Recording } from '../../src/demo/replay-manifest.js'
import { createSpotifyRoutes } from '../../src/demo/spotify-routes.js'
import { createSpotifyTokens } from '../../src/demo/spotify-tokens.js'
import { createTmdbRoutes } from '../../src/demo/tmdb-routes.js'
import type { HeaderList } from '../../src/model/header-list.js'
import type { TlsOriginReply, TlsOriginRequest } from '../helpers/tls-origin.js'

/** Where recordings are, beside the repository; undefined where there are none. */
export const RECORDED = ((folder) => (existsSync(join(folder, 'MANIFEST.json')) ? folder : undefined))(
  resolve(import.meta.dirname, '../../../shared/recorded'),
)

/** Ids and values that get a refusal. Anything else that is asked for is found. */
const REFUSED = Object.freeze({
  tmdb: { missing: '/3/movie/999999999', limited: '/3/movie/429', wrongKey: 'wrong-key' },
  spotify: {
    expired: '/v1/albums/5bU1XKYxHhEwukllT20xtk',
    missing: '/v1/albums/0000000000000000000000',
    limited: '/v1/albums/4290000000000000000000',
  },
  books: {
    missing: '/books/v1/volumes/missing',
    limited: '/books/v1/volumes/limited',
    unplaced: '1416573461',
  },
})

const TMDB_HEADERS: HeaderList = [
  ['Content-Type', 'application/json;charset=utf-8'],
  ['Server', 'openresty'],
  ['Vary', 'Accept-Encoding,Accept-Encoding,Accept-Encoding, Origin'],
]
const SPOTIFY_HEADERS: HeaderList = [['Content-Type', 'application/json; charset=utf-8']]
const BOOKS_HEADERS: HeaderList = [
  ['Content-Type', 'application/json; charset=UTF-8'],
  ['Cache-Control', 'private, max-age=0'],
]
/** As it came in November 2024: a refusal that says it may be kept. Only the real host is imitated in that. */
const KEPT_REFUSAL: HeaderList = [...TMDB_HEADERS, ['Cache-Control', 'public, max-age=300']]

/** The answer to each request, from a folder of recordings or made up. */
export function createProviderAnswers(
  folder: string | undefined,
): (request: TlsOriginRequest) => TlsOriginReply {
  const recordings = folder === undefined ? [] : readRecordings(folder)
  const catalogue = loadCatalogue()
  const tokens = createSpotifyTokens({ seed: 1, lifeSeconds: 3600, nowMs: Date.now })
  const providers: Readonly<Record<Exclude<Callee, 'accounts'>, ProviderRoutes>> = {
    tmdb: createTmdbRoutes(catalogue),
    spotify: createSpotifyRoutes(catalogue, tokens),
    books: createBooksRoutes(catalogue),
  }

  return (request) => {
    const place = calleeOf(request.path.replace(/(?<=.)\/$/, ''))
    if (place === undefined) return { status: 404, headers: [], body: 'Nothing lives at this path.' }
    const { callee, path } = place
    const recorded = recordedFor(recordings, request, callee, path)
    const refusal = refusalOf(request, recorded, providers)
    if (refusal !== undefined) return refusal
    if (recorded !== undefined) return replayed(recorded)
    if (callee === 'accounts') return token()
    const { method, query, headers, body } = request
    return providers[callee].answer({ method, path, query, headers, body, origin: 'https://api.example.com' })
  }
}

function refusalOf(
  { scheme, path, query, headers }: TlsOriginRequest,
  recorded: Recording | undefined,
  providers: Readonly<Record<Exclude<Callee, 'accounts'>, ProviderRoutes>>,
): TlsOriginReply | undefined {
  const { tmdb, spotify, books } = REFUSED
  if (query.get('api_key') === tmdb.wrongKey || headers.authorization === `Bearer ${tmdb.wrongKey}`) {
    const text = 'Invalid API key: You must be granted a valid key.'
    return jsonReply(401, scheme === 'https' ? KEPT_REFUSAL : TMDB_HEADERS, {
      success: false,
      status_code: 7,
      status_message: text,
    })
  }
  if (path.startsWith('/books/') && query.get('q')?.includes(books.unplaced) === true) return unplaced()
  switch (path) {
    case tmdb.missing: {
      const text = 'The resource you requested could not be found.'
      return jsonReply(404, TMDB_HEADERS, { success: false, status_code: 34, status_message: text })
    }
    case tmdb.limited:
      return providers.tmdb.fail('too-many-requests')
    case spotify.expired:
      return recorded === undefined ? expired() : replayed(recorded)
    case spotify.missing:
      return jsonReply(404, SPOTIFY_HEADERS, { error: { status: 404, message: 'Resource not found' } })
    case spotify.limited:
      return providers.spotify.fail('too-many-requests')
    case books.missing: {
      const message = 'The volume ID could not be found.'
      const errors = [{ message, domain: 'global', reason: 'notFound' }]
      return jsonReply(404, BOOKS_HEADERS, { error: { code: 404, message, errors } })
    }
    case books.limited:
      return providers.books.fail('too-many-requests')
    default:
      return undefined
  }
}

function expired(): TlsOriginReply {
  const message = 'The access token expired'
  const challenge = `Bearer realm="spotify", error="invalid_token", error_description="${message}"`
  return jsonReply(401, [...SPOTIFY_HEADERS, ['WWW-Authenticate', challenge]], {
    error: { status: 401, message },
  })
}

/** Google's refusal of an address that it cannot place on the map, as recorded in 2014. */
function unplaced(): TlsOriginReply {
  const message = 'Cannot determine user location for geographically restricted operation.'
  const errors = [{ domain: 'global', reason: 'unknownLocation', message }]
  return jsonReply(403, BOOKS_HEADERS, { error: { errors, code: 403, message } })
}

function token(): TlsOriginReply {
  const headers: HeaderList = [
    ['Content-Type', 'application/json'],
    ['Cache-Control', 'no-cache, no-store, must-revalidate'],
  ]
  const body = { access_token: 'app-token', token_type: 'Bearer', expires_in: 3600, scope: '' }
  return jsonReply(200, headers, body)
}

/** The recording of the same request, else one whose query is a part of the asked one (`BOOKS` is `books`). */
function recordedFor(
  recordings: readonly Recording[],
  { method, query }: TlsOriginRequest,
  callee: Callee,
  path: string,
): Recording | undefined {
  const key = requestKey(method, callee, path, query.toString())
  const atPath = recordings.filter(
    (one) => one.method === method && one.callee === callee && one.path === path,
  )
  return (
    atPath.find((one) => requestKey(one.method, one.callee, one.path, one.query) === key) ??
    atPath.find((one) => one.status === 200 && one.query !== '' && isPartOf(one.query, query))
  )
}

function isPartOf(recorded: string, asked: URLSearchParams): boolean {
  return [...new URLSearchParams(recorded)].every(
    ([name, value]) => asked.get(name)?.toLowerCase() === value.toLowerCase(),
  )
}

/** A recording with `Date` and `Expires` moved to the present by the same amount. */
function replayed({ status, headers, body, recordedAtMs }: Recording): TlsOriginReply {
  const date = headers.find(([name]) => name.toLowerCase() === 'date')?.[1]
  const shiftMs = Date.now() - (date === undefined ? recordedAtMs : Date.parse(date))
  const moved = headers.map(([name, value]) => {
    // `Expires: 0` and the like are not dates, and stay.
    const isDate = ['date', 'expires'].includes(name.toLowerCase()) && /^[a-z]{3,9},? /i.test(value)
    const movedMs = isDate ? Date.parse(value) + shiftMs : NaN
    return [name, Number.isNaN(movedMs) ? value : new Date(movedMs).toUTCString()] as const
  })
  return { status, headers: moved, body }
}
