// The network, as a door provides it.
import type { HeaderList } from './header-list.js'

/** One request as it goes to the origin. */
export interface OriginRequest {
  readonly method: string
  readonly url: string
  readonly headers: HeaderList
  readonly body?: Uint8Array
  readonly signal: AbortSignal
}

/** The origin's response as it arrives: raw headers, the body as sent (still encoded). */
export interface OriginResponse {
  readonly status: number
  readonly headers: HeaderList
  readonly body: AsyncIterable<Uint8Array>
}

/** Sends one request; rejects on network failure or abort. It never follows redirects and never decodes. */
export type Transport = (request: OriginRequest) => Promise<OriginResponse>
