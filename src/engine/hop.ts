// One request and its answer, before redirects are followed: what the recorder counts.
import type { Because } from '../model/because.js'
import type { CacheAnswer } from '../model/cache-answer.js'
import type { CacheEntry } from '../model/cache-entry.js'
import type { EntryBody } from '../model/entry-body.js'
import type { HeaderList } from '../model/header-list.js'
import type { Outcome } from '../model/outcome.js'
import type { Tier } from '../model/tier.js'

/** What asking the origin took. */
export interface Cost {
  /** Time, in milliseconds. */
  readonly originMs: number
  /** Origin calls. */
  readonly attempts: number
}

/** The cost of those who did not ask for themselves. */
export const NO_COST: Cost = Object.freeze({ originMs: 0, attempts: 0 })

/** An answer and what it cost. */
export interface Hop {
  readonly answer: CacheAnswer
  readonly key: string
  /** What the origin took for this call, in milliseconds; 0 where it was not asked. */
  readonly originMs: number
  /** What a hit saved, in milliseconds. */
  readonly savedMs: number
}

/** A call that ended without an answer: the error for the caller, and what it cost. Never leaves the engine. */
export class Unanswered extends Error {
  readonly error: unknown
  readonly cost: Cost

  constructor(error: unknown, cost: Cost) {
    super('unanswered')
    this.error = error
    this.cost = cost
  }
}

/** An answer out of an entry. */
export function answerFrom(
  entry: CacheEntry,
  facts: {
    readonly outcome: Outcome
    readonly because: Because
    readonly ageMs: number
    readonly ttlMs: number
    readonly tier: Tier
    readonly attempts: number
  },
): CacheAnswer {
  return {
    status: entry.status,
    headers: entry.headers,
    body: entry.body,
    outcome: facts.outcome,
    because: facts.because,
    ageMs: facts.ageMs,
    ttlMs: facts.ttlMs,
    tier: facts.tier,
    url: entry.url,
    attempts: facts.attempts,
  }
}

/** An answer straight from the origin. */
export function answerFromOrigin(
  response: { readonly status: number; readonly headers: HeaderList; readonly body: EntryBody },
  facts: {
    readonly outcome: Outcome
    readonly because: Because
    readonly url: string
    readonly attempts: number
  },
): CacheAnswer {
  const { status, headers, body } = response
  return { status, headers, body, ...facts, ageMs: 0, ttlMs: 0, tier: 'origin' }
}

/** A hit, as a hop. */
export function hitHop(entry: CacheEntry, answer: CacheAnswer): Hop {
  return { answer, key: entry.key, originMs: 0, savedMs: entry.originMs }
}
