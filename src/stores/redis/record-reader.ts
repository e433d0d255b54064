// Reads records: a head and a small body in one command, a larger body chunk by chunk.
import type { EntryHead, StoreRecord } from '../../model/cache-entry.js'
import { EntryBody } from '../../model/entry-body.js'
import { chunkCount, chunkOf, decodeBody, decodeChunk, type ChunkCodec } from '../codec/body-codec.js'
import { entryOf } from '../codec/head-codec.js'
import { readLine, readValue, type EntryLine, type OpenedValue, type ReadValue } from './entry-value.js'
import { TAKE_OUT } from './entry-scripts.js'
import type { ChunkStore } from './chunk-store.js'
import { createKnownRecords } from './known-records.js'
import type { KeyNames } from './key-names.js'
import type { Link } from './link/link.js'

/** Reads records. */
export interface RecordReader {
  /** The record under a key; what is damaged is removed and counts as missing. */
  read(key: string): Promise<StoreRecord | undefined>
  head(key: string): Promise<EntryHead | undefined>
  /** What the head of a record says, without its body; undefined where there is none that can be read. */
  peek(key: string): Promise<Pick<OpenedValue, 'line' | 'stored'> | undefined>
}

/** What reading takes. */
export interface RecordReaderContext {
  readonly link: Link
  readonly names: KeyNames
  readonly chunks: ChunkStore
  readonly codec: ChunkCodec
  /** How long a read may take, in milliseconds. */
  readonly timeoutMs: number
}

/** What stands under a key, or its beginning, and what was made of it. */
interface Found {
  readonly bytes: Buffer
  readonly read: ReadValue
}

/** Enough for nearly every head, so that one command reads it without the body. */
const HEAD_GUESS_BYTES = 4_096
/** Bodies up to this size are held whole; larger ones are handed on in their pieces. */
const HELD_BYTES = 1024 * 1024
/** Chunks asked for at a time. */
const CHUNKS_AT_ONCE = 4
/** The share of a reply that a body is where it is not copied out of it. */
const MOST_OF_IT = 0.75
/** Chunks may take so many times longer than a head: they are up to 256 KiB each. */
const CHUNK_PATIENCE = 4

