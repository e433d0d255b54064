import { describe, expect, it } from 'vitest'
import { HOUR_MS, STORED_AT_MS, after, entryWith } from '../../../test/helpers/dated-entry.js'
import { policyWith } from '../../../test/helpers/policy.js'
import { type Demands, NO_DEMANDS } from '../../model/demands.js'
import type { HeaderList } from '../../model/header-list.js'
import type { Policy } from '../../model/policy.js'
import type { DatedEntry, Judgement } from '../freshness-policy.js'
import { judge } from './judgement.js'

interface Given {
  readonly entry?: Partial<DatedEntry>
  readonly control?: string
  readonly cacheType?: Policy['cacheType']
  readonly asks?: Partial<Demands>
  readonly elapsedMs: number
}

function judged({ entry, control, cacheType = 'private', asks, elapsedMs }: Given): Judgement {
  const headers: HeaderList = control === undefined ? [] : [['Cache-Control', control]]
  return judge({
    entry: entryWith({ headers, ...entry }),
    policy: policyWith({ freshness: 'http', cacheType, ttlMs: 1, negativeTtlMs: 1 }),
    demands: asks === undefined ? NO_DEMANDS : { ...NO_DEMANDS, ...asks },
    now: after(elapsedMs),
  })
}

describe('an entry that is fresh for an hour', () => {
  it.each([
    [{ elapsedMs: 0 }, { isFresh: true, ageMs: 0, ttlMs: HOUR_MS }],
    [{ elapsedMs: HOUR_MS - 1 }, { isFresh: true, ageMs: HOUR_MS - 1, ttlMs: 1 }],
    [{ elapsedMs: HOUR_MS }, { isFresh: false, ageMs: HOUR_MS, because: 'expired', stale: undefined }],
    [{ elapsedMs: -1_000 }, { isFresh: true, ageMs: 0, ttlMs: HOUR_MS }],
    [{ elapsedMs: -1_001 }, { isFresh: false, ageMs: 0, because: 'from-the-future', stale: undefined }],
    [
      { elapsedMs: 1_000, entry: { initialAgeMs: 20_000 } },
      { isFresh: true, ageMs: 21_000, ttlMs: HOUR_MS - 1_000 },
    ],
    [
      { elapsedMs: 0, entry: { status: 404 } },
      { isFresh: true, ageMs: 0, ttlMs: HOUR_MS },
    ],
    [
      { elapsedMs: 0, entry: { staleAtMs: STORED_AT_MS } },
      { isFresh: false, ageMs: 0, because: 'always-revalidate', stale: undefined },
    ],
    [
      { elapsedMs: 0, entry: { confirmedMonotonicMs: 1_000 - HOUR_MS } },
      { isFresh: false, ageMs: HOUR_MS, because: 'expired', stale: undefined },
    ],
  ] satisfies [Given, Judgement][])('is, given %j, %j', (given, expected) => {
    expect(judged(given)).toEqual(expected)
  })

  it('is known to be fresh without a look at its headers', () => {
    const headers = new Proxy([], {
      get() {
        throw new Error('read')
      },
    })
    expect(judged({ entry: { headers }, elapsedMs: 0 })).toMatchObject({ isFresh: true })
  })
})

describe('a request that asks for more than freshness', () => {
  it.each([
    [{ noCache: true }, 0, 'request-no-cache'],
    [{ noCache: true, maxStaleMs: Infinity }, 0, 'request-no-cache'],
    [{ maxAgeMs: 0 }, 0, 'request-max-age'],
    [{ maxAgeMs: 5_000 }, 5_001, 'request-max-age'],
    [{ maxAgeMs: 5_000, maxStaleMs: Infinity }, 5_001, 'request-max-age'],
    [{ minFreshMs: HOUR_MS }, 1, 'request-min-fresh'],
    [{ minFreshMs: HOUR_MS, maxAgeMs: HOUR_MS, maxStaleMs: Infinity }, 1, 'request-min-fresh'],
  ] satisfies [Partial<Demands>, number, string][])(
    'by %j gets nothing that is %i ms old',
    (asks, elapsedMs, because) => {
      expect(judged({ asks, elapsedMs, control: 'stale-while-revalidate=9999' })).toEqual({
        isFresh: false,
        ageMs: elapsedMs,
        because,
        stale: undefined,
      })
    },
  )

  it.each([
    [{ maxAgeMs: 5_000 }, 5_000],
    [{ minFreshMs: HOUR_MS }, 0],
    [{ maxStaleMs: Infinity }, 0],
    [{ noStore: true, onlyIfCached: true, range: 'bytes=0-', mode: 'reload' }, 0],
  ] satisfies [Partial<Demands>, number][])('by %j gets what is %i ms old', (asks, elapsedMs) => {
    expect(judged({ asks, elapsedMs })).toMatchObject({ isFresh: true })
  })

  it('by max-age counts the age on arrival', () => {
    const given = { entry: { initialAgeMs: 1_800_000 }, elapsedMs: 0 }
    expect(judged({ ...given, asks: { maxAgeMs: 600_000 } })).toMatchObject({ because: 'request-max-age' })
  })
})

