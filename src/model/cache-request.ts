// A request as doors hand it to the engine.
import type { CacheMode } from './demands.js'
import type { HeaderList } from './header-list.js'
import type { Transport } from './transport.js'

/** A query parameter's value; null and undefined are left out, arrays repeat the name. */
export type ParamValue = string | number | boolean | null | undefined | readonly (string | number)[]

/** Headers by name, or as an ordered list where names may repeat. */
export type RequestHeaders = Readonly<Record<string, string>> | HeaderList

/** What a caller wants beyond the request itself. */
export interface CallOptions {
  /** The call's own TTL in milliseconds. */
  readonly ttlMs?: number
  readonly tags?: readonly string[]
  /** Ask the origin whatever is stored, unconditionally. */
  readonly isRefresh?: boolean
  readonly signal?: AbortSignal
  /**
   * True for doors that hand HTTP on as it is: bodies come as streams, the request's own directives, conditions and
   * ranges count, and an answer may be a 304, a 206 or a 504 of the cache's own making.
   */
  readonly isHttp?: boolean
  /** The cache mode of fetch. */
  readonly mode?: CacheMode
  /** `hand-back` gives the caller redirects as they are. Default `follow`. */
  readonly redirects?: 'follow' | 'hand-back'
  /** How many redirects are followed at most. Default, and most: 20. */
  readonly maxRedirects?: number
  /** True for callers that decode bodies themselves: what goes past the cache is then left as the origin sent it. */
  readonly keepsCoding?: boolean
}

/** A native request, translated. */
export interface CacheRequest {
  readonly door: string
  readonly service: string
  readonly method: string
  /** Absolute, as the caller wrote it. */
  readonly url: string
  readonly params?: Readonly<Record<string, ParamValue>> | undefined
  readonly headers?: RequestHeaders | undefined
  /** A body that can be read once as it comes is never cached. */
  readonly body?: Uint8Array | AsyncIterable<Uint8Array> | undefined
  readonly options: CallOptions
  readonly transport: Transport
}

/** Headers as a list, whichever way they were given. */
export function headerPairs(headers: RequestHeaders | undefined): HeaderList {
  if (headers === undefined) return []
  return isHeaderList(headers) ? headers : Object.entries(headers)
}

/** True for headers given as a list. */
export function isHeaderList(headers: RequestHeaders): headers is HeaderList {
  return Array.isArray(headers)
}
