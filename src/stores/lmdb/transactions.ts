// Write transactions of a store: batched, one at a time over all processes, and with errors that say what to do. A full
// disk is given some seconds before it is tried again.
//
// lmdb can run a callback inside a transaction of its writer thread, but a process that exits before the callback has
// run then never ends: the thread waits for JavaScript, and the exit for the thread. So work is queued, and run here in
// one synchronous transaction. Before it an empty write is awaited on that thread: while another process holds the
// store's lock, however long, the event loop goes on.
import { statSync, truncateSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RootDatabase } from 'lmdb'
import type { Clock } from '../../shared/clock.js'
import { LOCKED } from '../key-error.js'
import { type DiskRoom, createDiskRoom } from './disk-room.js'
import { putState, stateForWriting, type StoreState } from './state-record.js'
import { TABLE_OPTIONS, type Tables } from './tables.js'
import { explainWriteFailure } from './write-failure.js'

const FULL_PAUSE_MS = 5_000
/** The room is looked at more often than a write is tried. */
const NO_ROOM_PAUSE_MS = 250
/** A batch takes in queued work for no longer than this, so that the event loop is not held up. */
const BATCH_MS = 4
const COVER_EVERY_MS = 1_000
/** A key that no table has. */
const NO_KEY = Buffer.from([0])

/** Why nothing was written; `gone`: what it was to be added to is no longer there. */
export type RefusedBecause = 'read-only' | 'full' | 'closed' | 'failed' | 'gone'

/** Thrown where a transaction could not be committed. */
export class TransactionError extends Error {
  override readonly name = 'TransactionError'
  readonly because: RefusedBecause

  constructor(because: RefusedBecause, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.because = because
  }
}

/** What a change of the store leads to. */
export interface Changed<Result> {
  readonly state: StoreState
  readonly result: Result
}

/** Runs work inside write transactions. */
export interface Transactions {
  /**
   * Resolves once committed. The work runs later, between other work, and must not wait for anything. What `grows` the store is
   * refused first where the disk runs out.
   */
  run<Result>(work: () => Result, options?: Growing): Promise<Result>
  /** The same at once, blocking. */
  runNow<Result>(work: () => Result): Result
  /** The same with the state, which is written if it changed. */
  change<Result>(work: (state: StoreState) => Changed<Result>, options?: Growing): Promise<Result>
  /** What is wrong, as a sentence; undefined when the last transaction went well. */
  problem(): string | undefined
  isWritable(): boolean
  /** Refuses further work and waits for what is under way. */
  close(): Promise<void>
}

/** Whether work adds entries, or parts of them. */
interface Growing {
  readonly grows?: boolean
}

/** Said of work that adds entries, or parts of them. */
export const GROWS: Growing = Object.freeze({ grows: true })

interface Queued {
  readonly grows: boolean
  readonly work: () => void
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** A batch that was not committed, with the work that was in it. Never leaves this file but at a process's exit. */
class BatchError extends Error {
  readonly failed: readonly Queued[]

  constructor(failed: readonly Queued[], cause: unknown) {
    super('The batch could not be committed.', { cause })
    this.failed = failed
  }
}

/** Nothing was tried: too little is left of the disk. Never leaves this file but as a cause. */
class NoRoomError extends Error {}

/** What transactions need. */
export interface TransactionContext {
  readonly root: RootDatabase<Buffer, Buffer>
  readonly tables: Tables
  readonly isReadOnly: boolean
  /** The file that holds the store. */
  readonly dataFile: string
  readonly clock: Clock
  /** By default the room on the disk of the file. */
  readonly room?: DiskRoom
  /** Looks, inside a transaction, whether the store's key is at hand. */
  readonly isUnlocked: () => boolean
  readonly onFailure: () => void
}

/** Makes the transactions of a store. */
export function createTransactions(context: TransactionContext): Transactions {
  const { root, tables, isReadOnly, clock, isUnlocked, onFailure, dataFile } = context
  const room = context.room ?? (isReadOnly ? undefined : createDiskRoom({ dataFile }))
  const probe = root.openDB<Buffer, Buffer>({ name: 'secret', ...TABLE_OPTIONS })
  const queue: Queued[] = []
  let draining: Promise<void> | undefined
  let coverAtMs = -Infinity
  let problem = isReadOnly ? 'The store can be read but not written to.' : undefined
  let fullUntilMs = -Infinity
  /** Until then nothing that grows is tried. */
  let shortUntilMs = -Infinity
  let isClosed = false

  function refuseIfUseless(grows: boolean): void {
    if (isClosed) throw new TransactionError('closed', 'The store is closed.')
    if (isReadOnly) throw new TransactionError('read-only', 'The store can be read but not written to.')
    if (clock.monotonicMs() < (grows ? Math.max(fullUntilMs, shortUntilMs) : fullUntilMs))
      throw new TransactionError('full', 'The disk is full.')
  }

  function refuseIfLocked(): void {
    if (!isUnlocked()) throw new TransactionError('failed', LOCKED)
  }

  /** Inside a transaction, so that nobody else fills the room meanwhile. */
  function roomLeft(): Exclude<ReturnType<DiskRoom['state']>, 'spent'> {
    const state = room?.state(stateForWriting(tables).liveBytes) ?? 'ample'
    if (state === 'spent') throw noRoom()
    return state
  }

  function noRoom(): NoRoomError {
    return new NoRoomError(`no space left: ${room?.reserveBytes ?? 0} bytes are left to others`)
  }

  /** Waits, without blocking, until the store's write lock could be had. */
  async function lockIsFree(): Promise<void> {
    await probe.ifNoExists(NO_KEY, () => void probe.remove(NO_KEY))
  }

  /** Runs queued work in one transaction: all of it is committed and told so, or none, and the cause thrown with it. */
  function runBatch(): void {
    const startedMs = clock.monotonicMs()
    const batch: Queued[] = []
    const refused: Queued[] = []
    try {
      root.transactionSync(() => {
        refuseIfLocked()
        const left = roomLeft()
        coverPages(startedMs)
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          if (left === 'short' && next.grows) {
            refused.push(next)
            continue
          }
          batch.push(next)
          next.work()
          if (left !== 'ample' || clock.monotonicMs() - startedMs > BATCH_MS) break
        }
      })
    } catch (cause) {
      const failed = [...refused, ...batch]
      throw new BatchError(failed.length > 0 ? failed : queue.splice(0), cause)
    }
    root.resetReadTxn()
    for (const done of batch) done.resolve()
    if (refused.length > 0) refuseGrowth(refused)
    else problem = undefined
  }

