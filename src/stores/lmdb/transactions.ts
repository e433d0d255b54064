// Write transactions of a store: batched by lmdb, one at a time over all processes, and with errors that say what to
// do. A full disk is given some seconds before it is tried again.
import type { RootDatabase } from 'lmdb'
import type { Clock } from '../../shared/clock.js'
import { putState, stateForWriting, type StoreState } from './state-record.js'
import type { Tables } from './tables.js'
import { explainWriteFailure } from './write-failure.js'

const FULL_PAUSE_MS = 5_000

/** Why nothing was written. */
export type RefusedBecause = 'read-only' | 'full' | 'closed' | 'failed'

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
  /** Resolves once committed. The work runs later, between other work, and must not wait for anything. */
  run<Result>(work: () => Result): Promise<Result>
  /** The same at once, blocking. */
  runNow<Result>(work: () => Result): Result
  /** The same with the state, which is written if it changed. */
  change<Result>(work: (state: StoreState) => Changed<Result>): Promise<Result>
  /** What is wrong, as a sentence; undefined when the last transaction went well. */
  problem(): string | undefined
  isWritable(): boolean
  /** Refuses further work and waits for what is under way. */
  close(): Promise<void>
}

/** What transactions need. */
export interface TransactionContext {
  readonly root: RootDatabase<Buffer, Buffer>
  readonly tables: Tables
  readonly isReadOnly: boolean
  readonly clock: Clock
  readonly onFailure: () => void
}

/** Makes the transactions of a store. */
export function createTransactions(context: TransactionContext): Transactions {
  const { root, tables, isReadOnly, clock, onFailure } = context
  const underWay = new Set<Promise<unknown>>()
  let problem = isReadOnly ? 'The store can be read but not written to.' : undefined
  let fullUntilMs = -Infinity
  let isClosed = false

  function refuseIfUseless(): void {
    if (isClosed) throw new TransactionError('closed', 'The store is closed.')
    if (isReadOnly) throw new TransactionError('read-only', 'The store can be read but not written to.')
    if (clock.monotonicMs() < fullUntilMs) throw new TransactionError('full', 'The disk is full.')
  }

  async function commit<Result>(work: () => Result): Promise<Result> {
    refuseIfUseless()
    try {
      const result = await root.transaction(work)
      root.resetReadTxn()
      problem = undefined
      return result
    } catch (cause) {
      onFailure()
      const failure = await explainWriteFailure(cause)
      if (failure.kind === 'full') fullUntilMs = clock.monotonicMs() + FULL_PAUSE_MS
      problem = `Writing to the store failed: ${failure.message}.`
      throw new TransactionError(failure.kind === 'other' ? 'failed' : failure.kind, problem, { cause })
    }
  }

  function run<Result>(work: () => Result): Promise<Result> {
    const pending = commit(work)
    const settled: Promise<void> = pending.then(forget, forget)
    function forget(): void {
      underWay.delete(settled)
    }
    underWay.add(settled)
    return pending
  }

  return {
    run,
    runNow(work) {
      refuseIfUseless()
      const result = root.transactionSync(work)
      root.resetReadTxn()
      return result
    },
    change: (work) =>
      run(() => {
        const before = stateForWriting(tables)
        const { state, result } = work(before)
        if (state !== before) putState(tables, state)
        return result
      }),
    problem: () => problem,
    isWritable: () => !isReadOnly && !isClosed && clock.monotonicMs() >= fullUntilMs,
    async close() {
      isClosed = true
      await Promise.all(underWay)
    },
  }
}
