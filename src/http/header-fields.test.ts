import { describe, expect, it } from 'vitest'
import type { HeaderList } from '../model/header-list.js'
import {
  endToEndFields,
  fieldValue,
  firstValue,
  listMembers,
  mergeNotModified,
  withoutFields,
} from './header-fields.js'

const LIST: HeaderList = [
  ['Vary', 'Accept'],
  ['Set-Cookie', 'a=1'],
  ['VARY', 'Origin'],
  ['set-cookie', 'b=2'],
]

describe('the value of a field', () => {
  it('joins repeated fields of any case with a comma, in order', () => {
    expect(fieldValue(LIST, 'vary')).toBe('Accept, Origin')
  })

  it('is undefined where the field is absent, and empty where it is empty', () => {
    expect(fieldValue(LIST, 'etag')).toBeUndefined()
    expect(fieldValue([['ETag', '']], 'etag')).toBe('')
  })

  it('can be the first one alone', () => {
    expect(firstValue(LIST, 'set-cookie')).toBe('a=1')
    expect(firstValue(LIST, 'etag')).toBeUndefined()
  })
})

describe('the members of a list field', () => {
  it.each([
    [undefined, []],
    ['', []],
    [' , ,', []],
    ['a', ['a']],
    [' a ,b,, c ', ['a', 'b', 'c']],
  ])('of %j are %j', (value, expected) => {
    expect(listMembers(value)).toEqual(expected)
  })
})

describe('fields left out', () => {
  it('go by their names in any case, and the others keep their order', () => {
    expect(withoutFields(LIST, new Set(['set-cookie']))).toEqual([
      ['Vary', 'Accept'],
      ['VARY', 'Origin'],
    ])
  })

  it('are those of the connection, named by the standard or by Connection', () => {
    const headers: HeaderList = [
      ['Connection', 'close, X-Hop'],
      ['Keep-Alive', 'timeout=5'],
      ['x-hop', '1'],
      ['Transfer-Encoding', 'chunked'],
      ['Content-Type', 'text/plain'],
    ]
    expect(endToEndFields(headers)).toEqual([['Content-Type', 'text/plain']])
  })
})

describe('a 304', () => {
  const stored: HeaderList = [
    ['Content-Type', 'application/json'],
    ['ETag', '"1"'],
    ['X-Page', '1'],
    ['x-page', '2'],
    ['Content-Length', '20'],
  ]

  it('replaces every stored field of a name that it carries', () => {
    expect(mergeNotModified(stored, [['X-Page', '3']])).toEqual([
      ['Content-Type', 'application/json'],
      ['ETag', '"1"'],
      ['Content-Length', '20'],
      ['X-Page', '3'],
    ])
  })

  it.each([
    'Content-Length',
    'Content-Encoding',
    'Content-Type',
    'Content-Range',
    'Set-Cookie',
    'Connection',
  ])('leaves %s of the stored response alone', (name) => {
    expect(mergeNotModified(stored, [[name, 'x']])).toEqual(stored)
  })
})

describe('a 304 with fields of its connection', () => {
  it('brings none of them in, named by the standard or by Connection', () => {
    const stored = [['ETag', '"1"']] as const
    const update = [
      ['Connection', 'X-Hop'],
      ['X-Hop', '1'],
      ['Keep-Alive', 'timeout=5'],
      ['Proxy-Connection', 'close'],
      ['X-Kept', '1'],
    ] as const
    expect(mergeNotModified(stored, update)).toEqual([
      ['ETag', '"1"'],
      ['X-Kept', '1'],
    ])
  })

  it.each([
    'Test-Header',
    'X-Content-Foo',
    'Content-Foo',
    'Cache-Control',
    'Expires',
    'ETag',
    'Content-Location',
  ])('replaces %s', (name) => {
    expect(mergeNotModified([[name.toLowerCase(), 'a']], [[name, 'b']])).toEqual([[name, 'b']])
  })
})
