// Remembers of the entries that were asked about last that no mark covers them, so that a hit which comes again and again
// pays one comparison and no search. It is bounded, and whatever falls out of it is searched for once more.
import type { Coverable } from './mark.js'

/** A power of two. */
const SLOTS = 4_096

/** What an index found out last. */
export interface UncoveredMemo {
  /** True where the entry was noted at this very version of the marks. */
  has(entry: Numbered, version: number): boolean
  note(entry: Numbered, version: number): void
}

interface Numbered extends Coverable {
  readonly sequence: number
}

/** What was noted, but not the entry itself, which may hold a body. */
interface Slot extends Numbered {
  readonly version: number
}

/** Makes an empty memo. */
export function createUncoveredMemo(): UncoveredMemo {
  const slots: (Slot | undefined)[] = []

  return {
    has(entry, version) {
      const slot = slots[entry.sequence & (SLOTS - 1)]
      return (
        slot?.version === version &&
        slot.sequence === entry.sequence &&
        slot.tags === entry.tags &&
        slot.purgeUrl === entry.purgeUrl &&
        slot.service === entry.service
      )
    },
    note({ sequence, service, purgeUrl, tags }, version) {
      if (slots.length === 0) for (let index = 0; index < SLOTS; index += 1) slots.push(undefined)
      slots[sequence & (SLOTS - 1)] = { sequence, service, purgeUrl, tags, version }
    },
  }
}
