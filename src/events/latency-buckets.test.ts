import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LATENCY_BASE_MS, LATENCY_BUCKETS } from '../model/ledger.js'
import { bucketOf, percentilesOf } from './latency-buckets.js'

const LONGEST_MS = LATENCY_BASE_MS * 2 ** ((LATENCY_BUCKETS - 1) / 4)

function countsOf(durations: readonly number[]): number[] {
  const counts = new Array<number>(LATENCY_BUCKETS).fill(0)
  for (const duration of durations) counts[bucketOf(duration)]! += 1
  return counts
}

describe('a bucket', () => {
  it.each([
    [0, 0],
    [-1, 0],
    [LATENCY_BASE_MS, 0],
    [LATENCY_BASE_MS * 1.01, 1],
    [LATENCY_BASE_MS * 2, 4],
    [LATENCY_BASE_MS * 2.01, 5],
    [LONGEST_MS, LATENCY_BUCKETS - 1],
    [LONGEST_MS * 100, LATENCY_BUCKETS - 1],
    [Infinity, LATENCY_BUCKETS - 1],
  ])('of %d ms is number %i', (durationMs, bucket) => {
    expect(bucketOf(durationMs)).toBe(bucket)
  })
})

describe('percentiles', () => {
  it('are 0 where nothing was counted', () => {
    expect(percentilesOf(countsOf([]))).toEqual({ p50: 0, p95: 0, p99: 0 })
  })

  it('of one duration are that duration', () => {
    const { p50, p95, p99 } = percentilesOf(countsOf([80]))
    expect([p95, p99]).toEqual([p50, p50])
    expect(Math.abs(p50 / 80 - 1)).toBeLessThan(0.2)
  })

  it('are within 20 % of the durations at those ranks', () => {
    const duration = fc.double({ min: LATENCY_BASE_MS * 2, max: LONGEST_MS, noNaN: true })
    fc.assert(
      fc.property(fc.array(duration, { minLength: 1, maxLength: 300 }), (durations) => {
        const ranked = durations.toSorted((a, b) => a - b)
        const at = (share: number): number => ranked[Math.ceil(share * ranked.length) - 1]!
        const { p50, p95, p99 } = percentilesOf(countsOf(durations))
        for (const [read, real] of [
          [p50, at(0.5)],
          [p95, at(0.95)],
          [p99, at(0.99)],
        ] as const) {
          expect(Math.abs(read / real - 1)).toBeLessThan(0.2)
        }
      }),
    )
  })

  it('never fall from the lower to the higher', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, noNaN: true }), { maxLength: 50 }), (durations) => {
        const { p50, p95, p99 } = percentilesOf(countsOf(durations))
        expect(p50 <= p95 && p95 <= p99).toBe(true)
      }),
    )
  })
})
