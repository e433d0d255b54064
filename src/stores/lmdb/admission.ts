// Whether a record may be written: not where a purge or a newer answer came first. Asked inside the write transaction.
import type { EntryHead, StoreRecord } from '../../model/cache-entry.js'
import type { WriteResult } from '../../model/store.js'
import type { Clock } from '../../shared/clock.js'
import { MAX_KEY_BYTES, recordKey } from './keys.js'
import type { MarkRows } from './mark-rows.js'
import { findHead } from './records.js'
import { readForgotten, type StoreState } from './state-record.js'
import type { Tables } from './tables.js'
import { TransactionError } from './transactions.js'

/** Why nothing was written. */
export type Refusal = Extract<WriteResult, { readonly isStored: false }>

/** Looks whether something stands against a write. */
export interface Admission {
  /** What stands against a new record. */
  refuseNew(
    state: StoreState,
    key: Buffer,
    record: NewcomerRecord,
    beganSequence: number,
  ): Refusal | undefined
  /** What stands against a new head for the entry that is known. */
  refuseRenewed(state: StoreState, known: EntryHead, head: EntryHead, began: number): Refusal | undefined
  /** What is known under a key, nothing included, beside a copy of what the tier behind has. */
  compareCopy(key: Buffer, copy: NewcomerRecord): 'older' | 'same' | 'newer'
}

/** A record on its way in, with or without its body. */
type NewcomerRecord = StoreRecord | EntryHead

const PURGED: Refusal = Object.freeze({ isStored: false, because: 'purged-meanwhile' })
export const REPLACED: Refusal = Object.freeze({ isStored: false, because: 'replaced' })
export const FULL: Refusal = Object.freeze({ isStored: false, because: 'full' })

/** Makes the admission of a store. */
export function createAdmission(tables: Tables, marks: MarkRows, clock: Clock): Admission {
  function isPurged(state: StoreState, record: NewcomerRecord, beganSequence: number): boolean {
    if (state.lastMark <= beganSequence) return false
    // A mark that was forgotten may have covered it.
    if (beganSequence < readForgotten(tables)) return true
    return marks.asOf(state).stateSince(record, beganSequence) !== 'none'
  }

  /** True where a newer answer is there already; one from the future is not taken for such. */
  function isOutdone(key: Buffer, record: NewcomerRecord): boolean {
    if (!('storedAtMs' in record)) return false
    const found = findHead(tables, key)
    if (found.state !== 'whole' || found.stored.kind !== 'entry') return false
    const { storedAtMs } = found.stored.head
    return storedAtMs > record.storedAtMs && storedAtMs <= clock.nowMs()
  }

  function isHardPurged(state: StoreState, known: EntryHead): boolean {
    if (state.lastMark <= known.sequence) return false
    return marks.asOf(state).stateSince(known, known.sequence) === 'hard'
  }

  return {
    refuseNew(state, key, record, beganSequence) {
      if (isPurged(state, record, beganSequence)) return PURGED
      return isOutdone(key, record) ? REPLACED : undefined
    },
    compareCopy(key, copy) {
      const found = findHead(tables, key)
      if (found.state !== 'whole') return 'older'
      const { sequence } = found.stored.kind === 'entry' ? found.stored.head : found.stored.node
      if (sequence === copy.sequence) return 'same'
      return sequence > copy.sequence ? 'newer' : 'older'
    },
    refuseRenewed(state, known, head, began) {
      if (known.bodyId !== head.bodyId) return REPLACED
      return isPurged(state, head, began) || isHardPurged(state, known) ? PURGED : undefined
    },
  }
}

/**
 * The key as the tables take it.
 *
 * @throws RangeError where it is empty or too long.
 */
export function keyToWrite(key: string): Buffer {
  const bytes = recordKey(key)
  if (bytes === undefined) throw new RangeError(`A key has 1 to ${MAX_KEY_BYTES} bytes, not ${key.length}.`)
  return bytes
}

/** A disk that takes no more is an answer, everything else an error. */
export async function refusalOf<Result>(writing: Promise<Result>): Promise<Result | Refusal> {
  try {
    return await writing
  } catch (error) {
    if (error instanceof TransactionError && (error.because === 'full' || error.because === 'read-only')) {
      return { isStored: false, because: error.because }
    }
    throw error
  }
}
