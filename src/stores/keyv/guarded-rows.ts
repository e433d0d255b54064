// Rows that do not vanish: one that was seen here and reads as absent may be a read that failed and said nothing. Beginning
// it anew would write over what is there, so whoever asks is refused until it has been absent for a while.
import type { Clock } from '../../shared/clock.js'
import { StoreAwayError } from '../store-away-error.js'
import type { KeyvRows } from './keyv-rows.js'

/** Which rows are guarded, and the time. */
export interface RowGuard {
  readonly clock: Clock
  isGuarded(name: string): boolean
}

/** How long a row has to read as absent until it counts as lost, in milliseconds. */
const LOST_AFTER_MS = 5_000

/** The same rows; reading a guarded one rejects with a StoreAwayError while it is not sure whether it was lost. */
export function guardRows(rows: KeyvRows, { clock, isGuarded }: RowGuard): KeyvRows {
  const seen = new Set<string>()
  /** Since when rows that were seen read as absent. */
  const absentSinceMs = new Map<string, number>()

  function noteThere(name: string): void {
    seen.add(name)
    absentSinceMs.delete(name)
  }

  function noteAbsent(name: string): void {
    if (!seen.has(name)) return
    const nowMs = clock.monotonicMs()
    const sinceMs = absentSinceMs.get(name) ?? nowMs
    absentSinceMs.set(name, sinceMs)
    if (nowMs - sinceMs < LOST_AFTER_MS) {
      throw new StoreAwayError('keyv', `the row ${name} was there and cannot be read`)
    }
    seen.delete(name)
    absentSinceMs.delete(name)
  }

  return {
    ...rows,
    async get(name) {
      const bytes = await rows.get(name)
      if (!isGuarded(name)) return bytes
      if (bytes === undefined) noteAbsent(name)
      else noteThere(name)
      return bytes
    },
    async set(name, bytes, forMs) {
      await rows.set(name, bytes, forMs)
      if (isGuarded(name)) noteThere(name)
    },
  }
}
