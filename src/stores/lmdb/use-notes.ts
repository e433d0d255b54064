// Writes on the cards of records when they were used last, where that is a minute or more ago.
import { findCard, putCard } from './records.js'
import { recordKey } from './keys.js'
import type { Tables } from './tables.js'
import type { Transactions } from './transactions.js'

const STALE_AFTER_SECONDS = 60

/** Notes that records were used now; does nothing, not even a transaction, where their cards say so already. */
export function noteUses(
  tables: Tables,
  transactions: Transactions,
  keys: readonly string[],
  nowMs: number,
): void {
  const nowSeconds = Math.floor(nowMs / 1_000)
  const isDue = (key: Buffer): boolean => {
    const card = findCard(tables, key)
    return card !== undefined && nowSeconds - card.usedAtSeconds >= STALE_AFTER_SECONDS
  }
  const due = keys.map(recordKey).filter((key): key is Buffer => key !== undefined && isDue(key))
  if (due.length === 0) return
  transactions
    .run(() => {
      for (const key of due) {
        const card = findCard(tables, key)
        if (card !== undefined) putCard(tables, key, { ...card, usedAtSeconds: nowSeconds })
      }
    })
    .catch(() => undefined)
}
