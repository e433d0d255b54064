// Where an LMDB store keeps its key check: beside the state, under a name of its own.
import type { BareTables } from './tables.js'

const CHECK_KEY = Buffer.from('key-check')

/** The store's key check, in memory of its own; undefined where it is not encrypted. */
export function keyCheckOf(tables: BareTables): Buffer | undefined {
  const check = tables.state.peek(CHECK_KEY)
  return check === undefined ? undefined : Buffer.from(check)
}

/** Writes the key check, inside a write transaction. */
export function putKeyCheck(tables: BareTables, check: Uint8Array): void {
  tables.state.put(CHECK_KEY, check)
}
