// One call as it travels down the steps between a miss and the network, and what comes back up.
import type { HeaderList } from '../model/header-list.js'
import type { Policy } from '../model/policy.js'
import type { Authorization } from '../model/profile.js'
import type { Transport } from '../model/transport.js'

/** One call. Steps hand on a changed copy, never change it. */
export interface OriginCall {
  readonly service: string
  readonly policy: Policy
  readonly method: string
  readonly url: string
  /** For messages: credentials redacted. */
  readonly redactedUrl: string
  readonly headers: HeaderList
  readonly body: Uint8Array | undefined
  readonly transport: Transport
  /** How the service proves who sends; `none` where the caller brought credentials or the URL is not its own. */
  readonly authorization: Authorization
  /** Aborts when the deadline passes or nobody waits any more. */
  readonly signal: AbortSignal
}

/** A whole response, decoded. */
export interface OriginReply {
  readonly status: number
  /** End-to-end fields only, without those that described the encoding. */
  readonly headers: HeaderList
  readonly body: Uint8Array
  /** Requests that went out for this call, tokens included. */
  readonly originCalls: number
}

/** Something that answers a call: the next step, down to the network. */
export type OriginStep = (call: OriginCall) => Promise<OriginReply>
