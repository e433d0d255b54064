// What changed last, in memory and bounded: a number per change, and the key it touched.
import type { Changes } from '../model/store.js'

/** How many changes are remembered. */
const CHANGES_KEPT = 4_096

/** The last changes of a store. */
export interface ChangeFeed {
  /** Records a change and returns its number; a mark has no key. */
  record(key: string | undefined): number
  sequence(): number
  since(sequence: number): Changes
}

/** Makes an empty feed. */
export function createChangeFeed(): ChangeFeed {
  const keys = new Array<string | undefined>(CHANGES_KEPT).fill(undefined)
  let last = 0
  let lastMark = 0

  return {
    record(key) {
      last += 1
      keys[last % CHANGES_KEPT] = key
      if (key === undefined) lastMark = last
      return last
    },
    sequence: () => last,
    since(sequence) {
      const isComplete = sequence <= last && last - sequence <= CHANGES_KEPT
      const changed = new Map<string, number>()
      if (isComplete) {
        for (let number = sequence + 1; number <= last; number += 1) {
          const key = keys[number % CHANGES_KEPT]
          if (key !== undefined) changed.set(key, number)
        }
      }
      return { sequence: last, keys: changed, hasNewMarks: lastMark > sequence, isComplete }
    },
  }
}
