// Writes records in three steps, since an entry stands in another slot than the state that all processes share:
//
//   1. A number is taken, and every mark drawn before it is known: one that covers the record is the end of it.
//   2. The record is put under its key with that number, unless a later answer is there.
//   3. It is entered into the index, logged and told to everyone.
//
// A purge that comes between the steps has a higher number than the record, so whoever reads the record finds it purged. A
// process that dies between them leaves a record that is found, and purged, like any other; only those who hold an older copy
// are not told, and it is listed from its next write on.
import type { CacheEntry, EntryHead, StoreRecord } from '../../model/cache-entry.js'
import type { BodyWriter, WriteResult } from '../../model/store.js'
import type { Clock } from '../../shared/clock.js'
import { chunkCount, encodeBody, type BodyPacking } from '../codec/body-codec.js'
import { StoredBodyError } from '../stored-body-error.js'
import type { ChunkStore } from './chunk-store.js'
import { CONFIRM, PUT, TAKE_OUT } from './entry-scripts.js'
import { idText, lineText, readLine, writeValue, type EntryLine, type ValueParts } from './entry-value.js'
import type { KeyNames } from './key-names.js'
import { lifeMs } from './life.js'
import type { Link } from './link/link.js'
import type { RecordReader } from './record-reader.js'
import { FULL, PURGED, refusalOf, REPLACED } from './refusal.js'
import type { SharedState } from './shared-state.js'

/** Writes records. */
export interface RecordWriter {
  write(record: StoreRecord, beganSequence: number): Promise<WriteResult>
  /** Puts the head of an entry whose chunks are there already. */
  finish(head: EntryHead, body: WrittenChunks, beganSequence: number): Promise<WriteResult>
  confirm(head: EntryHead, beganSequence: number): Promise<WriteResult>
  remove(key: string): Promise<boolean>
}

/** Chunks that stand under keys of their own, or the one that is to stand beside the head. */
export interface WrittenChunks {
  readonly chunks: number
  readonly chunkBytes: number
  readonly inline: Uint8Array | undefined
  readonly sizeBytes: number
}

/** What writing takes. */
export interface RecordWriterContext {
  readonly link: Link
  readonly names: KeyNames
  readonly state: SharedState
  readonly chunks: ChunkStore
  readonly packing: BodyPacking
  readonly clock: Clock
  /** The largest body that is taken, in bytes. */
  readonly maxEntryBytes: number
  readonly writeBody: (bodyId: string) => BodyWriter
  readonly peek: RecordReader['peek']
}

/** The body that an entry has already. */
interface KnownBody {
  readonly line: EntryLine
  readonly bodyBytes: number
}

