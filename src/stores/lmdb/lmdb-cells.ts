// Cells in their table: one row each, changed inside a write transaction, so that processes take turns. Where names are
// hidden, listing by a prefix looks at all rows.
import type { Cell, Cells } from '../../model/cells.js'
import type { Clock } from '../../shared/clock.js'
import { createByteReader } from '../codec/byte-reader.js'
import { createByteWriter } from '../codec/byte-writer.js'
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

interface Row extends Cell {
  readonly keepUntilMs: number
}

/** Makes the cells of a store. */
export function createLmdbCells({ tables, transactions, clock, look }: LmdbCellsContext): Cells {
  function current(key: Buffer): string | undefined {
    const sealed = tables.cells.peek(key)
    const row = sealed === undefined ? undefined : decodeRow(tables, key, sealed)
    return row !== undefined && row.keepUntilMs > clock.nowMs() ? row.value : undefined
  }

  return {
    read(name) {
      look()
      return current(tables.names.of(name))
    },
    update: (name, change) =>
      transactions.run(() => {
        const key = tables.names.of(name)
        const changed = change(current(key), clock.nowMs())
        if (changed.action === 'put') tables.cells.put(key, encodeRow(tables, key, { name, ...changed }))
        else if (changed.action === 'remove') tables.cells.remove(key)
        return changed.result
      }),
    list(prefix) {
      look()
      const start = Buffer.from(prefix)
      const range = { start, end: Buffer.concat([start, Buffer.from([0xff])]) }
      const found: Cell[] = []
      for (const { key, value } of tables.cells.rows(tables.names.isHidden ? {} : range)) {
        const row = decodeRow(tables, key, value)
        if (row?.name.startsWith(prefix) === true && row.keepUntilMs > clock.nowMs())
          found.push({ name: row.name, value: row.value })
      }
      return tables.names.isHidden ? found.sort(byName) : found
    },
  }
}

/** Removes rows past their time, inside a write transaction. */
export function cleanCells(tables: Tables, nowMs: number): void {
  for (const { key, value } of tables.cells.rows({})) {
    const row = decodeRow(tables, key, value)
    if (row === undefined || row.keepUntilMs <= nowMs) tables.cells.remove(key)
  }
}

function byName(left: Cell, right: Cell): number {
  return Buffer.compare(Buffer.from(left.name), Buffer.from(right.name))
}

function encodeRow({ envelope, names }: Tables, key: Buffer, { name, value, keepUntilMs }: Row): Uint8Array {
  const writer = createByteWriter()
  writer.float64(keepUntilMs)
  writer.strings(names.isHidden ? [value, name] : [value])
  return envelope.seal('cell', key, writer.finish())
}

function decodeRow({ envelope, names }: Tables, key: Buffer, sealed: Uint8Array): Row | undefined {
  const opened = envelope.open('cell', key, sealed)
  if (opened.state !== 'whole') return undefined
  const reader = createByteReader(opened.payload)
  const keepUntilMs = reader.float64()
  const [value = '', name = key.toString()] = reader.strings(names.isHidden ? 2 : 1)
  return { name, value, keepUntilMs }
}
