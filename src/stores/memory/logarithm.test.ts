import { describe, expect, it } from 'vitest'
import { DOUBLING, logarithm } from './logarithm.js'

describe('logarithm', () => {
  it('is exact at powers of two', () => {
    for (let power = 0; power < 32; power += 1) expect(logarithm(2 ** power)).toBe(power * DOUBLING)
  })

  it('is never more than 0.09 doublings too low, and never too high', () => {
    for (let value = 1; value < 2 ** 32; value = value * 1.37 + 1) {
      const error = Math.log2(Math.floor(value)) - logarithm(value) / DOUBLING
      expect([error > -0.001, error < 0.09]).toEqual([true, true])
    }
  })

  it('takes what is below 1 for 1, and what is above 32 bits for the largest of those', () => {
    expect([logarithm(0), logarithm(-5), logarithm(0.2)]).toEqual([0, 0, 0])
    expect(logarithm(Infinity)).toBe(logarithm(2 ** 32 - 1))
  })
})
