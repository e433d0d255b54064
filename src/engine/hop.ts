// One request and its answer, before redirects are followed: what the recorder counts.
import type { Because } from '../model/because.js'
import type { CacheAnswer } from '../model/cache-answer.js'
import type { CacheEntry } from '../model/cache-entry.js'
import type { EntryBody } from '../model/entry-body.js'
import type { HeaderList } from '../model/header-list.js'
import type { Outcome } from '../model/outcome.js'
import type { Tier } from '../model/tier.js'

/** An answer and what it cost. */
export interface Hop {
  readonly answer: CacheAnswer
  readonly key: string
  /** Credentials redacted. */
  readonly url: string
  /** What the origin took for this call, in milliseconds; 0 where it was not asked. */
  readonly originMs: number
  /** What a hit saved, in milliseconds. */
  readonly savedMs: number
  readonly attempts: number
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
  }
}

/** An answer straight from the origin. */
export function answerFromOrigin(
  response: { readonly status: number; readonly headers: HeaderList; readonly body: EntryBody },
  facts: { readonly outcome: Outcome; readonly because: Because; readonly ttlMs: number },
): CacheAnswer {
  return { ...response, ...facts, ageMs: 0, tier: 'origin' }
}

/** A hit, as a hop. */
export function hitHop(entry: CacheEntry, answer: CacheAnswer): Hop {
  return { answer, key: entry.key, url: entry.url, originMs: 0, savedMs: entry.originMs, attempts: 0 }
}
