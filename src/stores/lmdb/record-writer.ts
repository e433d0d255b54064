// Writing and confirming records: checked against marks inside the transaction, and evicting what no longer fits.
import type { CacheEntry, EntryHead, StoreRecord } from '../../model/cache-entry.js'
import type { FrontBodyWriter, WriteResult } from '../../model/store.js'
import type { Clock } from '../../shared/clock.js'
import { type BodyPacking, encodeBody } from '../codec/body-codec.js'
import { StoredBodyError } from '../stored-body-error.js'
import { FULL, keyToWrite, refusalOf, REPLACED, type Admission, type Refusal } from './admission.js'
import { logChange, logJump } from './change-log.js'
import type { Evictor } from './evictor.js'
import { chargeOf, chunkBytesOf, findHead, putRecord, replaceHead, type NewRecord } from './records.js'
import type { StoreState } from './state-record.js'
import type { Tables } from './tables.js'
import { GROWS, TransactionError, type Changed, type Transactions } from './transactions.js'

/** Writes records. */
export interface RecordWriter {
  write(record: StoreRecord, beganSequence: number): Promise<WriteResult>
  confirm(head: EntryHead, beganSequence: number): Promise<WriteResult>
  /** Writes a copy of what the tier behind has, under that one's number. */
  keep(record: StoreRecord): Promise<boolean>
}

/** What a writer needs. */
export interface RecordWriterContext {
  readonly tables: Tables
  readonly transactions: Transactions
  readonly admission: Admission
  readonly evictor: Evictor
  readonly clock: Clock
  readonly maxBytes: number
  readonly packing: BodyPacking
  /** For bodies that are too large to be held. */
  readonly writeBody: (bodyId: string) => FrontBodyWriter
}

/** Makes the writer of a store. */
export function createRecordWriter(context: RecordWriterContext): RecordWriter {
  const { tables, transactions, admission, evictor, clock, maxBytes, packing, writeBody } = context

  function stored(key: Buffer, written: StoreState): Changed<WriteResult> {
    logChange(tables, written.sequence, key)
    const state = evictor.afterWrite(written, key)
    return { state, result: { isStored: true, sequence: state.sequence } }
  }

  async function prepare(record: StoreRecord): Promise<NewRecord> {
    const nowMs = clock.nowMs()
    if (record.kind === 'vary') return { record, body: { chunks: [], sizeBytes: 0 }, nowMs }
    const bytes = record.body.bytes()
    const chunks = await encodeBody(record.bodyId, bytes, packing)
    return { record, body: { chunks, sizeBytes: bytes.byteLength }, nowMs }
  }

  /** Takes over a body that stays in a tier, piece by piece. One that went from there meanwhile was replaced. */
  async function takeOver<Result>(
    { bodyId, body }: CacheEntry,
    finish: (writer: FrontBodyWriter) => Promise<Result>,
  ): Promise<Result | Refusal> {
    const writer = writeBody(bodyId)
    try {
      for await (const piece of body.stream()) await writer.add(piece)
      return await finish(writer)
    } catch (error) {
      if (error instanceof StoredBodyError && error.reason === 'gone') return REPLACED
      throw error
    } finally {
      // Does nothing to a body that became an entry's.
      await writer.abandon()
    }
  }

  async function keepNow(record: StoreRecord): Promise<boolean> {
    const key = keyToWrite(record.key)
    if (record.kind === 'entry' && record.body.isRemote) {
      return (await takeOver(record, (writer) => writer.keep(record))) === true
    }
    const fresh = { ...(await prepare(record)), isCopy: true }
    if (chargeOf(key, chunkBytesOf(fresh.body)) > maxBytes) return false
    return transactions.change<boolean>((before) => {
      const known = admission.compareCopy(key, record)
      // Each process that finds it far away brings it.
      if (known !== 'older') return { state: before, result: known === 'same' }
      const written = putRecord(tables, before, key, fresh)
      logJump(tables, written.sequence, key)
      return { state: evictor.afterWrite(written, key), result: true }
    }, GROWS)
  }

  return {
    async keep(record) {
      if (!Number.isSafeInteger(record.sequence) || record.sequence < 0) {
        throw new RangeError(`A copy comes with its number; ${record.sequence} is none.`)
      }
      try {
        return (await refusalOf(keepNow(record))) === true
      } catch (error) {
        if (error instanceof TransactionError && error.because === 'gone') return false
        throw error
      }
    },

    async write(record, beganSequence) {
      const key = keyToWrite(record.key)
      if (record.kind === 'entry' && record.body.isRemote)
        return refusalOf(takeOver(record, (writer) => writer.finish(record, beganSequence)))
      const fresh = await prepare(record)
      if (chargeOf(key, chunkBytesOf(fresh.body)) > maxBytes) return FULL
      return refusalOf(
        transactions.change<WriteResult>((state) => {
          const refusal = admission.refuseNew(state, key, record, beganSequence)
          if (refusal !== undefined) return { state, result: refusal }
          return stored(key, putRecord(tables, state, key, fresh))
        }, GROWS),
      )
    },

    async confirm(head, beganSequence) {
      const key = keyToWrite(head.key)
      return refusalOf(
        transactions.change<WriteResult>((state) => {
          const found = findHead(tables, key)
          if (found.state !== 'whole' || found.stored.kind !== 'entry') return { state, result: REPLACED }
          const { head: known, place } = found.stored
          const refusal = admission.refuseRenewed(state, known, head, beganSequence)
          if (refusal !== undefined) return { state, result: refusal }
          return stored(key, replaceHead(tables, state, key, { head, place, nowMs: clock.nowMs() }))
        }),
      )
    },
  }
}
