// Bodies that are still coming: their chunks are in the table of chunks, found under no key, and counted. Each has a row
// that tells when it last grew, so that what a killed process left behind is found and removed.
import { createByteReader } from '../codec/byte-reader.js'
import { createByteWriter } from '../codec/byte-writer.js'
import { logReservation } from './change-log.js'
import { chunkKey, numberKey, numberOfKey } from './keys.js'
import type { StoreState } from './state-record.js'
import type { Tables } from './tables.js'
import type { Changed } from './transactions.js'

/** A body that has not grown for so long is nobody's any more. */
const ABANDONED_AFTER_MS = 10 * 60_000

/** A body that is still coming. */
export interface UnfinishedBody {
  /** What its chunks are filed under. */
  readonly number: number
  readonly chunks: number
  /** What its chunks occupy, in bytes. */
  readonly chunkBytes: number
  readonly grownAtMs: number
}

/** The next chunk of a body. */
export interface NextChunk {
  /** The body's number; without one, the body begins with this chunk and is given its number. */
  readonly bodyNumber: number | undefined
  readonly sealed: Uint8Array
  readonly nowMs: number
  /** The most that all bodies that are still coming may occupy, in bytes. */
  readonly maxBytes: number
}

/** What became of a chunk. */
export type PutChunk =
  | { readonly state: 'put'; readonly bodyNumber: number }
  | { readonly state: 'gone' }
  | { readonly state: 'full' }

/** Adds a chunk, inside a write transaction. */
export function putNextChunk(tables: Tables, before: StoreState, next: NextChunk): Changed<PutChunk> {
  const { sealed, nowMs } = next
  const known = next.bodyNumber === undefined ? undefined : findUnfinished(tables, next.bodyNumber)
  if (next.bodyNumber !== undefined && known === undefined)
    return { state: before, result: { state: 'gone' } }
  if (unfinishedBytes(tables) + sealed.byteLength > next.maxBytes) {
    return { state: before, result: { state: 'full' } }
  }
  const sequence = known === undefined ? before.sequence + 1 : before.sequence
  if (known === undefined) logReservation(tables, sequence)
  const { number, chunks, chunkBytes } = known ?? { number: sequence, chunks: 0, chunkBytes: 0 }
  tables.chunks.put(chunkKey(number, chunks), sealed)
  putRow(tables, {
    number,
    chunks: chunks + 1,
    chunkBytes: chunkBytes + sealed.byteLength,
    grownAtMs: nowMs,
  })
  const state = { ...before, sequence, liveBytes: before.liveBytes + sealed.byteLength }
  return { state, result: { state: 'put', bodyNumber: number } }
}

/** Notes that a body still comes, though slowly, inside a write transaction. */
export function renewUnfinished(tables: Tables, bodyNumber: number, nowMs: number): void {
  const known = findUnfinished(tables, bodyNumber)
  if (known !== undefined) putRow(tables, { ...known, grownAtMs: nowMs })
}

/** Finds a body that is still coming. */
export function findUnfinished(tables: Tables, bodyNumber: number): UnfinishedBody | undefined {
  const key = numberKey(bodyNumber)
  const sealed = tables.unfinished.peek(key)
  return sealed === undefined ? undefined : readRow(tables, key, sealed)
}

/** Takes the row away and leaves the chunks, which become an entry's, inside a write transaction. */
export function closeUnfinished(tables: Tables, before: StoreState, body: UnfinishedBody): StoreState {
  tables.unfinished.remove(numberKey(body.number))
  return { ...before, liveBytes: Math.max(0, before.liveBytes - body.chunkBytes) }
}

/** Removes a body with its chunks, inside a write transaction; nothing where it is an entry's by now, or gone. */
export function dropUnfinished(tables: Tables, before: StoreState, bodyNumber: number): StoreState {
  const key = numberKey(bodyNumber)
  if (tables.unfinished.peek(key) === undefined) return before
  const known = findUnfinished(tables, bodyNumber)
  for (const chunk of tables.chunks.keys({
    start: chunkKey(bodyNumber, 0),
    end: numberKey(bodyNumber + 1),
  })) {
    tables.chunks.remove(chunk)
  }
  if (known !== undefined) return closeUnfinished(tables, before, known)
  tables.unfinished.remove(key)
  return before
}

/** The numbers of bodies that nobody adds to any more. One that grew in the future has outlived a clock that jumped. */
export function abandonedBodies(tables: Tables, nowMs: number): number[] {
  return tables.unfinished
    .rows({})
    .filter(({ key, value }) => {
      if (tables.envelope.open('unfinished', key, value).state === 'newer') return false
      const grownAtMs = readRow(tables, key, value)?.grownAtMs ?? -Infinity
      return Math.abs(nowMs - grownAtMs) > ABANDONED_AFTER_MS
    })
    .map(({ key }) => numberOfKey(key))
}

/** What all bodies that are still coming occupy, in bytes. */
export function unfinishedBytes(tables: Tables): number {
  let bytes = 0
  for (const { key, value } of tables.unfinished.rows({}))
    bytes += readRow(tables, key, value)?.chunkBytes ?? 0
  return bytes
}

function putRow(tables: Tables, body: UnfinishedBody): void {
  const key = numberKey(body.number)
  const writer = createByteWriter()
  writer.integer(body.chunks)
  writer.integer(body.chunkBytes)
  writer.float64(body.grownAtMs)
  tables.unfinished.put(key, tables.envelope.seal('unfinished', key, writer.finish()))
}

function readRow(tables: Tables, key: Buffer, sealed: Uint8Array): UnfinishedBody | undefined {
  const opened = tables.envelope.open('unfinished', key, sealed)
  if (opened.state !== 'whole') return undefined
  const reader = createByteReader(opened.payload)
  return {
    number: numberOfKey(key),
    chunks: reader.integer(),
    chunkBytes: reader.integer(),
    grownAtMs: reader.float64(),
  }
}
