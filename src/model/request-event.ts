// What happened to one call, as events tell it.
import type { Because } from './because.js'
import type { BudgetLevel, LimitSubject } from './limits.js'
import type { Outcome } from './outcome.js'
import type { StoreTier, Tier } from './tier.js'

/** One answered call. Durations in milliseconds. */
export interface RequestEvent {
  readonly id: string
  readonly door: string
  readonly service: string
  readonly method: string
  /** Credentials redacted. */
  readonly url: string
  readonly key: string
  readonly outcome: Outcome
  readonly because: Because
  readonly tier: Tier
  /** 0 where there was no response. */
  readonly status: number
  readonly ageMs: number
  readonly durationMs: number
  /** Time spent at the origin for this call; 0 on hits. */
  readonly originMs: number
  /** Size of the decoded body. */
  readonly bytes: number
  /** Origin calls made for this one. */
  readonly attempts: number
}

/** Which call is meant. */
export interface CallFacts {
  readonly service: string
  /** Credentials redacted. */
  readonly url: string
}

/** Everything an instance tells its listeners, by name. */
export interface EventMap {
  /** A call was answered, or failed. */
  readonly request: RequestEvent
  /** An entry was committed to every tier that took it. */
  readonly stored: { readonly key: string; readonly service: string; readonly tiers: readonly StoreTier[] }
  /** A response was not stored, and why. */
  readonly 'not-stored': { readonly key: string; readonly service: string; readonly because: Because }
  /** A tier failed; the request went on without it. */
  readonly 'tier-failed': {
    readonly tier: StoreTier
    readonly operation: string
    readonly error: Error
  }
  /** A call is sent once more, `delayMs` from now. `attempt` counts from 2. */
  readonly retried: CallFacts & {
    readonly attempt: number
    readonly delayMs: number
    readonly because: Because
  }
  /** A breaker changed. `open`: the origin is left alone; `half-open`: one call may try it; `closed`: all is well again. */
  readonly breaker: { readonly service: string; readonly state: 'open' | 'half-open' | 'closed' }
  /** The origin asked to be left alone until an instant, and every process on the store does. */
  readonly 'cooled-down': LimitSubject & { readonly untilMs: number; readonly because: Because }
  /** A budget passed from one level to another. */
  readonly 'budget-level': LimitSubject & { readonly level: BudgetLevel; readonly was: BudgetLevel }
  /** A call waited for its turn under a rate limit. */
  readonly 'rate-limited': CallFacts & { readonly waitedMs: number }
  /** A call was given up, or one caller of it answered with something older (`soft`). */
  readonly 'timed-out': CallFacts & {
    readonly timeout: 'soft' | 'attempt' | 'hard'
    readonly afterMs: number
  }
  /** An entry was refreshed behind callers' backs, or was to be; `because` tells how it ended. */
  readonly refreshed: { readonly key: string; readonly service: string; readonly because: Because }
  /** An answer was not what it should be: it failed `validate`, or is a web page where JSON was due. */
  readonly drift: CallFacts & { readonly issues: readonly string[] }
  /** A process waited for another one's origin call (`waited`), or took over from one that died (`taken-over`). */
  readonly lease: { readonly key: string; readonly service: string; readonly state: 'waited' | 'taken-over' }
  /** A tier that failed works again. */
  readonly 'tier-recovered': { readonly tier: StoreTier; readonly awayMs: number }
  /** A caller left before the answer came. */
  readonly aborted: { readonly service: string; readonly url: string }
  /** Something was purged here. */
  readonly purged: { readonly scope: Readonly<Record<string, unknown>>; readonly isSoft: boolean }
  /** Something an operator should see once. */
  readonly warning: { readonly message: string }
}

/** The names of all events. */
export type EventName = keyof EventMap
