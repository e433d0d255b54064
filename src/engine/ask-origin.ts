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
import { timedOut } from '../errors/timed-out.js'
import type { EventBus } from '../events/event-bus.js'
import { isSharedByHttp } from '../decide/rfc9111/shared-answer.js'
import { fieldValue, firstValue } from '../http/header-fields.js'
import { retryAtMs } from '../http/retry-after.js'
import type { Because } from '../model/because.js'
import type { CacheEntry } from '../model/cache-entry.js'
import type { SharedFailure } from '../model/leases.js'
import type { BodyWriter } from '../model/store.js'
import type { Tier } from '../model/tier.js'
import { UNCLAIMED } from '../model/unclaimed.js'
import type { OriginPipeline, OriginReply } from '../origin/origin-call.js'
import { assertNever } from '../shared/assert-never.js'
import type { Clock } from '../shared/clock.js'
import { driftOf, isPageForJson } from './answer-drift.js'
import { errorFrom, failureOf, failureReason, reasonOfShared } from './failure-reason.js'
import type { FlightWork } from './flights.js'
import { type FlightResult, rescuedResult, straightResult } from './flight-result.js'
import { type Cost, NO_COST, Unanswered } from './hop.js'
import type { Interest } from './interest.js'
import { dueBytes, isOfUseWhole } from './due-bytes.js'
import { type Judged, type ReplyHead, isJudgedByBody, judgeReply } from './judge-reply.js'
import { type HeldBody, bodyError, holdBody } from './held-body.js'
import type { KeyHasher } from './key-hasher.js'
import { newBodyId } from './make-entry.js'
import { type PreparedCall, variantOf } from './prepared-call.js'
import { secretsOf } from './secrets-of.js'
import { type Sending, UNCONDITIONAL, conditionsFor, sendCall } from './send-call.js'
import type { StoreAnswers } from './store-answers.js'
import { type Patience, waitFor } from './wait-for.js'

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
  /** When its caller's time is over, by the monotonic clock; undefined where a call made for it has a timeout of its own. */
  readonly endsAtMs?: number | undefined
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
  readonly countDrift: (service: string) => void
  readonly openWriter: (bodyId: string) => BodyWriter | undefined
  readonly hasher: KeyHasher
}

