import { describe, expect, it } from 'vitest'
import type { HeaderList } from '../../model/header-list.js'
import { governing } from './governing-directives.js'
import { type LifetimeQuestion, explicitLifetimeMs, heuristicLifetimeMs } from './lifetime.js'

const RECEIVED_AT_MS = Date.UTC(2026, 0, 15, 12)
const DAY_MS = 86_400_000
const dateIn = (seconds: number): string => new Date(RECEIVED_AT_MS + seconds * 1_000).toUTCString()

function question(headers: HeaderList, cacheType: 'private' | 'shared'): LifetimeQuestion {
  return { headers, governed: governing(headers, cacheType), receivedAtMs: RECEIVED_AT_MS }
}

describe('the lifetime that a response gives itself', () => {
  const cases: [HeaderList, number | undefined, number | undefined][] = [
    [[], undefined, undefined],
    [[['Cache-Control', 'public']], undefined, undefined],
    [[['Cache-Control', 'max-age=60']], 60_000, 60_000],
    [[['Cache-Control', 's-maxage=3600, max-age=1']], 1_000, 3_600_000],
    [[['Cache-Control', 's-maxage=3600']], undefined, 3_600_000],
    [
      [
        ['Cache-Control', 'max-age=3600'],
        ['Cache-Control', 's-maxage=1'],
      ],
      3_600_000,
      1_000,
    ],
    [
      [
        ['Expires', dateIn(-10)],
        ['Cache-Control', 'max-age=0, s-maxage=3600'],
      ],
      0,
      3_600_000,
    ],
    [
      [
        ['Cache-Control', 'max-age=3600'],
        ['Expires', '0'],
      ],
      3_600_000,
      3_600_000,
    ],
    [
      [
        ['CDN-Cache-Control', 'max-age=60'],
        ['Cache-Control', 'max-age=1'],
      ],
      1_000,
      60_000,
    ],
    [
      [
        ['CDN-Cache-Control', 'public'],
        ['Cache-Control', 'max-age=1'],
        ['Expires', dateIn(60)],
      ],
      1_000,
      undefined,
    ],
    [
      [
        ['CDN-Cache-Control', '&&'],
        ['Cache-Control', 'max-age=1'],
      ],
      1_000,
      1_000,
    ],
  ]

  it.each(cases)('%j is %s for one user and %s for all', (headers, own, shared) => {
    expect(explicitLifetimeMs(question(headers, 'private'))).toBe(own)
    expect(explicitLifetimeMs(question(headers, 'shared'))).toBe(shared)
  })
})

describe('Expires', () => {
  it.each([
    [[['Expires', dateIn(60)]], 60_000],
    [
      [
        ['Expires', dateIn(60)],
        ['Date', dateIn(20)],
      ],
      40_000,
    ],
    [
      [
        ['Expires', dateIn(300)],
        ['Date', dateIn(400)],
      ],
      0,
    ],
    [
      [
        ['Expires', dateIn(10)],
        ['Date', 'foo'],
      ],
      10_000,
    ],
    [[['Expires', dateIn(0)]], 0],
    [[['Expires', dateIn(-60)]], 0],
    [[['Expires', '0']], 0],
    [[['Expires', '']], 0],
    [
      [
        ['Expires', dateIn(60)],
        ['expires', dateIn(60)],
      ],
      0,
    ],
  ] satisfies [HeaderList, number][])('%j gives %i ms', (headers, expected) => {
    expect(explicitLifetimeMs(question(headers, 'private'))).toBe(expected)
  })
})

describe('a guessed lifetime', () => {
  it.each([
    [[], 0],
    [[['Last-Modified', 'yesterday']], 0],
    [[['Last-Modified', dateIn(60)]], 0],
    [[['Last-Modified', dateIn(-600)]], 60_000],
    [
      [
        ['Last-Modified', dateIn(-600)],
        ['Date', dateIn(-100)],
      ],
      50_000,
    ],
    [[['Last-Modified', dateIn(-100 * 86_400)]], DAY_MS],
  ] satisfies [HeaderList, number][])('for %j is %i ms', (headers, expected) => {
    expect(heuristicLifetimeMs(question(headers, 'private'))).toBe(expected)
  })
})
