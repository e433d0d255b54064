import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HeaderList } from '../model/header-list.js'
import { saidLimits } from './rate-limit-fields.js'

const NOW_MS = Date.UTC(2026, 0, 15, 12)
const NOW_SECONDS = NOW_MS / 1_000

const read = (...headers: HeaderList) => saidLimits(headers, NOW_MS)

describe('what a response says of its limits', () => {
  it('the current draft: what is left, and the policy of that name', () => {
    expect(
      read(
        ['RateLimit-Policy', '"burst";q=100;w=60, "daily";q=1000;w=86400'],
        ['RateLimit', '"burst";r=50;t=30'],
        ['RateLimit', '"daily";r=999;t=3600;pk=:dXNlcg==:'],
      ),
    ).toEqual([
      { name: 'burst', limit: 100, remaining: 50, resetInMs: 30_000, windowMs: 60_000 },
      { name: 'daily', limit: 1_000, remaining: 999, resetInMs: 3_600_000, windowMs: 86_400_000 },
    ])
  })

  it('a limit without a policy has no size, one that counts other things than requests is none', () => {
    expect(read(['ratelimit', 'default;r=5;t=2'])).toEqual([
      { name: 'default', limit: undefined, remaining: 5, resetInMs: 2_000, windowMs: undefined },
    ])
    expect(
      read(['RateLimit-Policy', '"b";q=65535;qu="content-bytes";w=10'], ['RateLimit', '"b";r=5;t=2']),
    ).toEqual([])
  })

  it.each<[string, HeaderList, object]>([
    [
      'drafts 7 to 9',
      [['RateLimit', 'limit=100, remaining=50, reset=5']],
      { name: 'RateLimit', limit: 100, remaining: 50, resetInMs: 5_000, windowMs: undefined },
    ],
    [
      'drafts up to 6',
      [
        ['RateLimit-Limit', '100, 10;w=1, 100;w=60'],
        ['RateLimit-Remaining', '50'],
        ['RateLimit-Reset', '5'],
      ],
      { name: 'RateLimit', limit: 100, remaining: 50, resetInMs: 5_000, windowMs: 60_000 },
    ],
    [
      'seconds from now',
      [
        ['X-RateLimit-Limit', '60'],
        ['X-RateLimit-Remaining', '0'],
        ['X-RateLimit-Reset', '12'],
      ],
      { name: 'X-RateLimit', limit: 60, remaining: 0, resetInMs: 12_000, windowMs: undefined },
    ],
    [
      'an instant in seconds',
      [
        ['x-ratelimit-remaining', '59'],
        ['x-ratelimit-reset', String(NOW_SECONDS + 90)],
      ],
      { name: 'X-RateLimit', limit: undefined, remaining: 59, resetInMs: 90_000, windowMs: undefined },
    ],
    [
      'an instant in milliseconds',
      [
        ['x-ratelimit-remaining', '59'],
        ['x-ratelimit-reset', String(NOW_MS + 1_234)],
      ],
      { name: 'X-RateLimit', limit: undefined, remaining: 59, resetInMs: 1_234, windowMs: undefined },
    ],
    [
      'a date',
      [
        ['x-ratelimit-remaining', '1'],
        ['x-ratelimit-reset', 'Thu, 15 Jan 2026 12:00:10 GMT'],
      ],
      { name: 'X-RateLimit', limit: undefined, remaining: 1, resetInMs: 10_000, windowMs: undefined },
    ],
    [
      'fractions of a second, and an instant that is past',
      [
        ['x-ratelimit-remaining', '1'],
        ['x-ratelimit-reset', String(NOW_SECONDS - 5.5)],
      ],
      { name: 'X-RateLimit', limit: undefined, remaining: 1, resetInMs: 0, windowMs: undefined },
    ],
  ])('%s', (_, headers, expected) => {
    expect(saidLimits(headers, NOW_MS)).toEqual([expected])
  })

  it('the standard’s field wins over those that are made up', () => {
    expect(
      read(['X-RateLimit-Remaining', '1'], ['X-RateLimit-Reset', '1'], ['RateLimit', '"a";r=9;t=9']),
    ).toMatchObject([{ name: 'a', remaining: 9 }])
  })

  it.each<[string, HeaderList]>([
    ['nothing', []],
    ['no reset', [['X-RateLimit-Remaining', '0']]],
    ['no remainder', [['X-RateLimit-Reset', '10']]],
    ['a negative number', [['RateLimit', '"a";r=-1;t=5']]],
    ['text', [['RateLimit', '"a";r="many";t=soon']]],
    ['a field that does not parse', [['RateLimit', '"a";r=1;;t=']]],
    ['inner lists', [['RateLimit', '("a" "b");r=1;t=1']]],
    ['a reset in a thousand years', [['RateLimit', '"a";r=0;t=99999999999']]],
    ['more calls than there can be', [['RateLimit', '"a";r=999999999999999;t=5']]],
    [
      'infinity',
      [
        ['X-RateLimit-Remaining', 'Infinity'],
        ['X-RateLimit-Reset', '1'],
      ],
    ],
    [
      'hexadecimals',
      [
        ['X-RateLimit-Remaining', '0x10'],
        ['X-RateLimit-Reset', '1'],
      ],
    ],
    [
      'two values',
      [
        ['X-RateLimit-Remaining', '1'],
        ['X-RateLimit-Remaining', '2'],
        ['X-RateLimit-Reset', '1'],
      ],
    ],
    ['a name without end', [['RateLimit', `"${'a'.repeat(100)}";r=1;t=1`]]],
    ['a field without end', [['RateLimit', '"a";r=1;t=1, '.repeat(500)]]],
  ])('%s says nothing', (_, headers) => {
    expect(saidLimits(headers, NOW_MS)).toEqual([])
  })

  it('of many limits the first four count', () => {
    const many = Array.from({ length: 50 }, (_, index) => `"p${index}";r=${index};t=1`).join(', ')
    expect(read(['RateLimit', many]).map(({ name }) => name)).toEqual(['p0', 'p1', 'p2', 'p3'])
  })

  it('is bounded and whole, whatever the fields say', () => {
    const text = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[-"a-z0-9=;, .()r]{0,40}$/),
      fc.tuple(fc.integer(), fc.double()).map(([r, t]) => `"a";r=${r};t=${t}`),
    )
    const name = fc.constantFrom(
      'RateLimit',
      'RateLimit-Policy',
      'RateLimit-Limit',
      'RateLimit-Remaining',
      'RateLimit-Reset',
      'X-RateLimit-Limit',
      'X-RateLimit-Remaining',
      'X-RateLimit-Reset',
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(name, text), { maxLength: 6 }), (headers) => {
        for (const said of saidLimits(headers, NOW_MS)) {
          expect(Number.isSafeInteger(said.remaining) && said.remaining >= 0).toBe(true)
          expect(Number.isSafeInteger(said.resetInMs) && said.resetInMs >= 0).toBe(true)
          expect(said.limit === undefined || (Number.isSafeInteger(said.limit) && said.limit >= 0)).toBe(true)
          expect(said.windowMs === undefined || Number.isSafeInteger(said.windowMs)).toBe(true)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