/** The way to the origin, and what there is where it fails. */
export interface AskOrigin {
  /**
   * Carries out one errand, for as long as there is interest in it.
   *
   * @throws Unanswered where there is neither a usable response nor an older entry
   */
  ask(errand: Errand, interest: Interest): Promise<FlightWork<FlightResult>>
  /** True where an older entry would stand in for an origin that cannot be reached. */
  canRescue(errand: Errand): boolean
  /**
   * The older entry in place of a failure that another call met; `because` is told in place of the failure's own reason.
   *
   * @throws Unanswered where there is none, or it may not be used
   */
  rescueOrThrow(errand: Errand, failure: SharedFailure, because?: Because): FlightResult
}

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
  async function ask(errand: Errand, interest: Interest): Promise<FlightWork<FlightResult>> {
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
        endsAtMs: errand.endsAtMs,
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
      return done(afterFailure(errand, error, costNow()))
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
    const isJudged = isJudgedByBody(call, reply, reply.sizeBytes) || isPageForJson(reply, errand.entry)
    const isStored = expected.action === 'store'
    reply.dueInTime?.(dueBytes({ call, reply, isJudged, isStored }), { isOneWait: isOfUseWhole(reply) })
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
      pipeline.tell({ ...call, service: call.service.name, isClaimed: isClaimed(call) }, judged)
      await refuseDrift(errand, judged, attempts)
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
      chance: Math.random(),
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
        return done(rescuedBy(errand, decision, { cost, failure: statusFailure(asked, decision.because) }))
      case 'fail':
        return done(
          straightResult(asked, { outcome: 'failed', because: decision.because, isShareable: true, variant }),
        )
      default:
        return assertNever(decision)
    }
  }

  function rescuedBy(
    errand: Errand,
    { because, ageMs }: { readonly because: Because; readonly ageMs: number },
    { cost, failure }: { readonly cost: Cost; readonly failure: SharedFailure },
  ): FlightResult {
    const { entry, call } = errand
    if (entry === undefined) throw new TypeError('a rescue needs an entry')
    const variant = variantOf(parts.hasher, call, entry.headers)
    return rescuedResult({ ...errand, entry }, { because, ageMs, failure, cost, variant })
  }

  /** A failure without a usable response: the older entry, or the error for all who wait. */
  function afterFailure(errand: Errand, error: unknown, cost: Cost): FlightResult {
    const reason = failureReason(error)
    const failure = failureOf(error)
    if (reason === undefined || failure === undefined) throw new Unanswered(error, cost)
    const decision = decideOnFailure(errand, reason)
    if (decision.action === 'fail') throw new Unanswered(error, cost, decision.because === 'must-revalidate')
    return rescuedBy(errand, decision, { cost, failure })
  }

  function decideOnFailure(errand: Errand, reason: FailureReason): ReturnType<typeof failureDecision> {
    const now = { nowMs: clock.nowMs(), monotonicMs: clock.monotonicMs() }
    const { entry, purge, call } = errand
    return failureDecision({ entry, purge, policy: call.policy, now }, reason)
  }

  /** What is not what it should be is a failure of the origin, whatever its status says. */
  async function refuseDrift(errand: Errand, judged: Judged, attempts: number): Promise<void> {
    const { call, entry } = errand
    const issues = await waitFor(driftOf(call, judged, entry), patienceWith(clock, errand, attempts))
    if (issues.length === 0) return
    const { service, parts: keyParts, request } = call
    const url = keyParts.redactedUrl
    parts.countDrift(service.name)
    if (bus.isHeard('drift')) bus.emit('drift', { service: service.name, url, issues })
    // An error that calls itself 200 is judged by its class, which its caller may know what to do with.
    if (judged.classification !== 'ok') return
    throw new CachetteError(
      'CACHETTE_INVALID_RESPONSE',
      `${request.method} ${url} answered ${judged.status} with what is not valid: ${issues.join('; ')}`,
      { service: service.name, url, status: judged.status, attempts },
    )
  }

  return {
    ask,
    canRescue: (errand) => decideOnFailure(errand, 'origin-unreachable').action === 'rescue',
    rescueOrThrow(errand, failure, because) {
      const { service, parts: keyParts } = errand.call
      const error = errorFrom(failure, { service: service.name, url: keyParts.redactedUrl })
      const reason = reasonOfShared(failure)
      const decision = reason === undefined ? undefined : decideOnFailure(errand, reason)
      if (decision?.action === 'rescue') {
        const told = { ...decision, because: because ?? decision.because }
        return rescuedBy(errand, told, { cost: NO_COST, failure })
      }
      throw new Unanswered(error, NO_COST, decision?.because === 'must-revalidate')
    },
  }
}

function done(result: FlightResult): FlightWork<FlightResult> {
  return { result, isFindable: undefined, released: undefined }
}

/** A schema that never comes to an end is a call that takes too long. */
function patienceWith(clock: Clock, { call, endsAtMs }: Errand, attempts: number): Patience {
  const { policy, service, request, parts } = call
  const { timeoutMs } = policy
  if (policy.validate === undefined || timeoutMs === Number.POSITIVE_INFINITY)
    return { signal: undefined, deadline: undefined, clock }
  const facts = { service: service.name, method: request.method, redactedUrl: parts.redactedUrl, policy }
  const inMs = endsAtMs === undefined ? timeoutMs : Math.max(0, endsAtMs - clock.monotonicMs())
  return { signal: undefined, deadline: { inMs, error: () => timedOut(facts, attempts) }, clock }
}

function isClaimed({ service }: PreparedCall): boolean {
  return service.name !== UNCLAIMED
}

/** A failing answer, for other processes. */
function statusFailure({ errand, judged, confirmed }: Asked, because: Because): SharedFailure {
  const { service, parts } = errand.call
  const { status, headers } = judged
  return {
    code: status < 400 ? 'CACHETTE_INVALID_RESPONSE' : 'CACHETTE_ORIGIN_STATUS',
    message: `${service.name} answered ${status} to ${parts.redactedUrl}`,
    because,
    status,
    retryAtMs: retryAtMs(firstValue(headers, 'retry-after'), confirmed.nowMs),
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
  const isShared = sharing(asked, decision)
  return done(
    straightResult(asked, { outcome: 'miss', because: asked.errand.because, isShareable: isShared, variant }),
  )
}
