// The LMDB tier: one store in a folder, shared by many processes. What a record consists of, and what changes with
// it, is committed in one transaction, so that a process killed at any instant leaves a store that is whole.
import { join } from 'node:path'
import type { EntryHead } from '../../model/cache-entry.js'
import type { Mark } from '../../model/mark.js'
import type { BodyWriter, FrontBodyWriter, FrontStore, StoreHealth } from '../../model/store.js'
import type { Clock } from '../../shared/clock.js'
import { wasRotated } from '../codec/key-check.js'
import type { GivenKeys } from '../codec/key-ring.js'
import { loadLz4 } from '../codec/lz4.js'
import { LOCKED } from '../key-error.js'
import { scopeOf } from '../mark-table.js'
import { type CleaningAsked, cleanWithMarksDue } from '../marks-due.js'
import { createAdmission } from './admission.js'
import { createBodyWriter } from './body-writer.js'
import { changesSince, logChange } from './change-log.js'
import { cleanRecords } from './clean-records.js'
import { createDiscarder } from './discarder.js'
import { createEvictor } from './evictor.js'
import { keyCheckOf } from './key-row.js'
import { openKeyedEnvironment } from './keyed-environment.js'
import { recordKey } from './keys.js'
import { listHeads } from './list-heads.js'
import { createLmdbCells } from './lmdb-cells.js'
import { beginLedger, createLmdbLedger } from './lmdb-ledger.js'
import { createMarkRows } from './mark-rows.js'
import { DATA_FILE } from './private-files.js'
import { createRecordReader } from './record-reader.js'
import { createRecordWriter } from './record-writer.js'
import { findHead, takeOut, withoutRecords } from './records.js'
import { entriesUnderOlderKeys } from './seal-anew.js'
import { readSecret, secretInside } from './secret-row.js'
import {
  EMPTY_STATE,
  putState,
  readForgotten,
  readState,
  stateForWriting,
  type StoreState,
} from './state-record.js'
import { createTransactions, TransactionError } from './transactions.js'
import { createUseSampler } from './use-sampler.js'
import { noteUses } from './use-notes.js'

/** Options of the LMDB tier. */
export interface LmdbStoreOptions {
  /** The folder; made, private to this user, where it is missing. */
  readonly path: string
  /** The most that live records may occupy, in bytes. */
  readonly maxBytes: number
  /** Bodies above this size are compressed, in bytes. Default 32 KiB. */
  readonly compressAboveBytes?: number
  readonly clock: Clock
  /** What the store is encrypted under. Default none: it is not encrypted. */
  readonly keys?: GivenKeys | undefined
  /** Told, in a sentence, of what an operator should see once. */
  readonly onWarning?: (message: string) => void
}

const COMPRESS_ABOVE_BYTES = 32 * 1024
/** A read may be this old where the process never leaves the microtask queue. */
const LOOK_EVERY_MS = 20

/**
 * Opens the store in a folder, or makes it.
 *
 * @throws StoreOpenError where the module is missing, the folder cannot be used, or the store is under another key.
 */
