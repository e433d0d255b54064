// What to do with a request, given what is stored. Pure.
import type { Because } from '../model/because.js'
import type { Demands } from '../model/demands.js'
import type { BudgetLevel } from '../model/limits.js'
import type { Policy } from '../model/policy.js'
import { fieldValue } from '../http/header-fields.js'
import { type Instant, ageMs } from './age.js'
import type { DatedEntry, Judgement } from './freshness-policy.js'
import { freshnessOf } from './freshness-of.js'

/**
 * Whether a purge covers the entry; `unknown` where the shared store has been away for too long to tell, so that the entry
 * counts as stale.
 */
export type PurgeState = 'none' | 'unknown' | 'soft' | 'hard'

/** What the engine should do. */
export type LookupDecision =
  | {
      readonly action: 'serve-fresh'
      readonly because: 'fresh'
      readonly ageMs: number
      readonly ttlMs: number
      /** True where the entry is to be refreshed behind the caller before it goes stale. */
      readonly isRefreshDue: boolean
    }
  | {
      readonly action: 'serve-stale'
      readonly because: Because
      readonly ageMs: number
      /** Negative: for how long it has been stale. */
      readonly ttlMs: number
      /** True where the entry is to be refreshed behind the caller. */
      readonly isRefreshed: boolean
    }
  | { readonly action: 'revalidate'; readonly because: Because }
  | { readonly action: 'fetch'; readonly because: Because }
  /** The caller forbade to ask the origin, and there is nothing to give. */
  | { readonly action: 'refuse'; readonly because: 'only-if-cached' }

/** Everything a lookup decision depends on. */
export interface LookupQuestion {
  readonly entry: DatedEntry | undefined
  readonly policy: Policy
  readonly demands: Demands
  readonly isRefresh: boolean
  readonly purge: PurgeState
  /** How far the budget of origin calls has run down. */
  readonly budget: BudgetLevel
  readonly now: Instant
}

/** Serves, revalidates, fetches or refuses. Requests that bypass the cache never get here. */
export function decideLookup(question: LookupQuestion): LookupDecision {
  const { entry, policy, demands, purge, now } = question
  if (question.isRefresh) return { action: 'fetch', because: 'refresh-requested' }
  if (demands.mode === 'reload') return askWhere(demands, { action: 'fetch', because: 'reload-requested' })
  if (entry === undefined) return askWhere(demands, { action: 'fetch', because: 'not-in-cache' })
  if (purge === 'hard') return askWhere(demands, { action: 'fetch', because: 'purged' })
  if (now.nowMs >= entry.removeAtMs) return askWhere(demands, { action: 'fetch', because: 'expired' })
  const capLeftMs = maxTtlLeft(entry, policy, now)
  if (capLeftMs <= 0) return askWhere(demands, { action: 'fetch', because: 'over-max-ttl' })
  const judgement = freshnessOf(policy).judge({ entry, policy, demands, now })
  const isForced = demands.mode === 'force-cache' || demands.mode === 'only-if-cached'
  if (demands.mode === 'no-cache') return ask(entry, 'request-no-cache')
  if (judgement.isFresh && purge === 'none') {
    const ttlMs = Math.min(judgement.ttlMs, capLeftMs)
    const isRefreshDue = question.budget === 'ample' && isDue(judgement.ageMs, ttlMs, policy)
    return { action: 'serve-fresh', because: 'fresh', ageMs: judgement.ageMs, ttlMs, isRefreshDue }
  }
  const { ageMs } = judgement
  const ttlMs = Math.min(0, entry.staleAtMs - entry.confirmedAtMs + entry.initialAgeMs - ageMs)
  if (isForced) return { action: 'serve-stale', because: 'force-cache', ageMs, ttlMs, isRefreshed: false }
  if (!judgement.isFresh && judgement.stale !== undefined && purge === 'none')
    return { action: 'serve-stale', ageMs, ttlMs, ...judgement.stale }
  if (!judgement.isFresh && purge === 'none' && isSpared(question, judgement))
    return { action: 'serve-stale', because: 'quota-low', ageMs, ttlMs, isRefreshed: false }
  return askWhere(demands, ask(entry, judgement.isFresh ? PURGED_BECAUSE[purge] : judgement.because))
}

const PURGED_BECAUSE = { none: 'expired', unknown: 'store-away', soft: 'soft-purged' } as const

/** True from the share of its freshness on at which an entry is refreshed ahead of time. */
function isDue(ageMs: number, ttlMs: number, { eagerRefreshFrom }: Policy): boolean {
  return eagerRefreshFrom < 1 && ageMs >= eagerRefreshFrom * (ageMs + ttlMs)
}

/** How much longer than its freshness an entry is used while the budget is stretched. */
const STRETCHED_BY = 2

/**
 * True where an expired entry is used all the same, since the budget of calls runs down: for twice its freshness while it is
 * stretched, for as long as it may stand in for a failing origin once it is scarce. Nothing that the request itself, or a
 * TTL of 0, rules out.
 */
function isSpared(
  { entry, policy, demands, budget, now }: LookupQuestion,
  { ageMs, because }: Extract<Judgement, { isFresh: false }>,
): boolean {
  if (entry === undefined || (budget !== 'stretched' && budget !== 'scarce')) return false
  if (because !== 'expired' && because !== 'ttl-lowered') return false
  const isRefused = demands.noCache || demands.minFreshMs !== undefined
  if (isRefused || (demands.maxAgeMs !== undefined && ageMs >= demands.maxAgeMs)) return false
  if (freshnessOf(policy).rescue({ entry, policy, now, failure: 'no-answer' }) !== 'allowed') return false
  const storedForMs = entry.staleAtMs - entry.confirmedAtMs + entry.initialAgeMs
  const freshForMs = because === 'ttl-lowered' ? policy.ttlMs : storedForMs
  return budget === 'scarce' || ageMs < STRETCHED_BY * freshForMs
}

/** True for a request that is not to reach the origin. */
export function forbidsAsking({ mode, onlyIfCached }: Demands): boolean {
  return mode === 'only-if-cached' || onlyIfCached
}

/** Asks the origin, unless the caller forbade it. */
function askWhere(demands: Demands, asking: LookupDecision): LookupDecision {
  if (forbidsAsking(demands)) return { action: 'refuse', because: 'only-if-cached' }
  return asking
}

function ask(entry: DatedEntry, because: Because): LookupDecision {
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
