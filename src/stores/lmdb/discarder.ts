// Removes records that proved damaged, each once, and only what still is damaged inside the transaction that removes it.
import { logChange } from './change-log.js'
import { takeOut } from './records.js'
import type { Tables } from './tables.js'
import type { Transactions } from './transactions.js'

/** Removes a record, some time, if it is damaged then. */
export type Discard = (key: Buffer, isStillDamaged: () => boolean) => void

/** Makes the discarder of a store. */
export function createDiscarder(tables: Tables, transactions: Transactions): Discard {
  const discarding = new Set<string>()

  return (key, isStillDamaged) => {
    const name = key.toString('latin1')
    if (discarding.has(name) || !transactions.isWritable()) return
    discarding.add(name)
    transactions
      .change((before) => {
        if (!isStillDamaged()) return { state: before, result: undefined }
        const state = { ...takeOut(tables, before, key), sequence: before.sequence + 1 }
        logChange(tables, state.sequence, key)
        return { state, result: undefined }
      })
      .catch(() => undefined)
      .finally(() => discarding.delete(name))
  }
}
