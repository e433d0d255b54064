import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HOUR_MS, STORED_AT_MS, after, entryWith } from '../../../test/helpers/dated-entry.js'
import { policyWith } from '../../../test/helpers/policy.js'
import { type Demands, NO_DEMANDS } from '../../model/demands.js'
import type { HeaderList } from '../../model/header-list.js'
import type { Policy } from '../../model/policy.js'
import type { Instant } from '../age.js'
import type { DatedEntry, Judgement } from '../freshness-policy.js'
import { ttlFreshness } from './ttl-freshness.js'

const ENTRY = entryWith()

function judge(entry: DatedEntry, policy: Policy, now: Instant, demands: Demands = NO_DEMANDS): Judgement {
  return ttlFreshness.judge({ entry, policy, demands, now })
}

describe('an entry stored for an hour', () => {
  it.each([
    [0, { ttlMs: 4 * HOUR_MS }, { isFresh: true, ageMs: 0, ttlMs: HOUR_MS }],
    [HOUR_MS - 1, { ttlMs: 4 * HOUR_MS }, { isFresh: true, ageMs: HOUR_MS - 1, ttlMs: 1 }],
    [
      HOUR_MS,
      { ttlMs: 4 * HOUR_MS },
      { isFresh: false, ageMs: HOUR_MS, because: 'expired', stale: undefined },
    ],
    [999, { ttlMs: 1_000 }, { isFresh: true, ageMs: 999, ttlMs: 1 }],
    [1_000, { ttlMs: 1_000 }, { isFresh: false, ageMs: 1_000, because: 'ttl-lowered', stale: undefined }],
    [HOUR_MS, { ttlMs: 1_000 }, { isFresh: false, ageMs: HOUR_MS, because: 'expired', stale: undefined }],
    [0, { ttlMs: 0 }, { isFresh: false, ageMs: 0, because: 'always-revalidate', stale: undefined }],
    [
      0,
      { ttlMs: 0, hasCallTtl: true },
      { isFresh: false, ageMs: 0, because: 'always-revalidate', stale: undefined },
    ],
    [999, { ttlMs: 1_000, hasCallTtl: true }, { isFresh: true, ageMs: 999, ttlMs: 1 }],
    [
      1_000,
      { ttlMs: 1_000, hasCallTtl: true },
      { isFresh: false, ageMs: 1_000, because: 'call-ttl-shorter', stale: undefined },
    ],
    [
      HOUR_MS,
      { ttlMs: 9 * HOUR_MS, hasCallTtl: true },
      { isFresh: false, ageMs: HOUR_MS, because: 'expired', stale: undefined },
    ],
  ])('is, after %i ms under %j, %j', (elapsedMs, policy, expected) => {
    expect(judge(ENTRY, policyWith(policy), after(elapsedMs))).toEqual(expected)
  })
})

describe("an entry stored under a call's own TTL", () => {
  const entry = entryWith({ hasCallTtl: true })

  it("is not touched by the service's TTL, lower or 0", () => {
    for (const ttlMs of [0, 1_000]) {
      expect(judge(entry, policyWith({ ttlMs }), after(HOUR_MS - 1))).toMatchObject({
        isFresh: true,
      })
      expect(judge(entry, policyWith({ ttlMs }), after(HOUR_MS))).toMatchObject({
        isFresh: false,
      })
    }
  })

  it('is stale for a call with a shorter one', () => {
    const policy = policyWith({ ttlMs: 1_000, hasCallTtl: true })
    expect(judge(entry, policy, after(1_000))).toMatchObject({ because: 'call-ttl-shorter' })
  })
})

describe('a negative answer', () => {
  const entry = entryWith({ status: 404, staleAtMs: STORED_AT_MS + 60_000 })

  it('is fresh by negativeTtl, not by ttl', () => {
    expect(judge(entry, policyWith({ ttlMs: 1 }), after(59_999))).toMatchObject({
      isFresh: true,
    })
    expect(judge(entry, policyWith({}), after(60_000))).toMatchObject({ because: 'expired' })
  })

  it('feels a lowered negativeTtl at once', () => {
    const policy = policyWith({ negativeTtlMs: 1_000 })
    expect(judge(entry, policy, after(1_000))).toMatchObject({ because: 'ttl-lowered' })
  })
})

describe('clocks', () => {
  it('that disagree count by the older age', () => {
    const entry = { ...ENTRY, confirmedMonotonicMs: 1_000 }
    const now = { nowMs: STORED_AT_MS, monotonicMs: 1_000 + HOUR_MS }
    expect(judge(entry, policyWith({}), now)).toMatchObject({
      isFresh: false,
      ageMs: HOUR_MS,
    })
  })

  it('of machines may differ by a second, and an entry from further ahead is stale', () => {
    expect(judge(ENTRY, policyWith({}), after(-1_000))).toMatchObject({
      isFresh: true,
      ageMs: 0,
    })
    expect(judge(ENTRY, policyWith({}), after(-1_001))).toEqual({
      isFresh: false,
      ageMs: 0,
      because: 'from-the-future',
      stale: undefined,
    })
  })
})

