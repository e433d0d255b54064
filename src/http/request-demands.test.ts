import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NO_DEMANDS } from '../model/demands.js'
import type { HeaderList } from '../model/header-list.js'
import { demandsOf } from './request-demands.js'

describe('a request that asks nothing', () => {
  it.each([
    [[]],
    [[['Accept', '*/*']]],
    [[['Cache-Control', 'nothing-to-see-here']]],
    [[['Cache-Control', '']]],
    [[['Pragma', 'foo']]],
    [
      [
        ['Pragma', 'no-cache'],
        ['Cache-Control', 'nothing-to-see-here'],
      ],
    ],
    [[['Cache-Control', 'min-fresh=x, max-stale=x']]],
    [[['Accept-Language', 'en']]],
  ] satisfies [HeaderList][])('with %j is the one that all share', (headers) => {
    expect(demandsOf(headers, 'default')).toBe(NO_DEMANDS)
  })

  it('but a mode says only the mode', () => {
    expect(demandsOf([], 'reload')).toEqual({ ...NO_DEMANDS, mode: 'reload' })
  })
})

describe('a request', () => {
  it.each([
    [[['Cache-Control', 'no-cache']], { noCache: true }],
    [[['cache-control', 'No-Store']], { noStore: true }],
    [[['Cache-Control', 'only-if-cached']], { onlyIfCached: true }],
    [[['Cache-Control', 'max-age=0']], { maxAgeMs: 0 }],
    [[['Cache-Control', 'max-age=60, max-age=5']], { maxAgeMs: 5_000 }],
    [[['Cache-Control', 'max-age=x']], { maxAgeMs: 0 }],
    [[['Cache-Control', 'min-fresh=10, min-fresh=20']], { minFreshMs: 20_000 }],
    [[['Cache-Control', 'max-stale']], { maxStaleMs: Infinity }],
    [[['Cache-Control', 'max-stale=60']], { maxStaleMs: 60_000 }],
    [[['Cache-Control', 'max-stale, max-stale=60']], { maxStaleMs: 60_000 }],
    [[['Cache-Control', 'max-age="60"']], { maxAgeMs: 60_000 }],
    [[['Pragma', 'no-cache']], { noCache: true }],
    [[['pragma', 'foo, No-Cache']], { noCache: true }],
    [[['Range', 'bytes=0-1']], { range: 'bytes=0-1' }],
    [
      [
        ['range', 'bytes=0-1'],
        ['If-Range', '"a"'],
      ],
      { range: 'bytes=0-1', ifRange: '"a"' },
    ],
    [
      [
        ['Range', 'bytes=0-1'],
        ['Range', 'bytes=3-4'],
      ],
      { range: 'bytes=0-1, bytes=3-4' },
    ],
    [
      [
        ['If-None-Match', '"a"'],
        ['Accept', '*/*'],
        ['if-modified-since', 'x'],
        ['If-Match', '*'],
        ['IF-UNMODIFIED-SINCE', 'y'],
      ],
      {
        conditions: [
          ['If-None-Match', '"a"'],
          ['if-modified-since', 'x'],
          ['If-Match', '*'],
          ['IF-UNMODIFIED-SINCE', 'y'],
        ],
      },
    ],
  ] satisfies [HeaderList, unknown][])('with %j', (headers, expected) => {
    expect(demandsOf(headers, 'default')).toEqual({ ...NO_DEMANDS, ...(expected as object) })
    expect(demandsOf(headers, 'no-cache')).toEqual({
      ...NO_DEMANDS,
      ...(expected as object),
      mode: 'no-cache',
    })
  })

  it('with headers of any other name asks nothing', () => {
    const read = /^(cache-control|pragma|range|if-(range|match|none-match|modified-since|unmodified-since))$/i
    const name = fc.string().filter((text) => !read.test(text))
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string())), (headers) => {
        expect(demandsOf(headers, 'default')).toBe(NO_DEMANDS)
      }),
    )
  })
})
