// The feed that lets other processes drop just what changed: one row per sequence number, the oldest forgotten.
import type { Changes } from '../../model/store.js'
import { AFTER_ALL, numberKey, numberOfKey } from './keys.js'
import type { StoreState } from './state-record.js'
import type { BareTables } from './tables.js'

/** How many changes are kept. */
const CHANGES_KEPT = 8_192

/** More than a jump adds. */
const FORGOTTEN_AT_ONCE = 64

const KEY_ROW = 1
const MARK_ROW = 2
const RESERVATION_ROW = 3

/** Records, inside a write transaction, the key that the state's sequence number was given for. */
export function logChange(tables: BareTables, sequence: number, key: Buffer): void {
  putRow(tables, sequence, Buffer.concat([Buffer.from([KEY_ROW]), key]))
}

/** Records that the state's sequence number was given to the mark in a row of the table of marks. */
export function logMark(tables: BareTables, sequence: number, rowKey: Buffer): void {
  putRow(tables, sequence, Buffer.concat([Buffer.from([MARK_ROW]), rowKey]))
}

/** Records that the state's sequence number was given to a body that is still coming: nothing has changed yet. */
export function logReservation(tables: BareTables, sequence: number): void {
  putRow(tables, sequence, Buffer.from([RESERVATION_ROW]))
}

/**
 * Records a key whose sequence number need not follow the last one: what number the row falls out of the log with may be
 * passed over, so every row that is too old is looked for.
 */
export function logJump(tables: BareTables, sequence: number, key: Buffer): void {
  logChange(tables, sequence, key)
  if (sequence <= CHANGES_KEPT) return
  const end = numberKey(sequence - CHANGES_KEPT)
  for (const old of tables.changes.keys({ end, limit: FORGOTTEN_AT_ONCE })) tables.changes.remove(old)
}

function putRow(tables: BareTables, sequence: number, row: Buffer): void {
  tables.changes.put(numberKey(sequence), row)
  if (sequence > CHANGES_KEPT) tables.changes.remove(numberKey(sequence - CHANGES_KEPT))
}

/** What changed after a number. */
export function changesSince(tables: BareTables, state: StoreState, since: number): Changes {
  const { sequence, lastMark } = state
  const hasNewMarks = lastMark > since
  if (since === sequence) return { sequence, keys: new Map(), hasNewMarks, isComplete: true }
  const rows = rowsSince(tables, sequence, since)
  const keys = new Map<string, number>()
  for (const { key, value } of rows)
    if (value[0] === KEY_ROW) keys.set(value.toString('utf8', 1), numberOfKey(key))
  return { sequence, keys, hasNewMarks, isComplete: rows.length === sequence - since }
}

/** Where the marks stand that were drawn after a number; undefined where the log does not tell all of them. */
export function marksSince(
  tables: BareTables,
  { sequence }: StoreState,
  since: number,
): readonly { readonly sequence: number; readonly rowKey: Buffer }[] | undefined {
  const rows = rowsSince(tables, sequence, since)
  if (rows.length !== sequence - since) return undefined
  const marks = rows.filter(({ value }) => value[0] === MARK_ROW)
  return marks.map(({ key, value }) => ({ sequence: numberOfKey(key), rowKey: value.subarray(1) }))
}

function rowsSince(tables: BareTables, sequence: number, since: number): { key: Buffer; value: Buffer }[] {
  if (since >= sequence || sequence - since > CHANGES_KEPT) return []
  return tables.changes.rows({ start: numberKey(since + 1), end: AFTER_ALL })
}
