// What stands around every stored record: magic, format version, kind, flags, length and a checksum over all of it
// and over where the record belongs. The envelope is the same in all versions of the format, so that a newer record
// is told from a damaged one.
//
//   0  magic, 2 bytes     4  flags                         8  payload length, 4 bytes
//   2  format version     5  id of the key, 3 bytes;      12  CRC-32 of where it belongs, bytes 0 to 11 and the payload
//   3  kind                  0 where not encrypted        16  payload
//
// Encrypted records have their tag at the end of the payload (record-cipher.ts has the rest of it); it vouches for the
// payload, for bytes 0 to 11 and for where the record belongs, so the CRC is taken over the tag alone instead.
import { crc32 } from 'node:zlib'
import type { KeyRing } from './key-ring.js'
import { CIPHER_BYTES, TAG_BYTES } from './record-cipher.js'

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
  'key-check': 11,
} as const

/** What a record is. */
export type Kind = keyof typeof KINDS

const KIND_BY_NUMBER: ReadonlyMap<number, Kind> = new Map(
  Object.entries(KINDS).map(([kind, number]) => [number, kind as Kind]),
)

/** Set where the payload is an LZ4 block after its length. */
export const FLAG_LZ4 = 1

/** Set where the payload is encrypted. */
const FLAG_ENCRYPTED = 2

/** Flags that this version knows. */
const KNOWN_FLAGS = FLAG_LZ4 | FLAG_ENCRYPTED

/** Bytes before the payload. */
const HEADER_BYTES = 16

/** What an envelope adds to a payload at most, in bytes. */
export const MAX_ENVELOPE_BYTES = HEADER_BYTES + CIPHER_BYTES

/** The part of the header that checksum and tag cover. */
const COVERED_BYTES = 12
const MAGIC_0 = 0xca
const MAGIC_1 = 0xc4

/** What was found in an envelope. A newer record is to be left alone, a damaged one removed. */
export type Opened =
  | { readonly state: 'whole'; readonly flags: number; readonly payload: Uint8Array }
  | { readonly state: 'damaged' }
  | { readonly state: 'newer' }

/**
 * Seals and opens the records of one store. Where the store has a key, all it seals is encrypted, and only what is encrypted
 * under a key that is at hand opens: a record that somebody else put there is damaged, and so is one under a key that was
 * given up.
 *
 * A tier gets its envelope from `checkKeys` (key-check.ts) when it opens, and seals with it everything that it writes,
 * under a place of its own for each record. What stays readable are the names under which records are stored; names that
 * would tell something go through `RowNames` (row-names.ts).
 */
export interface Envelope {
  /** Puts a payload in an envelope that only opens at `place`: the bytes of the key it is stored under, say. */
  seal(kind: Kind, place: Uint8Array, payload: Uint8Array, flags?: number): Uint8Array
  /** Opens an envelope; never throws. The payload may be a view of the bytes given. */
  open(kind: Kind, place: Uint8Array, sealed: Uint8Array): Opened
}

const DAMAGED: Opened = Object.freeze({ state: 'damaged' })
const NEWER: Opened = Object.freeze({ state: 'newer' })

/** Makes the envelope of a store; without keys nothing is encrypted. */
export function createEnvelope(keys?: KeyRing): Envelope {
  return keys === undefined ? PLAIN : encrypting(keys)
}

const PLAIN: Envelope = Object.freeze({
  seal(kind: Kind, place: Uint8Array, payload: Uint8Array, flags = 0) {
    const sealed = header({ kind, flags, keyId: 0, payloadBytes: payload.byteLength })
    sealed.set(payload, HEADER_BYTES)
    sealed.writeUInt32LE(checksum(sealed, place), 12)
    return sealed
  },
  open(kind: Kind, place: Uint8Array, sealed: Uint8Array) {
    const bytes = viewOf(sealed)
    const wrong = refuse(kind, place, bytes)
    if (wrong !== undefined) return wrong
    const flags = bytes[4] ?? 0
    // Nobody without a key has a use for it; whoever has the key reads it still.
    if ((flags & FLAG_ENCRYPTED) !== 0) return NEWER
    return { state: 'whole' as const, flags, payload: bytes.subarray(HEADER_BYTES) }
  },
})

