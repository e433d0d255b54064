// Takes a body that comes in pieces: each chunk is put under a key of its own as soon as it is full. What was written is kept
// here as well, for callers that lag behind: the server is too far away to read it back at once, and may be gone.
import type { EntryHead } from '../../model/cache-entry.js'
import type { BodyWriter, WriteResult } from '../../model/store.js'
import type { Clock } from '../../shared/clock.js'
import { CHUNK_BYTES, encodeChunk, type BodyPacking } from '../codec/body-codec.js'
import { StoredBodyError } from '../stored-body-error.js'
import type { ChunkStore } from './chunk-store.js'
import type { WrittenChunks } from './record-writer.js'
import { FULL } from './refusal.js'

/** What a writer of bodies takes. */
export interface BodyWriterContext {
  readonly chunks: ChunkStore
  readonly packing: BodyPacking
  readonly clock: Clock
  readonly maxEntryBytes: number
  readonly finish: (head: EntryHead, body: WrittenChunks, beganSequence: number) => Promise<WriteResult>
  /** Told once the body is an entry's, or given up. */
  readonly onEnd: () => void
}

/** A chunk of a body that stands still for so long goes by itself. */
const LEFT_ALONE_MS = 10 * 60_000

/** Makes the writer of one body. */
export function createBodyWriter(context: BodyWriterContext, bodyId: string): BodyWriter {
  const { chunks, packing, clock, maxEntryBytes, onEnd } = context
  const full: Uint8Array[] = []
  let filling = new Uint8Array(CHUNK_BYTES)
  let filledBytes = 0
  let sizeBytes = 0
  let chunkBytes = 0
  let adding: Promise<void> = Promise.resolve()
  let state: 'open' | 'outgrown' | 'finishing' | 'finished' | 'refused' | 'abandoned' = 'open'

  function refuseUnlessOpen(): void {
    if (state === 'outgrown') throw new Error(`A body of more than ${maxEntryBytes} bytes is not taken.`)
    if (state !== 'open') throw new Error(`Nothing more can be done: the body is ${state}.`)
  }

  async function addAll(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.byteLength;) {
      if (state === 'abandoned') throw new StoredBodyError('gone')
      const piece = bytes.subarray(at, at + CHUNK_BYTES - filledBytes)
      filling.set(piece, filledBytes)
      filledBytes += piece.byteLength
      sizeBytes += piece.byteLength
      at += piece.byteLength
      if (sizeBytes > maxEntryBytes) outgrow()
      if (filledBytes === CHUNK_BYTES) await passOn()
    }
  }

  function outgrow(): never {
    state = 'outgrown'
    throw new Error(`A body of more than ${maxEntryBytes} bytes is not taken.`)
  }

  async function passOn(): Promise<void> {
    const raw = filling
    const index = full.push(raw) - 1
    filling = new Uint8Array(CHUNK_BYTES)
    filledBytes = 0
    await put(index, raw)
  }

  async function put(index: number, raw: Uint8Array): Promise<void> {
    const sealed = await seal(index, raw)
    chunkBytes += sealed.byteLength
    await chunks.put(bodyId, index, sealed, clock.nowMs() + LEFT_ALONE_MS)
  }

  function seal(index: number, raw: Uint8Array): Promise<Uint8Array> {
    const isLarge = index * CHUNK_BYTES + raw.byteLength > packing.aboveBytes
    return encodeChunk({ bodyId, index }, raw, { ...packing, lz4: isLarge ? packing.lz4 : undefined })
  }

  /** A body of one chunk stands beside its head. */
  async function bodyWritten(head: EntryHead): Promise<WrittenChunks> {
    await adding
    const last = filling.subarray(0, filledBytes)
    if (full.length === 0) {
      const inline = filledBytes === 0 ? undefined : await seal(0, last)
      return { chunks: 0, chunkBytes: 0, inline, sizeBytes }
    }
    const count = full.length + (filledBytes === 0 ? 0 : 1)
    if (filledBytes > 0) await put(full.length, last)
    if (count === 1) return oneChunk()
    // A body that came very slowly has outlived its first chunks.
    for (const index of await chunks.keepFor(bodyId, count, head.removeAtMs)) {
      await chunks.put(bodyId, index, await seal(index, full[index] ?? last), head.removeAtMs)
    }
    return { chunks: count, chunkBytes, inline: undefined, sizeBytes }
  }

  async function oneChunk(): Promise<WrittenChunks> {
    const inline = await seal(0, full[0] ?? new Uint8Array())
    chunks.drop(bodyId, 1)
    return { chunks: 0, chunkBytes: 0, inline, sizeBytes }
  }

  function giveUp(): void {
    state = 'abandoned'
    chunks.drop(bodyId, full.length + 1)
    onEnd()
  }

  return {
    async add(bytes) {
      refuseUnlessOpen()
      adding = adding.then(() => addAll(bytes))
      adding.catch(() => undefined)
      await adding
    },

    *written() {
      let at = 0
      for (;;) {
        if (state === 'abandoned') throw new StoredBodyError('gone')
        const index = Math.floor(at / CHUNK_BYTES)
        const chunk = full[index] ?? (index === full.length ? filling.slice(0, filledBytes) : undefined)
        const piece = chunk?.subarray(at - index * CHUNK_BYTES)
        if (piece === undefined || piece.byteLength === 0) return
        at += piece.byteLength
        yield piece
      }
    },

    async finish(head, beganSequence) {
      if (state === 'outgrown') return FULL
      refuseUnlessOpen()
      state = 'finishing'
      try {
        const result = await context.finish(head, await bodyWritten(head), beganSequence)
        state = result.isStored ? 'finished' : 'refused'
        if (result.isStored) onEnd()
        return result
      } catch (error) {
        giveUp()
        throw error
      }
    },

    async abandon() {
      if (state !== 'finished' && state !== 'finishing' && state !== 'abandoned') giveUp()
    },
  }
}
