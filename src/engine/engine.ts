// The one shell around the pure decisions. A request is looked up in the near tier at once, without waiting for
// anything; only what is not found fresh there goes on: other tiers, single flight, origin, redirects.
//
// How a flight works, since everything else leans on it:
//   1. For one key at most one origin call is under way in the process. The first caller leads, the others wait.
//   2. Leader and waiters alike wait on the flight's promise and never own it: an abort or a deadline takes one caller
//      away and leaves the call to the rest, and to the store.
//   3. A flight leaves the map only when its entry can be found, so a caller that comes a moment later finds either.
//   4. A purge drawn after a flight began keeps later callers from joining, and its answer from being stored.
//   5. What the origin forbids to share is handed to the leader alone; the others ask for themselves, and for 10 s
//      calls for that key do not wait for each other.
import { setMaxListeners } from 'node:events'
import { type LookupDecision, decideLookup } from '../decide/decide-lookup.js'
import { failureDecision } from '../decide/decide-after-response.js'
import { CachetteError } from '../errors/cachette-error.js'
import { withoutFields } from '../http/header-fields.js'
import type { CacheAnswer } from '../model/cache-answer.js'
import type { CacheEntry } from '../model/cache-entry.js'
import type { CacheRequest } from '../model/cache-request.js'
import type { Policy } from '../model/policy.js'
import type { Tier } from '../model/tier.js'
import { timedOut } from '../errors/timed-out.js'
import { type AskOrigin, type Errand, type FlightResult, failureReason } from './ask-origin.js'
import type { BypassCache } from './bypass.js'
import { createCallMemo } from './call-memo.js'
import { type Flight, createFlights } from './flights.js'
import { followRedirects, isRedirect } from './follow-redirects.js'
import { type Hop, NO_COST, Unanswered, answerFrom, hitHop } from './hop.js'
import {
  type CallPreparer,
  type KnownCall,
  type PreparedCall,
  prepareCall,
  variantKey,
} from './prepared-call.js'
import type { Recorder } from './recorder.js'
import { interestOf } from './send-call.js'
import type { Found, Tiers } from './tiers.js'
import type { Clock } from '../shared/clock.js'
import { waitFor } from './wait-for.js'
import { createWallReader } from './wall-reader.js'

/** Answers requests. */
export interface Engine {
  /** The answer: at once for a fresh entry near at hand, else as a promise. */
  answer(request: CacheRequest): CacheAnswer | Promise<CacheAnswer>
  /** Refuses requests from now on, and resolves when those under way are done and stored. */
  close(): Promise<void>
}

/** What an engine is made of. */
export interface EngineParts {
  readonly clock: Clock
  readonly tiers: Tiers
  readonly preparer: CallPreparer
  readonly askOrigin: AskOrigin
  readonly bypassCache: BypassCache
  readonly recorder: Recorder
  /** Bound of the memo of calls, in bytes. */
  readonly memoBytes: number
}

/** Not 0: Node 20 then cannot tell the number any more. */
const MANY_LISTENERS = 100_000

/** What was found for a call. */
interface Lookup {
  readonly entry: CacheEntry | undefined
  readonly tier: Tier
}

