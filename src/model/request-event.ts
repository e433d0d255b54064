// What happened to one call, as events tell it.
import type { Because } from './because.js'
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
  /** A caller left before the answer came. */
  readonly aborted: { readonly service: string; readonly url: string }
  /** Something was purged here. */
  readonly purged: { readonly scope: Readonly<Record<string, unknown>>; readonly isSoft: boolean }
  /** Something an operator should see once. */
  readonly warning: { readonly message: string }
}

/** The names of all events. */
export type EventName = keyof EventMap
