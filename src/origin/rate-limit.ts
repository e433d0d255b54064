// Makes calls wait for their turn, so that a service gets no more of them in a window than it should, from all processes
// together.
import { CachetteError } from '../errors/cachette-error.js'
import type { BudgetRule } from '../model/limits.js'
import type { Awaitable } from '../model/tier.js'
import type { Clock } from '../shared/clock.js'
import type { Emit } from './emit.js'
import type { Turns } from './limits/turns.js'
import { notingSent } from './noting-sent.js'
import type { OriginCall, OriginStep } from './origin-call.js'
import { LONGEST_WAIT_MS, timeLeftMs, waitFor } from './wait.js'

/** What the step takes. */
export interface RateLimitParts {
  readonly clock: Clock
  readonly emit: Emit
  readonly turns: Turns
  /** Throws where the call may no longer be sent: asked once more of those that waited. */
  readonly refuse: (call: OriginCall) => Awaitable<void>
}

/**
 * Waits for a turn, at most until the deadline, or for 60 s where there is none. A turn that is not used, since the caller left or the service began to cool
 * down, is given back.
 *
 * @throws CachetteError `CACHETTE_QUOTA` with `retryAtMs` where no turn is left before then; then it does not wait
 */
export function withRateLimit({ clock, emit, turns, refuse }: RateLimitParts, next: OriginStep): OriginStep {
  const sendInTurn =
    (waitMs: number): OriginStep =>
    async (call) => {
      if (waitMs > 0) {
        await waitFor(clock, waitMs, call.signal)
        const { service, redactedUrl: url } = call
        emit('rate-limited', { service, url, waitedMs: waitMs })
        await refuse(call)
      }
      return next(call)
    }

  return async (call) => {
    const { rateLimits } = call.policy
    if (!call.isClaimed || rateLimits.length === 0) return next(call)
    const withinMs = call.endsAtMs === undefined ? LONGEST_WAIT_MS : timeLeftMs(clock, call)
    const turn = await turns.take(call, rateLimits, withinMs)
    if (!turn.isGiven) throw isTooLate(call, turn.rule, clock.nowMs() + turn.waitMs)
    return notingSent(call, sendInTurn(turn.waitMs), () => turn.giveBack())
  }
}

function isTooLate(call: OriginCall, rule: BudgetRule, atMs: number): CachetteError {
  const { service, method, redactedUrl: url, attempts, endsAtMs } = call
  const [past, advice] =
    endsAtMs === undefined
      ? [`more than ${LONGEST_WAIT_MS} ms from now`, 'try again then']
      : ['past its deadline', `try again then, or raise services.${service}.timeout`]
  return new CachetteError(
    'CACHETTE_QUOTA',
    `${method} ${url} was not sent: so many calls wait under the rate limit ${rule.name} of ${service} that its turn is at ${new Date(atMs).toISOString()}, ${past}; ${advice}`,
    { service, url, attempts: attempts.count, retryAtMs: atMs },
  )
}
