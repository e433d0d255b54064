// Ends an attempt that takes so long that another one would no longer fit, while there is another one.
import { CachetteError } from '../errors/cachette-error.js'
import type { Clock } from '../shared/clock.js'
import type { Emit } from './emit.js'
import type { OriginCall, OriginStep } from './origin-call.js'
import { isRepeatable } from './retry-delay.js'
import { timeLeftMs } from './wait.js'

/** What the step takes. */
export interface AttemptTimeoutParts {
  readonly clock: Clock
  readonly emit: Emit
}

/**
 * An attempt that others may follow gets this part of what is left until the deadline: a slow API is to answer within the timeout
 * that its users know of, and one that hangs is to leave time for another try.
 */
const SHARE = 4 / 5

/**
 * Gives each attempt four fifths of the time that is left, up to the response's headers, and the last one all of it. Calls that are
 * tried once have the deadline alone, and so has the body of a response.
 *
 * @throws CachetteError `CACHETTE_TIMEOUT`
 */
export function withAttemptTimeout({ clock, emit }: AttemptTimeoutParts, next: OriginStep): OriginStep {
  return (call) => {
    const leftMs = timeLeftMs(clock, call)
    const isLast = (call.attempt ?? 1) >= call.policy.retryAttempts
    if (!call.isClaimed || isLast || leftMs === Number.POSITIVE_INFINITY || !isRepeatable(call))
      return next(call)
    const limitMs = Math.ceil(leftMs * SHARE)
    const ending = new AbortController()
    const onAbort = (): void => ending.abort(call.signal.reason)
    if (call.signal.aborted) onAbort()
    else call.signal.addEventListener('abort', onAbort, { once: true })
    return new Promise((resolve, reject) => {
      const stopTimer = clock.setTimer(() => {
        const { service, redactedUrl: url } = call
        emit('timed-out', { service, url, timeout: 'attempt', afterMs: limitMs })
        const error = tookTooLong(call, limitMs)
        call.signal.removeEventListener('abort', onAbort)
        ending.abort(error)
        reject(error)
      }, limitMs)
      next({ ...call, signal: ending.signal })
        .finally(stopTimer)
        .then(resolve, reject)
    })
  }
}

function tookTooLong(call: OriginCall, limitMs: number): CachetteError {
  const { service, method, redactedUrl: url, attempts } = call
  return new CachetteError(
    'CACHETTE_TIMEOUT',
    `${method} ${url} gave no response within the ${limitMs} ms of one attempt; raise services.${service}.timeout, or try later`,
    { service, url, attempts: attempts.count },
  )
}
