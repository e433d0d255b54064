import { describe, expect, it } from 'vitest'
import { readHeaders } from './request-headers.js'

const pairs = [
  ['Accept', 'a'],
  ['X', '1'],
  ['X', '2'],
]

describe('request headers', () => {
  it.each<[string, unknown]>([
    ['an object', { Accept: 'a', X: ['1', '2'] }],
    ['a flat list', ['Accept', 'a', 'X', '1', 'X', '2']],
    ['a flat list of bytes', [Buffer.from('Accept'), Buffer.from('a'), 'X', ['1', Buffer.from('2')]]],
    [
      'a map',
      new Map<string, unknown>([
        ['Accept', 'a'],
        ['X', ['1', '2']],
      ]),
    ],
    ['an object with numbers', { Accept: 'a', X: [1, 2] }],
    ['an object with what is undefined', { Accept: 'a', Y: undefined, X: ['1', '2'] }],
  ])('are read from %s', (_form, headers) => {
    expect(readHeaders(headers)).toEqual(pairs)
  })

  it('are read from Headers', () => {
    expect(readHeaders(new Headers({ Accept: 'a' }))).toEqual([['accept', 'a']])
  })

  it('may be missing, and null is an empty value', () => {
    expect([readHeaders(undefined), readHeaders(null)]).toEqual([[], []])
    expect(readHeaders({ a: null })).toEqual([['a', '']])
  })

  it.each<[string, unknown]>([
    ['a list of odd length', ['a']],
    ['pairs that are none', new Set(['a'])],
    ['a value that is an object', { a: {} }],
    ['a name that is an object', [{}, 'a']],
    ['a text', 'a: b'],
  ])('are left to undici to refuse as %s', (_form, headers) => {
    expect(readHeaders(headers)).toBeUndefined()
  })
})
