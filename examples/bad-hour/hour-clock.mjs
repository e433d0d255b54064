// A clock that stands still until it is moved, and tells when its next timer is due.

/** Makes one that begins at noon. */
export function createHourClock(startMs = Date.UTC(2026, 0, 15, 12)) {
  let passedMs = 0
  const timers = new Set()
  const nextTimer = () => [...timers].sort((one, other) => one.dueMs - other.dueMs)[0]
  return {
    nowMs: () => startMs + passedMs,
    monotonicMs: () => passedMs,
    setTimer(callback, delayMs) {
      const timer = { dueMs: passedMs + Math.max(0, delayMs), callback }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    passedMs: () => passedMs,
    /** Moves to the next timer, or to the given time where none is due before; true once it is that time. */
    stepTowards(untilMs) {
      const timer = nextTimer()
      if (timer === undefined || timer.dueMs > untilMs) {
        passedMs = untilMs
        return true
      }
      passedMs = Math.max(passedMs, timer.dueMs)
      timers.delete(timer)
      timer.callback()
      return false
    },
  }
}
