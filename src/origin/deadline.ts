// The hard timeout: whatever the steps below do, the call ends when it says.
import { timedOut } from '../errors/timed-out.js'
import type { Clock } from '../shared/clock.js'
import type { OriginStep } from './origin-call.js'

/**
 * Ends a call `policy.timeoutMs` after it began, body included, and cancels what is under way.
 *
 * @throws CachetteError `CACHETTE_TIMEOUT`
 */
export function withDeadline(clock: Clock, next: OriginStep): OriginStep {
  return (call) => {
    const cancel = new AbortController()
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        stopTimer()
        call.signal.removeEventListener('abort', onAbort)
        settle()
      }
      const onAbort = (): void => {
        cancel.abort(call.signal.reason)
        end(() => reject(call.signal.reason as Error))
      }
      const stopTimer = clock.setTimer(() => {
        const error = timedOut(call, 1)
        cancel.abort(error)
        end(() => reject(error))
      }, call.policy.timeoutMs)
      if (call.signal.aborted) return onAbort()
      call.signal.addEventListener('abort', onAbort, { once: true })
      next({ ...call, signal: cancel.signal }).then(
        (reply) => end(() => resolve(reply)),
        (error: unknown) => end(() => reject(error as Error)),
      )
    })
  }
}
