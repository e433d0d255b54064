// The arithmetic of counters, the same for every ledger and every view. Pure.
import { LATENCY_BUCKETS, type Tally } from './ledger.js'
import { OUTCOMES, type Outcome } from './outcome.js'

/** Tallies by service. */
export type Tallies = Readonly<Record<string, Tally>>

/** A tally of nothing. */
export function emptyTally(): Tally {
  return {
    outcomes: outcomeCounts(() => 0),
    originCalls: 0,
    savedMs: 0,
    savedBytes: 0,
    drifts: 0,
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
    drifts: left.drifts + right.drifts,
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

function outcomeCounts(count: (outcome: Outcome) => number): Readonly<Record<Outcome, number>> {
  const counts: Partial<Record<Outcome, number>> = {}
  for (const outcome of OUTCOMES) counts[outcome] = count(outcome)
  return counts as Record<Outcome, number>
}

function addCounts(left: readonly number[], right: readonly number[]): readonly number[] {
  return Array.from({ length: LATENCY_BUCKETS }, (_, index) => (left[index] ?? 0) + (right[index] ?? 0))
}
