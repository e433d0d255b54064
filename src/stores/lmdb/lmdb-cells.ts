// Cells in their table: one row each, changed inside a write transaction, so that processes take turns.
import type { Cell, Cells } from '../../model/cells.js'
import type { Clock } from '../../shared/clock.js'
import { createByteReader } from '../codec/byte-reader.js'
import { createByteWriter } from '../codec/byte-writer.js'
import { open, seal } from '../codec/envelope.js'
import type { Tables } from './tables.js'
import type { Transactions } from './transactions.js'

/** What cells need. */
export interface LmdbCellsContext {
  readonly tables: Tables
  readonly transactions: Transactions
  readonly clock: Clock
  /** Makes reads see what other processes committed. */
  readonly look: () => void
}

interface Row {
  readonly value: string
  readonly keepUntilMs: number
}

/** Makes the cells of a store. */
export function createLmdbCells({ tables, transactions, clock, look }: LmdbCellsContext): Cells {
  function current(key: Buffer): string | undefined {
    const sealed = tables.cells.peek(key)
    const row = sealed === undefined ? undefined : decodeRow(key, sealed)
    return row !== undefined && row.keepUntilMs > clock.nowMs() ? row.value : undefined
  }

  return {
    read(name) {
      look()
      return current(Buffer.from(name))
    },
    update: (name, change) =>
      transactions.run(() => {
        const key = Buffer.from(name)
        const changed = change(current(key), clock.nowMs())
        if (changed.action === 'put') tables.cells.put(key, encodeRow(key, changed))
        else if (changed.action === 'remove') tables.cells.remove(key)
        return changed.result
      }),
    list(prefix) {
      look()
      const start = Buffer.from(prefix)
      const end = Buffer.concat([start, Buffer.from([0xff])])
      const found: Cell[] = []
      for (const { key, value } of tables.cells.rows({ start, end })) {
        const row = decodeRow(key, value)
        if (row !== undefined && row.keepUntilMs > clock.nowMs())
          found.push({ name: key.toString(), value: row.value })
      }
      return found
    },
  }
}

/** Removes rows past their time, inside a write transaction. */
export function cleanCells(tables: Tables, nowMs: number): void {
  for (const { key, value } of tables.cells.rows({})) {
    const row = decodeRow(key, value)
    if (row === undefined || row.keepUntilMs <= nowMs) tables.cells.remove(key)
  }
}

function encodeRow(key: Buffer, { value, keepUntilMs }: Row): Uint8Array {
  const writer = createByteWriter()
  writer.float64(keepUntilMs)
  writer.strings([value])
  return seal('cell', key, writer.finish())
}

function decodeRow(key: Buffer, sealed: Uint8Array): Row | undefined {
  const opened = open('cell', key, sealed)
  if (opened.state !== 'whole') return undefined
  const reader = createByteReader(opened.payload)
  const keepUntilMs = reader.float64()
  return { keepUntilMs, value: reader.strings(1)[0] ?? '' }
}
