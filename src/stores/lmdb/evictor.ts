// Evicts in slices: a few records in the transaction that passed the bound, the rest in transactions of their own.
import type { Clock } from '../../shared/clock.js'
import { evictSlice } from './eviction.js'
import type { StoreState } from './state-record.js'
import type { Tables } from './tables.js'
import type { Transactions } from './transactions.js'

/** Records evicted by a write itself, and by each transaction that follows it while there is more to evict. */
const VICTIMS_PER_WRITE = 16
const VICTIMS_PER_SLICE = 64

/** Keeps a store within its bound. */
export interface Evictor {
  /** Evicts a little, inside a write transaction, and sees to it that more follows. The key that is given stays. */
  afterWrite(state: StoreState, spare?: Buffer): StoreState
  /** Resolves when no eviction is under way. */
  settle(): Promise<void>
}

/** What eviction needs. */
export interface EvictorContext {
  readonly tables: Tables
  readonly transactions: Transactions
  readonly clock: Clock
  readonly maxBytes: number
}

/** Makes the evictor of a store. */
export function createEvictor({ tables, transactions, clock, maxBytes }: EvictorContext): Evictor {
  let evicting: Promise<void> | undefined

  function start(): void {
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

  return {
    afterWrite(written, spare) {
      const slice = { maxBytes, nowMs: clock.nowMs(), maxVictims: VICTIMS_PER_WRITE }
      const state = evictSlice(tables, written, spare === undefined ? slice : { ...slice, spare })
      if (state.isEvicting) queueMicrotask(start)
      return state
    },
    settle: () => evicting ?? Promise.resolve(),
  }
}
