// What a request itself asks of a cache, beyond the policy: directives, a fetch cache mode, conditions, ranges.
import type { HeaderList } from './header-list.js'

/** The cache modes of fetch. https://fetch.spec.whatwg.org/#concept-request-cache-mode */
export type CacheMode = 'default' | 'no-store' | 'reload' | 'no-cache' | 'force-cache' | 'only-if-cached'

/** What a request asks. Durations in milliseconds. https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1 */
export interface Demands {
  /** From fetch; `default` everywhere else. */
  readonly mode: CacheMode
  /** `no-cache`, or `Pragma: no-cache` where there is no Cache-Control. */
  readonly noCache: boolean
  readonly noStore: boolean
  readonly onlyIfCached: boolean
  readonly maxAgeMs: number | undefined
  readonly minFreshMs: number | undefined
  /** `Infinity` for a bare `max-stale`. */
  readonly maxStaleMs: number | undefined
  /** `If-Match`, `If-None-Match`, `If-Modified-Since`, `If-Unmodified-Since`, as sent. */
  readonly conditions: HeaderList
  readonly range: string | undefined
  readonly ifRange: string | undefined
}

/** What nearly every request asks: nothing. */
export const NO_DEMANDS: Demands = Object.freeze({
  mode: 'default',
  noCache: false,
  noStore: false,
  onlyIfCached: false,
  maxAgeMs: undefined,
  minFreshMs: undefined,
  maxStaleMs: undefined,
  conditions: Object.freeze([]),
  range: undefined,
  ifRange: undefined,
})
