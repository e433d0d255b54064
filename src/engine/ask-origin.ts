// What a miss does: asks the origin, has the answer judged and decided upon, and hands it to be stored, renewed or
// rescued. One leader does this for all callers of a key; the result says whether it may be shared with them. It is
// there with the response's headers, unless the body has a say in what it is worth.
import {
  type FailureReason,
  type ResponseDecision,
  decideAfterResponse,
  failureDecision,
} from '../decide/decide-after-response.js'
import type { Instant } from '../decide/age.js'
import type { PurgeState } from '../decide/decide-lookup.js'
import { CachetteError } from '../errors/cachette-error.js'
import type { EventBus } from '../events/event-bus.js'
import { isSharedByHttp } from '../decide/rfc9111/shared-answer.js'
import { fieldValue } from '../http/header-fields.js'
import type { Because } from '../model/because.js'
import type { CacheAnswer } from '../model/cache-answer.js'
import type { CacheEntry } from '../model/cache-entry.js'
import type { BodyWriter } from '../model/store.js'
import type { Tier } from '../model/tier.js'
import type { OriginPipeline, OriginReply } from '../origin/origin-call.js'
import { assertNever } from '../shared/assert-never.js'
import type { Clock } from '../shared/clock.js'
import type { FlightWork } from './flights.js'
import { type Cost, Unanswered, answerFrom, answerFromOrigin } from './hop.js'
import type { Interest } from './interest.js'
import { type Judged, type ReplyHead, isJudgedByBody, judgeReply } from './judge-reply.js'
import { type HeldBody, bodyError, holdBody } from './held-body.js'
import type { KeyHasher } from './key-hasher.js'
import { newBodyId } from './make-entry.js'
import { type PreparedCall, variantOf } from './prepared-call.js'
import { secretsOf } from './secrets-of.js'
import { type Sending, UNCONDITIONAL, conditionsFor, sendCall } from './send-call.js'
import type { StoreAnswers } from './store-answers.js'

/** What a flight gives to all who wait. */
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
  /** `forward`: with the caller's own conditions and ranges. */
  readonly action: 'fetch' | 'revalidate' | 'forward'
  /** Why the origin is asked. */
  readonly because: Because
  readonly beganSequence: number
}

/** An errand done: what came back, and what it took. */
export interface Asked {
  readonly errand: Errand
  readonly judged: Judged
  readonly cost: Cost
  readonly held: HeldBody
  /** When the response's headers came: from then on the origin's word counts. */
  readonly confirmed: Instant
}

/** What asking takes. */
export interface AskParts {
  readonly clock: Clock
  readonly bus: EventBus
  readonly pipeline: OriginPipeline
  readonly answers: StoreAnswers
  readonly countOriginCall: (service: string) => void
  readonly openWriter: (bodyId: string) => BodyWriter | undefined
  readonly hasher: KeyHasher
}

/**
 * Carries out one errand, for as long as there is interest in it.
 *
 * @throws Unanswered where there is neither a response nor an older entry
 */
export type AskOrigin = (errand: Errand, interest: Interest) => Promise<FlightWork<FlightResult>>

const UNSHAREABLE: ReadonlySet<Because> = new Set([
  'no-store',
  'vary-star',
  'private',
  'authorization',
  'not-understood',
  'body-too-large',
  'partial-content',
])

