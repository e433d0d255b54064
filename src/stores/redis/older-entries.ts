// About how many entries stand under an older key. Keys of entries are hashes, and so the first ones are a sample.
import { claimedKeyId } from '../codec/envelope.js'
import { LINE_BYTES } from './entry-value.js'
import type { KeyNames } from './key-names.js'
import type { Link } from './link/link.js'
import type { Lock } from './lock.js'

/** Entries that are looked at. */
const SAMPLE = 100
/** Enough for the line in the clear and the header of the sealed head. */
const LOOKED_AT_BYTES = LINE_BYTES + 64
const LINE_END = 0x0a

/** What counting takes. */
export interface OlderEntriesParts {
  readonly link: Link
  readonly names: KeyNames
  readonly lock: Lock
}

/** Exact up to 100 entries, and estimated from so many beyond. */
export async function entriesUnderOlderKeys(
  { link, names, lock }: OlderEntriesParts,
  entries: number,
): Promise<number> {
  const present = lock.keys()?.current().id
  if (present === undefined || !lock.isRotated()) return 0
  const words = ['ZRANGE', names.names, '0', String(SAMPLE - 1)]
  const keys = ((await link.talk('look after its health', words)) as readonly unknown[]).map(String)
  const beginnings = await Promise.all(keys.map((key) => beginningOf(link, names.entry(key))))
  const there = beginnings.filter(({ byteLength }) => byteLength > 0)
  if (there.length === 0) return 0
  const older = there.filter((bytes) => claimedKeyId(bytes.subarray(bytes.indexOf(LINE_END) + 1)) !== present)
  return Math.round((older.length / there.length) * Math.max(entries, there.length))
}

async function beginningOf(link: Link, key: string): Promise<Buffer> {
  const words = ['GETRANGE', key, '0', String(LOOKED_AT_BYTES - 1)]
  const bytes = await link.data({ operation: 'look after its health', key, words, isReading: true })
  return Buffer.isBuffer(bytes) ? bytes : Buffer.alloc(0)
}
