// Google Books v1 as the demo imitates it: key check, errors in Google's form, and the table of paths. Pure.
import type { HeaderList } from '../model/header-list.js'
import { searchableFields, volume, volumeId, volumePosition, type VolumeView } from './books-bodies.js'
import type { Catalogue } from './catalogue.js'
import type { LoopbackReply } from './loopback-server.js'
import { BASE_PATHS, DEMO_CREDENTIALS } from './local-origin.js'
import {
  found,
  jsonReply,
  matchRoute,
  numberFrom,
  renamed,
  routeReply,
  searchNames,
} from './provider-routes.js'
import type { ProviderRoutes, Route, RouteBody, RouteCall } from './provider-routes.js'

/** As in April 2026: no `Cache-Control`, no validator, so that only a cache with a TTL of its own keeps anything. */
const HEADERS: HeaderList = Object.freeze([
  ['Content-Type', 'application/json; charset=UTF-8'],
  ['Vary', 'Origin'],
  ['Vary', 'Referer'],
  ['Vary', 'X-Origin'],
  ['Server', 'ESF'],
] as const)

const MOST_RESULTS = 40
const MOST_FOUND = 200

/** Google Books, answering from the catalogue to those who bring the key. */
export function createBooksRoutes(catalogue: Catalogue): ProviderRoutes {
  const routes = routesOver(catalogue)
  return {
    refuse({ query, headers }) {
      const key = query.get('key') ?? headers['x-goog-api-key']
      if (key === DEMO_CREDENTIALS.GOOGLE_BOOKS_API_KEY) return undefined
      // Callers without a key share one project, whose quota is spent.
      if (key === undefined) return quotaExceeded()
      return googleError(
        400,
        'badRequest',
        'API key not valid. Please pass a valid API key.',
        'INVALID_ARGUMENT',
      )
    },
    fail(fault) {
      return fault === 'too-many-requests'
        ? quotaExceeded()
        : googleError(503, 'backendFailed', 'Service temporarily unavailable.', 'UNAVAILABLE')
    },
    answer({ path, query, origin }) {
      const match = matchRoute(routes, path)
      const call = { query, baseUrl: origin + BASE_PATHS.books, path, value: match?.value ?? String }
      const body = match?.route.body(call)
      if (match === undefined || body === undefined) {
        return booksNotFound()
      }
      return body.status === 200
        ? routeReply(match.route, body.body)
        : jsonReply(body.status, HEADERS, body.body)
    },
  }
}

/** Google's answer to a path or an id that it does not know. */
export function booksNotFound(): LoopbackReply {
  return googleError(404, 'notFound', 'The volume ID could not be found.', 'NOT_FOUND')
}

function routesOver(catalogue: Catalogue): readonly Route[] {
  const fields = searchableFields(catalogue)
  const plain = (pattern: string, body: (call: RouteCall) => RouteBody): Route => ({
    pattern,
    headers: HEADERS,
    etag: 'none',
    body,
  })
  const shelf = (id: number): object => ({
    kind: 'books#bookshelf',
    id,
    title: `Shelf ${id}`,
    access: 'PUBLIC',
    updated: '2025-01-01T00:00:00.000Z',
    created: '2025-01-01T00:00:00.000Z',
    volumeCount: 10,
    volumesLastUpdated: '2025-01-01T00:00:00.000Z',
  })
  const tenFrom = (start: number): readonly number[] =>
    Array.from({ length: 10 }, (_, index) => start + index)
  return [
    plain('/volumes', (call) => {
      const text = call.query.get('q') ?? ''
      if (text.trim() === '') return { status: 400, body: errorBody(400, 'queryRequired', 'Missing query.') }
      return volumes(catalogue, searchBooks(fields, text), call)
    }),
    plain('/volumes/:id', (call) => {
      const position = volumePosition(catalogue, call.value('id'))
      if (position === undefined) return undefined
      const body = found(volume(catalogue, position, viewOf(call)))
      return renamed(body, volumeId(position), call.value('id'))
    }),
    plain('/volumes/:id/associated', (call) => {
      const position = volumePosition(catalogue, call.value('id'))
      return position === undefined ? undefined : volumes(catalogue, tenFrom(position + 1), call)
    }),
    plain('/users/:user/bookshelves', () =>
      found({ kind: 'books#bookshelves', items: [0, 1, 2].map(shelf) }),
    ),
    plain('/users/:user/bookshelves/:shelf', (call) => {
      const id = Number(call.value('shelf'))
      return [0, 1, 2].includes(id) ? found(shelf(id)) : undefined
    }),
    plain('/users/:user/bookshelves/:shelf/volumes', (call) =>
      volumes(catalogue, tenFrom(Number(call.value('shelf')) * 10 || 0), call),
    ),
    plain('/series/get', ({ query }) =>
      found({
        kind: 'books#series',
        series: query.getAll('series_id').map((id) => ({
          seriesId: id,
          title: `Series ${id}`,
          seriesType: 'COLLECTION',
          isComplete: false,
        })),
      }),
    ),
    plain('/series/membership/get', (call) => {
      const member = tenFrom(0).map((position) => volume(catalogue, position, viewOf(call)))
      return found({ kind: 'books#seriesMembership', member })
    }),
  ]
}

