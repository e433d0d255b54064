// What stands around every stored record: magic, format version, kind, flags, length and a checksum over all of it
// and over where the record belongs. The envelope is the same in all versions of the format, so that a newer record
// is told from a damaged one. Pure.
//
//   0  magic, 2 bytes     4  flags                 8  payload length, 4 bytes
//   2  format version     5  encryption key id    12  CRC-32 of bytes 0 to 11 and the payload, 4 bytes
//   3  kind               6  reserved, 2 bytes    16  payload
//
// An encrypted record will put its nonce at the start of the payload and its tag at the end.
import { crc32 } from 'node:zlib'

/** The format that this version writes; it reads all up to it. */
const FORMAT_VERSION = 1

/** What a record is. */
const KINDS = {
  entry: 1,
  vary: 2,
  chunk: 3,
  tallies: 4,
  state: 5,
  card: 6,
  secret: 7,
  mark: 8,
  unfinished: 9,
  cell: 10,
} as const

/** What a record is. */
export type Kind = keyof typeof KINDS

/** Set where the payload is an LZ4 block after its length. */
export const FLAG_LZ4 = 1

/** Flags that this version knows. */
const KNOWN_FLAGS = FLAG_LZ4

/** Bytes before the payload. */
export const ENVELOPE_BYTES = 16

const MAGIC_0 = 0xca
const MAGIC_1 = 0xc4

/** What was found in an envelope. A newer record is to be left alone, a damaged one removed. */
export type Opened =
  | { readonly state: 'whole'; readonly flags: number; readonly payload: Uint8Array }
  | { readonly state: 'damaged' }
  | { readonly state: 'newer' }

const DAMAGED: Opened = Object.freeze({ state: 'damaged' })
const NEWER: Opened = Object.freeze({ state: 'newer' })

/** Puts a payload in an envelope that only opens at `place`: the bytes of the key it is stored under, say. */
export function seal(kind: Kind, place: Uint8Array, payload: Uint8Array, flags = 0): Uint8Array {
  const sealed = Buffer.allocUnsafeSlow(ENVELOPE_BYTES + payload.byteLength)
  sealed[0] = MAGIC_0
  sealed[1] = MAGIC_1
  sealed[2] = FORMAT_VERSION
  sealed[3] = KINDS[kind]
  sealed[4] = flags
  sealed[5] = 0
  sealed.writeUInt16LE(0, 6)
  sealed.writeUInt32LE(payload.byteLength, 8)
  sealed.set(payload, ENVELOPE_BYTES)
  sealed.writeUInt32LE(checksum(sealed, place), 12)
  return sealed
}

/** Opens an envelope; never throws. The payload is a view of the bytes given. */
export function open(kind: Kind, place: Uint8Array, sealed: Uint8Array): Opened {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
  if (bytes.length < ENVELOPE_BYTES || bytes[0] !== MAGIC_0 || bytes[1] !== MAGIC_1) return DAMAGED
  if (bytes.readUInt32LE(8) !== bytes.length - ENVELOPE_BYTES) return DAMAGED
  if (bytes.readUInt32LE(12) !== checksum(bytes, place)) return DAMAGED
  const [version = 0, flags = 0] = [bytes[2], bytes[4]]
  if (version > FORMAT_VERSION || (flags & ~KNOWN_FLAGS) !== 0) return NEWER
  if (bytes[3] !== KINDS[kind]) return DAMAGED
  return { state: 'whole', flags, payload: bytes.subarray(ENVELOPE_BYTES) }
}

/** The kind that a sealed record claims to be. */
export function claimedKind(sealed: Uint8Array): Kind | undefined {
  for (const [kind, number] of Object.entries(KINDS)) if (number === sealed[3]) return kind as Kind
  return undefined
}

/** Whether a sealed record says that its payload is an LZ4 block. */
export function isCompressed(sealed: Uint8Array): boolean {
  return ((sealed[4] ?? 0) & FLAG_LZ4) !== 0
}

function checksum(sealed: Buffer, place: Uint8Array): number {
  const before = crc32(sealed.subarray(0, 12), crc32(place))
  return crc32(sealed.subarray(ENVELOPE_BYTES), before)
}
