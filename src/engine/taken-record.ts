// Records as they come out of a store: small bodies are held from then on, large ones stay where they are.
import type { StoreRecord } from '../model/cache-entry.js'
import { EntryBody } from '../model/entry-body.js'

/** Larger bodies are read from the store piece by piece, each time. */
const TAKEN_BYTES = 4 * 1024 ** 2

/** A body that is not too large is taken out of the store, so that it is read, and parsed, but once. */
export function taken(record: StoreRecord): StoreRecord {
  if (record.kind === 'vary' || !record.body.isRemote || record.sizeBytes > TAKEN_BYTES) return record
  return { ...record, body: new EntryBody(record.body.bytes()) }
}

/** A body that stays in the store may be evicted there at any time: a near copy of its head would promise too much. */
export function isRemote(record: StoreRecord): boolean {
  return record.kind === 'entry' && record.body.isRemote
}
