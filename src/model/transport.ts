// The network, as a door provides it.
import type { HeaderList } from './header-list.js'

/** One request as it goes to the origin. */
export interface OriginRequest {
  readonly method: string
  readonly url: string
  readonly headers: HeaderList
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>
  readonly signal: AbortSignal
}

/** The origin's response as it arrives: raw headers, the body as sent (still encoded). */
export interface OriginResponse {
  readonly status: number
  readonly statusText?: string
  readonly headers: HeaderList
  /** Read as fast as it is iterated over; ending the iteration early ends the response. */
  readonly body: AsyncIterable<Uint8Array>
}

/**
 * Sends one request; resolves at the response's headers, rejects on network failure or abort. The signal counts until
 * the body has ended. It never follows redirects and never decodes.
 */
export type Transport = (request: OriginRequest) => Promise<OriginResponse>
