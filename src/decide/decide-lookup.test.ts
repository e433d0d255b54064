import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HOUR_MS, STORED_AT_MS, after, entryWith } from '../../test/helpers/dated-entry.js'
import { policyWith } from '../../test/helpers/policy.js'
import { NO_DEMANDS } from '../model/demands.js'
import { type LookupDecision, type LookupQuestion, decideLookup, isOverMaxTtl } from './decide-lookup.js'

const ETAG = [['ETag', '"1"']] as const

function decide(changes: Partial<LookupQuestion>): LookupDecision {
  return decideLookup({
    entry: entryWith({ headers: ETAG }),
    policy: policyWith({}),
    demands: NO_DEMANDS,
    isRefresh: false,
    purge: 'none',
    budget: 'ample',
    now: after(0),
    ...changes,
  })
}

describe('a lookup', () => {
  it.each([
    [
      'serves a fresh entry',
      {},
      { action: 'serve-fresh', because: 'fresh', ageMs: 0, ttlMs: HOUR_MS, isRefreshDue: false },
    ],
    [
      'serves it to its last millisecond',
      { now: after(HOUR_MS - 1) },
      { action: 'serve-fresh', because: 'fresh', ageMs: HOUR_MS - 1, ttlMs: 1, isRefreshDue: false },
    ],
    ['revalidates it from then on', { now: after(HOUR_MS) }, { action: 'revalidate', because: 'expired' }],
    ['fetches what is not there', { entry: undefined }, { action: 'fetch', because: 'not-in-cache' }],
    ['fetches what is purged', { purge: 'hard' }, { action: 'fetch', because: 'purged' }],
    [
      'fetches what is purged and expired',
      { purge: 'hard', now: after(HOUR_MS) },
      { action: 'fetch', because: 'purged' },
    ],
    [
      'revalidates what is softly purged',
      { purge: 'soft' },
      { action: 'revalidate', because: 'soft-purged' },
    ],
    [
      'says expired where it is softly purged too',
      { purge: 'soft', now: after(HOUR_MS) },
      { action: 'revalidate', because: 'expired' },
    ],
    [
      'fetches unconditionally on a refresh',
      { isRefresh: true },
      { action: 'fetch', because: 'refresh-requested' },
    ],
    [
      'fetches on a refresh of nothing',
      { isRefresh: true, entry: undefined },
      { action: 'fetch', because: 'refresh-requested' },
    ],
    [
      'always revalidates under a TTL of 0',
      { policy: policyWith({ ttlMs: 0 }) },
      { action: 'revalidate', because: 'always-revalidate' },
    ],
    [
      'revalidates an entry from the future',
      { now: after(-5_000) },
      { action: 'revalidate', because: 'from-the-future' },
    ],
  ] satisfies [string, Partial<LookupQuestion>, LookupDecision][])('%s', (_, changes, expected) => {
    expect(decide(changes)).toEqual(expected)
  })

  it.each([
    ['an ETag', [['etag', 'W/"1"']], 'revalidate'],
    ['a Last-Modified', [['Last-Modified', 'Thu, 15 Jan 2026 11:00:00 GMT']], 'revalidate'],
    ['neither', [], 'fetch'],
  ] as const)('asks for a stale entry with %s: %s', (_, headers, action) => {
    expect(decide({ entry: entryWith({ headers }), now: after(HOUR_MS) })).toEqual({
      action,
      because: 'expired',
    })
    expect(decide({ entry: entryWith({ headers }), purge: 'soft' })).toEqual({
      action,
      because: 'soft-purged',
    })
  })
})

