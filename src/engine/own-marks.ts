// Purges that the store did not take: they hold in this process alone, until the store takes them.
import type { CacheEntry, EntryHead } from '../model/cache-entry.js'
import { type Mark, type MarkScope, type MarkState, covers } from '../model/mark.js'

/** Purges of this process alone, the oldest first. */
export interface OwnMarks {
  readonly all: () => readonly Mark[]
  /** What begins now is newer than every one of them; its number stands between two of the store's. */
  floor(sequence: number): number
  /** Draws one above a number of the store's. */
  draw(
    facts: { readonly scope: MarkScope; readonly isSoft: boolean; readonly atMs: number },
    above: number,
  ): Mark
  /** Notes what was begun before one of them and got a newer number in the store. */
  noteStored(head: EntryHead, beganSequence: number, storedSequence: number): void
  /** Whether one of them covers what was noted. */
  stateOf(entry: CacheEntry): MarkState
  /** The store has it now. */
  remove(mark: Mark): void
}

/** Purges remembered that the store did not take. */
const MAX_MARKS = 1_000

/** Makes an empty list. */
export function createOwnMarks(): OwnMarks {
  let marks: readonly Mark[] = []
  /** What was on its way to the store when a mark was drawn, by key. */
  const noted = new Map<string, { readonly sequence: number; readonly state: MarkState }>()

  function floor(sequence: number): number {
    return marks.reduce((highest, mark) => Math.max(highest, mark.sequence), sequence)
  }

  return {
    all: () => marks,
    floor,
    draw(facts, above) {
      const mark = { ...facts, sequence: floor(above) + 0.5 }
      marks = [...marks.slice(1 - MAX_MARKS), mark]
      return mark
    },
    noteStored(head, beganSequence, storedSequence) {
      const covering = marks.filter(({ scope, sequence }) => sequence > beganSequence && covers(scope, head))
      if (covering.length === 0) return
      const state = covering.every(({ isSoft }) => isSoft) ? 'soft' : 'hard'
      noted.set(head.key, { sequence: storedSequence, state })
    },
    stateOf({ key, sequence }) {
      if (noted.size === 0) return 'none'
      const known = noted.get(key)
      return known?.sequence === sequence ? known.state : 'none'
    },
    remove(mark) {
      marks = marks.filter((each) => each !== mark)
      if (marks.length === 0) noted.clear()
    },
  }
}
