// What a record occupies in memory, estimated, so that the bound charges for more than bodies. Pure.
import type { StoreRecord } from '../model/cache-entry.js'

/** The record, its places in the tables of the cache, what is remembered of its call, and the numbers in it. */
const RECORD_BYTES = 640
/** A header pair or an array element beyond its characters. */
const PAIR_BYTES = 96
const STRING_BYTES = 24

/** The charge of a record, in bytes: its key, its head and what is kept of its body. */
export function chargeOf(record: StoreRecord): number {
  let bytes = RECORD_BYTES + record.key.length
  if (record.kind === 'vary') {
    for (const name of record.names) bytes += STRING_BYTES + name.length
    return bytes
  }
  for (const [name, value] of record.headers) bytes += PAIR_BYTES + name.length + value.length
  for (const tag of record.tags) bytes += STRING_BYTES + tag.length
  bytes += record.url.length + (record.purgeUrl === record.url ? 0 : record.purgeUrl.length)
  return bytes + record.body.chargeBytes
}
