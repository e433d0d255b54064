import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byteRange, contentRangeOf, contentRangeText } from './byte-range.js'

describe('a Range, of 10 bytes', () => {
  it.each([
    ['bytes=0-1', { start: 0, end: 1 }],
    ['bytes=0-', { start: 0, end: 9 }],
    ['bytes=9-', { start: 9, end: 9 }],
    ['bytes=9-9', { start: 9, end: 9 }],
    ['bytes=5-100', { start: 5, end: 9 }],
    ['bytes=-1', { start: 9, end: 9 }],
    ['bytes=-10', { start: 0, end: 9 }],
    ['bytes=-11', { start: 0, end: 9 }],
    ['BYTES=0-1', { start: 0, end: 1 }],
    ['bytes=00-01', { start: 0, end: 1 }],
    [`bytes=0-${'9'.repeat(400)}`, { start: 0, end: 9 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=10-20', 'unsatisfiable'],
    [`bytes=${'9'.repeat(400)}-`, 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=2-1', 'ignored'],
    ['bytes=-', 'ignored'],
    ['bytes=', 'ignored'],
    ['bytes', 'ignored'],
    ['', 'ignored'],
    ['bytes=0-1,3-4', 'ignored'],
    ['bytes=0-1, bytes=3-4', 'ignored'],
    ['bytes=a-b', 'ignored'],
    ['bytes=1', 'ignored'],
    ['bytes=+1-2', 'ignored'],
    ['bytes=1 -2', 'ignored'],
    ['items=0-1', 'ignored'],
  ])('%s', (value, expected) => {
    expect(byteRange(value, 10)).toEqual(expected)
  })

  it.each([
    ['bytes=0-', 'unsatisfiable'],
    ['bytes=-1', 'ignored'],
    ['bytes=-0', 'unsatisfiable'],
  ])('%s of nothing is %s', (value, expected) => {
    expect(byteRange(value, 0)).toBe(expected)
  })

  it('lies within the bytes that there are, whatever is asked', () => {
    const bound = fc.option(fc.nat(), { nil: '' })
    fc.assert(
      fc.property(bound, bound, fc.nat(), (first, last, sizeBytes) => {
        const range = byteRange(`bytes=${first}-${last}`, sizeBytes)
        if (typeof range === 'string') return
        expect(range.start).toBeGreaterThanOrEqual(0)
        expect(range.start).toBeLessThanOrEqual(range.end)
        expect(range.end).toBeLessThan(sizeBytes)
      }),
    )
  })
})

describe('a Content-Range', () => {
  it.each([
    ['bytes 0-4/10', { start: 0, end: 4, sizeBytes: 10 }],
    ['bytes 4-9/10', { start: 4, end: 9, sizeBytes: 10 }],
    ['bytes 4-9/*', { start: 4, end: 9, sizeBytes: undefined }],
    ['Bytes 0-0/1', { start: 0, end: 0, sizeBytes: 1 }],
  ])('%s is read, and written the same', (value, expected) => {
    expect(contentRangeOf(value)).toEqual(expected)
    expect(contentRangeText(expected)).toBe(value.toLowerCase())
  })

  it.each([
    [undefined],
    [''],
    ['bytes */10'],
    ['bytes 0-10/10'],
    ['bytes 5-4/10'],
    ['bytes=0-4/10'],
    ['bytes 0-4'],
    ['bytes 0-4/'],
    ['items 0-4/10'],
    ['bytes 0-4/10, bytes 5-6/10'],
    [`bytes 0-4/${'9'.repeat(16)}`],
  ])('%s is none', (value) => {
    expect(contentRangeOf(value)).toBeUndefined()
  })
})
