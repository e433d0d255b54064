// Asking the origin on behalf of callers: one flight per key that callers share, or a call of one's own where sharing is
// not allowed. Gives each caller an answer of its own, and the older entry where a shared call fails.
import { failureDecision } from '../decide/decide-after-response.js'
import { timedOut } from '../errors/timed-out.js'
import { withoutFields } from '../http/header-fields.js'
import type { AnswerBody } from '../model/answer-body.js'
import type { Because } from '../model/because.js'
import type { CacheAnswer } from '../model/cache-answer.js'
import type { Outcome } from '../model/outcome.js'
import type { Clock } from '../shared/clock.js'
import type { EventBus } from '../events/event-bus.js'
import { UNCLAIMED } from '../model/unclaimed.js'
import type { AskOrigin, Errand } from './ask-origin.js'
import { failureReason } from './failure-reason.js'
import type { FlightResult } from './flight-result.js'
import type { Flight, FlightWork, Flights } from './flights.js'
import { type Hop, NO_COST, Unanswered, answerFrom, hitHop } from './hop.js'
import { type Interest, interestOfOne } from './interest.js'
import type { KeyHasher } from './key-hasher.js'
import type { LeasedAsk } from './leased-ask.js'
import { variantKey } from './prepared-call.js'
import type { Tiers } from './tiers.js'
import { type Patience, waitFor } from './wait-for.js'

/** Asks the origin, alone or together. */
export interface Fly {
  /** Joins the flight for the key, or leads one. */
  together(errand: Errand): Promise<Hop>
  /** Asks for this caller alone. */
  alone(errand: Errand): Promise<Hop>
  /** Asks behind the callers' backs, unless somebody is asking already, or the last try failed a moment ago. */
  behind(errand: Errand): void
  /** True where {@link behind} would ask for a key now. */
  mayAskBehind(key: string): boolean
}

/** What asking takes. */
export interface FlyParts {
  readonly clock: Clock
  readonly tiers: Tiers
  readonly hasher: KeyHasher
  readonly flights: Flights<FlightResult>
  readonly bus: EventBus
  readonly askOrigin: AskOrigin
  /** The same under the lease that all processes on the store share. */
  readonly leasedAsk: LeasedAsk
  /** True once no more work is to be begun. */
  readonly isClosed: () => boolean
  /** Looks up once more: another flight may have landed while a caller was still asking the tiers. */
  readonly findLate: (errand: Errand) => Promise<FlightResult | undefined>
}

/** Refreshes that may be under way behind callers' backs at a time. */
const MAX_BEHIND = 100
/** How long a key is left alone by this process after a refresh of it that failed. */
const REST_MS = 1_000
const MAX_RESTING = 10_000

/** Thrown to a caller that is to be served the older entry now. Never leaves this file. */
class SoftTimeout extends Error {}

