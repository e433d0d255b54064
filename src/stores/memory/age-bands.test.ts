import { describe, expect, it } from 'vitest'
import { BAND_STARTS, bandOf, BANDS } from './age-bands.js'

describe('bands of ages', () => {
  it('begin at the ages that fall into them', () => {
    for (const age of [1, 2, 3, 4, 5, 7, 8, 9, 10, 100, 1_000, 123_456, 2 ** 26 - 1]) {
      const band = bandOf(age)
      expect([BAND_STARTS[band]! <= age, age < BAND_STARTS[band + 1]!]).toEqual([true, true])
    }
  })

  it('are four to a doubling', () => {
    expect([16, 20, 24, 28, 32].map(bandOf)).toEqual([16, 17, 18, 19, 20])
  })

  it('hold every age: 0 is in the first, what is older than all in the last', () => {
    expect([bandOf(0), bandOf(2 ** 26), bandOf(2 ** 32 - 1)]).toEqual([0, BANDS - 1, BANDS - 1])
  })
})
