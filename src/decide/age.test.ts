import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ageMs } from './age.js'

describe('the age of an entry', () => {
  it.each([
    ['the wall clock alone', { sinceMs: 1_000, sinceMonotonicMs: undefined }, 500],
    ['the monotonic clock where it says older', { sinceMs: 1_000, sinceMonotonicMs: 100 }, 900],
    ['the wall clock where it says older', { sinceMs: 200, sinceMonotonicMs: 900 }, 1_300],
    ['0 where both are ahead', { sinceMs: 2_000, sinceMonotonicMs: 1_100 }, 0],
    ['whole milliseconds', { sinceMs: 1_500, sinceMonotonicMs: 999.1 }, 0],
  ])('is by %s', (_, question, expected) => {
    expect(ageMs(question, { nowMs: 1_500, monotonicMs: 1_000 })).toBe(expected)
  })

  it('is never negative and never less than either clock says', () => {
    const instant = fc.double({ min: -1e13, max: 1e13, noNaN: true })
    fc.assert(
      fc.property(instant, instant, instant, instant, (sinceMs, sinceMonotonicMs, nowMs, monotonicMs) => {
        const age = ageMs({ sinceMs, sinceMonotonicMs }, { nowMs, monotonicMs })
        expect(age).toBeGreaterThanOrEqual(0)
        expect(age).toBeGreaterThan(Math.max(nowMs - sinceMs, monotonicMs - sinceMonotonicMs) - 1)
      }),
    )
  })
})
