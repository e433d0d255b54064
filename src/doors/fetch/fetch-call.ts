// One call of fetch, translated: what both readings of it, the quick one and the thorough one, come to.
import type { CacheRequest, RequestHeaders } from '../../model/cache-request.js'
import type { CacheMode } from '../../model/demands.js'

/** What may be fetched. */
export type FetchInput = string | URL | Request

/** The options of fetch; `cache` is among them whatever the types of the platform know. */
export type CachedFetchInit = RequestInit & { cache?: CacheMode }

/** What one call asks for. */
export interface FetchCall {
  readonly method: string
  /** Absolute, without fragment. */
  readonly url: string
  readonly headers: RequestHeaders | undefined
  readonly body: CacheRequest['body']
  readonly mode: CacheMode
  readonly redirect: 'follow' | 'manual' | 'error'
  readonly signal: AbortSignal | undefined
}

/** A URL without what is never sent. */
export function withoutFragment(url: string): string {
  const at = url.indexOf('#')
  return at === -1 ? url : url.slice(0, at)
}