/** Books that fit all fields of the text (`intitle:`, `isbn:`, …) and any of its other words. */
function searchBooks(fields: Readonly<Record<string, readonly string[]>>, text: string): readonly number[] {
  const pattern = /(intitle|inauthor|inpublisher|subject|isbn):("[^"]*"|\S+)/g
  const rest = text.replace(pattern, '').trim()
  const searches = [...text.matchAll(pattern)].map(([, field = '', words = '']) => ({ field, words }))
  if (rest !== '') searches.push({ field: '', words: rest })
  const results = searches.map(({ field, words }) => searchNames(fields[field] ?? [], words, Infinity))
  const [first = [], ...others] = results
  return first.filter((position) => others.every((other) => other.includes(position))).slice(0, MOST_FOUND)
}

/** `items` is absent when there are none, as with Google. */
function volumes(catalogue: Catalogue, positions: readonly number[], call: RouteCall): RouteBody {
  const { query } = call
  const most = numberFrom(query, 'maxResults', { fallback: 10, min: 0, max: MOST_RESULTS })
  const start = numberFrom(query, 'startIndex', { fallback: 0, min: 0, max: 1_000_000 })
  if (most === undefined || start === undefined) {
    return { status: 400, body: errorBody(400, 'invalidParameter', 'Invalid value for a number.') }
  }
  const items = positions
    .slice(start, start + most)
    .map((position) => volume(catalogue, position, viewOf(call)))
  const totalItems = positions.length
  return found({ kind: 'books#volumes', totalItems, ...(items.length === 0 ? {} : { items }) })
}

function viewOf({ query, baseUrl }: RouteCall): VolumeView {
  const projection = query.get('projection')?.toLowerCase() === 'lite' ? 'lite' : 'full'
  return { baseUrl, country: query.get('country') ?? 'US', projection }
}

function errorBody(code: number, reason: string, message: string, status?: string): object {
  const errors = [{ message, domain: 'global', reason }]
  return { error: { code, message, errors, ...(status === undefined ? {} : { status }) } }
}

function googleError(code: number, reason: string, message: string, status: string): LoopbackReply {
  return jsonReply(code, HEADERS, errorBody(code, reason, message, status))
}

function quotaExceeded(): LoopbackReply {
  const message =
    "Quota exceeded for quota metric 'Queries' and limit 'Queries per day' of service 'books.googleapis.com'."
  const detail = {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason: 'RATE_LIMIT_EXCEEDED',
    domain: 'googleapis.com',
    metadata: { quota_unit: '1/d/{project}', service: 'books.googleapis.com' },
  }
  const errors = [{ message, domain: 'global', reason: 'rateLimitExceeded' }]
  const error = { code: 429, message, errors, status: 'RESOURCE_EXHAUSTED', details: [detail] }
  return jsonReply(429, HEADERS, { error })
}