/** Makes an engine. */
export function createEngine(parts: EngineParts): Engine {
  const { clock, tiers, preparer, recorder } = parts
  const memo = createCallMemo<KnownCall>(parts.memoBytes)
  const flights = createFlights<FlightResult>(() => clock.monotonicMs())
  const near = tiers.near
  const wallAt = createWallReader(clock)
  const underWay = new Set<Promise<CacheAnswer>>()
  let isClosed = false

  function answer(request: CacheRequest): CacheAnswer | Promise<CacheAnswer> {
    const startedMs = clock.monotonicMs()
    if (isClosed) throw closedError(request)
    const { signal } = request.options
    if (signal?.aborted === true) {
      recorder.recordFailure(request, new Unanswered(signal.reason, NO_COST), startedMs)
      throw signal.reason
    }
    return answerNear(request, startedMs) ?? answerSlowly(request, startedMs)
  }

  /** A fresh entry of the near tier, found without building a URL, hashing or waiting. */
  function answerNear(request: CacheRequest, startedMs: number): CacheAnswer | undefined {
    if (near === undefined || request.options.isRefresh === true) return undefined
    const known = memo.get(request)
    if (known === undefined || known.bypass !== undefined) return undefined
    tiers.lookIfDue(startedMs)
    const entry = near.read(known.key)
    if (entry === undefined || entry.kind !== 'entry' || isRedirect(entry)) return undefined
    const purge = tiers.marks.stateOf(entry)
    const now = { nowMs: wallAt(startedMs), monotonicMs: startedMs }
    const decision = decideLookup({ entry, policy: known.policy, isRefresh: false, purge, now })
    if (decision.action !== 'serve-fresh') return undefined
    const served = hitAnswer(entry, decision, 'memory')
    recorder.recordNear(request, entry, served, startedMs)
    return served
  }

  function answerSlowly(request: CacheRequest, startedMs: number): Promise<CacheAnswer> {
    // Many calls may be given one signal: that they all listen is no leak to be warned of.
    const { signal } = request.options
    if (signal instanceof EventTarget) setMaxListeners(MANY_LISTENERS, signal)
    const work = answerAndRecord(ownCopy(request), startedMs).finally(() => underWay.delete(work))
    underWay.add(work)
    return work
  }

  async function answerAndRecord(request: CacheRequest, startedMs: number): Promise<CacheAnswer> {
    try {
      const hop = await followRedirects(request, answerHop)
      recorder.record(request, hop, startedMs)
      return hop.answer
    } catch (error) {
      const failure = error instanceof Unanswered ? error : new Unanswered(error, NO_COST)
      recorder.recordFailure(request, failure, startedMs)
      throw failure.error
    }
  }

  async function answerHop(request: CacheRequest): Promise<Hop> {
    const known = recall(request)
    if (known.bypass !== undefined) return parts.bypassCache(prepared(request, known), known.bypass)
    const found = await tiers.find(known.key)
    if (found?.record.kind === 'entry') {
      const decision = decide(found.record, known.policy, request)
      if (decision.action === 'serve-fresh') {
        return hitHop(found.record, hitAnswer(found.record, decision, found.tier))
      }
    }
    const { lookup, decision, errand } = await consider(prepared(request, known), found)
    if (decision.action === 'serve-fresh' && lookup.entry !== undefined) {
      return hitHop(lookup.entry, hitAnswer(lookup.entry, decision, lookup.tier))
    }
    return joinOrLead(errand)
  }

  /** What is known of a call, worked out at most once while the memo remembers it. */
  function recall(request: CacheRequest): KnownCall {
    const known = memo.get(request)
    if (known !== undefined) return known
    const call = prepareCall(request, preparer)
    const { key, service, policy, bypass } = call
    memo.set(request, { key, service, policy, bypass })
    return call
  }

  function prepared(request: CacheRequest, known: KnownCall | PreparedCall): PreparedCall {
    return 'parts' in known ? known : prepareCall(request, preparer)
  }

  function decide(entry: CacheEntry | undefined, policy: Policy, request: CacheRequest): LookupDecision {
    return decideLookup({
      entry,
      policy,
      isRefresh: request.options.isRefresh === true,
      purge: entry === undefined ? 'none' : tiers.marks.stateOf(entry),
      now: { nowMs: clock.nowMs(), monotonicMs: clock.monotonicMs() },
    })
  }

  /** Decides on what was found, and makes ready for asking the origin. */
  async function consider(
    call: PreparedCall,
    found: Found | undefined,
  ): Promise<{ lookup: Lookup; decision: LookupDecision; errand: Errand }> {
    const lookup = await followVary(call, found)
    const { entry, tier } = lookup
    const beganSequence = await tiers.began()
    const decision = decide(entry, call.policy, call.request)
    const purge = entry === undefined ? 'none' : tiers.marks.stateOf(entry)
    const action = decision.action === 'revalidate' ? 'revalidate' : 'fetch'
    const errand: Errand = { call, entry, tier, purge, action, because: decision.because, beganSequence }
    return { lookup, decision, errand }
  }

  async function followVary(call: PreparedCall, found: Found | undefined): Promise<Lookup> {
    if (found === undefined) return { entry: undefined, tier: 'origin' }
    if (found.record.kind === 'entry') return { entry: found.record, tier: found.tier }
    const variant = await tiers.find(variantKey(preparer.hasher, call, found.record.names))
    return variant?.record.kind === 'entry'
      ? { entry: variant.record, tier: variant.tier }
      : { entry: undefined, tier: 'origin' }
  }

  async function joinOrLead(errand: Errand): Promise<Hop> {
    const { call } = errand
    const isRefresh = call.request.options.isRefresh === true
    const flightKey = isRefresh ? `${call.key} refresh` : call.key
    if (flights.isKeptApart(flightKey, clock.monotonicMs())) return goAlone(errand)
    const flying = flights.get(flightKey) ?? (isRefresh ? undefined : flights.get(`${call.key} refresh`))
    const scope = { service: call.service.name, purgeUrl: call.parts.purgeUrl }
    if (
      flying !== undefined &&
      !tiers.marks.mayCover(scope, flying.beganSequence) &&
      isJoinable(flying, isRefresh)
    ) {
      return join(errand, flying)
    }
    const flight = flights.lead(flightKey, errand.beganSequence, async (interest) => {
      const late = isRefresh ? undefined : await findLate(call)
      if (late !== undefined) return { result: late, isFindable: undefined }
      const work = await parts.askOrigin(errand, interest)
      if (!work.result.isShareable) flights.keepApart(flightKey, clock.monotonicMs())
      return work
    })
    const { signal } = call.request.options
    return hopOf(errand, await flight.wait({ signal, deadline: undefined, clock }))
  }

  /** A flight whose answer is there is joined only while that answer is fresh, and by no refresh. */
  function isJoinable(flight: Flight<FlightResult>, isRefresh: boolean): boolean {
    const landed = flight.landed()
    if (landed === undefined) return true
    return !isRefresh && clock.monotonicMs() - landed.atMs < landed.result.answer.ttlMs
  }

  /** Looks up once more: another flight may have landed while this caller was still asking the tiers. */
  async function findLate(call: PreparedCall): Promise<FlightResult | undefined> {
    if (near !== undefined && near.head(call.key) === undefined) return undefined
    const { lookup, decision } = await consider(call, await tiers.find(call.key))
    if (decision.action !== 'serve-fresh' || lookup.entry === undefined) return undefined
    const served = hitAnswer(lookup.entry, decision, lookup.tier)
    return {
      answer: served,
      originMs: lookup.entry.originMs,
      isShareable: true,
      variant: undefined,
    }
  }

  async function join(errand: Errand, flight: Flight<FlightResult>): Promise<Hop> {
    const { call, entry, purge } = errand
    const { policy, service, parts: keyParts, request } = call
    const late = (): Error =>
      timedOut(
        { service: service.name, method: request.method, redactedUrl: keyParts.redactedUrl, policy },
        0,
      )
    let result: FlightResult
    try {
      result = await flight.wait({
        signal: request.options.signal,
        deadline: { inMs: policy.timeoutMs, error: late },
        clock,
      })
    } catch (thrown) {
      const error = thrown instanceof Unanswered ? thrown.error : thrown
      const reason = failureReason(error)
      if (reason === undefined || entry === undefined) throw new Unanswered(error, NO_COST)
      const now = { nowMs: clock.nowMs(), monotonicMs: clock.monotonicMs() }
      const decision = failureDecision({ entry, purge, policy, now }, reason)
      if (decision.action === 'fail') throw new Unanswered(error, NO_COST)
      const { because, ageMs } = decision
      const facts = { because, ageMs, ttlMs: 0, tier: errand.tier, attempts: 0 }
      return hopOf(errand, { answer: answerFrom(entry, { outcome: 'rescued', ...facts }), originMs: 0 })
    }
    const isOther =
      result.variant !== undefined &&
      result.variant.key !== variantKey(preparer.hasher, call, result.variant.names)
    if (!result.isShareable || isOther) return goAlone(errand)
    return followerHop(errand, result)
  }

  async function goAlone(errand: Errand): Promise<Hop> {
    const { signal } = errand.call.request.options
    const alone = parts.askOrigin(errand, interestOf(signal)).then(({ result }) => result)
    return hopOf(errand, await waitFor(alone, { signal, deadline: undefined, clock }))
  }

  return {
    answer,
    async close() {
      isClosed = true
      await Promise.allSettled(underWay)
      await flights.settled()
      await tiers.settled()
    },
  }
}

