// Waiting on the clock of the instance.
import type { Clock } from '../shared/clock.js'

/** Where nothing ends a call, nobody holds it back longer than this. */
export const LONGEST_WAIT_MS = 60_000

/** Resolves after a time; rejects with the signal's reason once that aborts. */
export function waitFor(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error)
    if (delayMs <= 0) return resolve()
    const stopTimer = clock.setTimer(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }, delayMs)
    function onAbort(): void {
      stopTimer()
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', onAbort, { once: true })
  })
}

/** Milliseconds until a call must have ended; `Infinity` where nothing ends it. */
export function timeLeftMs(clock: Clock, { endsAtMs }: { readonly endsAtMs?: number | undefined }): number {
  return endsAtMs === undefined ? Number.POSITIVE_INFINITY : Math.max(0, endsAtMs - clock.monotonicMs())
}
