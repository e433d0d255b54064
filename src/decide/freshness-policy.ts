// The one interface behind which each kind of freshness stands. Pure.
import type { Because } from '../model/because.js'
import type { EntryHead } from '../model/cache-entry.js'
import type { Demands } from '../model/demands.js'
import type { HeaderList } from '../model/header-list.js'
import type { Policy } from '../model/policy.js'
import type { Instant } from './age.js'

/** An entry as decisions see it. */
export type DatedEntry = EntryHead & { readonly confirmedMonotonicMs?: number }

/** What an entry's worth depends on. */
export interface JudgeQuestion {
  readonly entry: DatedEntry
  readonly policy: Policy
  readonly demands: Demands
  readonly now: Instant
}

/** What an entry is worth now. */
export type Judgement =
  | { readonly isFresh: true; readonly ageMs: number; readonly ttlMs: number }
  | {
      readonly isFresh: false
      readonly ageMs: number
      readonly because: Because
      /** Where it may be served stale all the same: why, and whether it is refreshed behind the caller. */
      readonly stale: { readonly because: Because; readonly isRefreshed: boolean } | undefined
    }

/** What storing a response depends on. */
export interface AssessQuestion {
  readonly response: { readonly status: number; readonly headers: HeaderList }
  readonly request: {
    readonly method: string
    /** True where the request carried `Authorization`. */
    readonly isAuthorized: boolean
  }
  readonly policy: Policy
  /** Wall-clock instants: when the request was sent, and when the response's headers came. */
  readonly requestedAtMs: number
  readonly receivedAtMs: number
}

/** Whether and for how long a response may be stored. */
export type Storability =
  | {
      readonly isStorable: true
      readonly because: 'stored' | 'negative-answer'
      /** How long from now it is fresh; 0 for what has to be validated before each use, negative for what came stale. */
      readonly freshForMs: number
      /** How old it is already. */
      readonly initialAgeMs: number
      /** How long past its freshness it is worth keeping. */
      readonly keptStaleForMs: number
      /** Fields (lower case) that are handed to this caller and not stored. */
      readonly unstoredFields: readonly string[]
    }
  | { readonly isStorable: false; readonly because: Because }

/** What a rescue depends on. */
export interface RescueQuestion {
  readonly entry: DatedEntry
  readonly policy: Policy
  readonly now: Instant
  /** Whether nothing came from the origin at all, or an answer that is a failure. */
  readonly failure: 'no-answer' | 'failing-answer'
}

/** One kind of freshness. */
export interface FreshnessPolicy {
  /** Whether an entry is fresh now. */
  judge(question: JudgeQuestion): Judgement
  /** Whether a good response may be stored, and for how long it is fresh. */
  assess(question: AssessQuestion): Storability
  /** Whether an older entry may stand in for a failing origin; `forbidden` where it says itself that it may not. */
  rescue(question: RescueQuestion): 'allowed' | 'too-old' | 'forbidden'
}
