// What changed on a Keyv, and the purges in force: the numbers that order writes, removals and marks.
//
// Numbers come from the clock, a thousand to the millisecond, and never go back: each process counts on from the highest that
// it saw, at a place of its own within the millisecond. So they keep growing when a Keyv loses its rows, and two processes
// rarely draw the same one. A change is drawn first, made, and told last: whoever sees the number finds the change.
//
// A purge that was told before a write is told is seen by that write, which then takes its entry back. A purge that is told after
// it takes a higher number than the write had. What remains is the moment in which both tell at once, and the row keeps but
// one of the two; see shared-rows.ts.
import { randomInt } from 'node:crypto'
import type { EntryHead, StoreRecord } from '../../model/cache-entry.js'
import type { Mark, MarkScope } from '../../model/mark.js'
import type { Changes } from '../../model/store.js'
import type { Clock } from '../../shared/clock.js'
import { createMarkTable, type MarkTable, scopeOf } from '../mark-table.js'
import type { RowChanged, SharedRows } from './shared-rows.js'

/** The changes of a store. */
export interface ChangeRow {
  /** The number of the last change that was told. */
  sequence(): Promise<number>
  /** A number higher than all that were seen here. */
  draw(): number
  /** Tells that a key was written or removed under a number; resolves with the number of the last purge that was told. */
  tell(key: string, number: number): Promise<number>
  since(sequence: number): Promise<Changes>
  addMark(scope: MarkScope, options: { readonly isSoft: boolean; readonly atMs: number }): Promise<Mark>
  /** The marks in force, as of now. */
  marks(): Promise<MarkTable>
  /** Whether a purge newer than `sequence` covers a record, or may have covered it and was forgotten. */
  isPurgedSince(record: StoreRecord | EntryHead, sequence: number): Promise<boolean>
  /** Forgets marks. */
  forgetMarks(marks: readonly Mark[]): Promise<void>
}

interface Told {
  /** The number under which the row tells it; the change's own may be lower. */
  readonly at: number
  readonly key: string
  readonly number: number
}

interface State {
  readonly sequence: number
  /** What was told last, oldest first. */
  readonly told: readonly Told[]
  /** What was told up to this number is not known any more. */
  readonly forgotten: number
  /** The row begins after this number: there may have been one before, which was lost. */
  readonly begunAfter: number
  readonly lastMark: number
  /** The number of the last mark that was forgotten; absent for none. */
  readonly forgottenMark?: number
}

/** The row of changes. */
export const CHANGES_ROW = 'changes'
/** The row of marks. */
export const MARKS_ROW = 'marks'
const TOLD_KEPT = 128
const NUMBERS_PER_MS = 1_000
const NONE: State = { sequence: 0, told: [], forgotten: 0, begunAfter: 0, lastMark: 0 }

