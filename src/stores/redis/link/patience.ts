// How long the operations of a link may take. A timer of its own would cost each about as much as the rest of it, so there is one
// for all that are under way, which is set anew only when it has gone off.
import type { Clock } from '../../../shared/clock.js'

/** Waits for operations. */
export interface Patience {
  /**
   * Waits for an operation that was just begun, for so many milliseconds; the returned function ends that.
   *
   * A busy process is not a server that hangs: time begins when the command has been written, which the client does in the next
   * turn of the event loop, and a reply that came meanwhile is read before `onLate` is called.
   */
  wait(limitMs: number, onLate: () => void): () => void
}

interface Wait {
  readonly onLate: () => void
  /** Infinite until the command has been written. */
  dueAtMs: number
}

/** Makes the patience of a link. */
export function createPatience(clock: Clock): Patience {
  const waits = new Set<Wait>()
  let timerAtMs = Infinity
  let cancelTimer: () => void = () => undefined

  function setTimerFor(dueAtMs: number, nowMs: number): void {
    if (dueAtMs >= timerAtMs) return
    cancelTimer()
    timerAtMs = dueAtMs
    cancelTimer = clock.setTimer(look, dueAtMs - nowMs)
  }

  function look(): void {
    timerAtMs = Infinity
    const nowMs = clock.monotonicMs()
    const late: Wait[] = []
    let nextMs = Infinity
    for (const wait of waits) {
      if (wait.dueAtMs <= nowMs) late.push(wait)
      else nextMs = Math.min(nextMs, wait.dueAtMs)
    }
    setTimerFor(nextMs, nowMs)
    if (late.length === 0) return
    setImmediate(() => {
      for (const wait of late) if (waits.delete(wait)) wait.onLate()
    })
  }

  return {
    wait(limitMs, onLate) {
      const wait: Wait = { onLate, dueAtMs: Infinity }
      waits.add(wait)
      setImmediate(() => {
        if (!waits.has(wait)) return
        const nowMs = clock.monotonicMs()
        wait.dueAtMs = nowMs + limitMs
        setTimerFor(wait.dueAtMs, nowMs)
      })
      return () => void waits.delete(wait)
    },
  }
}