describe('an immutable entry', () => {
  const control = 'max-age=3600, immutable'

  it.each([
    [{ maxAgeMs: 0 }, 1_000, { isFresh: true }],
    [{ maxAgeMs: 0 }, HOUR_MS, { because: 'expired', stale: undefined }],
    [{ noCache: true }, 1_000, { because: 'request-no-cache' }],
    [{ maxAgeMs: 500 }, 1_000, { because: 'request-max-age' }],
    [{ maxAgeMs: 0, minFreshMs: HOUR_MS }, 1_000, { because: 'request-min-fresh' }],
  ] satisfies [Partial<Demands>, number, object][])(
    'for %j after %i ms is %j',
    (asks, elapsedMs, expected) => {
      expect(judged({ asks, elapsedMs, control })).toMatchObject(expected)
    },
  )
})

const REFRESHED = { because: 'stale-while-revalidate', isRefreshed: true }
const MAX_STALE = { because: 'max-stale', isRefreshed: false }

describe('a stale entry is served at once', () => {
  it.each([
    ['within stale-while-revalidate', 'stale-while-revalidate=10', 9_999, {}, REFRESHED],
    ['for a client that takes it stale', '', 10_000, { maxStaleMs: 10_000 }, MAX_STALE],
    ['for a client that takes anything', '', 1e9, { maxStaleMs: Infinity }, MAX_STALE],
    [
      'for a client that takes it old and stale',
      '',
      10_000,
      { maxStaleMs: 10_000, maxAgeMs: 2 * HOUR_MS },
      MAX_STALE,
    ],
    [
      'refreshed where both allow it',
      'stale-while-revalidate=10',
      5_000,
      { maxStaleMs: Infinity },
      REFRESHED,
    ],
    ['though only some fields must be validated', 'no-cache="a"', 5_000, { maxStaleMs: Infinity }, MAX_STALE],
  ] satisfies [string, string, number, Partial<Demands>, object][])(
    '%s',
    (_, control, staleForMs, asks, stale) => {
      expect(judged({ control, asks, elapsedMs: HOUR_MS + staleForMs })).toMatchObject({
        isFresh: false,
        because: 'expired',
        stale,
      })
    },
  )

  it.each([
    ['past the window', 'stale-while-revalidate=10', 10_000, {}],
    ['past what the client takes', '', 10_001, { maxStaleMs: 10_000 }],
    ['for a client that wants it validated', 'stale-while-revalidate=10', 0, { noCache: true }],
    ['for a client that wants it young', 'stale-while-revalidate=10', 0, { maxAgeMs: 2 * HOUR_MS }],
    ['for a client that wants it younger', '', 0, { maxAgeMs: 1_000, maxStaleMs: Infinity }],
    ['for a client that wants it fresh', 'stale-while-revalidate=10', 0, { minFreshMs: 0 }],
    ['against must-revalidate', 'must-revalidate, stale-while-revalidate=10', 0, { maxStaleMs: Infinity }],
    ['against no-cache', 'no-cache, stale-while-revalidate=10', 0, { maxStaleMs: Infinity }],
    ['against an unreadable window', 'stale-while-revalidate=x', 0, {}],
  ] satisfies [string, string, number, Partial<Demands>][])('but not %s', (_, control, staleForMs, asks) => {
    expect(judged({ control, asks, elapsedMs: HOUR_MS + staleForMs })).toMatchObject({ stale: undefined })
  })

  it.each([
    ['proxy-revalidate, stale-while-revalidate=10', {}, REFRESHED, undefined],
    ['proxy-revalidate', { maxStaleMs: Infinity }, MAX_STALE, undefined],
    ['s-maxage=3600', { maxStaleMs: Infinity }, MAX_STALE, undefined],
    ['s-maxage=3600, stale-while-revalidate=10', {}, REFRESHED, REFRESHED],
    ['s-maxage=3600, must-revalidate, stale-while-revalidate=10', {}, undefined, undefined],
  ] satisfies [string, Partial<Demands>, object | undefined, object | undefined][])(
    'under %s with %j: %j for one user, %j for all',
    (control, asks, own, shared) => {
      const given = { control, asks, elapsedMs: HOUR_MS }
      expect(judged(given)).toMatchObject({ stale: own })
      expect(judged({ ...given, cacheType: 'shared' })).toMatchObject({ stale: shared })
    },
  )

  it('by a setting of the other freshness never', () => {
    const policy = policyWith({ freshness: 'http', staleWhileRevalidateMs: HOUR_MS })
    const question = { entry: entryWith(), policy, demands: NO_DEMANDS, now: after(HOUR_MS) }
    expect(judge(question)).toMatchObject({ stale: undefined })
  })
})
