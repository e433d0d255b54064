// The wall clock for hits. Reading the system's clocks is the dearest part of a memory hit, so that a hit reads the
// monotonic one alone and reckons the wall clock from it; a jump of the wall clock is noticed within 10 ms.
import { type Clock, systemClock } from '../shared/clock.js'

/** The wall-clock time at a monotonic instant that was read just now. */
export type WallReader = (monotonicMs: number) => number

const READ_EVERY_MS = 10

/** Makes a reader; a clock other than the system's is always read itself. */
export function createWallReader(clock: Clock): WallReader {
  if (clock !== systemClock) return () => clock.nowMs()
  let readAtMs = Number.NEGATIVE_INFINITY
  let wallMs = 0
  return (monotonicMs) => {
    const sinceMs = monotonicMs - readAtMs
    if (sinceMs < READ_EVERY_MS) return Math.floor(wallMs + sinceMs)
    readAtMs = monotonicMs
    wallMs = clock.nowMs()
    return wallMs
  }
}
