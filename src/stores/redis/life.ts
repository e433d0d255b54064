// How long the server keeps what may be used until a given instant. Pure.

/**
 * The server removes a record so much later than it may be used, in milliseconds: clocks differ, and whoever reads
 * decides by its own.
 */
const LONGER_MS = 60_000

/** The longest life that is set, in milliseconds: a thousand years. */
const LONGEST_MS = 1_000 * 365 * 86_400_000

/**
 * Milliseconds to live, as a command takes them; '' for ever. Counted from this process' time, by which `removeAtMs` was
 * made: a server whose clock is ahead would drop at once what is still good.
 */
export function lifeMs(removeAtMs: number, nowMs: number): string {
  const leftMs = Math.max(0, removeAtMs - nowMs) + LONGER_MS
  return leftMs > LONGEST_MS ? '' : String(Math.ceil(leftMs))
}