/** Makes the way to the origin. */
export function createAskOrigin({ clock, bus, pipeline, answers, ...parts }: AskParts): AskOrigin {
  return async (errand, interest) => {
    const { call } = errand
    const requestedAtMs = clock.nowMs()
    const startedMs = clock.monotonicMs()
    let attempts = 0
    const costNow = (): Cost => ({ originMs: clock.monotonicMs() - startedMs, attempts })
    const { signal, headersAreThere } = untilUnwanted(call, interest)
    try {
      const reply = await sendCall(call, {
        pipeline,
        signal,
        conditions: conditionsOf(errand),
        onAttempt() {
          attempts += 1
          parts.countOriginCall(call.service.name)
        },
      })
      headersAreThere()
      return await takeReply(errand, { reply, interest, requestedAtMs, costNow })
    } catch (error) {
      if (error instanceof Unanswered) throw error
      return { result: afterFailure(errand, error, costNow()), isFindable: undefined }
    }
  }

  interface Taking {
    readonly reply: OriginReply
    readonly interest: Interest
    readonly requestedAtMs: number
    readonly costNow: () => Cost
  }

  async function takeReply(errand: Errand, taking: Taking): Promise<FlightWork<FlightResult>> {
    const { reply, interest, costNow } = taking
    const { call } = errand
    const { attempts } = costNow()
    const byHead = judgeReply(call, reply, { body: undefined, attempts })
    const confirmed = { nowMs: clock.nowMs(), monotonicMs: clock.monotonicMs() }
    const expected = decide(errand, byHead, { ...taking, confirmed, sizeBytes: reply.sizeBytes })
    const isJudged = isJudgedByBody(call, reply, reply.sizeBytes)
    const held = holdBody({
      call,
      reply,
      interest,
      isStored: expected.action === 'store',
      isShared: isShareable(expected, call, { ...byHead, nowMs: confirmed.nowMs }),
      isJudged,
      bodyId: newBodyId(),
      clock,
      openWriter: parts.openWriter,
    })
    try {
      const body = isJudged ? await held.wholeOrLarge() : undefined
      if (body === undefined)
        return carryOut({ errand, judged: byHead, cost: costNow(), held, confirmed }, expected)
      const judged = judgeReply(call, reply, { body, attempts })
      const decision = decide(errand, judged, { ...taking, confirmed, sizeBytes: body.sizeBytes })
      return carryOut({ errand, judged, cost: costNow(), held, confirmed }, decision)
    } catch (error) {
      held.letGo()
      throw error
    }
  }

  function decide(
    errand: Errand,
    judged: Judged,
    facts: {
      readonly requestedAtMs: number
      readonly sizeBytes: number | undefined
      readonly confirmed: Instant
    },
  ): ResponseDecision {
    const { call, entry, purge, action } = errand
    const { sendHeaders, demands, policy, request } = call
    return decideAfterResponse({
      response: { ...judged, sizeBytes: facts.sizeBytes },
      request: {
        method: request.method,
        isAuthorized: fieldValue(sendHeaders, 'authorization') !== undefined,
        isConditional: action === 'forward' && demands.conditions.length > 0,
        isForwarded: action === 'forward',
      },
      entry,
      isConditional: action === 'revalidate',
      purge,
      policy,
      secrets: secretsOf(call),
      requestedAtMs: facts.requestedAtMs,
      now: facts.confirmed,
    })
  }

  function carryOut(asked: Asked, decision: ResponseDecision): FlightWork<FlightResult> {
    const { errand, cost, held } = asked
    const { call, entry } = errand
    const variant = variantOf(parts.hasher, call, asked.judged.headers)
    if (decision.action !== 'store') held.keepOutOfStore()
    switch (decision.action) {
      case 'store':
        return withSharing(answers.store(asked, decision), sharing(asked, decision))
      case 'update':
        held.letGo()
        return entry === undefined
          ? unstored(asked, decision, variant)
          : withSharing(answers.renew(asked, entry, decision), sharing(asked, decision))
      case 'do-not-store':
        bus.emit('not-stored', { key: call.key, service: call.service.name, because: decision.because })
        return unstored(asked, decision, variant)
      case 'rescue':
        held.letGo()
        return { result: rescuedBy(errand, decision, cost), isFindable: undefined }
      case 'fail':
        return straight(asked, { outcome: 'failed', because: decision.because, isShareable: true, variant })
      default:
        return assertNever(decision)
    }
  }

  function rescuedBy(errand: Errand, decision: Parameters<typeof rescued>[1], cost: Cost): FlightResult {
    const variant = variantOf(parts.hasher, errand.call, errand.entry?.headers ?? [])
    return { ...rescued(errand, decision, cost), variant }
  }

  /** A failure without a usable response: the older entry, or the error for all who wait. */
  function afterFailure(errand: Errand, error: unknown, cost: Cost): FlightResult {
    const reason = failureReason(error)
    if (reason === undefined) throw new Unanswered(error, cost)
    const now = { nowMs: clock.nowMs(), monotonicMs: clock.monotonicMs() }
    const { entry, purge, call } = errand
    const decision = failureDecision({ entry, purge, policy: call.policy, now }, reason)
    if (decision.action === 'fail') throw new Unanswered(error, cost, decision.because === 'must-revalidate')
    return rescuedBy(errand, decision, cost)
  }
}

