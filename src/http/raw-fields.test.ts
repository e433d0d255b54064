import { describe, expect, it } from 'vitest'
import { pairsOfFlat } from './raw-fields.js'

describe('fields in turns', () => {
  it('are pairs in their order, repeated ones included', () => {
    expect(pairsOfFlat(['A', '1', 'b', '', 'A', '2'])).toEqual([
      ['A', '1'],
      ['b', ''],
      ['A', '2'],
    ])
    expect(pairsOfFlat([])).toEqual([])
  })
})
