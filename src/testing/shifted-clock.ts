// The system's clock, which tests move on: hours pass at once, and whatever waits for milliseconds still ends.
import { type Clock, systemClock } from '../shared/clock.js'

/** A clock that runs as the system's does, and can be moved on. */
export interface ShiftedClock extends Clock {
  advance(byMs: number): void
}

/** Makes one that says what the system's says. */
export function createShiftedClock(): ShiftedClock {
  let shiftMs = 0
  return {
    nowMs: () => systemClock.nowMs() + shiftMs,
    monotonicMs: () => systemClock.monotonicMs() + shiftMs,
    setTimer: systemClock.setTimer,
    advance(byMs) {
      shiftMs += byMs
    },
  }
}
