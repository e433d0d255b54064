// One call as it travels down the steps between a miss and the network, and what comes back up.
import type { HeaderList } from '../model/header-list.js'
import type { LimitSubject } from '../model/limits.js'
import type { Classification, Policy, ResponseFacts } from '../model/policy.js'
import type { Authorization } from '../model/profile.js'
import type { Transport } from '../model/transport.js'

/** Counts the requests that go out for one call: tokens, and the call itself, as often as it is sent. */
export interface Attempts {
  readonly count: number
  /** One more goes out now. */
  add(): void
}

/** One call. Steps hand on a changed copy, never change it. */
export interface OriginCall extends LimitSubject {
  readonly policy: Policy
  /** False for hosts that no service claims: nothing of ours then hurries, repeats, counts or holds back the call. */
  readonly isClaimed: boolean
  readonly method: string
  readonly url: string
  /** For messages: credentials redacted. */
  readonly redactedUrl: string
  readonly headers: HeaderList
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | undefined
  readonly transport: Transport
  /** How the service proves who sends; `none` where the caller brought credentials or the URL is not its own. */
  readonly authorization: Authorization
  /** Aborts a call that is made for one caller alone and is no longer wanted. */
  readonly signal: AbortSignal
  readonly attempts: Attempts
  /**
   * `whole`: the deadline bounds everything; `stream`: the wait for the headers, for each piece, and for what
   * {@link OriginReply.dueInTime} says.
   */
  readonly takes: 'whole' | 'stream'
  /** What a reply is worth by its head alone. */
  readonly classify: (head: { readonly status: number; readonly headers: HeaderList }) => Classification
  /** True for a caller who decodes the body and asked for its coding. */
  readonly keepsCoding: boolean
  /**
   * When it ends, by the monotonic clock; undefined where nothing ends it. What was given is the end of its caller's time; below
   * the deadline it is never later than that ends it.
   */
  readonly endsAtMs?: number | undefined
  /** Which try it is, from 1; set where calls are tried again. */
  readonly attempt?: number | undefined
  /** Called when the request itself, not one for a token, goes out. */
  readonly onSent?: (() => void) | undefined
}

/** A response at its headers, its body still to come. */
export interface OriginReply {
  readonly status: number
  readonly statusText?: string | undefined
  /** End-to-end fields only, without those that described a coding that was undone. */
  readonly headers: HeaderList
  /** Rejects with a CachetteError where it does not come whole. To be read to its end, or cancelled. */
  readonly body: AsyncIterable<Uint8Array>
  /** What the body will measure, in bytes, where the origin said so. */
  readonly sizeBytes: number | undefined
  /** Aborts where the response is ended from outside before its body has come. */
  readonly signal: AbortSignal
  /** From when on the origin may be asked again, by the wall clock, where the reply began a cool-down. */
  readonly retryAtMs?: number | undefined
  /** Ends the response; whoever reads the body gets the reason. */
  cancel(reason: Error): void
  /**
   * Says that the body's first bytes, so many of them decoded, are due by the end of the call's deadline, all together: a source that
   * drips then ends with it. What comes beyond them is timed by piece, or, where `isOneWait`, all that is waited for pieces together.
   * There where a deadline watches over the call.
   */
  dueInTime?(firstBytes: number, options?: { readonly isOneWait?: boolean }): void
}

/** A reply judged, with its body where that was waited for. */
export interface Verdict extends ResponseFacts {
  readonly classification: Classification
}

/** The way to the origin. */
export interface OriginPipeline {
  readonly send: OriginStep
  /** Says what a reply was worth once its body was read: a spent quota, or a failure, may show there alone. */
  tell(call: Pick<OriginCall, 'service' | 'identity' | 'policy' | 'isClaimed'>, verdict: Verdict): void
}

/** Something that answers a call: the next step, down to the network. */
export type OriginStep = (call: OriginCall) => Promise<OriginReply>
