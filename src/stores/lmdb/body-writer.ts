// Takes a body that comes in pieces: each chunk is put into the store as soon as it is full, under a number of its own,
// while the next one fills up. So a writer holds about two chunks, however large the body is.
import type { EntryHead } from '../../model/cache-entry.js'
import type { FrontBodyWriter, WriteResult } from '../../model/store.js'
import type { Clock } from '../../shared/clock.js'
import { type BodyPacking, CHUNK_BYTES, encodeChunk } from '../codec/body-codec.js'
import { StoredBodyError } from '../stored-body-error.js'
import { FULL, keyToWrite, refusalOf, REPLACED, type Admission, type Refusal } from './admission.js'
import { logChange, logJump } from './change-log.js'
import type { Evictor } from './evictor.js'
import { createFillingChunks } from './filling-chunks.js'
import type { RecordReader } from './record-reader.js'
import { chargeOf, chunkBytesOf, putRecord } from './records.js'
import type { StoreState } from './state-record.js'
import type { Tables } from './tables.js'
import { GROWS, TransactionError, type Transactions } from './transactions.js'
import { dropUnfinished, findUnfinished, putNextChunk, renewUnfinished } from './unfinished-bodies.js'

/** A body that comes slower than a chunk in this time says that it still comes. */
const RENEW_EVERY_MS = 60_000
const LEFT_ALONE = 'The body was taken for abandoned and removed, since it had not grown for so long.'
const FILLED_UP = 'The bodies that are still coming would fill the whole store.'

/** What a writer of bodies needs. */
export interface BodyWriterContext {
  readonly tables: Tables
  readonly transactions: Transactions
  readonly reader: RecordReader
  readonly admission: Admission
  readonly evictor: Evictor
  readonly clock: Clock
  readonly maxBytes: number
  readonly packing: BodyPacking
  /** Told once the body is an entry's, or given up. */
  readonly onEnd: () => void
}

/** Where an entry comes from: a call that began at a number, or the tier behind. */
type Origin = number | 'tier-behind'

