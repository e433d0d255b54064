// Whether an older entry may stand in for a failing origin. Pure. https://www.rfc-editor.org/rfc/rfc9111#section-4.2.4
import { assertNever } from '../../shared/assert-never.js'
import { ageMs } from '../age.js'
import type { RescueQuestion } from '../freshness-policy.js'
import { allowsStale, governing, staleIfErrorMs } from './governing-directives.js'
import { isFromTheFuture } from './judgement.js'

/**
 * `http` rescue: an entry that is fresh still may always stand in. A stale one may where nothing came from the origin
 * and nothing in it forbids that; for an answer that is an error only as long as it says itself.
 */
export function rescue({ entry, policy, now, failure }: RescueQuestion): 'allowed' | 'too-old' | 'forbidden' {
  const heldMs = ageMs({ sinceMs: entry.confirmedAtMs, sinceMonotonicMs: entry.confirmedMonotonicMs }, now)
  const staleForMs = heldMs - (entry.staleAtMs - entry.confirmedAtMs)
  if (staleForMs < 0 && !isFromTheFuture(entry, now)) return 'allowed'
  const governed = governing(entry.headers, policy.cacheType)
  if (Math.max(0, staleForMs) < staleIfErrorMs(governed)) return 'allowed'
  if (!allowsStale(governed)) return 'forbidden'
  switch (failure) {
    case 'no-answer':
      return 'allowed'
    case 'failing-answer':
      return 'too-old'
    default:
      return assertNever(failure)
  }
}
