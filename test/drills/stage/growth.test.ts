import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { growthOf } from './growth.js'

describe('growth', () => {
  it('of a straight line is its rise', () => {
    const number = fc.integer({ min: -1_000, max: 1_000 })
    fc.assert(
      fc.property(number, number, fc.integer({ min: 2, max: 50 }), (start, step, count) => {
        const values = Array.from({ length: count }, (_, index) => start + index * step)
        const { growth, mean } = growthOf(values)
        expect(growth).toBeCloseTo(step * (count - 1), 6)
        expect(mean).toBeCloseTo(start + (step * (count - 1)) / 2, 6)
      }),
    )
  })

  it.each([
    ['nothing', [], 0],
    ['one value', [7], 0],
    ['a saw', [1, 3, 1, 3, 1, 3, 1, 3, 1], 0],
    ['one spike in the middle', [2, 2, 50, 2, 2], 0],
  ])('of %s is none', (_, values, expected) => {
    expect(growthOf(values).growth).toBeCloseTo(expected, 6)
  })
})