/** Makes the reader of a store. */
export function createRecordReader(context: RecordReaderContext): RecordReader {
  const { link, names, chunks, codec, timeoutMs } = context
  const known = createKnownRecords()

  async function opened(key: string, bytes: Buffer): Promise<StoreRecord | undefined> {
    const value = wholeOr(key, { bytes, read: readValue(codec.envelope, key, bytes) })
    if (value === undefined) return undefined
    if (value.stored.kind === 'vary') return value.stored.node
    const body = await bodyOf(value)
    if (body === undefined) {
      if (codec.lz4 !== undefined) discard(key, value.line)
      return undefined
    }
    const record = entryOf(value.stored.head, body)
    if (value.line.chunks === 0 && isMostOfItsBuffer(bytes)) known.note(key, bytes, record)
    return record
  }

  async function beginningOf(key: string, sizeBytes: number): Promise<Found | undefined> {
    const name = names.entry(key)
    const words = ['GETRANGE', name, '0', String(sizeBytes - 1)]
    const bytes = await link.data({ operation: 'read', key: name, words, isReading: true })
    if (!Buffer.isBuffer(bytes) || bytes.byteLength === 0) return undefined
    const read = readValue(codec.envelope, key, bytes)
    if (read.state !== 'cut') return { bytes, read }
    if (read.neededBytes > sizeBytes) return beginningOf(key, read.neededBytes)
    return { bytes, read: { state: 'damaged' } }
  }

  /** Takes out what cannot be read, unless something else was written meanwhile. Nobody waits for it. */
  function discard(key: string, line: EntryLine | undefined): void {
    takeOut(key, line).catch(() => undefined)
  }

  async function takeOut(key: string, line: EntryLine | undefined): Promise<void> {
    const args = [line === undefined ? '' : String(line.number)]
    const reply = await link.dataScript('remove', TAKE_OUT, { keys: [names.entry(key)], args })
    const [wasThere, before] = reply as readonly [number, Buffer]
    const { bodyId, chunks: count = 0 } = (wasThere === 1 && readLine(before)) || {}
    if (bodyId !== undefined) chunks.drop(bodyId, count)
  }

  async function chunksOf(bodyId: string, count: number): Promise<readonly (Buffer | null)[]> {
    const found: (Buffer | null)[] = []
    for (let at = 0; at < count; at += CHUNKS_AT_ONCE) {
      const keys = Array.from({ length: Math.min(CHUNKS_AT_ONCE, count - at) }, (_, index) =>
        names.chunk(bodyId, at + index),
      )
      const limitMs = timeoutMs * CHUNK_PATIENCE
      const words = ['MGET', ...keys]
      const some = await link.data({ operation: 'read', key: keys[0] ?? '', words, isReading: true, limitMs })
      found.push(...(some as readonly (Buffer | null)[]))
    }
    return found
  }

  /** A body that is kept as its chunks, opened one by one as they are asked for. */
  function bodyInPieces(
    head: EntryHead,
    sizeBytes: number,
    sealed: readonly (Buffer | null)[],
  ): EntryBody | undefined {
    const identity = { bodyId: head.bodyId, sizeBytes }
    const opened: Uint8Array[] = []
    for (let index = 0; index < chunkCount(sizeBytes); index += 1) {
      const chunk = decodeChunk(chunkOf(identity, index), sealed[index] ?? undefined, codec)
      if (chunk.state !== 'whole') return undefined
      opened.push(chunk.bytes)
    }
    return new EntryBody({ sizeBytes, chunks: () => opened })
  }

  async function bodyOf({ line, stored, rest }: OpenedValue): Promise<EntryBody | undefined> {
    if (stored.kind === 'vary') return undefined
    const { head, place } = stored
    const sealed = line.chunks === 0 ? [rest] : await chunksOf(head.bodyId, line.chunks)
    if (place.sizeBytes > HELD_BYTES) return bodyInPieces(head, place.sizeBytes, sealed)
    const identity = { bodyId: head.bodyId, sizeBytes: place.sizeBytes }
    const [only] = sealed
    const decoded =
      sealed.length === 1 && chunkCount(place.sizeBytes) === 1
        ? decodeChunk(chunkOf(identity, 0), only ?? undefined, codec)
        : decodeBody(identity, (index) => sealed[index] ?? undefined, codec)
    return decoded.state === 'whole' ? new EntryBody(onItsOwn(decoded.bytes)) : undefined
  }

  function wholeOr(key: string, found: Found | undefined): OpenedValue | undefined {
    if (found === undefined) return undefined
    const { bytes, read } = found
    if (read.state === 'whole') return read.value
    if (read.state !== 'newer') discard(key, readLine(bytes))
    return undefined
  }

  async function peek(key: string): Promise<OpenedValue | undefined> {
    return wholeOr(key, await beginningOf(key, HEAD_GUESS_BYTES))
  }

  return {
    peek,
    async read(key) {
      const name = names.entry(key)
      const bytes = await link.data({ operation: 'read', key: name, words: ['GET', name], isReading: true })
      return Buffer.isBuffer(bytes) ? (known.find(key, bytes) ?? opened(key, bytes)) : undefined
    },
    async head(key) {
      const value = await peek(key)
      return value?.stored.kind === 'entry' ? value.stored.head : undefined
    },
  }
}

/** Bytes that are most of what they are a part of stay there; others would keep all of it in memory. */
function onItsOwn(bytes: Uint8Array): Uint8Array {
  if (!isMostOfItsBuffer(bytes)) return new Uint8Array(bytes)
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function isMostOfItsBuffer({ byteLength, buffer }: Uint8Array): boolean {
  return byteLength >= buffer.byteLength * MOST_OF_IT
}
