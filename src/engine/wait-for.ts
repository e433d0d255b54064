// Waiting for shared work without being bound to it: each caller keeps its own deadline and its own abort.
import type { Clock } from '../shared/clock.js'

/** How long and on whose word a caller waits. */
export interface Patience {
  readonly signal: AbortSignal | undefined
  /**
   * The caller's own deadline and the error it brings; undefined where the work has one. Where there is no error when the time is
   * over, the work is waited for after all.
   */
  readonly deadline: { readonly inMs: number; readonly error: () => Error | undefined } | undefined
  readonly clock: Clock
}

/** The work's result, or the signal's reason, or the deadline's error, whichever is first. */
export function waitFor<Result>(
  work: Promise<Result>,
  { signal, deadline, clock }: Patience,
): Promise<Result> {
  if (signal === undefined && deadline === undefined) return work
  // Who has left hears nothing more: a failure that comes later is nobody's.
  work.catch(() => undefined)
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      cancelTimer?.()
      signal?.removeEventListener('abort', onAbort)
      settle()
    }
    const onAbort = (): void => end(() => reject(signal?.reason as Error))
    const cancelTimer =
      deadline === undefined
        ? undefined
        : clock.setTimer(() => {
            const error = deadline.error()
            if (error !== undefined) end(() => reject(error))
          }, deadline.inMs)
    if (signal?.aborted === true) return onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
    work.then(
      (result) => end(() => resolve(result)),
      (error: unknown) => end(() => reject(error as Error)),
    )
  })
}