export async function createLmdbStore(options: LmdbStoreOptions): Promise<FrontStore> {
  const { path, maxBytes, clock, compressAboveBytes = COMPRESS_ABOVE_BYTES } = options
  const environment = await openKeyedEnvironment({
    folder: path,
    keys: options.keys,
    maxBytes,
    nowMs: clock.nowMs(),
    onWarning: options.onWarning ?? (() => undefined),
  })
  const { root, tables, isReadOnly } = environment
  const lz4 = await loadLz4()
  const marks = createMarkRows(tables)
  const transactions = createTransactions({
    ...environment,
    dataFile: join(path, DATA_FILE),
    clock,
    onFailure: () => marks.reset(),
  })
  const evictor = createEvictor({ tables, transactions, clock, maxBytes })
  const discard = createDiscarder(tables, transactions)
  const reader = createRecordReader({
    tables,
    lz4,
    isClosed: () => isClosed,
    look: lookIfDue,
    onDamage: discard,
  })
  const writing = {
    tables,
    transactions,
    reader,
    evictor,
    clock,
    maxBytes,
    admission: createAdmission(tables, marks, clock),
    packing: { lz4, aboveBytes: compressAboveBytes, envelope: tables.envelope },
  }
  const writer = createRecordWriter({ ...writing, writeBody })
  const sampler = createUseSampler(clock, (keys) => {
    if (transactions.isWritable()) noteUses(tables, transactions, keys, clock.nowMs())
  })
  const unfinished = new Set<BodyWriter>()
  let lookedAtMs = -Infinity
  let isLocked = false
  let isClosed = false

  function lookNow(): void {
    lookedAtMs = clock.monotonicMs()
    root.resetReadTxn()
    isLocked = !environment.isUnlocked()
  }

  function look(): void {
    lookNow()
    if (isLocked) throw new TransactionError('failed', LOCKED)
  }

  function lookIfDue(): void {
    if (clock.monotonicMs() - lookedAtMs > LOOK_EVERY_MS) lookNow()
  }

  /** What is said of encryption; nothing where there is none. */
  function encryptionOf(entries: number): Pick<StoreHealth, 'encryption'> {
    const check = environment.keys === undefined ? undefined : keyCheckOf(tables)
    if (environment.keys === undefined || check === undefined) return {}
    const entriesUnderOlder = wasRotated(check) ? entriesUnderOlderKeys(tables, environment.keys, entries) : 0
    return { encryption: { entriesUnderOlderKeys: entriesUnderOlder } }
  }

  function currentState(): StoreState {
    look()
    const state = readState(tables)
    if (state !== undefined) marks.note(state)
    if (state !== undefined || isReadOnly || isClosed) return state ?? EMPTY_STATE
    return transactions.runNow(() => {
      const counted = stateForWriting(tables)
      putState(tables, counted)
      return counted
    })
  }

  function writeBody(bodyId: string): FrontBodyWriter {
    const body = createBodyWriter({ ...writing, onEnd: () => unfinished.delete(body) }, bodyId)
    unfinished.add(body)
    return body
  }

  const cells = createLmdbCells({ tables, transactions, clock, look })

  function remove(key: string): Promise<boolean> {
    const bytes = recordKey(key)
    if (bytes === undefined) return Promise.resolve(false)
    return transactions.change((before) => {
      if (tables.heads.peek(bytes) === undefined) return { state: before, result: false }
      const state = { ...takeOut(tables, before, bytes), sequence: before.sequence + 1 }
      logChange(tables, state.sequence, bytes)
      return { state, result: true }
    })
  }

  if (!isReadOnly && readState(tables) === undefined) {
    transactions.runNow(() => {
      putState(tables, stateForWriting(tables))
      beginLedger(tables, clock.nowMs())
    })
  }

  return {
    tier: 'lmdb',
    cells,
    ledger: createLmdbLedger({
      tables,
      clock,
      look,
      transact: transactions.run,
      transactNow: transactions.runNow,
    }),

    read(key) {
      const bytes = recordKey(key)
      if (bytes === undefined || isClosed) return undefined
      lookIfDue()
      if (isLocked) return undefined
      const found = reader.find(bytes)
      if (found.state === 'whole') {
        sampler.note(key)
        return found.record
      }
      if (found.state === 'damaged') discard(bytes, () => reader.find(bytes).state === 'damaged')
      return undefined
    },

    head(key): EntryHead | undefined {
      const bytes = recordKey(key)
      if (bytes === undefined || isClosed) return undefined
      lookIfDue()
      if (isLocked) return undefined
      const found = findHead(tables, bytes)
      if (found.state === 'damaged') discard(bytes, () => findHead(tables, bytes).state === 'damaged')
      return found.state === 'whole' && found.stored.kind === 'entry' ? found.stored.head : undefined
    },

    keep: writer.keep,
    forget: async (key) => void (await remove(key)),
    forgetAll: () =>
      transactions.change((before) => ({ state: withoutRecords(tables, before), result: undefined })),

    write: writer.write,
    writeBody,
    confirm: writer.confirm,

    remove,

    addMark(scope, { isSoft, atMs }) {
      return transactions.change((before) => {
        const sequence = before.sequence + 1
        const mark: Mark = { scope: scopeOf(scope), sequence, atMs, isSoft }
        marks.put(before, mark)
        return { state: { ...before, sequence, lastMark: sequence }, result: mark }
      })
    },

    marks: (afterSequence) => marks.asOf(currentState()).after(afterSequence),
    sequence: () => currentState().sequence,
    changesSince(sequence) {
      const changes = changesSince(tables, currentState(), sequence)
      // Whoever has not seen a mark that was forgotten since is not told of it any more.
      return sequence < readForgotten(tables) ? { ...changes, isComplete: false } : changes
    },
    list(query) {
      look()
      return listHeads(tables, query)
    },

    async clean(isRemovable, cleaning = {}) {
      const standing = marks.asOf(currentState()).size()
      const clean = (asked: CleaningAsked): Promise<number> =>
        cleanRecords({ tables, transactions, marks, clock, ...asked })
      return cleanWithMarksDue({ isRemovable, ...cleaning }, { marks: standing, cells, clean })
    },

    secret() {
      look()
      return readSecret(tables) ?? transactions.run(() => secretInside(tables))
    },

    health() {
      const base = { tier: 'lmdb', maxBytes, location: path } as const
      if (isClosed)
        return { ...base, isWritable: false, entries: 0, sizeBytes: 0, problem: 'The store is closed.' }
      try {
        const { entries, liveBytes } = currentState()
        const problem = transactions.problem()
        const isWritable = transactions.isWritable()
        return {
          ...base,
          isWritable,
          entries,
          sizeBytes: liveBytes,
          ...encryptionOf(entries),
          ...(problem !== undefined && { problem }),
        }
      } catch (error) {
        const problem = `The store cannot be read: ${error instanceof Error ? error.message : String(error)}.`
        return { ...base, isWritable: false, entries: 0, sizeBytes: 0, problem }
      }
    },

    async close() {
      if (isClosed) return
      isClosed = true
      sampler.stop()
      await Promise.all([...unfinished].map((body) => body.abandon()))
      const finishing = transactions.close()
      await evictor.settle()
      await finishing
      await root.close()
    },
  }
}
