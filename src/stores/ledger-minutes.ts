// How long a ledger keeps its minutes, the same in every tier. Pure.

/** How long a minute's row is kept, in minutes: 7 days. */
const LEDGER_MINUTES_KEPT = 7 * 24 * 60

const MINUTE_MS = 60_000

/** The first minute that is still kept at the given instant. */
export function oldestMinuteKept(nowMs: number): number {
  return Math.floor(nowMs / MINUTE_MS) - LEDGER_MINUTES_KEPT
}
