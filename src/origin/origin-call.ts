// One call as it travels down the steps between a miss and the network, and what comes back up.
import type { HeaderList } from '../model/header-list.js'
import type { Policy } from '../model/policy.js'
import type { Authorization } from '../model/profile.js'
import type { Transport } from '../model/transport.js'

/** Counts the requests that go out for one call: tokens, and the call itself, as often as it is sent. */
export interface Attempts {
  readonly count: number
  /** One more goes out now. */
  add(): void
}

/** Whether anybody still waits for a call. */
export interface Interest {
  isWanted(): boolean
  /** Calls back each time the last one who waited has left; the returned function stops it. */
  onUnwanted(listener: () => void): () => void
  /** Says that the call is given up, so that nobody joins it any more. */
  giveUp(): void
}

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
  /** Aborts when the deadline passes, or a call that is made for one caller alone is no longer wanted. */
  readonly signal: AbortSignal
  /** Where nobody waits any more, only a body that is bounded and can be stored is received all the same. */
  readonly interest: Interest
  readonly attempts: Attempts
  /** Ends what is under way; the deadline step sets it. */
  readonly cancel?: (reason: Error) => void
}

/** A whole response, decoded. */
export interface OriginReply {
  readonly status: number
  /** End-to-end fields only, without those that described the encoding. */
  readonly headers: HeaderList
  readonly body: Uint8Array
}

/** Something that answers a call: the next step, down to the network. */
export type OriginStep = (call: OriginCall) => Promise<OriginReply>
