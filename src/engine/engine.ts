// The one shell around the pure decisions. A request is looked up in the near tier at once, without waiting for
// anything; only what is not found fresh there goes on: other tiers, single flight, origin, redirects.
//
// How a flight works, since everything else leans on it:
//   1. For one key at most one origin call is under way in the process. The first caller leads, the others wait.
//   2. Leader and waiters alike wait on the flight's promise and never own it: an abort or a deadline takes one caller
//      away and leaves the call to the rest, and to the store.
//   3. It is there with the response's headers. Each caller then reads the body at a place of its own; callers that take
//      bodies whole wait for the end.
//   4. A flight leaves the map only when its entry can be found, so a caller that comes a moment later finds either.
//   5. A purge drawn after a flight began keeps later callers from joining, and its answer from being stored.
//   6. What the origin forbids to share is handed to the leader alone; the others ask for themselves, and for 10 s
//      calls for that key do not wait for each other.
import { setMaxListeners } from 'node:events'
import { decideLookup } from '../decide/decide-lookup.js'
import { CachetteError } from '../errors/cachette-error.js'
import type { EventBus } from '../events/event-bus.js'
import type { Leases } from '../model/leases.js'
import type { BudgetLevel } from '../model/limits.js'
import type { CacheAnswer } from '../model/cache-answer.js'
import type { CacheEntry } from '../model/cache-entry.js'
import type { CacheRequest } from '../model/cache-request.js'
import { NO_DEMANDS } from '../model/demands.js'
import { createAnswerHop, findLate, findNews, hitAnswer } from './answer-hop.js'
import type { AskOrigin } from './ask-origin.js'
import type { FlightResult } from './flight-result.js'
import type { BypassCache } from './bypass.js'
import { createLeasedAsk } from './leased-ask.js'
import { createCallMemo } from './call-memo.js'
import { createFlights } from './flights.js'
import { createFly } from './fly.js'
import { followRedirects, isRedirect } from './follow-redirects.js'
import { NO_COST, Unanswered } from './hop.js'
import { ownCopy } from './own-copy.js'
import { type CallPreparer, type KnownCall, prepareCall, variantKey } from './prepared-call.js'
import { createOpenBodies } from './open-bodies.js'
import type { Recorder } from './recorder.js'
import { selectShare } from './select-body.js'
import type { Tiers } from './tiers.js'
import type { Clock } from '../shared/clock.js'
import { keepAlive } from '../shared/keep-alive.js'
import { createWallReader } from './wall-reader.js'

/** Answers requests. */
export interface Engine {
  /** The answer: at once for a fresh entry near at hand, else as a promise. */
  answer(request: CacheRequest): CacheAnswer | Promise<CacheAnswer>
  /**
   * Refuses requests from now on, and resolves when those under way are done and stored, and what is being read was read;
   * readers are not waited for beyond the cut-off.
   */
  close(cutOff: AbortSignal): Promise<void>
}

/** What an engine is made of. */
export interface EngineParts {
  readonly clock: Clock
  readonly tiers: Tiers
  readonly preparer: CallPreparer
  readonly askOrigin: AskOrigin
  readonly bypassCache: BypassCache
  readonly recorder: Recorder
  readonly bus: EventBus
  readonly leases: Leases
  readonly budgetOf: (call: KnownCall) => BudgetLevel
  /** Told of work that goes on after callers were answered. */
  readonly waitUntil: (work: Promise<unknown>) => void
  /** The name of the service that claims a URL. */
  readonly claim: (url: string) => string
  /** Bound of the memo of calls, in bytes. */
  readonly memoBytes: number
}

/** Not 0: Node 20 then cannot tell the number any more. */
const MANY_LISTENERS = 100_000

