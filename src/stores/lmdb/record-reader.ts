// Reads records: whole, or with a body that stays in the store and is read chunk by chunk where it is too large to be
// held. A body's number is never given out again, and a chunk opens only as that part of that body: a body whose entry
// was replaced ends in an error, never in wrong bytes.
import type { EntryHead } from '../../model/cache-entry.js'
import { EntryBody } from '../../model/entry-body.js'
import {
  chunkCount,
  chunkOf,
  decodeBody,
  decodeChunk,
  type ChunkIdentity,
  type DecodedBody,
} from '../codec/body-codec.js'
import { isCompressed } from '../codec/envelope.js'
import { entryOf, type BodyPlace } from '../codec/head-codec.js'
import type { Lz4 } from '../codec/lz4.js'
import { StoredBodyError } from '../stored-body-error.js'
import { chunkKey } from './keys.js'
import { findHead, type FoundRecord } from './records.js'
import type { Tables } from './tables.js'

/** Bodies above this size stay in the store. */
const HELD_BYTES = 1024 * 1024

/** Reads records and chunks. */
export interface RecordReader {
  find(key: Buffer): FoundRecord
  /**
   * One chunk of a body, in memory of its own.
   *
   * @throws StoredBodyError where it is not there, damaged or cannot be read here.
   */
  chunk(bodyNumber: number, identity: ChunkIdentity): Uint8Array
}

/** What reading needs. */
export interface RecordReaderContext {
  readonly tables: Tables
  readonly lz4: Lz4 | undefined
  readonly isClosed: () => boolean
  /** Sees to it that what others committed is seen. */
  readonly look: () => void
  /** Told of a record that is damaged, and how to make sure of it inside a write transaction. */
  readonly onDamage: (key: Buffer, isStillDamaged: () => boolean) => void
}

/** Makes the reader of a store. */
export function createRecordReader(context: RecordReaderContext): RecordReader {
  const { tables, lz4, isClosed, look, onDamage } = context
  const codec = { lz4, envelope: tables.envelope }

  function decodeAt(bodyNumber: number, identity: ChunkIdentity): DecodedBody | { readonly state: 'gone' } {
    const sealed = tables.chunks.peek(chunkKey(bodyNumber, identity.index))
    return sealed === undefined ? { state: 'gone' } : decodeChunk(identity, sealed, codec)
  }

  function chunk(bodyNumber: number, identity: ChunkIdentity): Uint8Array {
    if (isClosed()) throw new StoredBodyError('closed')
    look()
    const decoded = decodeAt(bodyNumber, identity)
    if (decoded.state === 'whole') return new Uint8Array(decoded.bytes)
    throw new StoredBodyError(isBad(decoded) ? decoded.state : 'unreadable')
  }

  /** A chunk of an entry's body. One that is gone while the entry still counts on it is damage. */
  function chunkOfEntry(key: Buffer, place: BodyPlace, identity: ChunkIdentity): Uint8Array {
    try {
      return chunk(place.id, identity)
    } catch (error) {
      if (!(error instanceof StoredBodyError) || error.reason === 'closed' || error.reason === 'unreadable') {
        throw error
      }
      if (!hasBody(key, place)) throw new StoredBodyError('gone')
      onDamage(key, () => hasBody(key, place) && isBad(decodeAt(place.id, identity)))
      throw new StoredBodyError('damaged')
    }
  }

  function hasBody(key: Buffer, place: BodyPlace): boolean {
    const found = findHead(tables, key)
    return found.state === 'whole' && found.stored.kind === 'entry' && found.stored.place.id === place.id
  }

  function bodyThatStays(key: Buffer, { bodyId }: EntryHead, place: BodyPlace): EntryBody {
    const { sizeBytes } = place
    function* chunks(): Generator<Uint8Array> {
      for (let index = 0; index < chunkCount(sizeBytes); index += 1) {
        yield chunkOfEntry(key, place, chunkOf({ bodyId, sizeBytes }, index))
      }
    }
    return new EntryBody({ sizeBytes, chunks })
  }

  function hasEnds({ id, sizeBytes }: BodyPlace): boolean {
    const last = chunkCount(sizeBytes) - 1
    return [0, last].every((index) => tables.chunks.peek(chunkKey(id, index)) !== undefined)
  }

  /** Without LZ4 a body that was compressed is a miss from the start, not an error in its middle. */
  function needsLz4({ id, sizeBytes }: BodyPlace): boolean {
    for (let index = 0; index < chunkCount(sizeBytes); index += 1) {
      const sealed = tables.chunks.peek(chunkKey(id, index))
      if (sealed !== undefined && isCompressed(sealed)) return true
    }
    return false
  }

  return {
    chunk,
    find(key) {
      const found = findHead(tables, key)
      if (found.state !== 'whole') return found
      if (found.stored.kind === 'vary') return { state: 'whole', record: found.stored.node }
      const { head, place } = found.stored
      if (place.sizeBytes > HELD_BYTES) {
        if (!hasEnds(place)) return { state: 'damaged' }
        if (lz4 === undefined && needsLz4(place)) return { state: 'no-lz4' }
        return { state: 'whole', record: entryOf(head, bodyThatStays(key, head, place)) }
      }
      const identity = { bodyId: head.bodyId, sizeBytes: place.sizeBytes }
      const body = decodeBody(identity, (index) => tables.chunks.peek(chunkKey(place.id, index)), codec)
      if (body.state !== 'whole') return body
      return { state: 'whole', record: entryOf(head, new EntryBody(body.bytes)) }
    },
  }
}

function isBad<State extends string>(decoded: {
  readonly state: State
}): decoded is { readonly state: State & ('gone' | 'damaged') } {
  return decoded.state === 'gone' || decoded.state === 'damaged'
}
