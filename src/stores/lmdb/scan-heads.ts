// Goes through all heads in key order, some at a time, leaving the event loop room between.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { decodeHead, type DecodedHead } from '../codec/head-codec.js'
import type { Tables } from './tables.js'

const BATCH = 256
const ZERO = Buffer.from([0])

/** A row of the table of heads. */
export interface HeadRow {
  readonly key: Buffer
  readonly found: DecodedHead
}

/** The heads after a key, or all, in batches. Each batch sees the store as it is by then. */
export async function* scanHeads(tables: Tables, after?: Buffer): AsyncGenerator<readonly HeadRow[]> {
  let last = after
  for (;;) {
    const start = last === undefined ? {} : { start: Buffer.concat([last, ZERO]) }
    const rows = tables.heads.rows({ ...start, limit: BATCH })
    yield rows.map(({ key, value }) => ({ key, found: decodeHead(tables.envelope, key, value) }))
    if (rows.length < BATCH) return
    last = rows.at(-1)?.key
    await nextTurn()
  }
}
