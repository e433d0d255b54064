// Removes what the caller no longer wants, damaged records, bodies that nobody finishes, cells past their time and marks
// with nothing left to cover, in slices between which other work goes on.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { EntryHead, VaryNode } from '../../model/cache-entry.js'
import type { Clock } from '../../shared/clock.js'
import type { DecodedHead, StoredHead } from '../codec/head-codec.js'
import { MARK_KEPT_MS } from '../mark-table.js'
import { logChange } from './change-log.js'
import { AFTER_ALL, expiryKey, keyOfExpiry } from './keys.js'
import type { MarkRows } from './mark-rows.js'
import { cleanCells } from './lmdb-cells.js'
import { findHead, takeOut } from './records.js'
import { scanHeads } from './scan-heads.js'
import { readState } from './state-record.js'
import type { Tables } from './tables.js'
import type { Transactions } from './transactions.js'
import { abandonedBodies, dropUnfinished } from './unfinished-bodies.js'

const BATCH = 256
const ZERO = Buffer.from([0])

/** What to clean, and with what. */
export interface CleanOptions {
  readonly tables: Tables
  readonly transactions: Transactions
  readonly marks: MarkRows
  readonly clock: Clock
  readonly isRemovable: (head: EntryHead) => boolean
  readonly expiredAtMs?: number
}

interface Verdict {
  readonly key: Buffer
  /** The write that was judged; a later one is not removed. */
  readonly sequence: number | undefined
}

/** Removes and says how many entries went. */
export async function cleanRecords(options: CleanOptions): Promise<number> {
  await dropAbandoned(options)
  await cleanCells(options)
  return options.expiredAtMs === undefined ? cleanAll(options) : cleanExpired(options, options.expiredAtMs)
}

/** Bodies that nobody finished are no entries yet and not counted as removed. */
async function dropAbandoned({ tables, transactions, clock }: CleanOptions): Promise<void> {
  const nowMs = clock.nowMs()
  if (abandonedBodies(tables, nowMs).length === 0) return
  await transactions.change((before) => ({
    state: abandonedBodies(tables, nowMs).reduce(
      (state, bodyNumber) => dropUnfinished(tables, state, bodyNumber),
      before,
    ),
    result: undefined,
  }))
}

async function cleanAll(options: CleanOptions): Promise<number> {
  const { tables, marks, clock } = options
  const state = readState(tables)
  const idle = state && marks.asOf(state).lookForIdle(clock.nowMs() - MARK_KEPT_MS)
  let removed = 0
  for await (const batch of scanHeads(tables)) {
    const verdicts: Verdict[] = []
    for (const { key, found } of batch) {
      const verdict = judge(options, key, found)
      if (verdict !== undefined) verdicts.push(verdict)
      else if (found.state === 'whole') idle?.keepFor(recordOf(found.stored))
    }
    removed += await removeAll(options, verdicts)
  }
  const forgotten = idle?.left() ?? []
  if (forgotten.length > 0) await options.transactions.run(() => marks.forget(forgotten))
  return removed
}

async function cleanExpired(options: CleanOptions, expiredAtMs: number): Promise<number> {
  const { tables } = options
  const end = Buffer.concat([expiryKey(expiredAtMs, AFTER_ALL), AFTER_ALL])
  let start: Buffer | undefined
  let removed = 0
  for (;;) {
    const rows = tables.expiry.keys({ ...(start !== undefined && { start }), end, limit: BATCH })
    const verdicts: Verdict[] = []
    for (const row of rows) {
      const { key } = keyOfExpiry(row)
      const found = findHead(tables, key)
      const verdict = found.state === 'missing' ? undefined : judge(options, key, found)
      if (verdict !== undefined) verdicts.push(verdict)
    }
    removed += await removeAll(options, verdicts)
    const last = rows.at(-1)
    if (rows.length < BATCH || last === undefined) return removed
    start = Buffer.concat([last, ZERO])
    await nextTurn()
  }
}

function judge({ isRemovable, clock }: CleanOptions, key: Buffer, found: DecodedHead): Verdict | undefined {
  if (found.state === 'newer') return undefined
  if (found.state === 'damaged') return { key, sequence: undefined }
  const { stored } = found
  if (stored.kind === 'entry') {
    return isRemovable(stored.head) ? { key, sequence: stored.head.sequence } : undefined
  }
  return stored.node.removeAtMs <= clock.nowMs() ? { key, sequence: stored.node.sequence } : undefined
}

async function removeAll(
  { tables, transactions }: CleanOptions,
  verdicts: readonly Verdict[],
): Promise<number> {
  if (verdicts.length === 0) return 0
  return transactions.change((before) => {
    let state = before
    let removed = 0
    for (const { key, sequence } of verdicts) {
      const found = findHead(tables, key)
      if (found.state === 'missing' || found.state === 'newer' || sequenceOf(found) !== sequence) continue
      state = { ...takeOut(tables, state, key), sequence: state.sequence + 1 }
      logChange(tables, state.sequence, key)
      if (found.state === 'whole' && found.stored.kind === 'entry') removed += 1
    }
    return { state, result: removed }
  })
}

function sequenceOf(found: DecodedHead): number | undefined {
  return found.state === 'whole' ? recordOf(found.stored).sequence : undefined
}

function recordOf(stored: StoredHead): EntryHead | VaryNode {
  return stored.kind === 'entry' ? stored.head : stored.node
}
