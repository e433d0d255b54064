// Time as an object, so that tests can move it.
import { performance } from 'node:perf_hooks'

/** Time. Tests give one that they advance by hand. */
export interface Clock {
  /** Wall-clock milliseconds since the epoch; may jump. */
  nowMs(): number
  /** Milliseconds that never go back. */
  monotonicMs(): number
  /** Calls back once after the delay; the returned function cancels. */
  setTimer(callback: () => void, delayMs: number): () => void
}

/** 24.8 days: a longer delay would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** The system's time. Its timers do not keep the process alive. */
export const systemClock: Clock = Object.freeze({
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer(callback: () => void, delayMs: number): () => void {
    const timer = setTimeout(callback, Math.min(delayMs, LONGEST_TIMER_MS))
    timer.unref()
    return () => clearTimeout(timer)
  },
})
