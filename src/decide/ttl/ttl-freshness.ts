// Freshness by the times that the operator gives. Pure.
import { cacheControlOf } from '../../http/cache-control.js'
import { fieldValue, listMembers } from '../../http/header-fields.js'
import type { Because } from '../../model/because.js'
import type { Policy } from '../../model/policy.js'
import { type Instant, ageMs } from '../age.js'
import type { DatedEntry, FreshnessPolicy, Judgement, Storability } from '../freshness-policy.js'

/** Answers that say there is nothing: kept for `negativeTtl`. */
const NEGATIVE = new Set([404, 410])

/** An instant this far ahead is still taken for now: clocks of machines differ a little. */
const SKEW_MS = 1_000

/** `ttl` freshness: an entry is fresh before its `staleAtMs` and while younger than the TTL now in force. */
export const ttlFreshness: FreshnessPolicy = Object.freeze({ judge, assess })

function judge(entry: DatedEntry, policy: Policy, now: Instant): Judgement {
  const age = ageMs({ sinceMs: entry.confirmedAtMs, sinceMonotonicMs: entry.confirmedMonotonicMs }, now)
  if (entry.confirmedAtMs - now.nowMs > SKEW_MS)
    return { isFresh: false, ageMs: age, because: 'from-the-future' }
  const storedForMs = entry.staleAtMs - entry.confirmedAtMs
  const allowedMs = ttlNow(entry, policy)
  if (age < storedForMs && age < allowedMs) {
    return { isFresh: true, ageMs: age, ttlMs: Math.min(storedForMs, allowedMs) - age }
  }
  return { isFresh: false, ageMs: age, because: reasonOf(age < storedForMs, policy, storedForMs) }
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

function assess(
  {
    status,
    headers,
  }: { readonly status: number; readonly headers: Parameters<FreshnessPolicy['assess']>[0]['headers'] },
  policy: Policy,
): Storability {
  if (status === 206) return { isStorable: false, because: 'partial-content' }
  const isNegative = NEGATIVE.has(status)
  if (status < 200 || status === 304 || (status >= 400 && !isNegative))
    return { isStorable: false, because: 'status-not-stored' }
  if (!policy.ignoreNoStore && cacheControlOf(headers).has('no-store'))
    return { isStorable: false, because: 'no-store' }
  if (listMembers(fieldValue(headers, 'vary')).includes('*'))
    return { isStorable: false, because: 'vary-star' }
  return {
    isStorable: true,
    because: isNegative ? 'negative-answer' : 'stored',
    freshForMs: isNegative ? negativeTtl(policy) : policy.ttlMs,
  }
}

/** A call's own TTL shortens a negative answer's life, never lengthens it. */
function negativeTtl(policy: Policy): number {
  return policy.hasCallTtl ? Math.min(policy.negativeTtlMs, policy.ttlMs) : policy.negativeTtlMs
}
