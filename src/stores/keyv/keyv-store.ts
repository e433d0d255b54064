// The Keyv tier: entries in whatever a Keyv keeps them in. A Keyv reads, writes and removes values, and nothing else, so
// what processes change together is exact within one of them only (shared-rows.ts, change-row.ts).
import { randomBytes } from 'node:crypto'
import type { EntryHead, StoreRecord } from '../../model/cache-entry.js'
import type { KeyvLike } from '../../model/keyv-like.js'
import type { Store, WriteResult } from '../../model/store.js'
import { type Clock, systemClock } from '../../shared/clock.js'
import type { BodyPacking } from '../codec/body-codec.js'
import { createEnvelope } from '../codec/envelope.js'
import { loadLz4 } from '../codec/lz4.js'
import { listFilter, pageLimit } from '../list-page.js'
import { MARK_KEPT_MS } from '../mark-table.js'
import type { TierStateListener } from '../tier-state.js'
import { CHANGES_ROW, createChangeRow, MARKS_ROW } from './change-row.js'
import { decodeEntryRow, encodeEntryRow, headOfRow } from './entry-row.js'
import { createKeyvCells } from './keyv-cells.js'
import { createKeyvLedger, TOTALS_ROW } from './keyv-ledger.js'
import { guardRows } from './guarded-rows.js'
import { createKeyvRows } from './keyv-rows.js'
import { createSharedRows } from './shared-rows.js'

/** Options of the Keyv tier. */
export interface KeyvStoreOptions {
  /**
   * A Keyv, or what has its `get`, `set` and `delete`. Its `throwOnErrors` is set where it has that: a failed read would else
   * look like a row that is not there. It is disconnected when the store is closed.
   */
  readonly keyv: KeyvLike
  /** Default the system's. */
  readonly clock?: Clock
  /** How long one call to the Keyv may take, in milliseconds. Default 500. */
  readonly timeoutMs?: number
  /** Larger answers are not kept here, in bytes. Default 16 MiB. */
  readonly maxEntryBytes?: number
  /** Told when the Keyv fails, and when it works again. */
  readonly onState?: TierStateListener
}

const TIMEOUT_MS = 500
const MAX_ENTRY_BYTES = 16 * 1024 ** 2
const COMPRESS_ABOVE_BYTES = 32 * 1024
const ENTRY = 'entry:'
const SECRET = 'secret'

/** Rows that are never removed: what begins them anew forgets purges, figures, or how keys are made. */
function isLasting(name: string): boolean {
  return name === SECRET || name === CHANGES_ROW || name === MARKS_ROW || name === TOTALS_ROW
}

