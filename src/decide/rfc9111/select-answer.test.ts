import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NO_DEMANDS } from '../../model/demands.js'
import type { HeaderList } from '../../model/header-list.js'
import { isForOrigin } from './preconditions.js'
import { type SelectQuestion, type SelectedAnswer, selectAnswer } from './select-answer.js'

const NOW_MS = Date.UTC(2026, 0, 15, 12)
const date = (seconds: number): string => new Date(NOW_MS + seconds * 1_000).toUTCString()
const TAGGED: HeaderList = [
  ['ETag', '"abcdef"'],
  ['Last-Modified', date(-5_000)],
  ['Date', date(0)],
  ['Content-Type', 'text/plain'],
  ['Content-Length', '11'],
  ['Cache-Control', 'max-age=60'],
]

interface Given {
  readonly method?: string
  readonly status?: number
  readonly headers?: HeaderList
  readonly sizeBytes?: number | undefined
  readonly asks?: Partial<SelectQuestion['demands']>
}

function selected(given: Given): SelectedAnswer {
  const { method = 'GET', status = 200, headers = TAGGED, asks } = given
  const sizeBytes = 'sizeBytes' in given ? given.sizeBytes : 11
  return selectAnswer({
    method,
    demands: asks === undefined ? NO_DEMANDS : { ...NO_DEMANDS, ...asks },
    answer: { status, headers, sizeBytes },
    confirmedAtMs: NOW_MS - 60_000,
    nowMs: NOW_MS,
  })
}

const when = (...conditions: HeaderList): Given => ({ asks: { conditions } })

describe('an answer is handed on as it is', () => {
  it.each([
    ['to a request that asks nothing', {}],
    ['to another method', { ...when(['If-None-Match', '*']), method: 'POST' }],
    ['with another status', { ...when(['If-None-Match', '*']), status: 404 }],
    ['where another tag is known', when(['If-None-Match', '"other"'])],
    ['where a tag is known of what has none', { ...when(['If-None-Match', '"abcdef"']), headers: [] }],
    ['where it changed since', when(['If-Modified-Since', date(-5_001)])],
    ['where the date is none', when(['If-Modified-Since', 'yesterday'])],
    ['where several dates are named', when(['If-Modified-Since', date(0)], ['If-Modified-Since', date(0)])],
    [
      'where the tag says so, whatever the date',
      when(['If-None-Match', '"other"'], ['If-Modified-Since', date(0)]),
    ],
    ['where the right one is expected', when(['If-Match', '"x", "abcdef"'])],
    ['where any is expected', when(['If-Match', '*'])],
    ['where it has not changed since', when(['If-Unmodified-Since', date(-5_000)])],
    ['where nobody knows when it changed', { ...when(['If-Unmodified-Since', date(-9_000)]), headers: [] }],
    ['for a range of a HEAD', { method: 'HEAD', asks: { range: 'bytes=0-1' } }],
    ['for a range of what is still coming', { sizeBytes: undefined, asks: { range: 'bytes=0-1' } }],
    ['for several ranges', { asks: { range: 'bytes=0-1,3-4' } }],
    ['for a range of another unit', { asks: { range: 'items=0-1' } }],
    ['for a range of another version', { asks: { range: 'bytes=0-1', ifRange: '"other"' } }],
    ['for a range of a weak version', { asks: { range: 'bytes=0-1', ifRange: 'W/"abcdef"' } }],
    ['for a range of a version of another date', { asks: { range: 'bytes=0-1', ifRange: date(-5_001) } }],
    ['for a range of no version', { asks: { range: 'bytes=0-1', ifRange: 'abcdef' } }],
    [
      'for a range of a version that changed in the second it was made',
      {
        headers: [
          ['Last-Modified', date(0)],
          ['Date', date(0)],
        ],
        asks: { range: 'bytes=0-1', ifRange: date(0) },
      },
    ],
  ] satisfies [string, Given][])('%s', (_, given) => {
    expect(selected(given)).toEqual({ kind: 'as-is' })
  })
})

