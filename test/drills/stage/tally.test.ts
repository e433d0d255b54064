import { describe, expect, it } from 'vitest'
import { waitWithin } from './tally.js'

/** Counts as a program makes them. */
function waitsOf(...tookMs: number[]): Record<string, number> {
  const waits: Record<string, number> = {}
  for (const took of tookMs) {
    const step = Math.ceil(Math.log(took / 0.01) / Math.log(1.1))
    waits[step] = (waits[step] ?? 0) + 1
  }
  return waits
}

describe('waits', () => {
  it('of none are 0', () => {
    expect(waitWithin({ waits: {} }, 0.95)).toBe(0)
  })

  it.each([
    [0.5, 1],
    [0.95, 10],
    [1, 1_000],
  ])('a share of %f of them is told to a tenth', (share, expectedMs) => {
    const many = Array.from({ length: 90 }, () => 1)
    const waits = waitsOf(...many, 10, 10, 10, 10, 10, 10, 10, 10, 10, 1_000)
    const within = waitWithin({ waits }, share)
    expect(within).toBeGreaterThanOrEqual(expectedMs * 0.999)
    expect(within).toBeLessThan(expectedMs * 1.11)
  })
})