  function refuseGrowth(refused: readonly Queued[]): void {
    onFailure()
    shortUntilMs = clock.monotonicMs() + NO_ROOM_PAUSE_MS
    const cause = noRoom()
    problem = `Writing to the store failed: ${cause.message}.`
    for (const one of refused) one.reject(new TransactionError('full', problem, { cause }))
  }

  /**
   * LMDB leaves pages at the file's end unwritten that it gave out and took back. Where they are missing, the next opening
   * has to look at every page to tell such a file from a cut one; so the file is made to reach them. Inside a write
   * transaction nobody else writes, and the file only ever grows.
   */
  function coverPages(nowMs: number): void {
    if (nowMs < coverAtMs) return
    coverAtMs = nowMs + COVER_EVERY_MS
    const { lastPageNumber, pageSize } = root.getStats() as { lastPageNumber: number; pageSize: number }
    const neededBytes = (lastPageNumber + 1) * pageSize
    if (statSync(dataFile).size < neededBytes) truncateSync(dataFile, neededBytes)
  }

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      try {
        await lockIsFree()
        runBatch()
      } catch (error) {
        if (error instanceof BatchError) await refuse(error.failed, error.cause)
        else await refuse(queue.splice(0), error)
      }
      if (queue.length > 0) await nextTurn()
    }
    draining = undefined
  }

  async function refuse(failed: readonly Queued[], cause: unknown): Promise<void> {
    onFailure()
    const failure = await explainWriteFailure(cause)
    const pauseMs = cause instanceof NoRoomError ? NO_ROOM_PAUSE_MS : FULL_PAUSE_MS
    if (failure.kind === 'full') fullUntilMs = clock.monotonicMs() + pauseMs
    problem = `Writing to the store failed: ${failure.message}.`
    const error = new TransactionError(failure.kind === 'other' ? 'failed' : failure.kind, problem, { cause })
    for (const one of failed) one.reject(error)
  }

  function coverAtEnd(): void {
    try {
      root.transactionSync(() => {
        roomLeft()
        coverPages(Infinity)
      })
    } catch {
      // The next opening takes longer; nothing is lost.
    }
  }

  async function run<Result>(work: () => Result, { grows = false }: Growing = {}): Promise<Result> {
    refuseIfUseless(grows)
    let result: Result | undefined
    await new Promise<void>((resolve, reject) => {
      queue.push({ grows, work: () => void (result = work()), resolve, reject })
      draining ??= drain()
    })
    return result as Result
  }

  return {
    run,
    runNow(work) {
      refuseIfUseless(false)
      // What is queued came before, and a process that exits has no other time for it.
      while (queue.length > 0) runBatch()
      const result = root.transactionSync(() => {
        refuseIfLocked()
        roomLeft()
        return work()
      })
      root.resetReadTxn()
      return result
    },
    change: (work, options) =>
      run(() => {
        const before = stateForWriting(tables)
        const { state, result } = work(before)
        if (state !== before) putState(tables, state)
        return result
      }, options),
    problem: () => problem,
    isWritable: () => !isReadOnly && !isClosed && clock.monotonicMs() >= Math.max(fullUntilMs, shortUntilMs),
    async close() {
      isClosed = true
      await draining
      if (!isReadOnly) coverAtEnd()
    },
  }
}