function encrypting(keys: KeyRing): Envelope {
  return {
    seal(kind, place, payload, flags = 0) {
      const { id, cipher } = keys.current()
      const sealed = header({
        kind,
        flags: flags | FLAG_ENCRYPTED,
        keyId: id,
        payloadBytes: payload.byteLength + CIPHER_BYTES,
      })
      cipher.encrypt(payload, covered(sealed, place), sealed.subarray(HEADER_BYTES))
      sealed.writeUInt32LE(checksum(sealed, place), 12)
      return sealed
    },
    open(kind, place, sealed) {
      const bytes = viewOf(sealed)
      const wrong = refuse(kind, place, bytes)
      if (wrong !== undefined) return wrong
      const flags = bytes[4] ?? 0
      if ((flags & FLAG_ENCRYPTED) === 0) return DAMAGED
      const cipher = keys.find(bytes.readUIntLE(5, 3))?.cipher
      const payload = cipher?.decrypt(bytes.subarray(HEADER_BYTES), covered(bytes, place))
      return payload === undefined ? DAMAGED : { state: 'whole', flags: flags & ~FLAG_ENCRYPTED, payload }
    },
  }
}

/** The kind that a sealed record claims to be. */
export function claimedKind(sealed: Uint8Array): Kind | undefined {
  return KIND_BY_NUMBER.get(sealed[3] ?? 0)
}

/** Whether a sealed record says that its payload is an LZ4 block. */
export function isCompressed(sealed: Uint8Array): boolean {
  return ((sealed[4] ?? 0) & FLAG_LZ4) !== 0
}

/** The id of the key that a sealed record claims to be encrypted under; 0 where it is not encrypted. */
export function claimedKeyId(sealed: Uint8Array): number {
  return sealed.byteLength < HEADER_BYTES ? 0 : viewOf(sealed).readUIntLE(5, 3)
}

interface HeaderFields {
  readonly kind: Kind
  readonly flags: number
  readonly keyId: number
  readonly payloadBytes: number
}

/** An envelope with everything but payload and checksum. */
function header({ kind, flags, keyId, payloadBytes }: HeaderFields): Buffer {
  const sealed = Buffer.allocUnsafeSlow(HEADER_BYTES + payloadBytes)
  sealed[0] = MAGIC_0
  sealed[1] = MAGIC_1
  sealed[2] = FORMAT_VERSION
  sealed[3] = KINDS[kind]
  sealed[4] = flags
  sealed.writeUIntLE(keyId, 5, 3)
  sealed.writeUInt32LE(payloadBytes, 8)
  return sealed
}

/** What stands against a record before its payload is looked at. */
function refuse(kind: Kind, place: Uint8Array, bytes: Buffer): Opened | undefined {
  if (bytes.length < HEADER_BYTES || bytes[0] !== MAGIC_0 || bytes[1] !== MAGIC_1) return DAMAGED
  if (bytes.readUInt32LE(8) !== bytes.length - HEADER_BYTES) return DAMAGED
  if (bytes.readUInt32LE(12) !== checksum(bytes, place)) return DAMAGED
  const [version = 0, flags = 0] = [bytes[2], bytes[4]]
  if (version > FORMAT_VERSION || (flags & ~KNOWN_FLAGS) !== 0) return NEWER
  return bytes[3] === KINDS[kind] ? undefined : DAMAGED
}

function checksum(sealed: Buffer, place: Uint8Array): number {
  const before = crc32(sealed.subarray(0, COVERED_BYTES), crc32(place))
  const isEncrypted = ((sealed[4] ?? 0) & FLAG_ENCRYPTED) !== 0
  const from = isEncrypted ? Math.max(HEADER_BYTES, sealed.length - TAG_BYTES) : HEADER_BYTES
  return crc32(sealed.subarray(from), before)
}

/** What a tag vouches for beside the payload; the first part always has the same length. */
function covered(sealed: Buffer, place: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(COVERED_BYTES + place.byteLength)
  sealed.copy(bytes, 0, 0, COVERED_BYTES)
  bytes.set(place, COVERED_BYTES)
  return bytes
}

function viewOf(sealed: Uint8Array): Buffer {
  return Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
}