/** Makes the changes of a Keyv. */
export function createChangeRow(rows: SharedRows, clock: Clock): ChangeRow {
  const place = randomInt(NUMBERS_PER_MS)
  const table = createMarkTable()
  let loadedText: string | undefined
  let loadedMark = 0
  let highest = 0
  /** The highest number of a mark that is known here to have been forgotten. */
  let forgottenMark = 0

  function stateOf(text: string | undefined): State {
    const state = text === undefined ? NONE : (JSON.parse(text) as State)
    highest = Math.max(highest, state.sequence)
    forgottenMark = Math.max(forgottenMark, state.forgottenMark ?? 0)
    return state
  }

  function next(): number {
    highest = Math.max(highest + 1, Math.floor(clock.nowMs()) * NUMBERS_PER_MS + place)
    return highest
  }

  function loadMarks(text: string | undefined): MarkTable {
    if (text !== loadedText) table.load(text === undefined ? [] : (JSON.parse(text) as Mark[]))
    loadedText = text
    return table
  }

  function put(state: State): RowChanged<undefined> {
    return { action: 'put', text: JSON.stringify(state), forMs: Infinity, result: undefined }
  }

  /** Changes the row of marks; a change of the same marks leaves it. */
  async function changeMarks(change: (marks: MarkTable) => void): Promise<void> {
    await rows.update(MARKS_ROW, (before) => {
      const marks = loadMarks(before)
      change(marks)
      loadedText = JSON.stringify(marks.after())
      return { action: 'put', text: loadedText, forMs: Infinity, result: undefined }
    })
  }

  /** Tells of a mark, unless a higher number was told meanwhile: then it does not stand above what was written. */
  function tellMark(number: number): Promise<boolean> {
    return rows.update(CHANGES_ROW, (before) => {
      const state = stateOf(before)
      if (state.sequence >= number && state.lastMark !== number) return { action: 'leave', result: false }
      return { ...put({ ...begun(state, number), sequence: number, lastMark: number }), result: true }
    })
  }

  /** The marks in force, as of now, and what was forgotten before they were read. */
  async function readMarks(): Promise<MarkTable> {
    const { lastMark } = stateOf(await rows.read(CHANGES_ROW))
    if (lastMark !== loadedMark) {
      const text = await rows.read(MARKS_ROW)
      // Told before it goes from the row of marks: whichever is missing there is known here.
      stateOf(await rows.read(CHANGES_ROW))
      loadMarks(text)
    }
    loadedMark = lastMark
    return table
  }

  return {
    sequence: async () => stateOf(await rows.read(CHANGES_ROW)).sequence,
    draw: next,
    tell: (key, number) =>
      rows.update(CHANGES_ROW, (before) => {
        const state = stateOf(before)
        const at = Math.max(state.sequence + 1, number)
        const told = [...state.told.filter((one) => one.key !== key), { at, key, number }]
        const dropped = told.splice(0, Math.max(0, told.length - TOLD_KEPT)).at(-1)
        const forgotten = Math.max(state.forgotten, dropped?.at ?? 0)
        return { ...put({ ...begun(state, at), sequence: at, told, forgotten }), result: state.lastMark }
      }),
    async since(sequence) {
      const state = stateOf(await rows.read(CHANGES_ROW))
      const told = state.told.filter(({ at }) => at > sequence)
      return {
        sequence: state.sequence,
        keys: new Map(told.map(({ key, number }) => [key, number])),
        hasNewMarks: state.lastMark > sequence,
        isComplete: knowsSince(state, sequence),
      }
    },
    async addMark(scope, { isSoft, atMs }) {
      for (;;) {
        stateOf(await rows.read(CHANGES_ROW))
        const mark: Mark = { scope: scopeOf(scope), sequence: next(), atMs, isSoft }
        await changeMarks((marks) => void marks.add(mark))
        if (await tellMark(mark.sequence)) return mark
      }
    },
    marks: readMarks,
    async isPurgedSince(record, sequence) {
      const marks = await readMarks()
      return sequence < forgottenMark || marks.stateSince(record, sequence) !== 'none'
    },
    async forgetMarks(idle) {
      if (idle.length === 0) return
      forgottenMark = Math.max(forgottenMark, ...idle.map(({ sequence }) => sequence))
      // First, so that whoever looks in between and has not seen one of them takes it that everything may have changed.
      await rows.update(CHANGES_ROW, (before) => {
        const state = stateOf(before)
        return put({ ...state, forgottenMark: Math.max(state.forgottenMark ?? 0, forgottenMark) })
      })
      await changeMarks((marks) => marks.forget(idle))
    },
  }
}

/** A row that begins with a change knows nothing of what was before. */
function begun(state: State, number: number): State {
  return state.sequence === 0 ? { ...state, begunAfter: number - 1 } : state
}

/** Whoever saw nothing yet has no copies of what was before the row. */
function knowsSince({ sequence, forgotten, begunAfter, forgottenMark = 0 }: State, seen: number): boolean {
  if (seen < forgottenMark) return false
  return seen === sequence || (seen < sequence && seen >= forgotten && (seen === 0 || seen >= begunAfter))
}
