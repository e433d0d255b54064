import { describe, expect, it } from 'vitest'
import { booksQuotaRenewsAtMs } from './quota-renewal.js'

/** Noon in London, four in the morning in California. */
const NOW_MS = Date.UTC(2026, 0, 15, 12)
const MIDNIGHT_PACIFIC_MS = Date.UTC(2026, 0, 16, 8)

const withUnit = (unit: unknown): unknown => ({
  error: {
    code: 429,
    status: 'RESOURCE_EXHAUSTED',
    errors: [{ domain: 'global', reason: 'rateLimitExceeded' }],
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'RATE_LIMIT_EXCEEDED',
        metadata: { quota_unit: unit },
      },
    ],
  },
})
const withReason = (reason: string): unknown => ({
  error: { code: 403, errors: [{ domain: 'usageLimits', reason }] },
})

describe('a spent quota of Google Books', () => {
  it.each([
    ['counted by the day', withUnit('1/d/{project}'), MIDNIGHT_PACIFIC_MS],
    ['counted by the minute', withUnit('1/min/{project}/{user}'), NOW_MS + 60_000],
    ['counted by the second', withUnit('1/s'), NOW_MS + 1_000],
    ['of the day, as older answers say it', withReason('dailyLimitExceeded'), MIDNIGHT_PACIFIC_MS],
    ['of callers without a key', withReason('dailyLimitExceededUnreg'), MIDNIGHT_PACIFIC_MS],
    ['that does not say', withReason('userRateLimitExceeded'), undefined],
    ['in a unit that nobody knows', withUnit('1/fortnight'), undefined],
    ['in no unit', withUnit(7), undefined],
    ['without JSON', undefined, undefined],
    ['with something else', { error: 'no' }, undefined],
  ])('%s', (_, json, expected) => {
    expect(booksQuotaRenewsAtMs({ status: 429, headers: [], json }, NOW_MS)).toBe(expected)
  })

  it('in summer, it is midnight there all the same', () => {
    const facts = { status: 429, headers: [], json: withUnit('1/d/{project}') }
    expect(booksQuotaRenewsAtMs(facts, Date.UTC(2026, 6, 15, 12))).toBe(Date.UTC(2026, 6, 16, 7))
  })
})
