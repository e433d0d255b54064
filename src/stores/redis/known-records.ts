// What was read more than once lately and is read again byte for byte: it is opened, and parsed, but once. The server is asked
// each time; only what its very reply was made into is taken up again. All of it is held weakly, so that the garbage collector
// takes it whenever it likes, and what is read once is not held at all.
import type { StoreRecord } from '../../model/cache-entry.js'

/** Records by the bytes that they were made of. */
export interface KnownRecords {
  /** The record that these very bytes under this key were made into. */
  find(key: string, bytes: Uint8Array): StoreRecord | undefined
  /** Takes note of what was made of a reply. The record is held from the second time on. */
  note(key: string, bytes: Uint8Array, record: StoreRecord): void
}

interface Known {
  readonly bytes: Uint8Array
  readonly record: StoreRecord
}

/** Undefined for what was read once. */
type Row = WeakRef<Known> | undefined

/** Two generations: what nobody read during one of so many keys is forgotten with it. */
const MAX_KEYS = 512
/** The most that the replies of one generation may occupy, in bytes. */
const MAX_BYTES = 4 * 1024 ** 2

/** Makes an empty memory. */
export function createKnownRecords(): KnownRecords {
  let young = new Map<string, Row>()
  let old = new Map<string, Row>()
  let youngBytes = 0

  function set(key: string, row: Row, sizeBytes: number): void {
    young.set(key, row)
    youngBytes += sizeBytes
    if (young.size < MAX_KEYS && youngBytes < MAX_BYTES) return
    old = young
    young = new Map()
    youngBytes = 0
  }

  return {
    find(key, bytes) {
      const known = (young.get(key) ?? old.get(key))?.deref()
      if (known === undefined || Buffer.compare(known.bytes, bytes) !== 0) return undefined
      if (!young.has(key)) set(key, old.get(key), bytes.byteLength)
      return known.record
    },
    note(key, bytes, record) {
      const wasRead = young.has(key) || old.has(key)
      if (wasRead) set(key, new WeakRef({ bytes, record }), bytes.byteLength)
      else set(key, undefined, 0)
    },
  }
}
