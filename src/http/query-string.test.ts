import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { joinQuery, pairOf, pairValue, queryPair, splitQuery, writtenValue } from './query-string.js'

describe('a query split into pairs', () => {
  it.each([
    ['a=1', [['a', '1']]],
    ['a', [['a', '']]],
    ['a=', [['a', '']]],
    ['=1', [['', '1']]],
    ['a=b=c', [['a', 'b=c']]],
    ['a+b=c+d', [['a b', 'c d']]],
    ['a%20b=c%2Bd', [['a b', 'c+d']]],
    ['%zz=%zz', [['%zz', '%zz']]],
    ['%E9=%E9', [['%E9', '%E9']]],
    [
      'a=1&&a=2',
      [
        ['a', '1'],
        ['', ''],
        ['a', '2'],
      ],
    ],
    ['', [['', '']]],
  ])('%s', (query, expected) => {
    expect(splitQuery(query).map((pair) => [pair.name, pairValue(pair)])).toEqual(expected)
  })

  it('joins to the very bytes that were given', () => {
    fc.assert(
      fc.property(fc.string(), (query) => {
        expect(joinQuery(splitQuery(query))).toBe(`?${query}`)
      }),
    )
  })

  it('joins to nothing where there is no pair', () => {
    expect(joinQuery([])).toBe('')
  })
})

const anyText = fc.string({ unit: 'binary', maxLength: 12 })

describe('a pair', () => {
  it('made from a name and a value gives both back', () => {
    fc.assert(
      fc.property(anyText, anyText, (name, value) => {
        const pair = queryPair(name, value)
        expect(pairOf(pair.text).name).toBe(name.toWellFormed())
        expect(pairValue(pair)).toBe(value.toWellFormed())
      }),
    )
  })

  it('puts U+FFFD for half a character, as URLs do', () => {
    expect(queryPair('q', '\ud800').text).toBe('q=%EF%BF%BD')
  })

  it('tells its value as written', () => {
    expect(writtenValue(pairOf('a=%41+b'))).toBe('%41+b')
    expect(writtenValue(pairOf('a'))).toBe('')
  })
})
