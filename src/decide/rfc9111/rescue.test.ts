import { describe, expect, it } from 'vitest'
import { HOUR_MS, after, entryWith } from '../../../test/helpers/dated-entry.js'
import { policyWith } from '../../../test/helpers/policy.js'
import type { Policy } from '../../model/policy.js'
import type { RescueQuestion } from '../freshness-policy.js'
import { rescue } from './rescue.js'

function rescued(
  control: string,
  staleForMs: number,
  {
    failure = 'no-answer',
    cacheType = 'private',
  }: { failure?: RescueQuestion['failure']; cacheType?: Policy['cacheType'] },
): string {
  return rescue({
    entry: entryWith({ headers: [['Cache-Control', control]] }),
    policy: policyWith({ freshness: 'http', cacheType, staleIfErrorMs: 1 }),
    now: after(HOUR_MS + staleForMs),
    failure,
  })
}

describe('an older entry, when', () => {
  it.each([
    ['max-age=3600', 0, 'allowed', 'too-old'],
    ['max-age=3600', 30 * 86_400_000, 'allowed', 'too-old'],
    ['max-age=3600', -1, 'allowed', 'allowed'],
    ['must-revalidate', -1, 'allowed', 'allowed'],
    ['must-revalidate', 0, 'forbidden', 'forbidden'],
    ['must-revalidate, stale-if-error=60', 0, 'forbidden', 'forbidden'],
    ['no-cache', 0, 'forbidden', 'forbidden'],
    ['no-cache="a"', 0, 'allowed', 'too-old'],
    ['stale-if-error=60', 59_999, 'allowed', 'allowed'],
    ['stale-if-error=60', 60_000, 'allowed', 'too-old'],
    ['stale-if-error=x', 0, 'allowed', 'too-old'],
    ['max-age=3600', -2 * HOUR_MS, 'allowed', 'too-old'],
    ['must-revalidate', -2 * HOUR_MS, 'forbidden', 'forbidden'],
  ])(
    'it says %s and is stale for %i ms: without an answer %s, after an error %s',
    (control, ms, none, failing) => {
      expect(rescued(control, ms, {})).toBe(none)
      expect(rescued(control, ms, { failure: 'failing-answer' })).toBe(failing)
    },
  )

  it.each([
    ['proxy-revalidate', 0, 'allowed', 'forbidden'],
    ['s-maxage=3600', 0, 'allowed', 'forbidden'],
    ['s-maxage=3600, stale-if-error=60', 0, 'allowed', 'allowed'],
    ['s-maxage=3600, stale-if-error=60', 60_000, 'allowed', 'forbidden'],
    ['proxy-revalidate, stale-if-error=60', 0, 'allowed', 'forbidden'],
  ])('it says %s and is stale for %i ms: %s for one user, %s for all', (control, ms, own, shared) => {
    expect(rescued(control, ms, {})).toBe(own)
    expect(rescued(control, ms, { cacheType: 'shared' })).toBe(shared)
  })
})
