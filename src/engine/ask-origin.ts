// What a miss does: asks the origin, has the answer judged and decided upon, and hands it to be stored, renewed or
// rescued. One leader does this for all callers of a key; the result says whether it may be shared with them.
import {
  type FailureReason,
  type ResponseDecision,
  decideAfterResponse,
  failureDecision,
} from '../decide/decide-after-response.js'
import type { PurgeState } from '../decide/decide-lookup.js'
import { CachetteError } from '../errors/cachette-error.js'
import type { EventBus } from '../events/event-bus.js'
import type { Because } from '../model/because.js'
import type { CacheAnswer } from '../model/cache-answer.js'
import type { CacheEntry } from '../model/cache-entry.js'
import type { Tier } from '../model/tier.js'
import type { Interest, OriginStep } from '../origin/origin-call.js'
import { assertNever } from '../shared/assert-never.js'
import type { Clock } from '../shared/clock.js'
import type { FlightWork } from './flights.js'
import { type Cost, Unanswered, answerFrom, answerFromOrigin } from './hop.js'
import { type Judged, judgeReply } from './judge-reply.js'
import type { PreparedCall } from './prepared-call.js'
import { secretsOf } from './secrets-of.js'
import { conditionsFor, sendCall } from './send-call.js'
import type { StoreAnswers } from './store-answers.js'

/** What a flight gives to all who wait. */
export interface FlightResult {
  readonly answer: CacheAnswer
  readonly originMs: number
  /** False where the origin forbade to hand one caller's answer to another. */
  readonly isShareable: boolean
  /** The key of the variant that was stored, where the response varies on headers outside the key. */
  readonly variant: { readonly names: readonly string[]; readonly key: string } | undefined
}

/** What a leader knows before it asks. */
export interface Errand {
  readonly call: PreparedCall
  /** The older entry, to validate or to fall back on. */
  readonly entry: CacheEntry | undefined
  /** Where the older entry was found. */
  readonly tier: Tier
  readonly purge: PurgeState
  readonly action: 'fetch' | 'revalidate'
  /** Why the origin is asked. */
  readonly because: Because
  readonly beganSequence: number
}

/** An errand done: what came back, and what it took. */
export interface Asked {
  readonly errand: Errand
  readonly judged: Judged
  readonly cost: Cost
}

/** What asking takes. */
export interface AskParts {
  readonly clock: Clock
  readonly bus: EventBus
  readonly pipeline: OriginStep
  readonly answers: StoreAnswers
  readonly countOriginCall: (service: string) => void
}

/**
 * Carries out one errand, for as long as there is interest in it.
 *
 * @throws Unanswered where there is neither a response nor an older entry
 */
export type AskOrigin = (errand: Errand, interest: Interest) => Promise<FlightWork<FlightResult>>

const UNSHAREABLE: ReadonlySet<Because> = new Set(['no-store', 'vary-star'])

/** Makes the leader's path. */
export function createAskOrigin({ clock, bus, pipeline, answers, countOriginCall }: AskParts): AskOrigin {
  return async (errand, interest) => {
    const { call, entry, purge, action } = errand
    const startedMs = clock.monotonicMs()
    const isConditional = action === 'revalidate' && entry !== undefined
    let attempts = 0
    const costNow = (): Cost => ({ originMs: clock.monotonicMs() - startedMs, attempts })
    let judged: Judged
    try {
      const reply = await sendCall(call, {
        pipeline,
        conditions: isConditional ? conditionsFor(entry) : [],
        interest,
        onAttempt() {
          attempts += 1
          countOriginCall(call.service.name)
        },
      })
      judged = judgeReply(call, reply, attempts)
    } catch (error) {
      return { result: afterFailure(errand, error, costNow()), isFindable: undefined }
    }
    const cost = costNow()
    const decision = decideAfterResponse({
      response: { ...judged, sizeBytes: judged.body.sizeBytes },
      entry,
      isConditional,
      purge,
      policy: call.policy,
      secrets: secretsOf(call),
      now: { nowMs: clock.nowMs(), monotonicMs: clock.monotonicMs() },
    })
    return carryOut({ errand, judged, cost }, decision)
  }

  function carryOut(asked: Asked, decision: ResponseDecision): FlightWork<FlightResult> {
    const { errand, cost } = asked
    const { call, entry } = errand
    switch (decision.action) {
      case 'store':
        return answers.store(asked, decision)
      case 'update':
        return entry === undefined ? unstored(asked, 'not-modified') : answers.renew(asked, entry, decision)
      case 'do-not-store':
        bus.emit('not-stored', { key: call.key, service: call.service.name, because: decision.because })
        return unstored(asked, decision.because)
      case 'rescue':
        return { result: rescued(errand, decision, cost), isFindable: undefined }
      case 'fail':
        return straight(asked, { outcome: 'failed', because: decision.because, isShareable: true })
      default:
        return assertNever(decision)
    }
  }

  /** A failure without a usable response: the older entry, or the error for all who wait. */
  function afterFailure(errand: Errand, error: unknown, cost: Cost): FlightResult {
    const reason = failureReason(error)
    if (reason === undefined) throw new Unanswered(error, cost)
    const now = { nowMs: clock.nowMs(), monotonicMs: clock.monotonicMs() }
    const { entry, purge, call } = errand
    const decision = failureDecision({ entry, purge, policy: call.policy, now }, reason)
    if (decision.action === 'fail') throw new Unanswered(error, cost)
    return rescued(errand, decision, cost)
  }
}

function unstored(asked: Asked, reason: Because): FlightWork<FlightResult> {
  const isShareable = !UNSHAREABLE.has(reason)
  return straight(asked, { outcome: 'miss', because: asked.errand.because, isShareable })
}

function straight(
  { errand, judged, cost }: Asked,
  facts: { readonly outcome: 'miss' | 'failed'; readonly because: Because; readonly isShareable: boolean },
): FlightWork<FlightResult> {
  const { outcome, because, isShareable } = facts
  const url = errand.call.parts.redactedUrl
  const answer = answerFromOrigin(judged, { outcome, because, url, attempts: cost.attempts })
  return {
    result: { answer, originMs: cost.originMs, isShareable, variant: undefined },
    isFindable: undefined,
  }
}

function rescued(
  { entry, tier }: Errand,
  decision: { readonly because: Because; readonly ageMs: number },
  { originMs, attempts }: Cost,
): FlightResult {
  if (entry === undefined) throw new TypeError('a rescue needs an entry')
  const { because, ageMs } = decision
  const answer = answerFrom(entry, { outcome: 'rescued', because, ageMs, ttlMs: 0, tier, attempts })
  return { answer, originMs, isShareable: true, variant: undefined }
}

/** The reason that a failure goes by, or undefined for one that no older entry may hide. */
export function failureReason(error: unknown): FailureReason | undefined {
  if (!CachetteError.is(error)) return undefined
  if (error.code === 'CACHETTE_TIMEOUT') return 'origin-timeout'
  if (error.code === 'CACHETTE_ORIGIN_UNREACHABLE') return 'origin-unreachable'
  if (error.code === 'CACHETTE_INVALID_RESPONSE' || error.code === 'CACHETTE_BODY_TOO_LARGE')
    return 'invalid-response'
  return undefined
}