describe('a 304 goes', () => {
  it.each([
    ['to who knows the tag', when(['If-None-Match', '"abcdef"'])],
    ['to who knows the tag among others', when(['if-none-match', '"1", "abcdef"'], ['If-None-Match', '"2"'])],
    ['to who knows the tag as weak', when(['If-None-Match', 'W/"abcdef"'])],
    ['to who knows the tag unquoted', when(['If-None-Match', 'abcdef'])],
    ['to who knows any', when(['If-None-Match', '*'])],
    ['to who has it as of then', when(['If-Modified-Since', date(-5_000)])],
    ['to who has it as of later', when(['If-Modified-Since', date(-2_000)])],
    ['to who has it as of later in the future', when(['If-Modified-Since', date(2_000)])],
    [
      'to who knows the tag, whatever the date',
      when(['If-None-Match', '"abcdef"'], ['If-Modified-Since', date(-10_000)]),
    ],
    ['for a HEAD too', { ...when(['If-None-Match', '"abcdef"']), method: 'HEAD' }],
    ['before any range', { asks: { conditions: [['If-None-Match', '"abcdef"']], range: 'bytes=99-' } }],
    [
      'to who writes the date in an old form',
      when(['If-Modified-Since', 'Thursday, 15-Jan-26 10:36:40 GMT']),
    ],
  ] satisfies [string, Given][])('%s', (_, given) => {
    expect(selected(given)).toEqual({
      kind: 'not-modified',
      headers: [
        ['ETag', '"abcdef"'],
        ['Date', date(0)],
        ['Cache-Control', 'max-age=60'],
      ],
    })
  })

  it('by the weak tag of the answer, whose weakness does not count', () => {
    const headers: HeaderList = [['ETag', 'W/"a"']]
    expect(selected({ ...when(['If-None-Match', '"a"']), headers })).toEqual({
      kind: 'not-modified',
      headers,
    })
  })

  it('with Last-Modified where there is no tag', () => {
    const headers: HeaderList = [['Last-Modified', date(-5_000)]]
    expect(selected({ ...when(['If-Modified-Since', date(0)]), headers })).toMatchObject({ headers })
  })

  it.each([
    [[['Date', date(-100)]], -100, 'not-modified'],
    [[['Date', date(-100)]], -101, 'as-is'],
    [[], -60, 'not-modified'],
    [[], -61, 'as-is'],
  ] satisfies [HeaderList, number, string][])(
    'where there is no Last-Modified, by Date or when it was confirmed: %j, %i s: %s',
    (headers, seconds, kind) => {
      expect(selected({ ...when(['If-Modified-Since', date(seconds)]), headers })).toMatchObject({ kind })
    },
  )
})

describe('a 412 goes', () => {
  it.each([
    ['to who expects another tag', when(['If-Match', '"other"'])],
    ['to who expects the tag as weak', when(['If-Match', 'W/"abcdef"'])],
    ['to who expects a tag of what has none', { ...when(['If-Match', '"abcdef"']), headers: [] }],
    ['to who expects it as of earlier', when(['If-Unmodified-Since', date(-5_001)])],
    ['first of all', when(['If-None-Match', '"abcdef"'], ['If-Match', '"other"'])],
  ] satisfies [string, Given][])('%s', (_, given) => {
    expect(selected(given)).toEqual({ kind: 'precondition-failed' })
  })

  it('to nobody whose tag is right, whatever the date', () => {
    const given = when(['If-Match', '"abcdef"'], ['If-Unmodified-Since', date(-9_000)])
    expect(selected(given)).toEqual({ kind: 'as-is' })
  })

  it('by conditions that are for the origin to judge', () => {
    expect(isForOrigin([['if-match', '*']])).toBe(true)
    expect(isForOrigin([['If-Unmodified-Since', 'x']])).toBe(true)
    expect(isForOrigin([['If-None-Match', '*']])).toBe(false)
  })
})

describe('a range', () => {
  it.each([
    ['bytes=0-1', 0, 1, 'bytes 0-1/11'],
    ['bytes=1-', 1, 10, 'bytes 1-10/11'],
    ['bytes=-1', 10, 10, 'bytes 10-10/11'],
    ['bytes=0-99', 0, 10, 'bytes 0-10/11'],
  ])('of %s is bytes %i to %i', (range, start, end, contentRange) => {
    expect(selected({ asks: { range } })).toEqual({
      kind: 'partial',
      start,
      end,
      headers: [
        ...TAGGED.filter(([name]) => name !== 'Content-Length'),
        ['Content-Range', contentRange],
        ['Content-Length', String(end - start + 1)],
      ],
    })
  })

  it.each(['"abcdef"', date(-5_000)])('of the version %s is that of the answer', (ifRange) => {
    expect(selected({ asks: { range: 'bytes=0-1', ifRange } })).toMatchObject({ kind: 'partial' })
  })

  it.each(['bytes=11-', 'bytes=-0'])('of %s cannot be had', (range) => {
    expect(selected({ asks: { range } })).toEqual({
      kind: 'unsatisfiable',
      headers: [['Content-Range', 'bytes */11']],
    })
  })
})

describe('whatever is asked', () => {
  it('nothing but a 200 to GET or HEAD is ever changed', () => {
    const status = fc.integer({ min: 100, max: 599 }).filter((code) => code !== 200)
    const asks = { conditions: [['If-None-Match', '*']] as const, range: 'bytes=0-1' }
    fc.assert(
      fc.property(status, fc.constantFrom('GET', 'HEAD', 'POST', 'PUT'), (code, method) => {
        expect(selected({ status: code, method, asks })).toEqual({ kind: 'as-is' })
      }),
    )
  })
})