/** Makes a store on a Keyv. Nothing is asked of it before the first use. */
export function createKeyvStore(options: KeyvStoreOptions): Store {
  const { keyv, clock = systemClock, timeoutMs = TIMEOUT_MS, maxEntryBytes = MAX_ENTRY_BYTES } = options
  if ('throwOnErrors' in keyv) keyv.throwOnErrors = true
  const rows = createKeyvRows({ keyv, clock, timeoutMs, onState: options.onState ?? (() => undefined) })
  const envelope = createEnvelope()
  const shared = createSharedRows(guardRows(rows, { clock, isGuarded: isLasting }), envelope, 'state')
  const changes = createChangeRow(shared, clock)
  const cells = createKeyvCells(createSharedRows(rows, envelope, 'cell'), clock)
  const writing = new Set<Promise<unknown>>()
  let packing: Promise<BodyPacking> | undefined
  let secret: Promise<Uint8Array> | undefined

  const packingOf = (): Promise<BodyPacking> =>
    (packing ??= loadLz4().then((lz4) => ({ envelope, lz4, aboveBytes: COMPRESS_ABOVE_BYTES })))

  function tracked<Result>(work: Promise<Result>): Promise<Result> {
    writing.add(work)
    const done = (): void => void writing.delete(work)
    work.then(done, done)
    return work
  }

  async function read(key: string): Promise<StoreRecord | undefined> {
    const row = await rows.get(ENTRY + key)
    if (row === undefined) return undefined
    const found = decodeEntryRow(key, row, await packingOf())
    if (found.state === 'whole') return found.record
    if (found.state === 'damaged') await rows.remove(ENTRY + key)
    return undefined
  }

  /** Puts a record under a number of its own, tells of it, and takes it back where a purge was told meanwhile. */
  async function put(record: StoreRecord, beganSequence: number): Promise<WriteResult> {
    const sequence = changes.draw()
    const row = await encodeEntryRow({ ...record, sequence }, await packingOf())
    await rows.set(ENTRY + record.key, row, record.removeAtMs - clock.nowMs())
    const lastMark = await changes.tell(record.key, sequence)
    if (lastMark > beganSequence && (await changes.isPurgedSince(record, beganSequence))) {
      await remove(record.key)
      return { isStored: false, because: 'purged-meanwhile' }
    }
    return { isStored: true, sequence }
  }

  async function write(record: StoreRecord, beganSequence: number): Promise<WriteResult> {
    if (record.kind === 'entry' && record.body.sizeBytes > maxEntryBytes)
      return { isStored: false, because: 'full' }
    if (await changes.isPurgedSince(record, beganSequence)) {
      return { isStored: false, because: 'purged-meanwhile' }
    }
    return put(record, beganSequence)
  }

  async function confirm(head: EntryHead, beganSequence: number): Promise<WriteResult> {
    const known = await read(head.key)
    if (known?.kind !== 'entry' || known.bodyId !== head.bodyId) {
      return { isStored: false, because: 'replaced' }
    }
    const marks = await changes.marks()
    const isRefused =
      marks.stateSince(known, known.sequence) === 'hard' || (await changes.isPurgedSince(head, beganSequence))
    if (isRefused) return { isStored: false, because: 'purged-meanwhile' }
    return put({ ...head, kind: 'entry', body: known.body }, beganSequence)
  }

  async function remove(key: string): Promise<boolean> {
    const isThere = (await rows.get(ENTRY + key)) !== undefined
    if (!isThere) return false
    await rows.remove(ENTRY + key)
    await changes.tell(key, changes.draw())
    return true
  }

  /** Every record that is whole, its body left packed. */
  async function* records(): AsyncGenerator<StoreRecord | EntryHead> {
    const opened = await packingOf()
    for await (const { name, bytes } of rows.scan(ENTRY)) {
      const key = name.slice(ENTRY.length)
      const head = headOfRow(key, bytes, opened)
      if (head !== undefined) yield head
      else {
        const found = decodeEntryRow(key, bytes, opened)
        if (found.state === 'whole') yield found.record
      }
    }
  }

  return {
    tier: 'keyv',
    isRemote: true,
    cells,
    ledger: createKeyvLedger(shared, clock),
    read,
    async head(key) {
      const row = await rows.get(ENTRY + key)
      return row === undefined ? undefined : headOfRow(key, row, await packingOf())
    },
    write: (record, beganSequence) => tracked(write(record, beganSequence)),
    confirm: (head, beganSequence) => tracked(confirm(head, beganSequence)),
    remove: (key) => tracked(remove(key)),
    addMark: (scope, drawn) => tracked(changes.addMark(scope, drawn)),
    marks: async (afterSequence) => (await changes.marks()).after(afterSequence),
    sequence: () => changes.sequence(),
    changesSince: (sequence) => changes.since(sequence),

    async list(query) {
      const isWanted = listFilter(query)
      const limit = pageLimit(query)
      const heads: EntryHead[] = []
      for await (const record of records()) {
        const isAfter = query.cursor === undefined || record.key > query.cursor
        if (!('kind' in record) && isAfter && isWanted(record)) heads.push(record)
      }
      heads.sort((left, right) => (left.key < right.key ? -1 : 1))
      const entries = heads.slice(0, limit)
      const cursor = entries.at(-1)?.key
      return heads.length > limit && cursor !== undefined ? { entries, cursor } : { entries }
    },

    async clean(isRemovable, { expiredAtMs } = {}) {
      const idle = (await changes.marks()).lookForIdle(clock.nowMs() - MARK_KEPT_MS)
      const gone: string[] = []
      for await (const record of records()) {
        idle.keepFor(record)
        const isDue = expiredAtMs === undefined || record.removeAtMs <= expiredAtMs
        if (isDue && !('kind' in record) && isRemovable(record)) gone.push(record.key)
      }
      let removed = 0
      for (const key of gone) if (await remove(key)) removed += 1
      if (rows.canScan) await changes.forgetMarks(idle.left())
      return removed
    },

    secret() {
      secret ??= shared
        .update(SECRET, (before) => {
          if (before !== undefined) return { action: 'leave', result: before }
          const text = randomBytes(32).toString('base64')
          return { action: 'put', text, forMs: Infinity, result: text }
        })
        .then((text) => new Uint8Array(Buffer.from(text, 'base64')))
      secret.catch(() => (secret = undefined))
      return secret
    },

    async health() {
      const found = { tier: 'keyv' as const, entries: 0, sizeBytes: 0, maxBytes: Infinity }
      try {
        await changes.sequence()
        for await (const { bytes } of rows.scan(ENTRY)) {
          found.entries += 1
          found.sizeBytes += bytes.byteLength
        }
        return { ...found, isWritable: true }
      } catch (error) {
        return { ...found, isWritable: false, problem: (error as Error).message }
      }
    },

    async close() {
      await Promise.allSettled(writing)
      await rows.close()
    },
  }
}
