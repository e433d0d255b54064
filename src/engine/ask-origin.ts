// What a miss does: asks the origin, has the answer judged and decided upon, stores, renews or rescues. One leader
// does this for all callers of a key; the result says whether it may be shared with them.
import {
  type FailureReason,
  type ResponseDecision,
  decideAfterResponse,
  failureDecision,
} from '../decide/decide-after-response.js'
import type { PurgeState } from '../decide/decide-lookup.js'
import { repeatsSecret } from '../decide/repeated-secret.js'
import { CachetteError } from '../errors/cachette-error.js'
import type { EventBus } from '../events/event-bus.js'
import { mergeNotModified } from '../http/header-fields.js'
import type { Because } from '../model/because.js'
import type { CacheAnswer } from '../model/cache-answer.js'
import type { CacheEntry, VaryNode } from '../model/cache-entry.js'
import { EntryBody } from '../model/entry-body.js'
import type { WriteResult } from '../model/store.js'
import type { Tier } from '../model/tier.js'
import type { OriginStep } from '../origin/origin-call.js'
import { assertNever } from '../shared/assert-never.js'
import type { Clock } from '../shared/clock.js'
import type { FlightWork } from './flights.js'
import { answerFrom, answerFromOrigin } from './hop.js'
import { type Judged, judgeReply } from './judge-reply.js'
import type { KeyHasher } from './key-hasher.js'
import { makeEntry } from './make-entry.js'
import { type PreparedCall, variantKey } from './prepared-call.js'
import { secretsOf } from './secrets-of.js'
import { conditionsFor, sendCall } from './send-call.js'
import type { Tiers } from './tiers.js'

