// Takes what must outlive an old key over to a new one, inside the write transaction that makes the new one the store's: all
// but heads and bodies, which stay under the old key until they are replaced, expire, or the old key is given up.
import { claimedKeyId, claimedKind, type Envelope, type Kind } from '../codec/envelope.js'
import type { KeyRing } from '../codec/key-ring.js'
import type { BareTables, Table, TableName } from './tables.js'

/** Cards are among them, so that a record whose head can no longer be opened is still counted and removed whole. */
const TAKEN_OVER: readonly (readonly [TableName, Kind])[] = [
  ['state', 'state'],
  ['secret', 'secret'],
  ['marks', 'mark'],
  ['ledger', 'tallies'],
  ['cells', 'cell'],
  ['unfinished', 'unfinished'],
  ['cards', 'card'],
]
const BATCH = 1_024
const ZERO = Buffer.from([0])
/** Heads that are looked at to tell how many there are under older keys. */
const SAMPLE = 1_000

/** Seals anew; what cannot be opened stays as it is. */
export function sealAnew(tables: BareTables, envelope: Envelope): void {
  for (const [name, kind] of TAKEN_OVER) sealTable(tables[name], kind, envelope)
}

function sealTable(table: Table, kind: Kind, envelope: Envelope): void {
  let last: Buffer | undefined
  for (;;) {
    const start = last === undefined ? {} : { start: Buffer.concat([last, ZERO]) }
    const rows = table.rows({ ...start, limit: BATCH })
    for (const { key, value } of rows) {
      const opened = claimedKind(value) === kind ? envelope.open(kind, key, value) : undefined
      if (opened?.state === 'whole') table.put(key, envelope.seal(kind, key, opened.payload, opened.flags))
    }
    if (rows.length < BATCH) return
    last = rows.at(-1)?.key
  }
}

/** About how many entries stand under another key than the present one; exact up to 1,000. Keys are hashes, and so a sample. */
export function entriesUnderOlderKeys(tables: BareTables, keys: KeyRing, entries: number): number {
  const rows = tables.heads.rows({ limit: SAMPLE })
  if (rows.length === 0) return 0
  const { id } = keys.current()
  const older = rows.filter(({ value }) => claimedKeyId(value) !== id).length
  return Math.round((older / rows.length) * Math.max(entries, rows.length))
}