describe('maxTtl', () => {
  const policy = policyWith({ maxTtlMs: 10_000 })

  it('ends an entry to the millisecond, whatever its TTL, and has the body fetched again', () => {
    expect(decide({ policy, now: after(9_999) })).toEqual({
      action: 'serve-fresh',
      because: 'fresh',
      ageMs: 9_999,
      ttlMs: 1,
      isRefreshDue: false,
    })
    expect(decide({ policy, now: after(10_000) })).toEqual({ action: 'fetch', because: 'over-max-ttl' })
  })

  it('runs from when the body came, not from when it was confirmed', () => {
    const entry = entryWith({
      headers: ETAG,
      confirmedAtMs: STORED_AT_MS + 9_000,
      staleAtMs: STORED_AT_MS + 9_000 + HOUR_MS,
    })
    expect(decide({ entry, policy, now: after(9_500) })).toMatchObject({ ageMs: 500, ttlMs: 500 })
    expect(decide({ entry, policy, now: after(10_000) })).toMatchObject({ because: 'over-max-ttl' })
  })

  it('counts by the clock that never goes back, where this process saw the entry confirmed', () => {
    const entry = entryWith({ confirmedAtMs: STORED_AT_MS + 4_000, confirmedMonotonicMs: 50_000 })
    const at = (monotonicMs: number): boolean =>
      isOverMaxTtl(entry, policy, { nowMs: STORED_AT_MS, monotonicMs })
    expect([at(55_999), at(56_000)]).toEqual([false, true])
  })

  it('is not stretched by a wall clock that was set back between storing and confirming', () => {
    const entry = entryWith({ confirmedAtMs: STORED_AT_MS - HOUR_MS, confirmedMonotonicMs: 50_000 })
    const now = { nowMs: STORED_AT_MS - HOUR_MS + 10_000, monotonicMs: 60_000 }
    expect(isOverMaxTtl(entry, policy, now)).toBe(true)
  })
})

const anyMs = fc.integer({ min: 0, max: 100_000 })
const question = fc.record({
  lifeMs: anyMs,
  ttlMs: anyMs,
  maxTtlMs: fc.oneof(anyMs, fc.constant(Infinity)),
  confirmedAfterMs: anyMs,
  wallMs: fc.integer({ min: -100_000, max: 300_000 }),
  steadyMs: anyMs,
  wasSeen: fc.boolean(),
  hasCallTtl: fc.boolean(),
  purge: fc.constantFrom('none', 'soft', 'hard'),
  isRefresh: fc.boolean(),
})

describe('whatever is asked', () => {
  it('nothing is served fresh past its life, the TTL in force, the cap, a purge or a refresh', () => {
    fc.assert(
      fc.property(question, (given) => {
        const confirmedAtMs = STORED_AT_MS + given.confirmedAfterMs
        const entry = entryWith({
          confirmedAtMs,
          staleAtMs: confirmedAtMs + given.lifeMs,
          hasCallTtl: given.hasCallTtl,
          ...(given.wasSeen ? { confirmedMonotonicMs: 5_000 } : {}),
        })
        const now = { nowMs: STORED_AT_MS + given.wallMs, monotonicMs: 5_000 + given.steadyMs }
        const policy = policyWith({ ttlMs: given.ttlMs, maxTtlMs: given.maxTtlMs })
        const { purge, isRefresh } = given
        const decision = decideLookup({
          entry,
          policy,
          demands: NO_DEMANDS,
          purge,
          isRefresh,
          budget: 'ample',
          now,
        })
        if (decision.action !== 'serve-fresh') return
        const sinceBodyMs = Math.max(
          now.nowMs - STORED_AT_MS,
          given.wasSeen ? given.steadyMs + given.confirmedAfterMs : 0,
        )
        expect([purge, isRefresh]).toEqual(['none', false])
        expect(now.nowMs).toBeLessThan(entry.staleAtMs)
        expect(decision.ageMs).toBeGreaterThanOrEqual(0)
        expect(decision.ageMs).toBeLessThan(given.hasCallTtl ? Infinity : given.ttlMs)
        expect(sinceBodyMs).toBeLessThan(given.maxTtlMs)
        expect(decision.ttlMs).toBeGreaterThan(0)
        expect(sinceBodyMs + decision.ttlMs).toBeLessThanOrEqual(given.maxTtlMs)
      }),
    )
  })

  it('an entry is not over the cap before it is that old by some clock', () => {
    fc.assert(
      fc.property(anyMs, anyMs, (maxTtlMs, ageMs) => {
        expect(isOverMaxTtl(entryWith(), policyWith({ maxTtlMs }), after(ageMs))).toBe(ageMs >= maxTtlMs)
      }),
    )
  })
})
