// The one interface behind which each kind of freshness stands. Pure.
import type { Because } from '../model/because.js'
import type { EntryHead } from '../model/cache-entry.js'
import type { HeaderList } from '../model/header-list.js'
import type { Policy } from '../model/policy.js'
import type { Instant } from './age.js'

/** An entry as decisions see it. */
export type DatedEntry = EntryHead & { readonly confirmedMonotonicMs?: number }

/** What an entry is worth now. */
export type Judgement =
  | { readonly isFresh: true; readonly ageMs: number; readonly ttlMs: number }
  | { readonly isFresh: false; readonly ageMs: number; readonly because: Because }

/** Whether and for how long a response may be stored. */
export type Storability =
  | { readonly isStorable: true; readonly because: 'stored' | 'negative-answer'; readonly freshForMs: number }
  | { readonly isStorable: false; readonly because: Because }

/** One kind of freshness. */
export interface FreshnessPolicy {
  /** Whether an entry is fresh now. */
  judge(entry: DatedEntry, policy: Policy, now: Instant): Judgement
  /** Whether a good response may be stored, and for how long it is fresh. */
  assess(response: { readonly status: number; readonly headers: HeaderList }, policy: Policy): Storability
}