const anyMs = fc.integer({ min: 0, max: 10 * HOUR_MS })
const anyEntry = fc.record({
  lifeMs: anyMs,
  isNegative: fc.boolean(),
  hasCallTtl: fc.boolean(),
  wasSeen: fc.boolean(),
})
const anyPolicy = fc.record({ ttlMs: anyMs, negativeTtlMs: anyMs, hasCallTtl: fc.boolean() })
const anyNow = fc.record({ wallMs: fc.integer({ min: -HOUR_MS, max: 20 * HOUR_MS }), steadyMs: anyMs })

describe('whatever the entry, the policy and the clocks', () => {
  it('no entry is fresh past its own life, the TTL in force for it, or a clock ahead', () => {
    fc.assert(
      fc.property(anyEntry, anyPolicy, anyNow, (given, changes, { wallMs, steadyMs }) => {
        const entry = entryWith({
          status: given.isNegative ? 410 : 200,
          hasCallTtl: given.hasCallTtl,
          staleAtMs: STORED_AT_MS + given.lifeMs,
          ...(given.wasSeen ? { confirmedMonotonicMs: 5_000 } : {}),
        })
        const policy = policyWith(changes)
        const now = { nowMs: STORED_AT_MS + wallMs, monotonicMs: 5_000 + steadyMs }
        const judgement = judge(entry, policy, now)
        const age = Math.max(0, wallMs, given.wasSeen ? steadyMs : 0)
        const serviceTtl = given.isNegative ? changes.negativeTtlMs : changes.ttlMs
        const inForce = changes.hasCallTtl ? changes.ttlMs : given.hasCallTtl ? Infinity : serviceTtl
        expect(judgement.ageMs).toBe(age)
        expect(judgement.isFresh).toBe(age < given.lifeMs && age < inForce && wallMs >= -1_000)
        if (judgement.isFresh) expect(judgement.ttlMs).toBe(Math.min(given.lifeMs, inForce) - age)
      }),
    )
  })

  it('a TTL that is lowered to the age or below makes the entry stale at once', () => {
    fc.assert(
      fc.property(anyMs, anyMs, (ageMs, ttlMs) => {
        const entry = entryWith({ staleAtMs: STORED_AT_MS + 100 * HOUR_MS })
        const { isFresh } = judge(entry, policyWith({ ttlMs }), after(ageMs))
        expect(isFresh).toBe(ageMs < ttlMs)
      }),
    )
  })
})

describe('a response', () => {
  const assess = (status: number, headers: HeaderList = [], changes = {}): unknown =>
    ttlFreshness.assess({
      response: { status, headers },
      request: { method: 'GET', isAuthorized: false },
      policy: policyWith(changes),
      requestedAtMs: STORED_AT_MS - 80,
      receivedAtMs: STORED_AT_MS,
    })

  const STORABLE = {
    isStorable: true,
    initialAgeMs: 0,
    keptStaleForMs: 7 * 24 * HOUR_MS,
    unstoredFields: ['set-cookie', 'set-cookie2'],
  }

  it.each([200, 203, 204, 300, 301, 302, 307, 308])('with status %i is stored for the TTL', (status) => {
    expect(assess(status)).toEqual({ ...STORABLE, because: 'stored', freshForMs: 4 * HOUR_MS })
  })

  it.each([404, 410])('with status %i is stored for negativeTtl', (status) => {
    expect(assess(status)).toEqual({ ...STORABLE, because: 'negative-answer', freshForMs: 60_000 })
  })

  it.each([
    [{ ttlMs: 1_000, hasCallTtl: true }, 1_000],
    [{ ttlMs: 9 * HOUR_MS, hasCallTtl: true }, 60_000],
    [{ ttlMs: 1_000 }, 60_000],
  ])('that is negative, under %j, is stored for %i ms', (changes, freshForMs) => {
    expect(assess(404, [], changes)).toMatchObject({ freshForMs })
  })

  it.each([
    [100, 'status-not-stored'],
    [206, 'partial-content'],
    [304, 'status-not-stored'],
    ...[
      400, 401, 402, 403, 405, 406, 407, 408, 409, 411, 412, 414, 415, 416, 418, 421, 422, 425, 426, 428, 429,
      431, 451,
    ].map((status) => [status, 'status-not-stored'] as const),
    ...[500, 501, 502, 503, 504, 505, 507, 511, 520, 599].map(
      (status) => [status, 'status-not-stored'] as const,
    ),
  ] as const)('with status %i is not stored: %s', (status, because) => {
    expect(assess(status)).toEqual({ isStorable: false, because })
  })

  it.each([
    [[['Cache-Control', 'no-store']], 'no-store'],
    [
      [
        ['cache-control', 'max-age=60'],
        ['Cache-Control', 'private, No-Store'],
      ],
      'no-store',
    ],
    [[['Vary', '*']], 'vary-star'],
    [
      [
        ['Vary', 'Accept'],
        ['vary', 'Origin, *'],
      ],
      'vary-star',
    ],
  ] satisfies [HeaderList, string][])('with %j is not stored: %s', (headers, because) => {
    expect(assess(200, headers)).toEqual({ isStorable: false, because })
    expect(assess(404, headers)).toEqual({ isStorable: false, because })
  })

  it.each(['no-cache', 'private', 'max-age=0', 'private="no-store"', 'must-revalidate'])(
    'with Cache-Control %s is stored for the TTL all the same',
    (value) => {
      expect(assess(200, [['Cache-Control', value]])).toMatchObject({
        isStorable: true,
        freshForMs: 4 * HOUR_MS,
      })
    },
  )

  it('marked no-store is stored where the operator says so', () => {
    expect(assess(200, [['Cache-Control', 'no-store']], { ignoreNoStore: true })).toMatchObject({
      isStorable: true,
    })
  })
})

