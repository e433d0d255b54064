import { describe, expect, it } from 'vitest'
import { bestHitRate } from './tally.js'

describe('bestHitRate', () => {
  it('is 1 − distinct/requests', () => {
    expect(bestHitRate(20, 1_000)).toBe(98)
    expect(bestHitRate(0, 0)).toBe(0)
  })
})
