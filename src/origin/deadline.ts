// The hard timeout: whatever the steps below do, the call ends when it says.
import { CachetteError } from '../errors/cachette-error.js'
import type { Clock } from '../shared/clock.js'
import type { OriginCall, OriginStep } from './origin-call.js'

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
        const error = timedOut(call)
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

/** The error of a call that took too long. */
export function timedOut(call: {
  readonly service: string
  readonly method: string
  readonly redactedUrl: string
  readonly policy: { readonly timeoutMs: number }
}): CachetteError {
  const { service, redactedUrl: url } = call
  return new CachetteError(
    'CACHETTE_TIMEOUT',
    `${call.method} ${url} took longer than ${call.policy.timeoutMs} ms; raise services.${service}.timeout or try later`,
    { service, url, attempts: 1 },
  )
}
