import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HOUR_MS, STORED_AT_MS, after, entryWith } from '../../test/helpers/dated-entry.js'
import { policyWith } from '../../test/helpers/policy.js'
import { type FailureQuestion, type FailureReason, failureDecision } from './decide-after-response.js'

const POLICY = policyWith({ staleIfErrorMs: 10_000 })

function decide(changes: Partial<FailureQuestion>, because: FailureReason = 'origin-unreachable'): unknown {
  return failureDecision(
    { entry: entryWith(), purge: 'none', policy: POLICY, now: after(HOUR_MS), ...changes },
    because,
  )
}

const RESCUE = { action: 'rescue', because: 'origin-unreachable' }
const FAIL = { action: 'fail', because: 'origin-unreachable' }

describe('after a failure', () => {
  it.each([
    ['origin-unreachable', 'rescue'],
    ['origin-timeout', 'rescue'],
    ['origin-transient', 'rescue'],
    ['origin-quota', 'rescue'],
    ['invalid-response', 'rescue'],
    ['origin-auth', 'fail'],
    ['origin-permanent', 'fail'],
  ] satisfies [FailureReason, string][])('of kind %s the older entry is for %s', (because, action) => {
    expect(decide({}, because)).toMatchObject({ action, because })
  })

  it.each([
    ['an entry is fresh still', { now: after(0) }, { ...RESCUE, ageMs: 0 }],
    ['an entry has just gone stale', {}, { ...RESCUE, ageMs: HOUR_MS }],
    [
      'staleIfError ends in a millisecond',
      { now: after(HOUR_MS + 9_999) },
      { ...RESCUE, ageMs: HOUR_MS + 9_999 },
    ],
    ['staleIfError ends', { now: after(HOUR_MS + 10_000) }, FAIL],
    ['there is no entry', { entry: undefined }, FAIL],
    ['the entry is purged', { purge: 'hard' }, FAIL],
    ['the entry is softly purged', { purge: 'soft' }, { ...RESCUE, ageMs: HOUR_MS }],
    ['staleIfError is 0 and the entry stale', { policy: policyWith({ staleIfErrorMs: 0 }) }, FAIL],
    [
      'staleIfError is 0 and the entry fresh',
      { policy: policyWith({ staleIfErrorMs: 0 }), now: after(HOUR_MS - 1) },
      { ...RESCUE, ageMs: HOUR_MS - 1 },
    ],
    [
      'the cap ends in a millisecond',
      { policy: policyWith({ maxTtlMs: HOUR_MS + 1 }) },
      { ...RESCUE, ageMs: HOUR_MS },
    ],
    ['the cap ends', { policy: policyWith({ maxTtlMs: HOUR_MS }) }, FAIL],
    [
      'the TTL was lowered long ago',
      { policy: policyWith({ ttlMs: 1, staleIfErrorMs: 10_000 }) },
      { ...RESCUE, ageMs: HOUR_MS },
    ],
  ] satisfies [string, Partial<FailureQuestion>, unknown][])('where %s', (_, changes, expected) => {
    expect(decide(changes)).toEqual(expected)
  })

  it('the cap runs from when the body came, though a 304 renewed the entry', () => {
    const entry = entryWith({ confirmedAtMs: STORED_AT_MS + HOUR_MS, staleAtMs: STORED_AT_MS + 2 * HOUR_MS })
    const policy = policyWith({ maxTtlMs: 2 * HOUR_MS })
    expect(decide({ entry, policy, now: after(2 * HOUR_MS - 1) })).toMatchObject({
      ...RESCUE,
      ageMs: HOUR_MS - 1,
    })
    expect(decide({ entry, policy, now: after(2 * HOUR_MS) })).toEqual(FAIL)
  })

  it('no entry stands in past staleIfError, the cap or a purge, whatever the clocks', () => {
    const ms = fc.integer({ min: 0, max: 50_000 })
    fc.assert(
      fc.property(
        ms,
        ms,
        ms,
        fc.integer({ min: -50_000, max: 200_000 }),
        ms,
        (lifeMs, staleIfErrorMs, maxTtlMs, wallMs, steadyMs) => {
          const entry = entryWith({ staleAtMs: STORED_AT_MS + lifeMs, confirmedMonotonicMs: 5_000 })
          const now = { nowMs: STORED_AT_MS + wallMs, monotonicMs: 5_000 + steadyMs }
          const policy = policyWith({ staleIfErrorMs, maxTtlMs })
          const ageMs = Math.max(0, wallMs, steadyMs)
          expect(decide({ entry, policy, now })).toEqual(
            ageMs - lifeMs < staleIfErrorMs && ageMs < maxTtlMs ? { ...RESCUE, ageMs } : FAIL,
          )
          expect(decide({ entry, policy, now, purge: 'hard' })).toEqual(FAIL)
        },
      ),
    )
  })
})
