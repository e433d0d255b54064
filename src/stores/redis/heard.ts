// What this process has heard of the shared state: the last number, the marks in force, and which keys changed lately. Changes
// are told in order, each with the number of the one before, so that a gap is noticed.
import type { EntryHead, StoreRecord } from '../../model/cache-entry.js'
import type { Mark } from '../../model/mark.js'
import type { Changes } from '../../model/store.js'
import { createMarkTable, type MarkTable } from '../mark-table.js'
import { CHANGES_KEPT } from './state-scripts.js'

/** A change as it was logged. */
export interface LoggedChange {
  /** The number logged before it. */
  readonly before: number
  readonly number: number
  /** `k` for a key that was written or removed, `m` for a mark. */
  readonly kind: string
  readonly payload: Buffer
}

/** Where the shared state stands. */
export interface Standing {
  /** The last number logged. */
  readonly last: number
  /** The number of the last mark; 0 for none. */
  readonly lastMark: number
  /** The highest number of a mark that was forgotten; 0 for none. */
  readonly forgottenMark: number
  /** The marks in force. */
  readonly marks: readonly Mark[]
}

/** What was heard. */
export interface Heard {
  /** The last number heard. */
  last(): number
  /** The number of the last mark heard. */
  lastMark(): number
  readonly marks: MarkTable
  /** Takes a change in; false where others are missing before it. One that is known already is passed over. */
  take(change: LoggedChange): boolean
  /** Begins anew: whatever was before may have changed. */
  reset(standing: Standing): void
  /** Whether a purge newer than `sequence` covers a record, or may have covered it and was forgotten. */
  isPurgedSince(record: StoreRecord | EntryHead, sequence: number): boolean
  since(sequence: number): Changes
  /** Forgets marks; whoever did not hear of them yet is not told of them any more, but that everything may have changed. */
  forgetMarks(forgotten: readonly Mark[]): void
}

/** Begins with nothing heard. `openMark` reads the payload of a mark; undefined where it is damaged. */
export function createHeard(openMark: (payload: Buffer, number: number) => Mark | undefined): Heard {
  const marks = createMarkTable()
  let keys: { readonly key: string; readonly number: number }[] = []
  let last = 0
  let lastMark = 0
  /** From this number on every change is known. */
  let knownFrom = 0
  /** The highest number of a mark that was forgotten. */
  let forgottenMark = 0

  function note(key: string, number: number): void {
    keys.push({ key, number })
    if (keys.length <= CHANGES_KEPT * 2) return
    knownFrom = keys[keys.length - CHANGES_KEPT - 1]?.number ?? knownFrom
    keys = keys.slice(-CHANGES_KEPT)
  }

  return {
    marks,
    last: () => last,
    lastMark: () => lastMark,
    take({ before, number, kind, payload }) {
      if (number <= last) return true
      if (before !== last) return false
      last = number
      if (kind === 'm') {
        lastMark = number
        const mark = openMark(payload, number)
        if (mark !== undefined) marks.add(mark)
      } else note(payload.toString(), number)
      return true
    },
    reset(standing) {
      keys = []
      last = standing.last
      knownFrom = last
      marks.load(standing.marks)
      lastMark = standing.lastMark
      forgottenMark = Math.max(forgottenMark, standing.forgottenMark)
    },
    isPurgedSince: (record, sequence) =>
      sequence < forgottenMark || marks.stateSince(record, sequence) !== 'none',
    since(sequence) {
      const isComplete = sequence <= last && sequence >= Math.max(knownFrom, forgottenMark)
      const changed = new Map<string, number>()
      for (let at = keys.length - 1; isComplete && at >= 0; at -= 1) {
        const { key, number } = keys[at] ?? { key: '', number: 0 }
        if (number <= sequence) break
        if (!changed.has(key)) changed.set(key, number)
      }
      return { sequence: last, keys: changed, hasNewMarks: lastMark > sequence, isComplete }
    },
    forgetMarks(forgotten) {
      for (const { sequence } of forgotten) forgottenMark = Math.max(forgottenMark, sequence)
      marks.forget(forgotten)
    },
  }
}
