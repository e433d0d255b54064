import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Demands, NO_DEMANDS } from '../../model/demands.js'
import type { HeaderList } from '../../model/header-list.js'
import { type SelectedPart, selectFromPartial } from './select-from-partial.js'

const NOW_MS = Date.UTC(2026, 0, 15, 12)

interface Part {
  readonly contentRange: string
  readonly sizeBytes: number | undefined
  readonly method?: string
  readonly status?: number
}

const LAST_SIX: Part = { contentRange: 'bytes 4-9/10', sizeBytes: 6 }

function selected(part: Part, asks: Partial<Demands>): SelectedPart {
  const headers: HeaderList = [
    ['ETag', '"a"'],
    ['Content-Range', part.contentRange],
    ['Content-Length', String(part.sizeBytes)],
  ]
  const { method = 'GET', status = 206, sizeBytes } = part
  const demands = { ...NO_DEMANDS, ...asks }
  return selectFromPartial({
    method,
    demands,
    answer: { status, headers, sizeBytes },
    confirmedAtMs: NOW_MS,
    nowMs: NOW_MS,
  })
}

describe('out of the last six of ten bytes', () => {
  it.each([
    ['bytes=6-8', 2, 4, 'bytes 6-8/10'],
    ['bytes=6-', 2, 5, 'bytes 6-9/10'],
    ['bytes=6-99', 2, 5, 'bytes 6-9/10'],
    ['bytes=-1', 5, 5, 'bytes 9-9/10'],
    ['bytes=-5', 1, 5, 'bytes 5-9/10'],
    ['bytes=4-4', 0, 0, 'bytes 4-4/10'],
  ])('%s is %i to %i', (range, start, end, contentRange) => {
    expect(selected(LAST_SIX, { range })).toEqual({
      kind: 'partial',
      start,
      end,
      headers: [
        ['ETag', '"a"'],
        ['Content-Range', contentRange],
        ['Content-Length', String(end - start + 1)],
      ],
    })
  })

  it.each(['bytes=4-9', 'bytes=4-', 'bytes=-6', 'bytes=4-99'])('%s is all', (range) => {
    expect(selected(LAST_SIX, { range })).toEqual({ kind: 'as-is' })
  })

  it.each([
    [{ range: 'bytes=3-5' }],
    [{ range: 'bytes=-7' }],
    [{ range: 'bytes=10-' }],
    [{ range: 'bytes=-0' }],
    [{ range: 'bytes=4-5,6-7' }],
    [{ range: 'items=4-5' }],
    [{}],
    [{ range: 'bytes=4-5', ifRange: '"b"' }],
    [{ range: 'bytes=4-5', ifRange: 'W/"a"' }],
    [{ conditions: [['If-None-Match', '"a"']] }],
  ] satisfies [Partial<Demands>][])('%j cannot be had', (asks) => {
    expect(selected(LAST_SIX, asks)).toEqual({ kind: 'outside' })
  })

  it('a 304 goes to who knows the tag of what is asked for', () => {
    const conditions = [['If-None-Match', '"a"']] as const
    expect(selected(LAST_SIX, { range: 'bytes=4-5', conditions })).toEqual({
      kind: 'not-modified',
      headers: [['ETag', '"a"']],
    })
  })

  it('the right version is asked for by its tag', () => {
    expect(selected(LAST_SIX, { range: 'bytes=4-5', ifRange: '"a"' })).toMatchObject({ kind: 'partial' })
  })
})

describe('out of another part', () => {
  it.each([
    ['that does not reach the end', { contentRange: 'bytes 0-4/10', sizeBytes: 5 }, 'bytes=2-'],
    ['that does not reach the end, the last', { contentRange: 'bytes 0-4/10', sizeBytes: 5 }, 'bytes=-1'],
    ['of unknown size', { contentRange: 'bytes 0-4/*', sizeBytes: 5 }, 'bytes=2-'],
    ['that is no part', { contentRange: 'bytes */10', sizeBytes: 5 }, 'bytes=0-1'],
    ['that is still coming', { ...LAST_SIX, sizeBytes: undefined }, 'bytes=4-5'],
    ['that is empty', { ...LAST_SIX, sizeBytes: 0 }, 'bytes=4-5'],
    ['that is a whole', { ...LAST_SIX, status: 200 }, 'bytes=4-5'],
    ['for a HEAD', { ...LAST_SIX, method: 'HEAD' }, 'bytes=4-5'],
  ] satisfies [string, Part, string][])('%s nothing can be had', (_, part, range) => {
    expect(selected(part, { range })).toEqual({ kind: 'outside' })
  })

  it('of unknown size places can', () => {
    expect(selected({ contentRange: 'bytes 0-4/*', sizeBytes: 5 }, { range: 'bytes=1-2' })).toMatchObject({
      start: 1,
      end: 2,
      headers: [
        ['ETag', '"a"'],
        ['Content-Range', 'bytes 1-2/*'],
        ['Content-Length', '2'],
      ],
    })
  })

  it.each([
    ['bytes=-5', { kind: 'as-is' }],
    ['bytes=6-8', { kind: 'partial', start: 2, end: 4 }],
    ['bytes=6-', { kind: 'partial', start: 2, end: 4 }],
    ['bytes=-1', { kind: 'partial', start: 4, end: 4 }],
  ])('whose origin miscounted by one, %s is what the origin would give', (range, expected) => {
    expect(selected({ contentRange: 'bytes 4-9/10', sizeBytes: 5 }, { range })).toMatchObject(expected)
  })
})

describe('whatever part is kept and whatever is asked', () => {
  it('the bytes are those that the whole would give', () => {
    const place = fc.nat({ max: 12 })
    const bound = fc.oneof(fc.constant(''), place.map(String))
    fc.assert(
      fc.property(
        place,
        place,
        fc.integer({ min: 1, max: 12 }),
        bound,
        bound,
        (from, to, size, first, last) => {
          const whole = 'abcdefghijkl'.slice(0, size)
          const [start, end] = [Math.min(from, to), Math.min(Math.max(from, to), size - 1)]
          fc.pre(start <= end)
          const held = whole.slice(start, end + 1)
          const part = { contentRange: `bytes ${start}-${end}/${size}`, sizeBytes: held.length }
          const result = selected(part, { range: `bytes=${first}-${last}` })
          if (result.kind === 'outside') return
          const got = result.kind === 'partial' ? held.slice(result.start, result.end + 1) : held
          const wanted =
            first === ''
              ? whole.slice(-Number(last))
              : whole.slice(Number(first), last === '' ? size : Number(last) + 1)
          expect(got).toBe(wanted)
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