/** What a flight gives to all who wait. */
export interface FlightResult {
  readonly answer: CacheAnswer
  readonly originMs: number
  readonly attempts: number
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

/** What asking takes. */
export interface AskParts {
  readonly clock: Clock
  readonly bus: EventBus
  readonly tiers: Tiers
  readonly hasher: KeyHasher
  readonly pipeline: OriginStep
  readonly countOriginCalls: (service: string, calls: number) => void
}

/** Carries out one errand. */
export type AskOrigin = (errand: Errand) => Promise<FlightWork<FlightResult>>

const UNSHAREABLE: ReadonlySet<Because> = new Set(['no-store', 'vary-star'])

/** Makes the leader's path. */
export function createAskOrigin(parts: AskParts): AskOrigin {
  const { clock, bus, tiers, hasher } = parts

  return async (errand) => {
    const { call, entry, purge } = errand
    const startedMs = clock.monotonicMs()
    const isRevalidation = errand.action === 'revalidate' && entry !== undefined
    let judged: Judged
    let attempts = 0
    try {
      const reply = await sendCall(parts.pipeline, call, isRevalidation ? conditionsFor(entry) : [])
      attempts = reply.originCalls
      judged = judgeReply(call, reply)
    } catch (error) {
      attempts = CachetteError.is(error) ? Math.max(attempts, error.attempts) : attempts
      parts.countOriginCalls(call.service.name, attempts)
      return {
        result: afterFailure(errand, error, { attempts, originMs: clock.monotonicMs() - startedMs }),
        isFindable: undefined,
      }
    }
    parts.countOriginCalls(call.service.name, attempts)
    const now = { nowMs: clock.nowMs(), monotonicMs: clock.monotonicMs() }
    const originMs = now.monotonicMs - startedMs
    const decision = decideAfterResponse({
      response: { ...judged, sizeBytes: judged.body.sizeBytes },
      entry,
      isConditional: isRevalidation,
      purge,
      policy: call.policy,
      secrets: secretsOf(call),
      now,
    })
    return carryOut(errand, judged, decision, { originMs, attempts })
  }

  function carryOut(
    errand: Errand,
    judged: Judged,
    decision: ResponseDecision,
    cost: { readonly originMs: number; readonly attempts: number },
  ): FlightWork<FlightResult> {
    const { call, entry, because } = errand
    switch (decision.action) {
      case 'store':
        return store(errand, judged, decision, cost)
      case 'update':
        return entry === undefined
          ? unstored(errand, judged, 'not-modified', cost)
          : renew(errand, entry, judged, decision, cost)
      case 'do-not-store':
        bus.emit('not-stored', { key: call.key, service: call.service.name, because: decision.because })
        return unstored(errand, judged, decision.because, cost)
      case 'rescue':
        return { result: rescued(errand, decision, cost), isFindable: undefined }
      case 'fail': {
        const answer = answerFromOrigin(judged, { outcome: 'failed', because: decision.because, ttlMs: 0 })
        return { result: { answer, ...cost, isShareable: true, variant: undefined }, isFindable: undefined }
      }
      default:
        return assertNever(decision)
    }

    function unstored(
      _: Errand,
      response: Judged,
      reason: Because,
      spent: typeof cost,
    ): FlightWork<FlightResult> {
      const answer = answerFromOrigin(response, { outcome: 'miss', because, ttlMs: 0 })
      const isShareable = !UNSHAREABLE.has(reason)
      return { result: { answer, ...spent, isShareable, variant: undefined }, isFindable: undefined }
    }
  }

  function store(
    errand: Errand,
    judged: Judged,
    decision: Extract<ResponseDecision, { action: 'store' }>,
    cost: { readonly originMs: number; readonly attempts: number },
  ): FlightWork<FlightResult> {
    const { call, because, beganSequence } = errand
    const { varyNames } = decision
    const key = varyNames.length === 0 ? call.key : variantKey(hasher, call, varyNames)
    const entry = makeEntry(call, judged, {
      ...decision,
      key,
      beganSequence,
      originMs: cost.originMs,
      nowMs: clock.nowMs(),
      monotonicMs: clock.monotonicMs(),
    })
    const node: VaryNode | undefined =
      varyNames.length === 0
        ? undefined
        : {
            kind: 'vary',
            key: call.key,
            names: varyNames,
            removeAtMs: entry.removeAtMs,
            sequence: beganSequence,
          }
    tiers.keepNear(entry)
    if (node !== undefined) tiers.keepNear(node)
    const isFindable = findableOnce(key, commitAll(asItCame(entry, judged), node, errand))
    const ttlMs = Math.max(0, entry.staleAtMs - entry.confirmedAtMs)
    const answer = {
      ...answerFrom(entry, { outcome: 'miss', because, ageMs: 0, ttlMs, tier: 'origin' }),
      headers: judged.headers,
    }
    const variant = node === undefined ? undefined : { names: varyNames, key }
    return { result: { answer, ...cost, isShareable: true, variant }, isFindable }
  }

  /** A store behind gets the bytes as the origin sent them; the near tier keeps the form that callers want. */
  function asItCame(entry: CacheEntry, { bytes }: Judged): CacheEntry {
    return tiers.near === tiers.shared ? entry : { ...entry, body: new EntryBody(bytes) }
  }

  /** An entry that the near tier took can be found at once, any other when the store has it. */
  function findableOnce(key: string, committed: Promise<void>): Promise<void> | undefined {
    return tiers.near?.head(key) === undefined ? committed : undefined
  }

  async function commitAll(entry: CacheEntry, node: VaryNode | undefined, errand: Errand): Promise<void> {
    const { call, beganSequence } = errand
    if (node !== undefined) await tiers.commit(node, beganSequence)
    announce(call, entry.key, await tiers.commit(entry, beganSequence))
  }

  function renew(
    errand: Errand,
    entry: CacheEntry,
    judged: Judged,
    decision: Extract<ResponseDecision, { action: 'update' }>,
    cost: { readonly originMs: number; readonly attempts: number },
  ): FlightWork<FlightResult> {
    const { call, because, beganSequence } = errand
    const secrets = secretsOf(call)
    const update = judged.headers.filter(([, value]) => !repeatsSecret(value, secrets))
    const renewed: CacheEntry = {
      ...entry,
      headers: mergeNotModified(entry.headers, update),
      confirmedAtMs: clock.nowMs(),
      confirmedMonotonicMs: clock.monotonicMs(),
      staleAtMs: decision.staleAtMs,
      removeAtMs: decision.removeAtMs,
      hasCallTtl: call.policy.hasCallTtl,
      sequence: Math.max(entry.sequence, beganSequence),
    }
    tiers.keepNear(renewed)
    const confirming = tiers.confirm(renewed, beganSequence)
    const announced = confirming.then((result) => announce(call, renewed.key, result))
    const isFindable = findableOnce(renewed.key, announced)
    const ttlMs = Math.max(0, renewed.staleAtMs - renewed.confirmedAtMs)
    const answer = answerFrom(renewed, { outcome: 'revalidated', because, ageMs: 0, ttlMs, tier: 'origin' })
    return { result: { answer, ...cost, isShareable: true, variant: undefined }, isFindable }
  }

  function announce(call: PreparedCall, key: string, result: WriteResult | undefined): void {
    const service = call.service.name
    if (result?.isStored === true) bus.emit('stored', { key, service, tiers: [tiers.shared.tier] })
    else if (result?.isStored === false && result.because === 'purged-meanwhile') {
      bus.emit('not-stored', { key, service, because: 'purged-meanwhile' })
    }
  }

  /** A failure without a usable response: the older entry, or the error for all who wait. */
  function afterFailure(
    errand: Errand,
    error: unknown,
    cost: { readonly originMs: number; readonly attempts: number },
  ): FlightResult {
    const reason = failureReason(error)
    if (reason === undefined) throw error
    const now = { nowMs: clock.nowMs(), monotonicMs: clock.monotonicMs() }
    const { entry, purge, call } = errand
    const decision = failureDecision({ entry, purge, policy: call.policy, now }, reason)
    if (decision.action === 'fail') throw error
    return rescued(errand, decision, cost)
  }
}

function rescued(
  { entry, tier }: Errand,
  decision: { readonly because: Because; readonly ageMs: number },
  cost: { readonly originMs: number; readonly attempts: number },
): FlightResult {
  if (entry === undefined) throw new TypeError('a rescue needs an entry')
  const answer = answerFrom(entry, { outcome: 'rescued', ...decision, ttlMs: 0, tier })
  return { answer, ...cost, isShareable: true, variant: undefined }
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
