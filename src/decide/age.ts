// How old an entry is, by whichever clock says older. Pure.

/** The present, by both clocks. */
export interface Instant {
  readonly nowMs: number
  readonly monotonicMs: number
}

/** What an age is reckoned from. */
export interface AgeQuestion {
  /** Wall-clock instant. */
  readonly sinceMs: number
  /** The same instant on this process' monotonic clock, where it saw it. */
  readonly sinceMonotonicMs: number | undefined
}

/** max(0, wall-clock age, monotonic age where this process saw it arrive), in milliseconds. */
export function ageMs({ sinceMs, sinceMonotonicMs }: AgeQuestion, now: Instant): number {
  const wallMs = now.nowMs - sinceMs
  const monotonicMs = sinceMonotonicMs === undefined ? 0 : now.monotonicMs - sinceMonotonicMs
  return Math.floor(Math.max(0, wallMs, monotonicMs))
}