/** Makes the writer of one body. */
export function createBodyWriter(context: BodyWriterContext, bodyId: string): FrontBodyWriter {
  const { tables, transactions, reader, admission, evictor, clock, maxBytes, packing, onEnd } = context
  const coming = createFillingChunks()
  /** The pieces added, one after the other, and the chunk that is being put. */
  let adding: Promise<void> = Promise.resolve()
  let putting: Promise<void> = Promise.resolve()
  let ending: Promise<void> = Promise.resolve()
  let bodyNumber: number | undefined
  let chunksThere = 0
  let sizeBytes = 0
  let grownAtMs = 0
  let state: 'open' | 'finishing' | 'finished' | 'refused' | 'abandoned' = 'open'

  function refuseUnlessOpen(): void {
    if (state !== 'open')
      throw new TransactionError('closed', `Nothing more can be done: the body is ${state}.`)
  }

  async function addAll(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.byteLength;) {
      if (coming.isFull()) await passOn()
      if (state === 'abandoned') throw new StoredBodyError('gone')
      const taken = coming.fill(bytes.subarray(at))
      sizeBytes += taken
      at += taken
    }
    await renewIfDue()
  }

  /** Begins to put the full chunk into the store, once the one before it is there. */
  async function passOn(): Promise<void> {
    await putting
    putting = put(coming.passOn())
    // Whoever waits for it next is told; nobody may be waiting when it fails.
    putting.catch(nothing)
  }

  async function put(raw: Uint8Array): Promise<void> {
    const sealed = await seal(chunksThere, raw)
    const nowMs = clock.nowMs()
    const done = await transactions.change((before) => {
      const changed = putNextChunk(tables, before, { bodyNumber, sealed, nowMs, maxBytes })
      return changed.result.state === 'put'
        ? { ...changed, state: evictor.afterWrite(changed.state) }
        : changed
    }, GROWS)
    if (done.state === 'gone') throw new TransactionError('gone', LEFT_ALONE)
    if (done.state === 'full') throw new TransactionError('full', FILLED_UP)
    bodyNumber = done.bodyNumber
    grownAtMs = nowMs
    chunksThere += 1
    coming.arrived()
  }

  function seal(index: number, raw: Uint8Array): Promise<Uint8Array> {
    const isLarge = index * CHUNK_BYTES + raw.byteLength > packing.aboveBytes
    return encodeChunk({ bodyId, index }, raw, isLarge ? packing : { ...packing, lz4: undefined })
  }

  async function renewIfDue(): Promise<void> {
    const number = bodyNumber
    const nowMs = clock.nowMs()
    if (number === undefined || Math.abs(nowMs - grownAtMs) < RENEW_EVERY_MS) return
    grownAtMs = nowMs
    await transactions.run(() => renewUnfinished(tables, number, nowMs))
  }

  /** A chunk from wherever it is by now; never memory that is written to again. */
  function chunkAt(index: number): Uint8Array {
    if (state === 'abandoned') throw new StoredBodyError('gone')
    if (bodyNumber !== undefined && index < chunksThere) {
      return reader.chunk(bodyNumber, { bodyId, index, sizeBytes: CHUNK_BYTES })
    }
    return coming.copyOf(index - chunksThere)
  }

  function refusalFor(before: StoreState, key: Buffer, head: EntryHead, from: Origin): Refusal | undefined {
    if (from !== 'tier-behind') return admission.refuseNew(before, key, head, from)
    return admission.compareCopy(key, head) === 'newer' ? REPLACED : undefined
  }

  async function commit(head: EntryHead, from: Origin): Promise<WriteResult> {
    const isCopy = from === 'tier-behind'
    const key = keyToWrite(head.key)
    await adding
    await putting
    const last = coming.last()
    const chunks = last.byteLength === 0 ? [] : [await seal(chunksThere, last)]
    const result = await transactions.change<WriteResult | 'gone'>((before) => {
      const there = bodyNumber === undefined ? undefined : findUnfinished(tables, bodyNumber)
      if (there?.number !== bodyNumber) return { state: before, result: 'gone' }
      const body = { there, chunks, sizeBytes }
      const isTooLarge = chargeOf(key, chunkBytesOf(body)) > maxBytes
      const refusal = isTooLarge ? FULL : refusalFor(before, key, head, from)
      if (refusal !== undefined) return { state: before, result: refusal }
      const record = { ...head, bodyId }
      const written = putRecord(tables, before, key, { record, body, nowMs: clock.nowMs(), isCopy })
      if (isCopy) logJump(tables, written.sequence, key)
      else logChange(tables, written.sequence, key)
      const { sequence } = written
      return { state: evictor.afterWrite(written, key), result: { isStored: true, sequence } }
    }, GROWS)
    if (result === 'gone') throw new TransactionError('gone', LEFT_ALONE)
    return result
  }

  function without(before: StoreState): StoreState {
    return bodyNumber === undefined ? before : dropUnfinished(tables, before, bodyNumber)
  }

  async function finishNow(head: EntryHead, from: Origin): Promise<WriteResult> {
    try {
      const result = await refusalOf(commit(head, from))
      state = result.isStored ? 'finished' : 'refused'
      if (result.isStored) onEnd()
      return result
    } catch (error) {
      await giveUp()
      throw error
    }
  }

  /** Removes what was put; what cannot be removed now is found by a later cleaning. */
  async function giveUp(): Promise<void> {
    state = 'abandoned'
    await Promise.allSettled([adding, putting])
    if (bodyNumber !== undefined) {
      const removing = transactions.change((before) => ({ state: without(before), result: undefined }))
      await removing.catch(nothing)
    }
    onEnd()
  }

  async function finish(head: EntryHead, from: Origin): Promise<WriteResult> {
    refuseUnlessOpen()
    state = 'finishing'
    const finishing = finishNow(head, from)
    ending = finishing.then(nothing, nothing)
    return finishing
  }

  return {
    async add(bytes) {
      refuseUnlessOpen()
      adding = adding.then(() => addAll(bytes))
      await adding
    },

    *written() {
      for (let at = 0; at < sizeBytes;) {
        const index = Math.floor(at / CHUNK_BYTES)
        const piece = chunkAt(index).subarray(at - index * CHUNK_BYTES)
        at += piece.byteLength
        yield piece
      }
    },

    finish,
    keep: async (head) => (await finish(head, 'tier-behind')).isStored,

    abandon() {
      if (state === 'open' || state === 'refused') ending = giveUp()
      return ending
    },
  }
}

function nothing(): void {
  // Told to whoever asked.
}
