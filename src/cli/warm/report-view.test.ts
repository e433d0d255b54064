import { describe, expect, it } from 'vitest'
import { passesToShow } from './report-view.js'

describe('passesToShow', () => {
  it('shows the first three passes, about ten more, and the last', () => {
    expect(passesToShow(1)).toEqual([0])
    expect(passesToShow(5)).toEqual([0, 1, 2, 3, 4])
    expect(passesToShow(50)).toEqual([0, 1, 2, 4, 9, 14, 19, 24, 29, 34, 39, 44, 49])
    expect(passesToShow(1_003).at(-1)).toBe(1_002)
  })
})
