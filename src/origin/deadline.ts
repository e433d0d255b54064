// The hard timeout: whatever the steps below do, the call ends when it says.
import { CachetteError } from '../errors/cachette-error.js'
import { timedOut } from '../errors/timed-out.js'
import type { Clock } from '../shared/clock.js'
import type { OriginCall, OriginStep } from './origin-call.js'

/** A signal that nobody ever gives. */
const NEVER = new AbortController().signal

/**
 * Ends a call `policy.timeoutMs` after it began, body included, and cancels what is under way. `closing` ends all
 * calls at once.
 *
 * @throws CachetteError `CACHETTE_TIMEOUT`; `CACHETTE_CLOSED` where `closing` came first
 */
export function withDeadline(clock: Clock, next: OriginStep, closing: AbortSignal = NEVER): OriginStep {
  return (call) => {
    const cancel = new AbortController()
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        stopTimer()
        call.signal.removeEventListener('abort', onAbort)
        closing.removeEventListener('abort', onClosing)
        settle()
      }
      const onClosing = (): void => {
        const error = cutOff(call)
        cancel.abort(error)
        end(() => reject(error))
      }
      const onAbort = (): void => {
        cancel.abort(call.signal.reason)
        end(() => reject(call.signal.reason as Error))
      }
      const stopTimer = clock.setTimer(() => {
        const error = timedOut(call, call.attempts.count)
        cancel.abort(error)
        end(() => reject(error))
      }, call.policy.timeoutMs)
      if (call.signal.aborted) return onAbort()
      if (closing.aborted) return onClosing()
      if (closing !== NEVER) closing.addEventListener('abort', onClosing, { once: true })
      call.signal.addEventListener('abort', onAbort, { once: true })
      const cancelCall = (reason: Error): void => cancel.abort(reason)
      next({ ...call, signal: cancel.signal, cancel: cancelCall }).then(
        (reply) => end(() => resolve(reply)),
        (error: unknown) => end(() => reject(error as Error)),
      )
    })
  }
}

function cutOff({ service, method, redactedUrl: url, attempts }: OriginCall): CachetteError {
  return new CachetteError(
    'CACHETTE_CLOSED',
    `${method} ${url} was under way when this cachette instance was closed; close it later, or call again on another one`,
    { service, url, attempts: attempts.count },
  )
}
