// The end of a body that is not in the store yet: the chunk that fills up, and before it perhaps one on its way. Two
// pieces of memory are used in turn, however many chunks there are.
import { CHUNK_BYTES } from '../codec/body-codec.js'

/** The last chunks of a body that is still coming. */
export interface FillingChunks {
  /** Takes as many of the bytes as the chunk has room for, and says how many. */
  fill(bytes: Uint8Array): number
  isFull(): boolean
  /** Sends the full chunk on its way and begins an empty one. The chunk before must have arrived. */
  passOn(): Uint8Array
  /** The chunk on its way is in the store; its memory may be used again. */
  arrived(): void
  /** The bytes of the chunk that fills up, in memory that is written to again. */
  last(): Uint8Array
  /** A copy of the first of these chunks, or of the one after it. */
  copyOf(index: number): Uint8Array
}

/** Makes an empty chunk. */
export function createFillingChunks(): FillingChunks {
  let filling: Uint8Array = new Uint8Array(CHUNK_BYTES)
  let filledBytes = 0
  let leaving: Uint8Array | undefined
  let spare: Uint8Array | undefined

  const last = (): Uint8Array => filling.subarray(0, filledBytes)

  return {
    fill(bytes) {
      const piece = bytes.subarray(0, CHUNK_BYTES - filledBytes)
      filling.set(piece, filledBytes)
      filledBytes += piece.byteLength
      return piece.byteLength
    },
    isFull: () => filledBytes === CHUNK_BYTES,
    passOn() {
      leaving = filling
      filling = spare ?? new Uint8Array(CHUNK_BYTES)
      filledBytes = 0
      spare = undefined
      return leaving
    },
    arrived() {
      spare = leaving
      leaving = undefined
    },
    last,
    copyOf: (index) => (index === 0 && leaving !== undefined ? leaving : last()).slice(),
  }
}
