import { describe, expect, it } from 'vitest'
import { pairsOfBoth, pairsOfParsed, pairsOfRaw, parsedOf, rawOf } from './wire-fields.js'

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')

describe('raw fields', () => {
  it('keep order, case and duplicates', () => {
    const raw = [bytes('Set-Cookie'), bytes('a=1'), bytes('X'), bytes('2'), bytes('Set-Cookie'), bytes('b=2')]
    const pairs = pairsOfRaw(raw)
    expect(pairs).toEqual([
      ['Set-Cookie', 'a=1'],
      ['X', '2'],
      ['Set-Cookie', 'b=2'],
    ])
    expect(rawOf(pairs)).toEqual(raw)
  })

  it('are Latin-1 in both directions', () => {
    const raw = [bytes('x'), Buffer.from([0x63, 0xe9])]
    expect(pairsOfRaw(raw)).toEqual([['x', 'cé']])
    expect(rawOf([['x', 'cé']])).toEqual(raw)
  })

  it('may be texts, and values lists', () => {
    expect(pairsOfRaw(['a', [bytes('1'), '2'], 'b', '3'])).toEqual([
      ['a', '1'],
      ['a', '2'],
      ['b', '3'],
    ])
    expect(pairsOfRaw(null)).toEqual([])
  })
})

describe('parsed fields', () => {
  it('are lists where a name repeats, and lower-case', () => {
    const pairs = [
      ['Vary', 'a'],
      ['ETag', '"1"'],
      ['vary', 'b'],
      ['VARY', 'c'],
    ] as const
    expect(parsedOf(pairs)).toEqual({ vary: ['a', 'b', 'c'], etag: '"1"' })
  })

  it('take names of every object for ordinary ones', () => {
    expect(
      parsedOf([
        ['constructor', 'x'],
        ['toString', 'y'],
      ]),
    ).toEqual({ constructor: 'x', tostring: 'y' })
  })

  it('give pairs back, without what is undefined', () => {
    expect(pairsOfParsed({ a: ['1', '2'], b: undefined, c: '3' })).toEqual([
      ['a', '1'],
      ['a', '2'],
      ['c', '3'],
    ])
  })
})

describe('fields in both forms', () => {
  const raw = [bytes('Cache-Control'), bytes('no-store'), bytes('X-Name'), bytes('cé')]

  it('are taken from the raw ones where both say the same', () => {
    const pairs = [
      ['Cache-Control', 'no-store'],
      ['X-Name', 'cé'],
    ]
    expect(pairsOfBoth(raw, { 'cache-control': 'no-store', 'x-name': 'cé' })).toEqual(pairs)
    expect(pairsOfBoth(raw, { 'cache-control': 'no-store', 'x-name': bytes('cé').toString() })).toEqual(pairs)
  })

  it.each([
    ['changed', { 'cache-control': 'max-age=60', 'x-name': 'cé' }],
    ['added', { 'cache-control': 'no-store', 'x-name': 'cé', via: '1.1 x' }],
    ['removed', { 'x-name': 'cé' }],
    ['renamed', { 'cache-control': 'no-store', 'x-other': 'cé' }],
  ])('are taken from the parsed ones where one was %s on the way', (_what, parsed) => {
    expect(pairsOfBoth(raw, parsed)).toEqual(Object.entries(parsed))
  })

  it('are taken from the parsed ones where there are no raw ones', () => {
    expect(pairsOfBoth(undefined, { a: '1' })).toEqual([['a', '1']])
  })
})
