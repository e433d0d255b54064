// The memory tier: bounded in bytes and entries; what is worth least goes first. It keeps the very record it is given, with its
// body in whichever forms callers asked for, and charges for those; a body that stays in another tier costs nothing here.
import { randomBytes } from 'node:crypto'
import type { CacheEntry, EntryHead, StoreRecord } from '../model/cache-entry.js'
import type { Mark } from '../model/mark.js'
import type { NearStore, WriteResult } from '../model/store.js'
import type { Clock } from '../shared/clock.js'
import { createChangeFeed } from './change-feed.js'
import { listFilter, pageLimit } from './list-page.js'
import { createMarkTable, MARK_KEPT_MS, scopeOf } from './mark-table.js'
import { BoundedMap } from './memory/bounded-map.js'
import { COPY_COST, missCost } from './memory/miss-cost.js'
import { createMemoryCells } from './memory-cells.js'
import { createMemoryLedger } from './memory-ledger.js'
import { chargeOf } from './record-charge.js'
import { createUnsettledKeys } from './unsettled-keys.js'

/** Options of the memory tier. */
export interface MemoryStoreOptions {
  /** The most that keys, heads and bodies may occupy, in bytes. */
  readonly maxBytes: number
  readonly maxEntries: number
  readonly clock: Clock
}

interface Slot {
  readonly record: StoreRecord
  readonly cost: number
  /** True once the charge can no longer change. */
  readonly isSettled: boolean
}

/** Makes a store that lives as long as the process. */
export function createMemoryStore({ maxBytes, maxEntries, clock }: MemoryStoreOptions): NearStore {
  const slots = new BoundedMap<Slot>({ maxEntries, maxSize: maxBytes })
  const feed = createChangeFeed()
  const unsettled = createUnsettledKeys(settle)
  const secret = randomBytes(32)
  const marks = createMarkTable()
  /** The number of the last mark that was forgotten: what began before it may have been purged. */
  let forgottenMark = 0

  function put(record: StoreRecord, cost: number): boolean {
    const isSettled = record.kind === 'vary' || record.body.isParsed || record.body.isRemote
    const isKept = slots.set(record.key, { record, cost, isSettled }, { size: chargeOf(record), cost })
    if (!isSettled) unsettled.watch(record.key)
    return isKept
  }

  function settle(key: string): void {
    const slot = slots.peek(key)
    if (slot === undefined || slot.isSettled) return
    if (slot.record.kind === 'entry' && slot.record.body.isParsed) put(slot.record, slot.cost)
  }

  function store(record: StoreRecord): WriteResult {
    const sequence = feed.record(record.key)
    return put({ ...record, sequence }, missCost(record))
      ? { isStored: true, sequence }
      : { isStored: false, because: 'full' }
  }

  function peekEntry(key: string): CacheEntry | undefined {
    const record = slots.peek(key)?.record
    return record?.kind === 'entry' ? record : undefined
  }

  function removeNow(key: string): boolean {
    if (!slots.delete(key)) return false
    feed.record(key)
    return true
  }

  function forgetMarks(): void {
    const idle = marks.lookForIdle(clock.nowMs() - MARK_KEPT_MS)
    for (const { record } of slots.values()) idle.keepFor(record)
    const forgotten = idle.left()
    forgottenMark = Math.max(forgottenMark, ...forgotten.map(({ sequence }) => sequence))
    marks.forget(forgotten)
  }

  function isPurgedSince(record: StoreRecord, sequence: number): boolean {
    return sequence < forgottenMark || marks.stateSince(record, sequence) !== 'none'
  }

  return {
    tier: 'memory',
    ledger: createMemoryLedger(clock),
    cells: createMemoryCells(clock),

    read(key) {
      const slot = slots.get(key)
      if (slot === undefined) return undefined
      const { record } = slot
      if (slot.isSettled || record.kind === 'vary') return record
      if (record.body.isParsed) put(record, slot.cost)
      else unsettled.watch(key)
      return record
    },

    head: (key): EntryHead | undefined => peekEntry(key),

    write(record, beganSequence) {
      return Promise.resolve(
        isPurgedSince(record, beganSequence)
          ? { isStored: false, because: 'purged-meanwhile' }
          : store(record),
      )
    },

    confirm(head, beganSequence) {
      const known = peekEntry(head.key)
      if (known === undefined || known.bodyId !== head.bodyId) {
        return Promise.resolve({ isStored: false, because: 'replaced' })
      }
      const record: CacheEntry = {
        ...head,
        kind: 'entry',
        body: known.body,
        confirmedMonotonicMs: clock.monotonicMs(),
      }
      const isPurged =
        isPurgedSince(record, beganSequence) || marks.stateSince(known, known.sequence) === 'hard'
      return Promise.resolve(isPurged ? { isStored: false, because: 'purged-meanwhile' } : store(record))
    },

    remove: (key) => Promise.resolve(removeNow(key)),

    addMark(scope, { isSoft, atMs }) {
      const mark: Mark = { scope: scopeOf(scope), sequence: feed.record(undefined), atMs, isSoft }
      marks.add(mark)
      return Promise.resolve(mark)
    },

    marks: marks.after,
    sequence: () => feed.sequence(),
    changesSince: (sequence) => feed.since(sequence),

    list(query) {
      const isWanted = listFilter(query)
      const limit = pageLimit(query)
      const heads: EntryHead[] = []
      for (const { record } of slots.values()) {
        const isAfter = query.cursor === undefined || record.key > query.cursor
        if (record.kind === 'entry' && isAfter && isWanted(record)) heads.push(record)
      }
      heads.sort((left, right) => (left.key < right.key ? -1 : 1))
      const entries = heads.slice(0, limit)
      const cursor = entries.at(-1)?.key
      return heads.length > limit && cursor !== undefined ? { entries, cursor } : { entries }
    },

    clean(isRemovable, { expiredAtMs } = {}) {
      let removed = 0
      for (const { record } of [...slots.values()]) {
        if (expiredAtMs !== undefined && record.removeAtMs > expiredAtMs) continue
        const isGone = record.kind === 'vary' ? record.removeAtMs <= clock.nowMs() : isRemovable(record)
        if (isGone && removeNow(record.key) && record.kind === 'entry') removed += 1
      }
      // Every entry was seen, whatever was asked for.
      forgetMarks()
      return Promise.resolve(removed)
    },

    secret: () => secret,

    peek: (key) => slots.peek(key)?.record,
    keep: (record) => void put(record, COPY_COST),
    forget: (key) => void slots.delete(key),
    forgetAll: () => slots.clear(),

    health() {
      unsettled.settleAll()
      return {
        tier: 'memory',
        isWritable: true,
        entries: slots.size,
        sizeBytes: slots.totalSize,
        maxBytes,
      }
    },

    close() {
      slots.clear()
      return Promise.resolve()
    },
  }
}
