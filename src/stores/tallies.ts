// The arithmetic of counters, the same for every tier's ledger. Pure.
import { LATENCY_BUCKETS, type Tally } from '../model/ledger.js'
import { OUTCOMES, type Outcome } from '../model/outcome.js'

/** Tallies by service. */
export type Tallies = Readonly<Record<string, Tally>>

/** How long a minute's row is kept, in minutes: 7 days. */
export const LEDGER_MINUTES_KEPT = 7 * 24 * 60

const MINUTE_MS = 60_000

/** A tally of nothing. */
export function emptyTally(): Tally {
  return {
    outcomes: outcomeCounts(() => 0),
    originCalls: 0,
    savedMs: 0,
    savedBytes: 0,
    hitLatency: new Array<number>(LATENCY_BUCKETS).fill(0),
    missLatency: new Array<number>(LATENCY_BUCKETS).fill(0),
  }
}

/** The sum of two tallies. */
export function addTally(left: Tally, right: Tally): Tally {
  return {
    outcomes: outcomeCounts((outcome) => left.outcomes[outcome] + right.outcomes[outcome]),
    originCalls: left.originCalls + right.originCalls,
    savedMs: left.savedMs + right.savedMs,
    savedBytes: left.savedBytes + right.savedBytes,
    hitLatency: addCounts(left.hitLatency, right.hitLatency),
    missLatency: addCounts(left.missLatency, right.missLatency),
  }
}

/** The sum of two sets of tallies, service by service. */
export function addTallies(left: Tallies, right: Tallies): Tallies {
  const sums = new Map(Object.entries(left))
  for (const [service, tally] of Object.entries(right)) {
    const known = sums.get(service)
    sums.set(service, known === undefined ? tally : addTally(known, tally))
  }
  return Object.fromEntries(sums)
}

/** The first minute that is still kept at the given instant. */
export function oldestMinuteKept(nowMs: number): number {
  return Math.floor(nowMs / MINUTE_MS) - LEDGER_MINUTES_KEPT
}

function outcomeCounts(count: (outcome: Outcome) => number): Readonly<Record<Outcome, number>> {
  const counts: Partial<Record<Outcome, number>> = {}
  for (const outcome of OUTCOMES) counts[outcome] = count(outcome)
  return counts as Record<Outcome, number>
}

function addCounts(left: readonly number[], right: readonly number[]): readonly number[] {
  return Array.from({ length: LATENCY_BUCKETS }, (_, index) => (left[index] ?? 0) + (right[index] ?? 0))
}
