// Counters that all processes on a store add to: deltas in, totals and minutes out.
import type { Awaitable } from './tier.js'
import type { Outcome } from './outcome.js'

/** Number of log-scaled latency buckets; bucket i holds durations up to `LATENCY_BASE_MS * 2 ** (i / 4)`. */
export const LATENCY_BUCKETS = 112

/** The upper bound of the first latency bucket, in milliseconds. */
export const LATENCY_BASE_MS = 0.0005

/** What one service counted. */
export interface Tally {
  readonly outcomes: Readonly<Record<Outcome, number>>
  readonly originCalls: number
  /** Origin time that hits saved, in milliseconds. */
  readonly savedMs: number
  /** Body bytes that hits saved. */
  readonly savedBytes: number
  /** Answers that were not what they should be: a failed `validate`, an error that calls itself 200, a web page where JSON was due. */
  readonly drifts: number
  /** Counts per latency bucket, {@link LATENCY_BUCKETS} long. */
  readonly hitLatency: readonly number[]
  readonly missLatency: readonly number[]
}

/** What a process counted since its last flush, by service. */
export interface LedgerDelta {
  /** The ledger's epoch when the counting began: a reset in between drops the delta whole. */
  readonly epoch: number
  /** The minute to which it is booked, in minutes since the epoch. */
  readonly minute: number
  readonly services: Readonly<Record<string, Tally>>
}

/** What all processes counted. */
export interface LedgerFigures {
  readonly sinceMs: number
  readonly services: Readonly<Record<string, Tally>>
  /** Minutes asked for, oldest first. */
  readonly minutes: readonly { readonly minute: number; readonly services: Readonly<Record<string, Tally>> }[]
}

/** The counters of all processes on a store. Minutes are kept for 7 days. */
export interface Ledger {
  /** Grows by one at each reset. */
  epoch(): Awaitable<number>
  /** Adds a delta; false if a reset came since it was begun. */
  add(delta: LedgerDelta): Promise<boolean>
  /** The same without waiting, for a process that is exiting; false where the tier cannot or a reset came. */
  addNow(delta: LedgerDelta): boolean
  /** Totals, and the minutes from `fromMinute` on where given. */
  figures(options: { readonly fromMinute?: number }): Awaitable<LedgerFigures>
  /** Sets everything to zero, in one step for all processes. */
  reset(nowMs: number): Promise<void>
}
