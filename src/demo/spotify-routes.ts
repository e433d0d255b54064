// The Spotify Web API as the demo imitates it: tokens, errors in its own form, and the table of paths.
import type { Catalogue } from './catalogue.js'
import type { LoopbackReply } from './loopback-server.js'
import { BASE_PATHS } from './local-origin.js'
import { jsonReply, matchRoute, routeReply, type ProviderRoutes } from './provider-routes.js'
import { spotifyHeaders } from './spotify-headers.js'
import { spotifyError } from './spotify-pages.js'
import { spotifyTable } from './spotify-table.js'
import type { SpotifyTokens } from './spotify-tokens.js'

/** How long Spotify asks to be left alone in the demo; the real one has asked for hours. */
const RETRY_AFTER_SECONDS = '1'

/** Spotify, answering from the catalogue to those who hold one of the tokens. */
export function createSpotifyRoutes(catalogue: Catalogue, tokens: SpotifyTokens): ProviderRoutes {
  const routes = spotifyTable(catalogue)
  return {
    refuse: ({ headers }) => tokens.refuse(headers.authorization),
    fail(fault) {
      if (fault === 'unavailable') return jsonReply(503, ERROR_HEADERS, SERVICE_UNAVAILABLE)
      const headers = [
        ['Cache-Control', 'private, max-age=0'],
        ['Retry-After', RETRY_AFTER_SECONDS],
        ['Server', 'envoy'],
      ] as const
      // Not JSON, whatever the documentation says.
      return { status: 429, headers, body: 'Too many requests' }
    },
    answer({ path, query, origin }) {
      const match = matchRoute(routes, path)
      if (match === undefined)
        return jsonReply(404, ERROR_HEADERS, spotifyError(404, 'Service not found').body)
      const call = { query, baseUrl: origin + BASE_PATHS.spotify, path, value: match.value }
      const body = match.route.body(call) ?? NOT_FOUND
      return body.status === 200
        ? routeReply(match.route, body.body)
        : jsonReply(body.status, ERROR_HEADERS, body.body)
    },
  }
}

/** Spotify's answer to a path or an id that it does not know. */
export function spotifyNotFound(): LoopbackReply {
  return jsonReply(404, ERROR_HEADERS, NOT_FOUND.body)
}

const NOT_FOUND = spotifyError(404, 'Resource not found')
const ERROR_HEADERS = spotifyHeaders()
const SERVICE_UNAVAILABLE = spotifyError(503, 'Service unavailable').body
