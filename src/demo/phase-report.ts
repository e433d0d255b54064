// What one phase of the demo counts, by service, as its caller sees it.
import { COUNTS_AS, OUTCOMES, type Outcome } from '../model/outcome.js'
import type { Tier } from '../model/tier.js'
import { DEMO_SERVICES, type DemoService } from './local-origin.js'

/** Half and nineteen in twenty took no longer, in milliseconds; 0 where nothing was counted. */
export interface Quantiles {
  readonly p50: number
  readonly p95: number
}

/** One service in one phase. */
export interface PhaseReport {
  readonly requests: number
  readonly outcomes: Readonly<Record<Outcome, number>>
  /** Answers by the place they came from. */
  readonly tiers: Readonly<Partial<Record<Tier, number>>>
  /** `100 * hits / (hits + misses)`. */
  readonly hitRate: number
  /** Requests that got an answer, whichever way. */
  readonly answered: number
  readonly hitMs: Quantiles
  readonly missMs: Quantiles
  /** Calls that reached the origin, token calls included. */
  readonly originCalls: number
  /** Requests less origin calls. */
  readonly callsSaved: number
}

/** Counts the answers of a phase. */
interface PhaseTally {
  /** Counts one answer; undefined is a failure. */
  add(
    service: DemoService,
    answer: { readonly outcome: Outcome; readonly tier: Tier } | undefined,
    durationMs: number,
  ): void
  reports(originCalls: Readonly<Record<DemoService, number>>): Readonly<Record<DemoService, PhaseReport>>
}

/** A tally at zero. */
export function createPhaseTally(): PhaseTally {
  const counted = new Map(DEMO_SERVICES.map((service) => [service, createCounters()]))
  return {
    add(service, answer, durationMs) {
      const counters = counted.get(service)
      const outcome = answer?.outcome ?? 'failed'
      if (counters === undefined) return
      counters.outcomes[outcome] += 1
      if (answer !== undefined) counters.tiers[answer.tier] = (counters.tiers[answer.tier] ?? 0) + 1
      if (COUNTS_AS[outcome] === 'hit') counters.hitMs.push(durationMs)
      if (COUNTS_AS[outcome] === 'miss') counters.missMs.push(durationMs)
    },
    reports: (originCalls) =>
      Object.fromEntries(
        [...counted].map(([service, counters]) => [service, reportOf(counters, originCalls[service])]),
      ) as Record<DemoService, PhaseReport>,
  }
}

interface Counters {
  readonly outcomes: Record<Outcome, number>
  readonly tiers: Partial<Record<Tier, number>>
  readonly hitMs: number[]
  readonly missMs: number[]
}

function createCounters(): Counters {
  const outcomes = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>
  return { outcomes, tiers: {}, hitMs: [], missMs: [] }
}

function reportOf({ outcomes, tiers, hitMs, missMs }: Counters, originCalls: number): PhaseReport {
  const requests = Object.values(outcomes).reduce((sum, count) => sum + count, 0)
  const counted = hitMs.length + missMs.length
  return {
    requests,
    outcomes,
    tiers,
    hitRate: counted === 0 ? 0 : (100 * hitMs.length) / counted,
    answered: requests - outcomes.failed,
    hitMs: quantilesOf(hitMs),
    missMs: quantilesOf(missMs),
    originCalls,
    callsSaved: requests - originCalls,
  }
}

/** By the nearest-rank method. */
function quantilesOf(values: readonly number[]): Quantiles {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
  return { p50: at(0.5), p95: at(0.95) }
}
