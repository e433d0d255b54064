// One request and its answer, before redirects are followed: what the recorder counts.
import type { AnswerBody } from '../model/answer-body.js'
import type { Because } from '../model/because.js'
import type { CacheAnswer } from '../model/cache-answer.js'
import type { CacheEntry } from '../model/cache-entry.js'
import { EMPTY_BODY } from '../model/entry-body.js'
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
  /** True where an entry was there that forbids to be used without the origin's word. */
  readonly isForbidden: boolean

  constructor(error: unknown, cost: Cost, isForbidden = false) {
    super('unanswered')
    this.error = error
    this.cost = cost
    this.isForbidden = isForbidden
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
    statusText: undefined,
    headers: entry.headers,
    body: entry.body,
    outcome: facts.outcome,
    because: facts.because,
    ageMs: facts.ageMs,
    ttlMs: facts.ttlMs,
    tier: facts.tier,
    url: entry.url,
    attempts: facts.attempts,
    key: entry.key,
    isStored: false,
    originStatus: undefined,
    redirectedTo: undefined,
  }
}

/** An answer straight from the origin. */
export function answerFromOrigin(
  response: {
    readonly status: number
    readonly statusText?: string | undefined
    readonly headers: HeaderList
    readonly body: AnswerBody
  },
  facts: {
    readonly outcome: Outcome
    readonly because: Because
    readonly url: string
    readonly attempts: number
    readonly key: string
  },
): CacheAnswer {
  const { status, statusText, headers, body } = response
  return {
    status,
    statusText,
    headers,
    body,
    outcome: facts.outcome,
    because: facts.because,
    ageMs: 0,
    ttlMs: 0,
    tier: 'origin',
    url: facts.url,
    attempts: facts.attempts,
    key: facts.key,
    isStored: false,
    originStatus: status,
    redirectedTo: undefined,
  }
}

/** A 504 of the cache's own making: nothing may be served and nobody may be, or could be, asked. */
export function refusal(
  because: Because,
  facts: { readonly url: string; readonly key: string; readonly cost: Cost },
): Hop {
  const { url, key, cost } = facts
  const response = { status: 504, headers: [['content-length', '0']] as const, body: EMPTY_BODY }
  const answer = answerFromOrigin(response, { outcome: 'failed', because, url, key, attempts: cost.attempts })
  return { answer: { ...answer, originStatus: undefined }, key, originMs: cost.originMs, savedMs: 0 }
}

/** A hit, as a hop. */
export function hitHop(entry: CacheEntry, answer: CacheAnswer): Hop {
  return { answer, key: entry.key, originMs: 0, savedMs: entry.originMs }
}
