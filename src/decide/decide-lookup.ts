// What to do with a request, given what is stored. Pure.
import type { Because } from '../model/because.js'
import type { Policy } from '../model/policy.js'
import { fieldValue } from '../http/header-fields.js'
import { type Instant, ageMs } from './age.js'
import type { DatedEntry } from './freshness-policy.js'
import { freshnessOf } from './freshness-of.js'

/** Whether a purge covers the entry. */
export type PurgeState = 'none' | 'soft' | 'hard'

/** What the engine should do. */
export type LookupDecision =
  | {
      readonly action: 'serve-fresh'
      readonly because: 'fresh'
      readonly ageMs: number
      readonly ttlMs: number
    }
  | { readonly action: 'revalidate'; readonly because: Because }
  | { readonly action: 'fetch'; readonly because: Because }

/** Everything a lookup decision depends on. */
export interface LookupQuestion {
  readonly entry: DatedEntry | undefined
  readonly policy: Policy
  readonly isRefresh: boolean
  readonly purge: PurgeState
  readonly now: Instant
}

/** Serves, revalidates or fetches. Requests that bypass the cache never get here. */
export function decideLookup({ entry, policy, isRefresh, purge, now }: LookupQuestion): LookupDecision {
  if (isRefresh) return { action: 'fetch', because: 'refresh-requested' }
  if (entry === undefined) return { action: 'fetch', because: 'not-in-cache' }
  if (purge === 'hard') return { action: 'fetch', because: 'purged' }
  const capLeftMs = maxTtlLeft(entry, policy, now)
  if (capLeftMs <= 0) return { action: 'fetch', because: 'over-max-ttl' }
  const judgement = freshnessOf(policy).judge(entry, policy, now)
  if (judgement.isFresh && purge === 'none') {
    const ttlMs = Math.min(judgement.ttlMs, capLeftMs)
    return { action: 'serve-fresh', because: 'fresh', ageMs: judgement.ageMs, ttlMs }
  }
  const because = judgement.isFresh ? 'soft-purged' : judgement.because
  return hasValidator(entry) ? { action: 'revalidate', because } : { action: 'fetch', because }
}

/** True where an entry is past the cap on the age of any answer, counted from when its body came. */
export function isOverMaxTtl(entry: DatedEntry, policy: Policy, now: Instant): boolean {
  return maxTtlLeft(entry, policy, now) <= 0
}

function maxTtlLeft(entry: DatedEntry, policy: Policy, now: Instant): number {
  if (policy.maxTtlMs === Number.POSITIVE_INFINITY) return policy.maxTtlMs
  const sinceMonotonicMs =
    entry.confirmedMonotonicMs === undefined
      ? undefined
      : entry.confirmedMonotonicMs - Math.max(0, entry.confirmedAtMs - entry.storedAtMs)
  return policy.maxTtlMs - ageMs({ sinceMs: entry.storedAtMs, sinceMonotonicMs }, now)
}

function hasValidator({ headers }: DatedEntry): boolean {
  return fieldValue(headers, 'etag') !== undefined || fieldValue(headers, 'last-modified') !== undefined
}