/** Makes the ways to ask. */
export function createFly(parts: FlyParts): Fly {
  const { clock, tiers, hasher, flights, askOrigin, leasedAsk, bus } = parts
  const resting = new Map<string, number>()
  const wantedBehind = new WeakSet<Flight<FlightResult>>()
  let behind = 0

  /** A refresh replaces, a validation asks for the origin's own word: neither is served by what others asked before. */
  function flightKeyOf({ call }: Errand): string {
    const { options } = call.request
    const { mode, noCache } = call.demands
    if (options.isRefresh === true || mode === 'reload') return `${call.key} refresh`
    return noCache || mode === 'no-cache' ? `${call.key} validate` : call.key
  }

  async function together(asked: Errand): Promise<Hop> {
    const { call } = asked
    // Whatever it waits for, and then has to ask alone: all of it together is bounded by one timeout.
    const errand: Errand = { ...asked, endsAtMs: clock.monotonicMs() + call.policy.timeoutMs }
    const flightKey = flightKeyOf(errand)
    if (flights.isKeptApart(flightKey, clock.monotonicMs())) return alone(errand)
    const isPlain = flightKey === call.key
    const flying =
      flights.get(flightKey) ??
      (isPlain ? (flights.get(`${call.key} refresh`) ?? flights.get(`${call.key} validate`)) : undefined)
    if (flying !== undefined && mayJoin(errand, flying, isPlain)) return join(errand, flying)
    return waitAsLeader(errand, lead(errand, flightKey, isPlain))
  }

  async function waitAsLeader(errand: Errand, flight: Flight<FlightResult>): Promise<Hop> {
    const { signal } = errand.call.request.options
    try {
      const deadline = sooner(softDeadline(errand, flight), lateDeadline(errand, flight))
      const patience = { signal, deadline, clock }
      const taken = await flight.wait(patience, (result) => ({ result, answer: result.take() }))
      if (taken.answer === undefined) return await alone(errand)
      const settling = flight.isHeldUp() ? hardPatience(errand) : undefined
      return await settle(errand, hopOf(errand, taken.answer, taken.result), settling)
    } catch (thrown) {
      if (thrown instanceof SoftTimeout) return softHop(errand)
      if (thrown instanceof Unanswered) throw thrown
      return rescueOf(errand, thrown)
    }
  }

  /** A flight that had to wait for another process may end too late for its leader; any other has its leader's deadline. */
  function lateDeadline(errand: Errand, flight: Flight<FlightResult>): Patience['deadline'] {
    const { deadline } = hardPatience(errand)
    if (deadline === undefined) return undefined
    return { inMs: deadline.inMs, error: () => (flight.isHeldUp() ? deadline.error() : undefined) }
  }

  /** Who has an older entry to fall back on waits no longer than the soft timeout; the call goes on without. */
  function softDeadline(errand: Errand, flight: Flight<FlightResult>): Patience['deadline'] {
    const { softTimeoutMs } = errand.call.policy
    if (softTimeoutMs === Number.POSITIVE_INFINITY || !askOrigin.canRescue(errand)) return undefined
    return {
      inMs: softTimeoutMs,
      error() {
        wantBehind(errand, flight)
        return new SoftTimeout('soft timeout')
      },
    }
  }

  /** Wants a flight that its callers leave for an older entry: an answer of whatever size is read to its end, and stored. */
  function wantBehind({ call }: Errand, flight: Flight<FlightResult>): void {
    if (wantedBehind.has(flight)) return
    wantedBehind.add(flight)
    flight
      .wait({ signal: undefined, deadline: undefined, clock }, (result) => result.take())
      .then((answer) => drain(answer?.body, call.policy.maxBodyBytes))
      .catch(() => undefined)
  }

  function softHop({ call, entry, tier }: Errand): Hop {
    if (entry === undefined) throw new TypeError('a soft timeout needs an entry')
    const { service, parts: keyParts, policy } = call
    const afterMs = policy.softTimeoutMs
    if (bus.isHeard('timed-out')) {
      const facts = { service: service.name, url: keyParts.redactedUrl, afterMs }
      bus.emit('timed-out', { ...facts, timeout: 'soft' })
    }
    const sinceMs = Math.max(0, clock.nowMs() - entry.confirmedAtMs)
    const [ageMs, ttlMs] = [entry.initialAgeMs + sinceMs, Math.min(0, entry.staleAtMs - clock.nowMs())]
    const facts = { outcome: 'stale', because: 'soft-timeout', ageMs, ttlMs, tier, attempts: 0 } as const
    return hitHop(entry, answerFrom(entry, facts))
  }

  /** A flight whose answer is there is joined only while that answer is fresh, and by no refresh. */
  function mayJoin({ call }: Errand, flight: Flight<FlightResult>, isPlain: boolean): boolean {
    const scope = { service: call.service.name, purgeUrl: call.parts.purgeUrl }
    if (tiers.marks.mayCover(scope, flight.beganSequence)) return false
    const landed = flight.landed()
    // A call that no deadline ends may hang, or its body: who left has seen more of it than who comes.
    const isEndless = call.policy.timeoutMs === Number.POSITIVE_INFINITY
    if (landed === undefined) return !(isEndless && flight.wasLeft())
    if (isEndless && landed.result.isStalled()) return false
    const sinceMs = clock.monotonicMs() - landed.atMs
    const { ttlMs, ageMs } = landed.result
    const { maxAgeMs, minFreshMs = 0 } = call.demands
    const isYoung = maxAgeMs === undefined || ageMs + sinceMs < maxAgeMs
    return isPlain && isYoung && sinceMs + minFreshMs < ttlMs
  }

  function lead(errand: Errand, flightKey: string, isPlain: boolean): Flight<FlightResult> {
    return flights.lead(
      flightKey,
      errand.beganSequence,
      async (interest): Promise<FlightWork<FlightResult>> => {
        const late = isPlain ? await parts.findLate(errand) : undefined
        if (late !== undefined) return { result: late, isFindable: undefined, released: undefined }
        const work = await askTogether(errand, interest, flightKey)
        if (!work.result.isShareable) flights.keepApart(flightKey, clock.monotonicMs())
        return work
      },
    )
  }

  /** All of it together with other processes is for declared services: nothing else ends a call that hangs. */
  async function askTogether(
    errand: Errand,
    interest: Interest,
    name: string,
  ): Promise<FlightWork<FlightResult>> {
    if (errand.call.service.name !== UNCLAIMED) return leasedAsk(errand, interest, name)
    const work = await askOrigin.ask(errand, interest)
    const { fate } = work.result
    return { ...work, released: fate.kind === 'stored' ? fate.committed : undefined }
  }

  async function join(errand: Errand, flight: Flight<FlightResult>): Promise<Hop> {
    const { call } = errand
    const patience = followersPatience(errand, flight)
    const landed = flight.landed()
    const sinceMs = landed === undefined ? 0 : clock.monotonicMs() - landed.atMs
    let taken: { readonly result: FlightResult; readonly answer: CacheAnswer | undefined }
    try {
      taken = await flight.wait(patience, (result) => ({
        result,
        answer: isForCaller(result) ? agedAnswer(result.take(), sinceMs) : undefined,
      }))
    } catch (thrown) {
      return thrown instanceof SoftTimeout ? softHop(errand) : rescueOf(errand, thrown)
    }
    if (taken.answer === undefined) return alone(errand)
    return settle(errand, followerHop(errand, taken.answer, taken.result), hardPatience(errand))

    /** What may not be shared, or is a variant that others asked for, is not for this caller. */
    function isForCaller({ isShareable, variant }: FlightResult): boolean {
      return isShareable && (variant === undefined || variant.key === variantKey(hasher, call, variant.names))
    }
  }

  function followersPatience(errand: Errand, flight: Flight<FlightResult>): Patience {
    const hard = hardPatience(errand)
    return { ...hard, deadline: sooner(softDeadline(errand, flight), hard.deadline) }
  }

  /** What is left of the caller's timeout. */
  function hardPatience({ call, endsAtMs }: Errand): Patience {
    const { policy, service, parts: keyParts, request } = call
    const { signal } = request.options
    if (policy.timeoutMs === Number.POSITIVE_INFINITY) return { signal, deadline: undefined, clock }
    const facts = { service: service.name, method: request.method, redactedUrl: keyParts.redactedUrl, policy }
    const inMs = endsAtMs === undefined ? policy.timeoutMs : Math.max(0, endsAtMs - clock.monotonicMs())
    return { signal, deadline: { inMs, error: () => timedOut(facts, 0) }, clock }
  }

  async function alone(errand: Errand): Promise<Hop> {
    const { signal } = errand.call.request.options
    const interest = interestOfOne()
    try {
      const asking = askOrigin.ask(errand, interest)
      const { result, isFindable } = await waitFor(asking, { signal, deadline: undefined, clock })
      isFindable?.catch(() => undefined)
      const answer = result.take()
      if (answer === undefined) throw new TypeError('the body of an own call is gone')
      return await settle(errand, hopOf(errand, answer, result))
    } finally {
      interest.leave()
    }
  }

  /** Callers that want whole bodies wait for them; one that is cut short then is a failure like any other. */
  async function settle(errand: Errand, hop: Hop, patience?: Patience): Promise<Hop> {
    const { request } = errand.call
    if (request.options.isHttp === true || hop.answer.body.whole !== undefined) return hop
    try {
      const { signal } = request.options
      const gathering = hop.answer.body.gather()
      const body = await waitFor(gathering, patience ?? { signal, deadline: undefined, clock })
      return { ...hop, answer: { ...hop.answer, body } }
    } catch (error) {
      return rescueOf(errand, error)
    }
  }

  /** The older entry for one who waited in vain. */
  function rescueOf({ call, entry, purge, tier }: Errand, thrown: unknown): Hop {
    const error = thrown instanceof Unanswered ? thrown.error : thrown
    const isForbidden = thrown instanceof Unanswered && thrown.isForbidden
    const reason = failureReason(error)
    if (reason === undefined || entry === undefined) throw new Unanswered(error, NO_COST, isForbidden)
    const now = { nowMs: clock.nowMs(), monotonicMs: clock.monotonicMs() }
    const decision = failureDecision({ entry, purge, policy: call.policy, now }, reason)
    if (decision.action === 'fail')
      throw new Unanswered(error, NO_COST, decision.because === 'must-revalidate')
    const { because, ageMs } = decision
    const answer = answerFrom(entry, { outcome: 'rescued', because, ageMs, ttlMs: 0, tier, attempts: 0 })
    return { answer, key: call.key, originMs: 0, savedMs: 0 }
  }

  function rest(key: string, isFailed: boolean): void {
    resting.delete(key)
    if (!isFailed) return
    if (resting.size >= MAX_RESTING) resting.clear()
    resting.set(key, clock.monotonicMs() + REST_MS)
  }

  function mayAskBehind(key: string): boolean {
    const flying = flights.get(key)
    if (parts.isClosed() || behind >= MAX_BEHIND || (flying !== undefined && flying.landed() === undefined))
      return false
    return (resting.get(key) ?? 0) <= clock.monotonicMs()
  }

  async function refresh(errand: Errand): Promise<void> {
    const { key, policy, service } = errand.call
    const flight = lead(errand, key, true)
    const because = await flight
      .wait({ signal: undefined, deadline: undefined, clock }, (result) => result.take())
      .then(
        async (answer) => {
          await drain(answer?.body, policy.maxBodyBytes)
          return refreshedBecause(answer)
        },
        (thrown: unknown) =>
          failureReason(thrown instanceof Unanswered ? thrown.error : thrown) ?? 'origin-transient',
      )
    rest(key, because !== 'stored' && because !== 'not-modified')
    if (bus.isHeard('refreshed')) bus.emit('refreshed', { key, service: service.name, because })
  }

  return {
    together,
    alone,
    mayAskBehind,
    behind(errand) {
      if (!mayAskBehind(errand.call.key)) return
      behind += 1
      const done = (): void => void (behind -= 1)
      refresh(errand).then(done, done)
    },
  }
}

