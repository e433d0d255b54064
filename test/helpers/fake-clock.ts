// A clock that only moves when a test says so.
import type { Clock } from '../../src/shared/clock.js'

export interface FakeClock extends Clock {
  /** Moves both clocks on and fires the timers that fall due, in order. */
  advance(byMs: number): void
  /** Moves both clocks at once, as a machine does that slept: what came due meanwhile is called then, once. */
  sleep(byMs: number): void
  /** Moves the wall clock alone, as an operator or NTP may. */
  jump(byMs: number): void
}

export function createFakeClock(startMs = Date.UTC(2026, 0, 15, 12)): FakeClock {
  let wallMs = startMs
  let monotonicMs = 1_000
  const timers = new Set<{ atMs: number; callback: () => void }>()
  return {
    nowMs: () => wallMs,
    monotonicMs: () => monotonicMs,
    setTimer(callback, delayMs) {
      const timer = { atMs: monotonicMs + delayMs, callback }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    advance(byMs) {
      const endMs = monotonicMs + byMs
      for (;;) {
        const due = [...timers].filter((timer) => timer.atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0]
        if (due === undefined) break
        timers.delete(due)
        const stepMs = Math.max(0, due.atMs - monotonicMs)
        monotonicMs += stepMs
        wallMs += stepMs
        due.callback()
      }
      wallMs += endMs - monotonicMs
      monotonicMs = endMs
    },
    sleep(byMs) {
      wallMs += byMs
      monotonicMs += byMs
      for (const timer of [...timers].sort((a, b) => a.atMs - b.atMs)) {
        if (timer.atMs <= monotonicMs && timers.delete(timer)) timer.callback()
      }
    },
    jump(byMs) {
      wallMs += byMs
    },
  }
}
