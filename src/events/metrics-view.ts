// Turns the ledger's tallies into the figures that people read. Pure.
import type { LedgerFigures, Tally } from '../model/ledger.js'
import type { Metrics, MinuteFigures, ServiceMetrics } from '../model/metrics.js'
import { COUNTS_AS, OUTCOMES } from '../model/outcome.js'
import { addTally, emptyTally } from '../model/tally.js'
import { percentilesOf } from './latency-buckets.js'

const MINUTE_MS = 60_000

/** Totals, services and, where asked for, minutes. */
export function metricsOf(figures: LedgerFigures, options: { readonly hasHistory: boolean }): Metrics {
  const services = Object.entries(figures.services)
  const total = services.reduce((sum, [, tally]) => addTally(sum, tally), emptyTally())
  return {
    ...serviceMetrics(total),
    services: Object.fromEntries(services.map(([name, tally]) => [name, serviceMetrics(tally)])),
    sinceMs: figures.sinceMs,
    ...(options.hasHistory ? { history: figures.minutes.map(minuteFigures) } : {}),
  }
}

function serviceMetrics(tally: Tally): ServiceMetrics {
  const { hits, misses } = hitsAndMisses(tally)
  const totalRequests = hits + misses
  return {
    hits,
    misses,
    totalRequests,
    hitRate: totalRequests === 0 ? 0 : (100 * hits) / totalRequests,
    outcomes: tally.outcomes,
    originCalls: tally.originCalls,
    savedMs: tally.savedMs,
    savedBytes: tally.savedBytes,
    drifts: tally.drifts,
    latencyMs: { hit: percentilesOf(tally.hitLatency), miss: percentilesOf(tally.missLatency) },
  }
}

function minuteFigures({ minute, services }: LedgerFigures['minutes'][number]): MinuteFigures {
  const tallies = Object.entries(services)
  const total = tallies.reduce((sum, [, tally]) => addTally(sum, tally), emptyTally())
  const brief = (tally: Tally): { hits: number; misses: number; originCalls: number } => ({
    ...hitsAndMisses(tally),
    originCalls: tally.originCalls,
  })
  return {
    atMs: minute * MINUTE_MS,
    ...brief(total),
    outcomes: total.outcomes,
    services: Object.fromEntries(tallies.map(([name, tally]) => [name, brief(tally)])),
  }
}

function hitsAndMisses(tally: Tally): { hits: number; misses: number } {
  const countOf = (kind: 'hit' | 'miss'): number =>
    OUTCOMES.reduce((sum, outcome) => sum + (COUNTS_AS[outcome] === kind ? tally.outcomes[outcome] : 0), 0)
  return { hits: countOf('hit'), misses: countOf('miss') }
}