/** Of two deadlines the one that comes first. */
function sooner(soft: Patience['deadline'], hard: Patience['deadline']): Patience['deadline'] {
  return soft !== undefined && (hard === undefined || soft.inMs < hard.inMs) ? soft : hard
}

/** How a refresh ended. */
function refreshedBecause(answer: CacheAnswer | undefined): Because {
  if (answer === undefined || answer.outcome === 'rescued' || answer.outcome === 'failed')
    return answer?.because ?? 'left-by-caller'
  return answer.outcome === 'revalidated' ? 'not-modified' : 'stored'
}

/** Reads a body so that it gets stored; one that is too large for that is let go of. */
async function drain(body: AnswerBody | undefined, maxBytes: number): Promise<void> {
  let sizeBytes = 0
  for await (const piece of body?.whole === undefined ? (body?.stream() ?? []) : []) {
    sizeBytes += piece.byteLength
    if (sizeBytes > maxBytes) return
  }
}

/** An answer that was there already when the caller came is older for it. */
function agedAnswer(answer: CacheAnswer | undefined, sinceMs: number): CacheAnswer | undefined {
  if (answer === undefined || sinceMs === 0) return answer
  return { ...answer, ageMs: answer.ageMs + sinceMs, ttlMs: Math.max(0, answer.ttlMs - sinceMs) }
}

function hopOf({ call }: Errand, answer: CacheAnswer, { originMs }: Pick<FlightResult, 'originMs'>): Hop {
  const isHit = answer.outcome === 'hit' || answer.outcome === 'coalesced'
  return { answer, key: call.key, originMs: isHit ? 0 : originMs, savedMs: isHit ? originMs : 0 }
}

const LEADERS_OWN = new Set(['set-cookie', 'set-cookie2'])

const GOOD: ReadonlySet<Outcome> = new Set(['miss', 'revalidated', 'hit', 'coalesced'])

/** What one who waited gets: the leader's answer, without what was meant for the leader alone. */
function followerHop({ call }: Errand, answer: CacheAnswer, { originMs }: FlightResult): Hop {
  const isGood = GOOD.has(answer.outcome)
  const isHttp = call.policy.freshness === 'http' && answer.isStored
  const headers = isHttp ? answer.headers : withoutFields(answer.headers, LEADERS_OWN)
  const own = { ...answer, headers, attempts: 0 }
  return {
    answer: isGood ? { ...own, outcome: 'coalesced', because: 'joined-call' } : own,
    key: call.key,
    originMs: 0,
    savedMs: isGood ? originMs : 0,
  }
}
