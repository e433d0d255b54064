// Log-scaled latency buckets: four to a doubling, so that percentiles are right within a fifth. Pure.
import { LATENCY_BASE_MS, LATENCY_BUCKETS } from '../model/ledger.js'
import type { Percentiles } from '../model/metrics.js'

const PER_DOUBLING = 4

/** The bucket of a duration in milliseconds. */
export function bucketOf(durationMs: number): number {
  if (durationMs <= LATENCY_BASE_MS) return 0
  return Math.min(LATENCY_BUCKETS - 1, Math.ceil(PER_DOUBLING * Math.log2(durationMs / LATENCY_BASE_MS)))
}

/** The upper bounds, in milliseconds, under which half, 95 % and 99 % of the durations lie; 0 for none. */
export function percentilesOf(counts: readonly number[]): Percentiles {
  const total = counts.reduce((sum, count) => sum + count, 0)
  return {
    p50: quantile(counts, total, 0.5),
    p95: quantile(counts, total, 0.95),
    p99: quantile(counts, total, 0.99),
  }
}

function quantile(counts: readonly number[], total: number, share: number): number {
  if (total === 0) return 0
  let seen = 0
  const bucket = counts.findIndex((count) => (seen += count) >= total * share)
  return Number((LATENCY_BASE_MS * 2 ** (bucket / PER_DOUBLING)).toPrecision(3))
}
