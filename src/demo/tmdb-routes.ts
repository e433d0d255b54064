// TMDB v3 as the demo imitates it: key check, errors in its own form, and the table of paths. Pure.
import type { Catalogue } from './catalogue.js'
import type { LoopbackReply } from './loopback-server.js'
import { BASE_PATHS, DEMO_CREDENTIALS } from './local-origin.js'
import { jsonReply, matchRoute, routeReply, type ProviderRoutes } from './provider-routes.js'
import { COMMON, publicFor } from './tmdb-headers.js'
import { tmdbDetails } from './tmdb-details.js'
import { tmdbLists } from './tmdb-lists.js'

/** TMDB, answering from the catalogue. The key is taken as `api_key` or as a bearer token. */
export function createTmdbRoutes(catalogue: Catalogue): ProviderRoutes {
  // Lists first: `/movie/popular` would also fit `/movie/:id`, as `/movie/latest` would, first in its table.
  const routes = [...tmdbLists(catalogue), ...tmdbDetails(catalogue)]
  return {
    refuse({ query, headers }) {
      const key = DEMO_CREDENTIALS.TMDB_API_KEY
      if (query.get('api_key') === key || headers.authorization === `Bearer ${key}`) return undefined
      // The real one lets shared caches keep this refusal for five minutes, which a good cache must not do.
      return failure(401, 7, 'Invalid API key: You must be granted a valid key.', 300)
    },
    fail(fault) {
      return fault === 'too-many-requests'
        ? failure(429, 25, 'Your request count (46) is over the allowed limit of 40.')
        : failure(503, 46, 'The API is undergoing maintenance.')
    },
    answer({ path, query, origin }) {
      const match = matchRoute(routes, path)
      const body = match?.route.body({ query, baseUrl: origin + BASE_PATHS.tmdb, path, value: match.value })
      if (match === undefined || body === undefined) {
        return tmdbNotFound()
      }
      return body.status === 200
        ? routeReply(match.route, body.body)
        : jsonReply(body.status, COMMON, body.body)
    },
  }
}

/** TMDB's answer to a path or an id that it does not know. */
export function tmdbNotFound(): LoopbackReply {
  return failure(404, 34, 'The resource you requested could not be found.')
}

function failure(status: number, code: number, text: string, lifeSeconds?: number): LoopbackReply {
  const headers = lifeSeconds === undefined ? COMMON : publicFor(lifeSeconds)
  // The recorded refusal of too many requests is the one error without `success`.
  const success = status === 429 ? {} : { success: false }
  return jsonReply(status, headers, { ...success, status_code: code, status_message: text })
}
