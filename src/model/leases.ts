// The right of one process to ask the origin on behalf of all: taken by name, renewed while the work goes on, and given
// back with a word on how it ended.
import type { Because } from './because.js'
import type { ErrorCode } from './error-code.js'
import type { HeaderList } from './header-list.js'

/** How long a lease lasts unless it is renewed, in milliseconds. */
export const LEASE_MS = 2_000

/** How work under a lease ended, for those in other processes who waited for it. */
export type LeaseEnd =
  /** What was asked for can be found in the store. */
  | { readonly kind: 'stored' }
  /** The origin's answer is not stored, but for all who waited: an error with a small body, say. */
  | { readonly kind: 'answered'; readonly answer: SharedAnswer; readonly beganSequence: number }
  /** The answer is for one caller alone, or cannot be handed on: everybody asks for themselves. */
  | { readonly kind: 'alone' }
  /** The origin was not asked, or what came of it is the holder's own affair: whoever waits takes its place. */
  | { readonly kind: 'passed-on' }
  /** The origin failed; so it does for all who waited. */
  | { readonly kind: 'failed'; readonly failure: SharedFailure; readonly beganSequence: number }

/** An answer as other processes get to know it. */
export interface SharedAnswer {
  readonly status: number
  readonly statusText: string | undefined
  readonly headers: HeaderList
  /** The decoded body, in base64. */
  readonly body: string
  readonly outcome: 'miss' | 'failed'
  readonly because: Because
  /** When it came, by the wall clock of the machine that asked. */
  readonly answeredAtMs: number
}

/** A failure as other processes get to know it. */
export interface SharedFailure {
  readonly code: ErrorCode
  /** Credentials redacted. */
  readonly message: string
  readonly because: Because
  readonly status?: number | undefined
  readonly retryAtMs?: number | undefined
}

/** A lease that this process holds; it renews itself until it is released. */
export interface Lease {
  /**
   * Gives it back. With `restMs` nobody who has an older answer to serve takes the lease again for so long: a sick origin is
   * not asked over and over. Failures in a row are remembered for `rememberMs` at least, and ended by an answer alone.
   */
  release(end: LeaseEnd, options?: { readonly restMs?: number; readonly rememberMs?: number }): Promise<void>
}

/** What became of trying to take a lease. */
export type LeaseAnswer =
  | {
      readonly state: 'taken'
      readonly lease: Lease
      /** Failed tries before this one, in a row. */ readonly failures: number
    }
  /** Somebody else holds it. `ended` resolves with how that ended, or undefined where the holder died or `signal` aborted. */
  | { readonly state: 'held'; ended(signal: AbortSignal): Promise<LeaseEnd | undefined> }
  /** The last try failed a moment ago, and those who can do without should. */
  | { readonly state: 'resting'; readonly failure: SharedFailure; readonly untilMs: number }

/** Leases by name, among all processes on a store. */
export interface Leases {
  /**
   * Takes a lease. Whoever cannot do without an answer sets `mustAsk` and is never told to rest.
   *
   * @throws whatever the store throws where it cannot be asked
   */
  take(name: string, options: { readonly mustAsk: boolean }): Promise<LeaseAnswer>
}
