// Bodies of any size for tests of stores, whole or in pieces, that do not compress to nothing.
import { EntryBody } from '../../model/entry-body.js'
import type { BodyWriter } from '../../model/store.js'

/** Bytes that follow from their size and a seed. */
export function sampleBytes(size: number, seed = 0): Uint8Array {
  const bytes = new Uint8Array(size)
  let value = (seed * 2_654_435_761 + 12_345) >>> 0
  for (let index = 0; index < size; index += 1) {
    value = (Math.imul(value, 1_664_525) + 1_013_904_223) >>> 0
    bytes[index] = value >>> 24
  }
  return bytes
}

/** The bytes in pieces of at most `pieceBytes`. */
function* piecesOf(bytes: Uint8Array, pieceBytes: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

/** Adds all of it, piece by piece, each in memory that is used again for the next one, as a socket may do. */
export async function addAll(writer: BodyWriter, bytes: Uint8Array, pieceBytes = 65_000): Promise<void> {
  const memory = new Uint8Array(pieceBytes)
  for (const piece of piecesOf(bytes, pieceBytes)) {
    memory.set(piece)
    await writer.add(memory.subarray(0, piece.byteLength))
  }
}

/** Puts pieces together. */
export function joined(pieces: Iterable<Uint8Array>): Uint8Array {
  return Buffer.concat([...pieces])
}

/** A body that stays elsewhere. */
export function remoteBody(bytes: Uint8Array, pieceBytes = 100_000): EntryBody {
  return new EntryBody({ sizeBytes: bytes.byteLength, chunks: () => piecesOf(bytes, pieceBytes) })
}

/** Whether both are the same, byte for byte. */
export function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0
}
