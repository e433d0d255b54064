// What the engine gives back to a door.
import type { Because } from './because.js'
import type { EntryBody } from './entry-body.js'
import type { HeaderList } from './header-list.js'
import type { Outcome } from './outcome.js'
import type { Tier } from './tier.js'

/** An answer, wherever it came from. */
export interface CacheAnswer {
  readonly status: number
  readonly headers: HeaderList
  readonly body: EntryBody
  readonly outcome: Outcome
  readonly because: Because
  readonly ageMs: number
  /** How long it stays fresh, in milliseconds; 0 once stale or not stored. */
  readonly ttlMs: number
  readonly tier: Tier
  /** Credentials redacted. */
  readonly url: string
  /** Origin calls made for this caller. */
  readonly attempts: number
}
