// The keys of the tables, as bytes that sort in the order in which they are scanned. Pure.
import { crc32 } from 'node:zlib'

/** The longest key of a record, in bytes; LMDB takes 1,978 and some tables put numbers before it. */
export const MAX_KEY_BYTES = 1_900

/** Larger than any key that begins with a number. */
export const AFTER_ALL = Buffer.alloc(16, 0xff)

/** A record's key, or undefined where LMDB cannot hold it. */
export function recordKey(key: string): Buffer | undefined {
  const bytes = Buffer.from(key)
  return bytes.length === 0 || bytes.length > MAX_KEY_BYTES ? undefined : bytes
}

/** A whole number, in order. */
export function numberKey(value: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(8)
  bytes.writeUInt32BE(Math.floor(value / 2 ** 32), 0)
  bytes.writeUInt32BE(value % 2 ** 32, 4)
  return bytes
}

/** The number back. */
export function numberOfKey(bytes: Buffer): number {
  return bytes.readUInt32BE(0) * 2 ** 32 + bytes.readUInt32BE(4)
}

/** One chunk of the body with the given number. */
export function chunkKey(bodyNumber: number, index: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(12)
  numberKey(bodyNumber).copy(bytes)
  bytes.writeUInt32BE(index, 8)
  return bytes
}

/** A record in the order of expiry; doubles that are not negative sort as their bits do. */
export function expiryKey(removeAtMs: number, key: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafeSlow(8 + key.length)
  bytes.writeDoubleBE(Math.max(0, removeAtMs), 0)
  bytes.set(key, 8)
  return bytes
}

/** The record's key back from its place in the order of expiry. */
export function keyOfExpiry(bytes: Buffer): { readonly removeAtMs: number; readonly key: Buffer } {
  return { removeAtMs: bytes.readDoubleBE(0), key: bytes.subarray(8) }
}

/** A record in an order that has nothing to do with its key, so that neighbours are a random sample. */
export function cardKey(key: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafeSlow(4 + key.length)
  bytes.writeUInt32BE(crc32(key), 0)
  bytes.set(key, 4)
  return bytes
}

/** The record's key back. */
export function keyOfCard(bytes: Buffer): Buffer {
  return bytes.subarray(4)
}
