// The clock that callers give their instance: it runs as the system's does, and its wall and its monotonic side can be moved
// apart from each other.
import { systemClock } from '../../../dist/shared/clock.js'

/** Makes one that says what the system's says. */
export function createMovableClock() {
  let wallMs = 0
  let monotonicMs = 0
  return {
    nowMs: () => systemClock.nowMs() + wallMs,
    monotonicMs: () => systemClock.monotonicMs() + monotonicMs,
    setTimer: systemClock.setTimer,
    move(by) {
      wallMs += by.wallMs ?? 0
      monotonicMs += by.monotonicMs ?? 0
    },
  }
}