/** Makes an engine. */
export function createEngine(parts: EngineParts): Engine {
  const { clock, tiers, preparer, recorder } = parts
  const memo = createCallMemo<KnownCall>(parts.memoBytes)
  const flights = createFlights<FlightResult>(() => clock.monotonicMs(), parts.waitUntil)
  const { near } = tiers
  const wallAt = createWallReader(clock)
  const underWay = new Set<Promise<CacheAnswer>>()
  const bodies = createOpenBodies()
  const fly = createFly({
    clock,
    tiers,
    hasher: preparer.hasher,
    flights,
    bus: parts.bus,
    askOrigin: parts.askOrigin,
    leasedAsk: createLeasedAsk({
      clock,
      bus: parts.bus,
      leases: parts.leases,
      askOrigin: parts.askOrigin,
      isPurgedSince: ({ call }, sequence) =>
        tiers.marks.mayCover({ service: call.service.name, purgeUrl: call.parts.purgeUrl }, sequence),
      hasChanged: async ({ beganSequence }) => (await tiers.began()) > beganSequence,
      findNews: (errand, sinceMs) => findNews(errand, sinceMs, parts),
      onStoreFailure: (error) => tiers.noteFailure('share calls', error),
    }),
    isClosed: () => isClosed,
    findLate: (errand) => findLate(errand, parts),
  })
  const { answerHop, refreshAhead, begun } = createAnswerHop({
    clock,
    tiers,
    preparer,
    bypassCache: parts.bypassCache,
    fly,
    budgetOf: parts.budgetOf,
    recall,
  })
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
    if (tiers.lookIfDue(startedMs)) return undefined
    const entry = nearEntry(known)
    if (entry === undefined) return undefined
    if (isRedirect(entry) && request.options.redirects !== 'hand-back') return undefined
    const purge = tiers.stateOf(entry)
    const { policy, demands } = known
    const now = { nowMs: wallAt(startedMs), monotonicMs: startedMs }
    const decision = decideLookup({
      entry,
      policy,
      demands,
      isRefresh: false,
      purge,
      budget: 'ample',
      now,
    })
    if (decision.action !== 'serve-fresh') return undefined
    if (decision.isRefreshDue) refreshAhead(ownCopy(request), known)
    const served = hitAnswer(entry, decision, 'memory')
    recorder.recordNear(request, entry, served, startedMs)
    if (demands === NO_DEMANDS) return served
    return selectShare(served, { method: request.method, demands, nowMs: now.nowMs })
  }

  function nearEntry(known: KnownCall): CacheEntry | undefined {
    const record = near?.read(known.key)
    if (record === undefined || record.kind === 'entry') return record
    const variant = near?.read(variantKey(preparer.hasher, known, record.names))
    return variant?.kind === 'entry' ? variant : undefined
  }

  function answerSlowly(request: CacheRequest, startedMs: number): Promise<CacheAnswer> {
    // Many calls may be given one signal: that they all listen is no leak to be warned of.
    const { signal } = request.options
    if (signal instanceof EventTarget) setMaxListeners(MANY_LISTENERS, signal)
    keepAlive.hold()
    const work = answerAndRecord(ownCopy(request), startedMs)
    underWay.add(work)
    const end = (): void => {
      keepAlive.release()
      underWay.delete(work)
    }
    work.then(end, end)
    return work
  }

  async function answerAndRecord(request: CacheRequest, startedMs: number): Promise<CacheAnswer> {
    try {
      const isFollowing = request.options.redirects !== 'hand-back'
      const hop = await (isFollowing
        ? followRedirects(request, { answerHop, claim: parts.claim })
        : answerHop(request))
      recorder.record(request, hop, startedMs)
      bodies.add(hop.answer.body)
      return hop.answer
    } catch (error) {
      const failure = error instanceof Unanswered ? error : new Unanswered(error, NO_COST)
      recorder.recordFailure(request, failure, startedMs)
      throw failure.error
    }
  }

  function recall(request: CacheRequest): KnownCall {
    const known = memo.get(request)
    if (known !== undefined) return known
    const call = prepareCall(request, preparer)
    const { key, service, policy, bypass, demands, sendHeaders, identity } = call
    memo.set(request, { key, service, policy, bypass, demands, sendHeaders, identity })
    return call
  }

  return {
    answer,
    async close(cutOff) {
      isClosed = true
      await Promise.allSettled(underWay)
      await begun()
      await flights.settled()
      await bodies.settled(cutOff)
      await tiers.settled()
    },
  }
}

function closedError({ service }: CacheRequest): CachetteError {
  return new CachetteError('CACHETTE_CLOSED', 'this cachette instance is closed; create another one', {
    service,
  })
}