/** Makes the writer of a store. */
export function createRecordWriter(context: RecordWriterContext): RecordWriter {
  const { link, names, state, chunks, packing, clock, maxEntryBytes, writeBody, peek } = context

  /** Takes a number, unless a purge stands against the record. */
  async function admitted(
    record: StoreRecord | EntryHead,
    beganSequence: number,
  ): Promise<number | undefined> {
    const number = await state.admit(record.key)
    const isPurged = await state.known((heard) => heard.isPurgedSince(record, beganSequence))
    return isPurged ? undefined : number
  }

  async function put(
    record: StoreRecord | EntryHead,
    body: WrittenChunks,
    beganSequence: number,
  ): Promise<WriteResult> {
    const number = await admitted(record, beganSequence)
    if (number === undefined) return PURGED
    const parts: ValueParts = {
      record,
      number,
      chunks: body.chunks,
      chunkBytes: body.chunkBytes,
      body: body.inline,
      bodyBytes: body.sizeBytes,
    }
    const { line, bytes } = writeValue(packing.envelope, parts)
    const storedAt = line.storedAtMs === undefined ? '-' : String(line.storedAtMs)
    const life = lifeMs(record.removeAtMs, clock.nowMs())
    const args = [String(number), storedAt, String(clock.nowMs()), life, bytes]
    const reply = await link.dataScript('write', PUT, { keys: [names.entry(record.key)], args })
    const [isPut, before] = reply as readonly [number, Buffer]
    if (isPut !== 1) return REPLACED
    dropOldBody(readLine(before), line)
    await state.commit({ key: record.key, removeAtMs: record.removeAtMs, sizeBytes: line.sizeBytes }, number)
    return { isStored: true, sequence: number }
  }

  /** The chunks of a body that was replaced go; nobody waits for it, and what stays behind expires. */
  function dropOldBody(before: EntryLine | undefined, after: EntryLine | undefined): void {
    if (before?.bodyId === undefined || before.chunks === 0 || before.bodyId === after?.bodyId) return
    chunks.drop(before.bodyId, before.chunks)
  }

  async function writeWhole(entry: CacheEntry, beganSequence: number): Promise<WriteResult> {
    const bytes = entry.body.bytes()
    if (bytes.byteLength > maxEntryBytes) return FULL
    const sealed = await encodeBody(entry.bodyId, bytes, packing)
    const isInline = chunkCount(bytes.byteLength) <= 1
    if (isInline) {
      const body = { chunks: 0, chunkBytes: 0, inline: sealed[0], sizeBytes: bytes.byteLength }
      return put(entry, body, beganSequence)
    }
    const chunkBytes = await chunks.putAll(entry.bodyId, sealed, entry.removeAtMs)
    const body = { chunks: sealed.length, chunkBytes, inline: undefined, sizeBytes: bytes.byteLength }
    return finishOrDrop(entry, body, beganSequence)
  }

  /** Chunks without a head are nobody's. */
  async function finishOrDrop(
    head: EntryHead,
    body: WrittenChunks,
    beganSequence: number,
  ): Promise<WriteResult> {
    const result = await put(head, body, beganSequence)
    if (!result.isStored) chunks.drop(head.bodyId, body.chunks)
    return result
  }

  /** Copies a body that stays in a tier, piece by piece. One that went meanwhile was replaced. */
  async function copy(entry: CacheEntry, beganSequence: number): Promise<WriteResult> {
    if (entry.sizeBytes > maxEntryBytes) return FULL
    const writer = writeBody(entry.bodyId)
    try {
      for await (const piece of entry.body.stream()) await writer.add(piece)
      const result = await writer.finish(entry, beganSequence)
      if (!result.isStored) await writer.abandon()
      return result
    } catch (error) {
      await writer.abandon()
      if (error instanceof StoredBodyError && error.reason === 'gone') return REPLACED
      throw error
    }
  }

  async function confirm(head: EntryHead, beganSequence: number): Promise<WriteResult> {
    const known = await peek(head.key)
    if (known?.stored.kind !== 'entry' || known.line.bodyId !== head.bodyId) return REPLACED
    const number = await admitted(head, beganSequence)
    if (number === undefined) return PURGED
    const marked = await state.known(({ marks }) => marks.stateSince(head, known.line.number))
    if (marked === 'hard') return PURGED
    return putHead(head, number, { line: known.line, bodyBytes: known.stored.place.sizeBytes })
  }

  /** Puts a new head before the body that is there. */
  async function putHead(head: EntryHead, number: number, known: KnownBody): Promise<WriteResult> {
    const { chunks: count } = known.line
    const { line, bytes } = writeValue(packing.envelope, {
      record: head,
      number,
      chunks: count,
      chunkBytes: 0,
      body: undefined,
      bodyBytes: known.bodyBytes,
    })
    const sizeBytes = known.line.sizeBytes - known.line.headBytes + line.headBytes
    const text = lineText({ ...line, sizeBytes })
    const sealed = bytes.subarray(bytes.byteLength - line.headBytes)
    if (count > 0 && (await chunks.keepFor(head.bodyId, count, head.removeAtMs)).length > 0) return REPLACED
    const life = lifeMs(head.removeAtMs, clock.nowMs())
    const args = [String(number), idText(head.bodyId), life, Buffer.concat([Buffer.from(text), sealed])]
    const isPut = await link.dataScript('write', CONFIRM, { keys: [names.entry(head.key)], args })
    if (isPut !== 1) return REPLACED
    await state.commit({ key: head.key, removeAtMs: head.removeAtMs, sizeBytes }, number)
    return { isStored: true, sequence: number }
  }

  return {
    write: (record, beganSequence) =>
      refusalOf(() => {
        if (record.kind === 'vary') {
          return put(record, { chunks: 0, chunkBytes: 0, inline: undefined, sizeBytes: 0 }, beganSequence)
        }
        return record.body.isRemote ? copy(record, beganSequence) : writeWhole(record, beganSequence)
      }),
    finish: (head, body, beganSequence) => refusalOf(() => put(head, body, beganSequence)),
    confirm: (head, beganSequence) => refusalOf(() => confirm(head, beganSequence)),
    async remove(key) {
      // First out, then told: whoever is told reads again, and must not find it.
      const reply = await link.dataScript('remove', TAKE_OUT, { keys: [names.entry(key)], args: [''] })
      const [wasThere, before] = reply as readonly [number, Buffer]
      if (wasThere !== 1) return false
      const line = readLine(before)
      dropOldBody(line, undefined)
      await state.forget([{ key, number: line?.number ?? 0 }], { isChange: true })
      return true
    },
  }
}
