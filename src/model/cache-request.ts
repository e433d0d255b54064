// A request as doors hand it to the engine.
import type { Transport } from './transport.js'

/** A query parameter's value; null and undefined are left out, arrays repeat the name. */
export type ParamValue = string | number | boolean | null | undefined | readonly (string | number)[]

/** What a caller wants beyond the request itself. */
export interface CallOptions {
  /** The call's own TTL in milliseconds. */
  readonly ttlMs?: number
  readonly tags?: readonly string[]
  /** Ask the origin whatever is stored, unconditionally. */
  readonly isRefresh?: boolean
  readonly signal?: AbortSignal
}

/** A native request, translated. */
export interface CacheRequest {
  readonly door: string
  readonly service: string
  readonly method: string
  /** Absolute, as the caller wrote it. */
  readonly url: string
  readonly params?: Readonly<Record<string, ParamValue>> | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: Uint8Array | undefined
  readonly options: CallOptions
  readonly transport: Transport
}