/** A call that no deadline ends is cancelled when the last one who waits for its headers has left. */
function untilUnwanted(
  call: PreparedCall,
  interest: Interest,
): { readonly signal: AbortSignal | undefined; headersAreThere(): void } {
  if (call.policy.timeoutMs !== Number.POSITIVE_INFINITY)
    return { signal: undefined, headersAreThere: () => undefined }
  const leaving = new AbortController()
  const headersAreThere = interest.onUnwanted(() => {
    interest.giveUp()
    leaving.abort(bodyError(call, 'left'))
  })
  return { signal: leaving.signal, headersAreThere }
}

function conditionsOf({ action, entry }: Errand): Sending['conditions'] {
  if (action === 'forward') return { whose: 'callers' }
  if (action === 'fetch' || entry === undefined) return UNCONDITIONAL
  return { whose: 'own', fields: conditionsFor(entry) }
}

function sharing({ errand, judged, confirmed }: Asked, decision: ResponseDecision): boolean {
  return isShareable(decision, errand.call, { ...judged, nowMs: confirmed.nowMs })
}

function withSharing(work: FlightWork<FlightResult>, isShared: boolean): FlightWork<FlightResult> {
  return { ...work, result: { ...work.result, isShareable: work.result.isShareable && isShared } }
}

/** True where one caller's answer may be handed to another. */
function isShareable(
  decision: ResponseDecision,
  { policy }: PreparedCall,
  { headers, status, nowMs }: ReplyHead & { readonly nowMs: number },
): boolean {
  if (policy.freshness === 'http') return isSharedByHttp(decision, { headers, status, nowMs })
  return decision.action !== 'do-not-store' || !UNSHAREABLE.has(decision.because)
}

function unstored(
  asked: Asked,
  decision: ResponseDecision,
  variant: FlightResult['variant'],
): FlightWork<FlightResult> {
  const shareable = sharing(asked, decision)
  return straight(asked, { outcome: 'miss', because: asked.errand.because, isShareable: shareable, variant })
}

function straight(
  { errand, judged, cost, held }: Asked,
  facts: Pick<FlightResult, 'isShareable' | 'variant'> & {
    readonly outcome: 'miss' | 'failed'
    readonly because: Because
  },
): FlightWork<FlightResult> {
  const { outcome, because, isShareable: shareable } = facts
  const { call } = errand
  const url = call.parts.redactedUrl
  const { attempts, originMs } = cost
  const take = (): CacheAnswer | undefined => {
    const body = held.take()
    if (body === undefined) return undefined
    return answerFromOrigin({ ...judged, body }, { outcome, because, url, attempts, key: call.key })
  }
  return {
    result: {
      take,
      isStalled: held.isStalled,
      ttlMs: 0,
      ageMs: 0,
      originMs,
      isShareable: shareable,
      variant: facts.variant,
    },
    isFindable: undefined,
  }
}

function rescued(
  { entry, tier }: Errand,
  decision: { readonly because: Because; readonly ageMs: number },
  { originMs, attempts }: Cost,
): Omit<FlightResult, 'variant'> {
  if (entry === undefined) throw new TypeError('a rescue needs an entry')
  const { because, ageMs } = decision
  const answer = answerFrom(entry, { outcome: 'rescued', because, ageMs, ttlMs: 0, tier, attempts })
  return { take: () => answer, isStalled: () => false, ttlMs: 0, ageMs, originMs, isShareable: true }
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