/** What the caller may change while the call is under way, copied: a call is what it was when it was made. */
function ownCopy(request: CacheRequest): CacheRequest {
  const { params, headers, body } = request
  return {
    ...request,
    params: params === undefined ? undefined : copyParams(params),
    headers: headers === undefined ? undefined : { ...headers },
    body: body === undefined ? undefined : new Uint8Array(body),
  }
}

function copyParams(params: NonNullable<CacheRequest['params']>): NonNullable<CacheRequest['params']> {
  const entries = Object.entries(params)
  return Object.fromEntries(
    entries.map(([name, value]) => [name, Array.isArray(value) ? [...(value as readonly string[])] : value]),
  )
}

function hitAnswer(
  entry: CacheEntry,
  { ageMs, ttlMs }: Extract<LookupDecision, { action: 'serve-fresh' }>,
  tier: Tier,
): CacheAnswer {
  return answerFrom(entry, { outcome: 'hit', because: 'fresh', ageMs, ttlMs, tier, attempts: 0 })
}

function hopOf({ call }: Errand, { answer, originMs }: Pick<FlightResult, 'answer' | 'originMs'>): Hop {
  const isHit = answer.outcome === 'hit'
  return { answer, key: call.key, originMs: isHit ? 0 : originMs, savedMs: isHit ? originMs : 0 }
}

const LEADERS_OWN = new Set(['set-cookie', 'set-cookie2'])

/** What one who waited gets: the leader's answer, without what was meant for the leader alone. */
function followerHop({ call }: Errand, { answer, originMs }: FlightResult): Hop {
  const isGood = answer.outcome === 'miss' || answer.outcome === 'revalidated' || answer.outcome === 'hit'
  const own = { ...answer, headers: withoutFields(answer.headers, LEADERS_OWN), attempts: 0 }
  return {
    answer: isGood ? { ...own, outcome: 'coalesced', because: 'joined-call' } : own,
    key: call.key,
    originMs: 0,
    savedMs: isGood ? originMs : 0,
  }
}

function closedError({ service }: CacheRequest): CachetteError {
  return new CachetteError('CACHETTE_CLOSED', 'this cachette instance is closed; create another one', {
    service,
  })
}
