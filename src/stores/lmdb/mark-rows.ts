// Marks in their table, one row per scope and kind, and a copy in memory. The copy takes over what was drawn since it was made:
// the log of changes says where those marks stand. It is read anew where the log does not reach back that far.
import type { Mark } from '../../model/mark.js'
import { createByteReader } from '../codec/byte-reader.js'
import { createByteWriter } from '../codec/byte-writer.js'
import { createMarkTable, markId, scopeOf, type MarkTable } from '../mark-table.js'
import { logMark, marksSince } from './change-log.js'
import { putForgotten, type StoreState } from './state-record.js'
import type { Tables } from './tables.js'

/** The marks of a store. */
export interface MarkRows {
  /** Those in force as of a state that was read in the same transaction; nobody else may change them. */
  asOf(state: StoreState): MarkTable
  /** Draws a mark with the number after the state's, inside a write transaction. */
  put(before: StoreState, mark: Mark): void
  /** Forgets marks, inside a write transaction, unless they were drawn anew. */
  forget(marks: readonly Mark[]): void
  /** Tells of a state, so that the log need not be asked for what came before it. */
  note(state: StoreState): void
  /** Drops the copy, after a transaction that failed. */
  reset(): void
}

/** Marks that other processes forgot stay in the copy until there are so many more than when it was read. */
const MAX_GROWTH = 2
const FREE_GROWTH = 1_024

/** Reads and writes the marks of some tables. */
export function createMarkRows(tables: Tables): MarkRows {
  const table = createMarkTable()
  /** The numbers up to which the copy tells; undefined while there is none. */
  let known: { readonly sequence: number; readonly lastMark: number } | undefined
  let sizeAtReading = 0

  function markAt(rowKey: Buffer): Mark | undefined {
    const sealed = tables.marks.peek(rowKey)
    return sealed === undefined ? undefined : decodeMark(tables, rowKey, sealed)
  }

  function readAll(): void {
    const marks: Mark[] = []
    for (const { key, value } of tables.marks.rows({})) {
      const mark = decodeMark(tables, key, value)
      if (mark !== undefined) marks.push(mark)
    }
    table.load(marks)
    sizeAtReading = marks.length
  }

  /** False where the log does not tell what was drawn. */
  function takeOver(state: StoreState, since: number): boolean {
    const drawn = state.sequence === since ? undefined : marksSince(tables, state, since)
    if (drawn === undefined || drawn.some(({ rowKey }) => rowKey.length === 0)) return false
    for (const { sequence, rowKey } of drawn) {
      const mark = markAt(rowKey)
      // A row with another number was written again since, or stands for a mark that was forgotten.
      if (mark?.sequence === sequence) table.add(mark)
    }
    return true
  }

  function isBloated(): boolean {
    return table.size() > sizeAtReading * MAX_GROWTH + FREE_GROWTH
  }

  function asOf(state: StoreState): MarkTable {
    const { sequence, lastMark } = state
    const isBehind = known === undefined || sequence < known.sequence || lastMark !== known.lastMark
    if (isBehind && (known === undefined || !takeOver(state, known.sequence) || isBloated())) readAll()
    known = { sequence, lastMark }
    return table
  }

  return {
    asOf,
    put(before, mark) {
      for (const needless of asOf(before).add(mark)) tables.marks.remove(rowKeyOf(tables, needless))
      const rowKey = rowKeyOf(tables, mark)
      tables.marks.put(rowKey, encodeMark(tables, rowKey, mark))
      logMark(tables, mark.sequence, rowKey)
      known = { sequence: mark.sequence, lastMark: mark.sequence }
    },
    forget(marks) {
      for (const mark of marks) {
        const rowKey = rowKeyOf(tables, mark)
        if (markAt(rowKey)?.sequence !== mark.sequence) continue
        tables.marks.remove(rowKey)
        putForgotten(tables, mark.sequence)
      }
      table.forget(marks)
    },
    note({ sequence, lastMark }) {
      if (known?.lastMark === lastMark && known.sequence < sequence) known = { sequence, lastMark }
    },
    reset() {
      known = undefined
    },
  }
}

function rowKeyOf({ names }: Tables, { scope, isSoft }: Mark): Buffer {
  return names.digest(markId(scope, isSoft))
}

function encodeMark(
  { envelope }: Tables,
  rowKey: Buffer,
  { scope, sequence, atMs, isSoft }: Mark,
): Uint8Array {
  const writer = createByteWriter()
  writer.integer(sequence)
  writer.float64(atMs)
  writer.byte(isSoft ? 1 : 0)
  writer.strings([JSON.stringify(scope)])
  return envelope.seal('mark', rowKey, writer.finish())
}

function decodeMark({ envelope }: Tables, rowKey: Buffer, sealed: Uint8Array): Mark | undefined {
  const opened = envelope.open('mark', rowKey, sealed)
  if (opened.state !== 'whole') return undefined
  const reader = createByteReader(opened.payload)
  const sequence = reader.integer()
  const atMs = reader.float64()
  const isSoft = reader.byte() === 1
  const scope = JSON.parse(reader.strings(1)[0] ?? '{}') as Mark['scope']
  return { scope: scopeOf(scope), sequence, atMs, isSoft }
}
