// What a stored response is worth for a request, now. Pure. https://www.rfc-editor.org/rfc/rfc9111#section-4
import type { Because } from '../../model/because.js'
import { type Demands, NO_DEMANDS } from '../../model/demands.js'
import { type Instant, ageMs } from '../age.js'
import type { DatedEntry, JudgeQuestion, Judgement } from '../freshness-policy.js'
import { type Governing, allowsStale, governing, staleWhileRevalidateMs } from './governing-directives.js'

/** An instant this far ahead is still taken for now: clocks of machines differ a little. */
const SKEW_MS = 1_000

/** `http` freshness of an entry. A fresh entry for a request that asks nothing is known by its instants alone. */
export function judge(question: JudgeQuestion): Judgement {
  const { entry, demands, now } = question
  const heldMs = ageMs({ sinceMs: entry.confirmedAtMs, sinceMonotonicMs: entry.confirmedMonotonicMs }, now)
  const age = entry.initialAgeMs + heldMs
  if (isFromTheFuture(entry, now))
    return { isFresh: false, ageMs: age, because: 'from-the-future', stale: undefined }
  const freshForMs = entry.staleAtMs - entry.confirmedAtMs
  const leftMs = freshForMs - heldMs
  if (leftMs > 0) {
    const refusal = demands === NO_DEMANDS ? undefined : refusalOf(question, age, leftMs)
    if (refusal === undefined) return { isFresh: true, ageMs: age, ttlMs: leftMs }
    return { isFresh: false, ageMs: age, because: refusal, stale: undefined }
  }
  const because = freshForMs === 0 ? 'always-revalidate' : 'expired'
  return { isFresh: false, ageMs: age, because, stale: staleUse(question, age, -leftMs) }
}

/** True where an entry was confirmed at an instant that is still to come: some clock jumped. */
export function isFromTheFuture({ confirmedAtMs }: DatedEntry, { nowMs }: Instant): boolean {
  return confirmedAtMs - nowMs > SKEW_MS
}

/** What the request has against a fresh entry. https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1 */
function refusalOf(
  { entry, policy, demands }: JudgeQuestion,
  age: number,
  leftMs: number,
): Because | undefined {
  if (demands.noCache) return 'request-no-cache'
  if (isTooOld(demands, age)) {
    // A reload need not ask for what will not change while it is fresh. https://www.rfc-editor.org/rfc/rfc8246#section-2
    const isSpared = demands.maxAgeMs === 0 && governing(entry.headers, policy.cacheType).directives.immutable
    if (!isSpared) return 'request-max-age'
  }
  return demands.minFreshMs !== undefined && leftMs < demands.minFreshMs ? 'request-min-fresh' : undefined
}

function isTooOld({ maxAgeMs }: Demands, age: number): boolean {
  return maxAgeMs !== undefined && (maxAgeMs === 0 || age > maxAgeMs)
}

/** Whether and why a stale entry may be served at once. */
function staleUse(
  { entry, policy, demands }: JudgeQuestion,
  age: number,
  staleForMs: number,
): { readonly because: Because; readonly isRefreshed: boolean } | undefined {
  if (demands.noCache || demands.minFreshMs !== undefined || isTooOld(demands, age)) return undefined
  // With max-age alone the client does not wish for anything stale. https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1.1
  if (demands.maxAgeMs !== undefined && demands.maxStaleMs === undefined) return undefined
  const governed = governing(entry.headers, policy.cacheType)
  if (staleForMs < staleWhileRevalidateMs(governed))
    return { because: 'stale-while-revalidate', isRefreshed: true }
  return isWithinMaxStale(demands, governed, staleForMs)
    ? { because: 'max-stale', isRefreshed: false }
    : undefined
}

/** https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1.2 */
function isWithinMaxStale({ maxStaleMs }: Demands, governed: Governing, staleForMs: number): boolean {
  return maxStaleMs !== undefined && staleForMs <= maxStaleMs && allowsStale(governed)
}
