// Leaves a failing origin alone for a while: one breaker per service, in this process. Each process finds out for itself, since
// what it sees may be its own network; a service that stands for several independent hosts is better declared as several.
import { CachetteError } from '../errors/cachette-error.js'
import type { BreakerRule } from '../model/policy.js'
import type { Clock } from '../shared/clock.js'
import { type Circuit, createCircuit } from './circuit.js'
import { isDeadConnection } from './dead-connection.js'
import type { Emit } from './emit.js'
import type { OriginCall, OriginReply, OriginStep, Verdict } from './origin-call.js'

/** The breakers of all services. */
export interface Breakers {
  /** True where a call would be refused now. */
  isOpen(call: Pick<OriginCall, 'service' | 'policy'>): boolean
  /** Counts a failure that only the body showed. */
  tell(call: Pick<OriginCall, 'service' | 'policy'>, verdict: Verdict): void
  /** Refuses while open, and counts what comes of the calls that pass. */
  guard(next: OriginStep): OriginStep
}

/** What breakers take. */
export interface BreakerParts {
  readonly clock: Clock
  readonly emit: Emit
}

/** How soon to ask again while one call is trying the origin. */
const WHILE_TRYING_MS = 1_000

type Outcome = 'success' | 'failure' | 'neither'

/** Makes them. */
export function createBreakers({ clock, emit }: BreakerParts): Breakers {
  const circuits = new Map<string, Circuit>()

  function circuitOf(service: string, rule: BreakerRule): Circuit {
    // Rules of a service may differ; calls under another rule count apart.
    const key = `${service} ${rule.failures}/${rule.openForMs}`
    const known = circuits.get(key)
    if (known !== undefined) return known
    const made = createCircuit(rule, (state) => emit('breaker', { service, state }))
    circuits.set(key, made)
    return made
  }

  function note(circuit: Circuit, outcome: Outcome, isTrial: boolean): void {
    const nowMs = clock.monotonicMs()
    if (outcome === 'success') circuit.succeed()
    else if (outcome === 'failure') circuit.fail(nowMs)
    else if (isTrial) circuit.giveUp(nowMs)
  }

  return {
    isOpen({ service, policy }) {
      const { breaker } = policy
      if (breaker === undefined) return false
      const { state } = circuitOf(service, breaker)
      return state.kind === 'open' && clock.monotonicMs() < state.untilMs
    },
    tell({ service, policy }, { classification, status }) {
      // Those of a failing status were counted at the head.
      if (classification !== 'transient' || status >= 500 || policy.breaker === undefined) return
      circuitOf(service, policy.breaker).failAfterAll(clock.monotonicMs())
    },
    guard: (next) => async (call) => {
      const { breaker } = call.policy
      if (!call.isClaimed || breaker === undefined) return next(call)
      const circuit = circuitOf(call.service, breaker)
      const passage = circuit.pass(clock.monotonicMs())
      if (!passage.isOpen) throw isBroken(call, clock, passage.untilMs)
      try {
        const reply = await next(call)
        note(circuit, reply.status >= 500 ? 'failure' : 'success', passage.isTrial)
        return reply.status >= 500 ? reply : watched(reply, () => circuit.failAfterAll(clock.monotonicMs()))
      } catch (error) {
        note(circuit, outcomeOf(call, error), passage.isTrial)
        throw error
      }
    },
  }
}

/** A caller who left, steps that refused, and a kept connection that had died, say nothing of the origin. */
function outcomeOf({ signal }: OriginCall, error: unknown): Outcome {
  if (!signal.aborted && isDeadConnection(error)) return 'neither'
  const reason: unknown = signal.aborted ? signal.reason : error
  if (!CachetteError.is(reason)) return 'neither'
  const isOrigins = reason.code === 'CACHETTE_ORIGIN_UNREACHABLE' || reason.code === 'CACHETTE_TIMEOUT'
  return isOrigins ? 'failure' : 'neither'
}

/** A reply whose body, where it breaks off, is told of. */
function watched(reply: OriginReply, onBroken: () => void): OriginReply {
  return {
    ...reply,
    body: {
      [Symbol.asyncIterator]() {
        const pieces = reply.body[Symbol.asyncIterator]()
        return {
          async next() {
            try {
              return await pieces.next()
            } catch (error) {
              if (!reply.signal.aborted) onBroken()
              throw error
            }
          },
          async return() {
            await pieces.return?.()
            return { done: true, value: undefined }
          },
        }
      },
    },
  }
}

function isBroken(
  { service, method, redactedUrl: url, attempts }: OriginCall,
  clock: Clock,
  untilMs: number | undefined,
): CachetteError {
  const waitMs = untilMs === undefined ? WHILE_TRYING_MS : untilMs - clock.monotonicMs()
  const retryAtMs = clock.nowMs() + Math.max(0, Math.ceil(waitMs))
  return new CachetteError(
    'CACHETTE_BREAKER_OPEN',
    `${method} ${url} was not sent: ${service} failed several times in a row and is left alone until ${new Date(retryAtMs).toISOString()}; try again then`,
    { service, url, attempts: attempts.count, retryAtMs },
  )
}
