// What the engine gives back to a door.
import type { AnswerBody } from './answer-body.js'
import type { Because } from './because.js'
import type { HeaderList } from './header-list.js'
import type { Outcome } from './outcome.js'
import type { Tier } from './tier.js'

/** An answer, wherever it came from. */
export interface CacheAnswer {
  readonly status: number
  /** What the origin called the status; undefined where it came out of the cache. */
  readonly statusText?: string | undefined
  /** End-to-end fields; an `Age` in them is the origin's own. */
  readonly headers: HeaderList
  readonly body: AnswerBody
  readonly outcome: Outcome
  readonly because: Because
  readonly ageMs: number
  /** How long it stays fresh, in milliseconds; 0 where it is not stored; negative, how long it was stale when it was served so. */
  readonly ttlMs: number
  readonly tier: Tier
  /** Credentials redacted. */
  readonly url: string
  /** Origin calls made for this caller. */
  readonly attempts: number
  readonly key: string
  /** True where the origin's response is, or is about to be, stored. */
  readonly isStored: boolean
  /** The status that the origin gave to this call, where it was asked. */
  readonly originStatus: number | undefined
  /** Where redirects that were followed here led, as it was asked for and not redacted; undefined where there were none. */
  readonly redirectedTo: string | undefined
}
