// Cells in their table: one row each, changed inside a write transaction, so that processes take turns. Where names are
// hidden, listing by a prefix looks at all rows. Most are leases that last for seconds: each change takes a few rows out
// that are past their time, so that they do not pile up, and a cleaning takes all of them.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Cell, CellChange, Cells } from '../../model/cells.js'
import type { Clock } from '../../shared/clock.js'
import { createByteReader } from '../codec/byte-reader.js'
import { createByteWriter } from '../codec/byte-writer.js'
import { checkCellName, checkCellValue } from '../cell-bounds.js'
import { AFTER_ALL } from './keys.js'
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

/** A row, or why there is none; a newer one is left alone by all but a change. */
type FoundRow = { readonly state: 'whole'; readonly row: Row } | { readonly state: 'damaged' | 'newer' }

/** What became of a change: one that throws must not take with it what others wrote in the same transaction. */
type Tried<Result> = { readonly result: Result } | { readonly thrown: unknown }

/** Rows that a change looks at besides its own. */
const LOOKED_AT = 4
const PAGE = 256
const ZERO = Buffer.from([0])

/** Makes the cells of a store. */
export function createLmdbCells({ tables, transactions, clock, look }: LmdbCellsContext): Cells {
  /** Where the next change looks for rows past their time. */
  let lookFrom = ZERO

  function current(key: Buffer): string | undefined {
    const sealed = tables.cells.peek(key)
    const row = sealed === undefined ? undefined : wholeRow(tables, key, sealed)
    return row !== undefined && row.keepUntilMs > clock.nowMs() ? row.value : undefined
  }

  function removeSome(): void {
    const rows = tables.cells.rows({ start: lookFrom, limit: LOOKED_AT })
    const nowMs = clock.nowMs()
    for (const { key, value } of rows) if (isGone(tables, key, value, nowMs)) tables.cells.remove(key)
    const last = rows.length < LOOKED_AT ? undefined : rows.at(-1)
    lookFrom = last === undefined ? ZERO : after(last.key)
  }

  function changeNow<Result>(name: string, change: CellChange<Result>): Result {
    const key = tables.names.of(name)
    const changed = change(current(key), clock.nowMs())
    if (changed.action === 'remove') tables.cells.remove(key)
    if (changed.action === 'put') {
      checkCellValue(name, changed.value)
      tables.cells.put(key, encodeRow(tables, key, { name, ...changed }))
      removeSome()
    }
    return changed.result
  }

  return {
    read(name) {
      look()
      return current(tables.names.of(name))
    },
    async update<Result>(name: string, change: CellChange<Result>) {
      checkCellName(name)
      const tried = await transactions.run((): Tried<Result> => {
        try {
          return { result: changeNow(name, change) }
        } catch (error) {
          return { thrown: error }
        }
      })
      if ('thrown' in tried) throw tried.thrown
      return tried.result
    },
    list(prefix) {
      look()
      const start = Buffer.from(prefix)
      const range = { start, end: Buffer.concat([start, AFTER_ALL]) }
      const found: Cell[] = []
      for (const { key, value } of tables.cells.rows(tables.names.isHidden ? {} : range)) {
        const row = wholeRow(tables, key, value)
        if (row?.name.startsWith(prefix) === true && row.keepUntilMs > clock.nowMs())
          found.push({ name: row.name, value: row.value })
      }
      return tables.names.isHidden ? found.sort(byName) : found
    },
  }
}

/** Removes damaged rows and those past their time, in slices between which other work goes on. */
export async function cleanCells({
  tables,
  transactions,
  clock,
}: Pick<LmdbCellsContext, 'tables' | 'transactions' | 'clock'>): Promise<void> {
  let start = ZERO
  for (;;) {
    const rows = tables.cells.rows({ start, limit: PAGE })
    const nowMs = clock.nowMs()
    const gone = rows.filter(({ key, value }) => isGone(tables, key, value, nowMs))
    if (gone.length > 0) await transactions.run(() => removeGone(tables, gone, nowMs))
    const last = rows.at(-1)
    if (rows.length < PAGE || last === undefined) return
    start = after(last.key)
    await nextTurn()
  }
}

/** Another process may have put one anew. */
function removeGone(tables: Tables, rows: readonly { readonly key: Buffer }[], nowMs: number): void {
  for (const { key } of rows) {
    const sealed = tables.cells.peek(key)
    if (sealed !== undefined && isGone(tables, key, sealed, nowMs)) tables.cells.remove(key)
  }
}

function isGone(tables: Tables, key: Buffer, sealed: Uint8Array, nowMs: number): boolean {
  const found = findRow(tables, key, sealed)
  return found.state === 'damaged' || (found.state === 'whole' && found.row.keepUntilMs <= nowMs)
}

function after(key: Buffer): Buffer<ArrayBuffer> {
  return Buffer.concat([key, ZERO])
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

function wholeRow(tables: Tables, key: Buffer, sealed: Uint8Array): Row | undefined {
  const found = findRow(tables, key, sealed)
  return found.state === 'whole' ? found.row : undefined
}

function findRow({ envelope, names }: Tables, key: Buffer, sealed: Uint8Array): FoundRow {
  const opened = envelope.open('cell', key, sealed)
  if (opened.state !== 'whole') return { state: opened.state === 'damaged' ? 'damaged' : 'newer' }
  const reader = createByteReader(opened.payload)
  const keepUntilMs = reader.float64()
  const [value = '', name = key.toString()] = reader.strings(names.isHidden ? 2 : 1)
  return { state: 'whole', row: { name, value, keepUntilMs } }
}
