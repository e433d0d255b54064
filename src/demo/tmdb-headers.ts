// The headers that TMDB sends with each kind of answer, as recorded in November 2022.
import type { HeaderList } from '../model/header-list.js'
import type { Route, RouteBody, RouteCall } from './provider-routes.js'

/** What every answer carries; the repetition in `Vary` is TMDB's own. */
export const COMMON: HeaderList = Object.freeze([
  ['Content-Type', 'application/json;charset=utf-8'],
  ['Server', 'openresty'],
  ['Vary', 'Accept-Encoding,Accept-Encoding,Accept-Encoding, Origin'],
  ['X-Cache', 'Miss from cloudfront'],
] as const)

/** Details, pictures, genres. */
const DETAIL_SECONDS = 28_800
/** Popular, top rated and the like. */
export const CHART_SECONDS = 21_600
/** Searches and discoveries. */
export const SEARCH_SECONDS = 600
/** The configuration. */
export const CONFIGURATION_SECONDS = 43_200

/** The common headers with a public lifetime. */
export function publicFor(seconds: number): HeaderList {
  return [...COMMON, ['Cache-Control', `public, max-age=${seconds}`]]
}

/** A route whose answers carry a weak validator and live for eight hours. */
export function detail(pattern: string, body: (call: RouteCall) => RouteBody): Route {
  return { pattern, headers: publicFor(DETAIL_SECONDS), etag: 'weak', body }
}

/** A route without validator. */
export function listing(pattern: string, headers: HeaderList, body: (call: RouteCall) => RouteBody): Route {
  return { pattern, headers, etag: 'none', body }
}
