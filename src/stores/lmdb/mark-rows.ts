// Marks in their table, one row per scope and kind, and a copy in memory that is read anew when a mark was drawn.
import type { Mark } from '../../model/mark.js'
import { createByteReader } from '../codec/byte-reader.js'
import { createByteWriter } from '../codec/byte-writer.js'
import { markId, scopeOf, supersedes } from '../mark-table.js'
import type { StoreState } from './state-record.js'
import type { Tables } from './tables.js'

/** The marks of a store. */
export interface MarkRows {
  /** Those in force as of a state that was read in the same transaction. */
  inForce(state: StoreState): readonly Mark[]
  /** Draws a mark, inside a write transaction. */
  put(mark: Mark): void
  /** Forgets marks, inside a write transaction, unless they were drawn anew. */
  forget(marks: readonly Mark[]): void
  /** Drops the copy, after a transaction that failed. */
  reset(): void
}

/** Reads and writes the marks of some tables. */
export function createMarkRows(tables: Tables): MarkRows {
  let copy: { readonly lastMark: number; readonly marks: readonly Mark[] } | undefined

  function readAll(): Mark[] {
    const marks: Mark[] = []
    for (const { key, value } of tables.marks.rows({})) {
      const mark = decodeMark(tables, key, value)
      if (mark !== undefined) marks.push(mark)
    }
    return marks
  }

  return {
    inForce(state) {
      if (copy?.lastMark !== state.lastMark) copy = { lastMark: state.lastMark, marks: readAll() }
      return copy.marks
    },
    put(mark) {
      copy = undefined
      const isBroad = mark.scope.all === true
      const rivals = isBroad ? readAll() : [{ ...mark, isSoft: true }]
      for (const older of rivals) if (supersedes(mark, older)) tables.marks.remove(rowKey(tables, older))
      const key = rowKey(tables, mark)
      tables.marks.put(key, encodeMark(tables, key, mark))
    },
    forget(marks) {
      copy = undefined
      for (const mark of marks) {
        const key = rowKey(tables, mark)
        const row = tables.marks.peek(key)
        if (row !== undefined && decodeMark(tables, key, row)?.sequence === mark.sequence)
          tables.marks.remove(key)
      }
    },
    reset() {
      copy = undefined
    },
  }
}

function rowKey({ names }: Tables, mark: Mark): Buffer {
  return names.digest(markId(mark.scope, mark.isSoft))
}

function encodeMark({ envelope }: Tables, key: Buffer, { scope, sequence, atMs, isSoft }: Mark): Uint8Array {
  const writer = createByteWriter()
  writer.integer(sequence)
  writer.float64(atMs)
  writer.byte(isSoft ? 1 : 0)
  writer.strings([JSON.stringify(scope)])
  return envelope.seal('mark', key, writer.finish())
}

function decodeMark({ envelope }: Tables, key: Buffer, sealed: Uint8Array): Mark | undefined {
  const opened = envelope.open('mark', key, sealed)
  if (opened.state !== 'whole') return undefined
  const reader = createByteReader(opened.payload)
  const sequence = reader.integer()
  const atMs = reader.float64()
  const isSoft = reader.byte() === 1
  const scope = JSON.parse(reader.strings(1)[0] ?? '{}') as Mark['scope']
  return { scope: scopeOf(scope), sequence, atMs, isSoft }
}
