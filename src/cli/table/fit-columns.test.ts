import { describe, expect, it } from 'vitest'
import { fitColumns } from './fit-columns.js'

describe('fitColumns', () => {
  it('leaves columns that fit as they are', () => {
    expect(
      fitColumns(
        [
          { width: 5, minWidth: 5 },
          { width: 9, minWidth: 3 },
        ],
        14,
      ),
    ).toEqual([5, 9])
  })

  it('shrinks the widest column first, then equals together', () => {
    const columns = [
      { width: 4, minWidth: 4 },
      { width: 40, minWidth: 5 },
      { width: 10, minWidth: 5 },
    ]
    expect(fitColumns(columns, 30)).toEqual([4, 16, 10])
    expect(fitColumns(columns, 20)).toEqual([4, 8, 8])
  })

  it('gives up where even the smallest widths do not fit', () => {
    expect(fitColumns([{ width: 10, minWidth: 8 }], 7)).toBeUndefined()
  })
})
