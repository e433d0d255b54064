// Freshness by the times that the operator gives. Pure.
import { cacheControlOf } from '../../http/cache-control.js'
import { varyNames } from '../../http/vary.js'
import type { Because } from '../../model/because.js'
import type { Demands } from '../../model/demands.js'
import type { Policy } from '../../model/policy.js'
import { ageMs } from '../age.js'
import type {
  AssessQuestion,
  DatedEntry,
  FreshnessPolicy,
  JudgeQuestion,
  Judgement,
  RescueQuestion,
  Storability,
} from '../freshness-policy.js'

/** Answers that say there is nothing: kept for `negativeTtl`. */
const NEGATIVE = new Set([404, 410])

/** An instant this far ahead is still taken for now: clocks of machines differ a little. */
const SKEW_MS = 1_000

/** A caller's own, and never anybody else's. */
const UNSTORED_FIELDS: readonly string[] = Object.freeze(['set-cookie', 'set-cookie2'])

/** `ttl` freshness: an entry is fresh before its `staleAtMs` and while younger than the TTL now in force. */
export const ttlFreshness: FreshnessPolicy = Object.freeze({ judge, assess, rescue })

function judge({ entry, policy, demands, now }: JudgeQuestion): Judgement {
  const age = ageMs({ sinceMs: entry.confirmedAtMs, sinceMonotonicMs: entry.confirmedMonotonicMs }, now)
  if (entry.confirmedAtMs - now.nowMs > SKEW_MS)
    return { isFresh: false, ageMs: age, because: 'from-the-future', stale: undefined }
  const storedForMs = entry.staleAtMs - entry.confirmedAtMs
  const allowedMs = ttlNow(entry, policy)
  const refusal = refusalOf(demands, age)
  if (age < storedForMs && age < allowedMs) {
    if (refusal === undefined)
      return { isFresh: true, ageMs: age, ttlMs: Math.min(storedForMs, allowedMs) - age }
    return { isFresh: false, ageMs: age, because: refusal, stale: undefined }
  }
  const because = reasonOf(age < storedForMs, policy, storedForMs)
  const staleForMs = age - Math.min(storedForMs, allowedMs)
  const isServable =
    refusal === undefined && because !== 'always-revalidate' && staleForMs < policy.staleWhileRevalidateMs
  return { isFresh: false, ageMs: age, because, stale: isServable ? REFRESHED : undefined }
}

const REFRESHED = Object.freeze({ because: 'stale-while-revalidate', isRefreshed: true } as const)

/** What the request asks beyond the TTL. https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1 */
function refusalOf({ noCache, maxAgeMs }: Demands, age: number): Because | undefined {
  if (noCache) return 'request-no-cache'
  return maxAgeMs !== undefined && (maxAgeMs === 0 || age > maxAgeMs) ? 'request-max-age' : undefined
}

/** The TTL in force for an entry: a call's own counts against any, a service's not against a call's. */
function ttlNow(entry: DatedEntry, policy: Policy): number {
  if (policy.hasCallTtl) return policy.ttlMs
  if (entry.hasCallTtl) return Number.POSITIVE_INFINITY
  return NEGATIVE.has(entry.status) ? policy.negativeTtlMs : policy.ttlMs
}

function reasonOf(wasStoredLonger: boolean, policy: Policy, storedForMs: number): Because {
  if (policy.ttlMs === 0 || storedForMs === 0) return 'always-revalidate'
  if (!wasStoredLonger) return 'expired'
  return policy.hasCallTtl ? 'call-ttl-shorter' : 'ttl-lowered'
}

function assess({ response: { status, headers }, policy }: AssessQuestion): Storability {
  if (status === 206) return { isStorable: false, because: 'partial-content' }
  const isNegative = NEGATIVE.has(status)
  if (status < 200 || status === 304 || (status >= 400 && !isNegative))
    return { isStorable: false, because: 'status-not-stored' }
  if (!policy.ignoreNoStore && cacheControlOf(headers).has('no-store'))
    return { isStorable: false, because: 'no-store' }
  if (varyNames(headers) === '*') return { isStorable: false, because: 'vary-star' }
  return {
    isStorable: true,
    because: isNegative ? 'negative-answer' : 'stored',
    freshForMs: isNegative ? negativeTtl(policy) : policy.ttlMs,
    initialAgeMs: 0,
    keptStaleForMs: Math.max(policy.staleIfErrorMs, policy.staleWhileRevalidateMs),
    unstoredFields: UNSTORED_FIELDS,
  }
}

/** A call's own TTL shortens a negative answer's life, never lengthens it. */
function negativeTtl(policy: Policy): number {
  return policy.hasCallTtl ? Math.min(policy.negativeTtlMs, policy.ttlMs) : policy.negativeTtlMs
}

/** An older entry stands in for so long after it went stale, whatever the failure. */
function rescue({ entry, policy, now }: RescueQuestion): 'allowed' | 'too-old' {
  const age = ageMs({ sinceMs: entry.confirmedAtMs, sinceMonotonicMs: entry.confirmedMonotonicMs }, now)
  const staleForMs = age - (entry.staleAtMs - entry.confirmedAtMs)
  return staleForMs < policy.staleIfErrorMs ? 'allowed' : 'too-old'
}
