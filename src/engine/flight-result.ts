// What a flight gives to all who wait for it, made from what the origin said or from an older entry.
import type { Because } from '../model/because.js'
import type { CacheAnswer } from '../model/cache-answer.js'
import type { CacheEntry } from '../model/cache-entry.js'
import type { SharedFailure } from '../model/leases.js'
import type { Asked, Errand } from './ask-origin.js'
import { type Cost, answerFrom, answerFromOrigin } from './hop.js'

/** A result to share. */
export interface FlightResult {
  /** The answer for one more caller; undefined where the beginning of its body is gone. */
  take(): CacheAnswer | undefined
  /** True while its body makes no progress though somebody waits for it. */
  isStalled(): boolean
  readonly ttlMs: number
  /** How old it was when it came. */
  readonly ageMs: number
  readonly originMs: number
  /** False where the origin forbade to hand one caller's answer to another. */
  readonly isShareable: boolean
  /** What became of it, for other processes. */
  readonly fate: Fate
  /** The key of the variant that was stored, where the response varies on headers outside the key. */
  readonly variant: { readonly names: readonly string[]; readonly key: string } | undefined
}

/** In the store, or on its way there; with those who asked alone; or an older entry in place of a failure. */
export type Fate =
  /** `committed` resolves with true when the store has it, with false where it was refused. */
  | { readonly kind: 'stored'; readonly committed: Promise<boolean> }
  | { readonly kind: 'unstored' }
  | { readonly kind: 'rescued'; readonly failure: SharedFailure }

const AT_ONCE = Promise.resolve(true)

/** One answer for everybody, its body whole. */
export function wholeResult(
  answer: CacheAnswer,
  facts: Pick<FlightResult, 'originMs' | 'variant'> & { readonly fate?: Fate },
): FlightResult {
  return {
    take: () => answer,
    isStalled: () => false,
    ttlMs: answer.ttlMs,
    ageMs: answer.ageMs,
    isShareable: true,
    fate: { kind: 'stored', committed: AT_ONCE },
    ...facts,
  }
}

/** What the origin gave, as it is, to whoever waited. */
export function straightResult(
  { errand, judged, cost, held }: Asked,
  facts: Pick<FlightResult, 'isShareable' | 'variant'> & {
    readonly outcome: 'miss' | 'failed'
    readonly because: Because
  },
): FlightResult {
  const { outcome, because, isShareable, variant } = facts
  const { call } = errand
  const url = call.parts.redactedUrl
  const { attempts, originMs } = cost
  const take = (): CacheAnswer | undefined => {
    const body = held.take()
    if (body === undefined) return undefined
    return answerFromOrigin({ ...judged, body }, { outcome, because, url, attempts, key: call.key })
  }
  return {
    take,
    isStalled: held.isStalled,
    ttlMs: 0,
    ageMs: 0,
    originMs,
    isShareable,
    fate: { kind: 'unstored' },
    variant,
  }
}

/** The older entry, in place of a failure. */
export function rescuedResult(
  { entry, tier }: Errand & { readonly entry: CacheEntry },
  facts: {
    readonly because: Because
    readonly ageMs: number
    readonly failure: SharedFailure
    readonly cost: Cost
    readonly variant: FlightResult['variant']
  },
): FlightResult {
  const { because, ageMs, failure, cost, variant } = facts
  const { originMs, attempts } = cost
  const answer = answerFrom(entry, { outcome: 'rescued', because, ageMs, ttlMs: 0, tier, attempts })
  return wholeResult(answer, { originMs, variant, fate: { kind: 'rescued', failure } })
}