describe('a response that is stored', () => {
  it.each([
    [{ staleIfErrorMs: 5_000, staleWhileRevalidateMs: 0 }, 5_000],
    [{ staleIfErrorMs: 5_000, staleWhileRevalidateMs: 9_000 }, 9_000],
    [{ staleIfErrorMs: 0, staleWhileRevalidateMs: 0 }, 0],
  ])('under %j is kept for %i ms past its freshness', (changes, keptStaleForMs) => {
    const assessed = ttlFreshness.assess({
      response: { status: 200, headers: [] },
      request: { method: 'GET', isAuthorized: true },
      policy: policyWith(changes),
      requestedAtMs: STORED_AT_MS,
      receivedAtMs: STORED_AT_MS,
    })
    expect(assessed).toMatchObject({ isStorable: true, keptStaleForMs })
  })
})

describe('what a request asks', () => {
  const asking = (changes: Partial<Demands>): Demands => ({ ...NO_DEMANDS, ...changes })

  it.each([
    [0, { noCache: true }, 'request-no-cache'],
    [0, { maxAgeMs: 0 }, 'request-max-age'],
    [5_001, { maxAgeMs: 5_000 }, 'request-max-age'],
    [HOUR_MS, { noCache: true }, 'expired'],
  ])('of an entry that is %i ms old by %j makes it stale: %s', (elapsedMs, changes, because) => {
    const policy = policyWith({ staleWhileRevalidateMs: HOUR_MS })
    expect(judge(ENTRY, policy, after(elapsedMs), asking(changes))).toEqual({
      isFresh: false,
      ageMs: elapsedMs,
      because,
      stale: undefined,
    })
  })

  it('as max-age leaves a younger entry fresh', () => {
    expect(judge(ENTRY, policyWith({}), after(5_000), asking({ maxAgeMs: 5_000 }))).toMatchObject({
      isFresh: true,
    })
  })
})

describe('staleWhileRevalidate', () => {
  const policy = policyWith({ staleWhileRevalidateMs: 10_000 })
  const REFRESHED = { because: 'stale-while-revalidate', isRefreshed: true }

  it.each([
    ['to the end of its window', policy, HOUR_MS + 9_999, REFRESHED],
    ['not beyond', policy, HOUR_MS + 10_000, undefined],
    ['from where a lowered TTL ended', { ...policy, ttlMs: 1_000 }, 10_999, REFRESHED],
    ['not beyond its window after a lowered TTL', { ...policy, ttlMs: 1_000 }, 11_000, undefined],
    ['never under a TTL of 0', { ...policy, ttlMs: 0 }, 1, undefined],
    ['never before now', policy, -5_000, undefined],
  ])('lets a stale entry be served %s', (_, inForce, elapsedMs, stale) => {
    expect(judge(ENTRY, inForce, after(elapsedMs))).toMatchObject({ isFresh: false, stale })
  })
})

describe('a rescue', () => {
  it.each([
    [0, 10_000, 'allowed'],
    [HOUR_MS + 9_999, 10_000, 'allowed'],
    [HOUR_MS + 10_000, 10_000, 'too-old'],
    [HOUR_MS, 0, 'too-old'],
    [HOUR_MS - 1, 0, 'allowed'],
  ])(
    'after %i ms with staleIfError %i is %s, whatever the failure',
    (elapsedMs, staleIfErrorMs, expected) => {
      for (const failure of ['no-answer', 'failing-answer'] as const) {
        const policy = policyWith({ staleIfErrorMs })
        expect(ttlFreshness.rescue({ entry: ENTRY, policy, now: after(elapsedMs), failure })).toBe(expected)
      }
    },
  )
})
