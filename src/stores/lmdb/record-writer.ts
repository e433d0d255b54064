// Writing and confirming records: checked against marks inside the transaction, and evicting what no longer fits.
import type { EntryHead, StoreRecord } from '../../model/cache-entry.js'
import type { WriteResult } from '../../model/store.js'
import type { Clock } from '../../shared/clock.js'
import { encodeBody, type Compression } from '../codec/body-codec.js'
import { coversRecord, isPurgedMeanwhile } from '../mark-table.js'
import { logChange } from './change-log.js'
import { evictSlice } from './eviction.js'
import { MAX_KEY_BYTES, recordKey } from './keys.js'
import type { MarkRows } from './mark-rows.js'
import { chargeOf, findHead, putRecord, replaceHead, type NewRecord } from './records.js'
import type { StoreState } from './state-record.js'
import type { Tables } from './tables.js'
import { TransactionError, type Changed, type Transactions } from './transactions.js'

/** Records evicted by a write itself, and by each transaction that follows it while there is more to evict. */
const VICTIMS_PER_WRITE = 16
const VICTIMS_PER_SLICE = 64

/** Writes records. */
export interface RecordWriter {
  write(record: StoreRecord, beganSequence: number): Promise<WriteResult>
  confirm(head: EntryHead, beganSequence: number): Promise<WriteResult>
  /** Resolves when no eviction is under way. */
  settle(): Promise<void>
}

/** What a writer needs. */
export interface RecordWriterContext {
  readonly tables: Tables
  readonly transactions: Transactions
  readonly marks: MarkRows
  readonly clock: Clock
  readonly maxBytes: number
  readonly compression: Compression
}

const PURGED: WriteResult = Object.freeze({ isStored: false, because: 'purged-meanwhile' })
const REPLACED: WriteResult = Object.freeze({ isStored: false, because: 'replaced' })

/** Makes the writer of a store. */
export function createRecordWriter(context: RecordWriterContext): RecordWriter {
  const { tables, transactions, marks, clock, maxBytes, compression } = context
  let evicting: Promise<void> | undefined

  function isPurged(state: StoreState, record: StoreRecord | EntryHead, beganSequence: number): boolean {
    if (state.lastMark <= beganSequence) return false
    return isPurgedMeanwhile(marks.inForce(state), record, beganSequence)
  }

  function stored(key: Buffer, written: StoreState): Changed<WriteResult> {
    logChange(tables, written.sequence, key)
    const slice = { maxBytes, nowMs: clock.nowMs(), maxVictims: VICTIMS_PER_WRITE, spare: key }
    const state = evictSlice(tables, written, slice)
    if (state.isEvicting) queueMicrotask(startEvicting)
    return { state, result: { isStored: true, sequence: state.sequence } }
  }

  function startEvicting(): void {
    evicting ??= evictAll().finally(() => {
      evicting = undefined
    })
  }

  async function evictAll(): Promise<void> {
    let isMore = true
    while (isMore && transactions.isWritable()) {
      isMore = await transactions
        .change((before) => {
          const slice = { maxBytes, nowMs: clock.nowMs(), maxVictims: VICTIMS_PER_SLICE }
          const state = evictSlice(tables, before, slice)
          return { state, result: state.isEvicting && state.liveBytes < before.liveBytes }
        })
        .catch(() => false)
    }
  }

  async function prepare(record: StoreRecord): Promise<NewRecord> {
    if (record.kind === 'vary') return { record, chunks: [], bodyBytes: 0, nowMs: clock.nowMs() }
    const bytes = record.body.bytes()
    const chunks = await encodeBody(record.bodyId, bytes, compression)
    return { record, chunks, bodyBytes: bytes.byteLength, nowMs: clock.nowMs() }
  }

  return {
    async write(record, beganSequence) {
      const key = keyToWrite(record.key)
      const fresh = await prepare(record)
      if (chargeOf(key, 0, fresh.chunks) > maxBytes) return { isStored: false, because: 'full' }
      return refusalOf(
        transactions.change((state) =>
          isPurged(state, record, beganSequence)
            ? { state, result: PURGED }
            : isOutdone(key, record)
              ? { state, result: REPLACED }
              : stored(key, putRecord(tables, state, key, fresh)),
        ),
      )
    },

    confirm(head, beganSequence) {
      const key = keyToWrite(head.key)
      return refusalOf(
        transactions.change((state) => {
          const found = findHead(tables, key)
          if (found.state !== 'whole' || found.stored.kind !== 'entry') return { state, result: REPLACED }
          const { head: known, place } = found.stored
          if (known.bodyId !== head.bodyId) return { state, result: REPLACED }
          if (isPurged(state, head, beganSequence) || isHardPurged(state, known)) {
            return { state, result: PURGED }
          }
          return stored(key, replaceHead(tables, state, key, { head, place, nowMs: clock.nowMs() }))
        }),
      )
    },

    settle: () => evicting ?? Promise.resolve(),
  }

  /** True where a newer answer is there already; one from the future is not taken for such. */
  function isOutdone(key: Buffer, record: StoreRecord): boolean {
    const found = findHead(tables, key)
    if (record.kind !== 'entry' || found.state !== 'whole' || found.stored.kind !== 'entry') return false
    const { storedAtMs } = found.stored.head
    return storedAtMs > record.storedAtMs && storedAtMs <= clock.nowMs()
  }

  function isHardPurged(state: StoreState, known: EntryHead): boolean {
    if (state.lastMark <= known.sequence) return false
    return marks
      .inForce(state)
      .some((mark) => !mark.isSoft && mark.sequence > known.sequence && coversRecord(mark, known))
  }
}

function keyToWrite(key: string): Buffer {
  const bytes = recordKey(key)
  if (bytes === undefined) throw new RangeError(`A key has 1 to ${MAX_KEY_BYTES} bytes, not ${key.length}.`)
  return bytes
}

/** A disk that takes no more is an answer, everything else an error. */
async function refusalOf(writing: Promise<WriteResult>): Promise<WriteResult> {
  try {
    return await writing
  } catch (error) {
    if (error instanceof TransactionError && (error.because === 'full' || error.because === 'read-only')) {
      return { isStored: false, because: error.because }
    }
    throw error
  }
}
