// The tiers in order: memory near at hand, the store behind it. A tier that fails is an event and a warning, never
// a caller's error. Changes that other processes make are noticed by looking at the store's sequence number.
import type { PurgeState } from '../decide/decide-lookup.js'
import type { EventBus } from '../events/event-bus.js'
import type { CacheEntry, EntryHead, StoreRecord } from '../model/cache-entry.js'
import type { Mark, MarkScope } from '../model/mark.js'
import type { BodyWriter, Changes, NearStore, Store, WriteResult } from '../model/store.js'
import type { Awaitable, StoreTier } from '../model/tier.js'
import type { Clock } from '../shared/clock.js'
import { isRemote, taken } from './taken-record.js'
import { createOwnMarks } from './own-marks.js'
import { createWritesAhead } from './writes-ahead.js'
import { type MarkIndex, createMarkIndex } from '../model/mark-index.js'

/** A record and the tier that had it. */
export interface Found {
  readonly record: StoreRecord
  readonly tier: StoreTier
}

/** The tiers of an instance. */
export interface Tiers {
  readonly near: NearStore | undefined
  readonly shared: Store
  readonly marks: MarkIndex
  /**
   * Notices what other processes changed, if the last look is over 50 ms old. True where it is not answered at once and nobody
   * has looked for longer: what is near may have been purged long ago, and is to be asked for by way of {@link Tiers.find}.
   */
  lookIfDue(monotonicMs: number): boolean
  /** Looks now, however long ago the last look was. */
  lookNow(): Promise<void>
  /** Asks the tiers in order; what the farther one has is copied to the nearer one. */
  find(key: string): Promise<Found | undefined>
  /** The sequence number from which on a purge counts as newer than a call that begins now. */
  began(): Promise<number>
  /** Makes an entry findable in this process at once. */
  keepNear(record: StoreRecord): void
  /** Commits a record to the store; false where it was refused. */
  commit(record: StoreRecord, beganSequence: number): Promise<WriteResult | undefined>
  /** Commits a renewed head, or the whole entry where the store no longer has its body. */
  confirm(entry: CacheEntry, beganSequence: number): Promise<WriteResult | undefined>
  /** Takes a body that is too large to be held; undefined where no tier can. */
  openWriter(bodyId: string): BodyWriter | undefined
  /** Makes an entry of what was written. */
  finish(writer: BodyWriter, head: EntryHead, beganSequence: number): Promise<WriteResult | undefined>
  addMark(scope: MarkScope, options: { readonly isSoft: boolean }): Promise<Mark>
  /** Whether a purge covers an entry, or it is not known any more. */
  stateOf(entry: CacheEntry): PurgeState
  /** Tells listeners that the store could not do something beside reading and writing, which warn for themselves. */
  noteFailure(operation: string, error: unknown): void
  /** Resolves when every write under way is committed or refused. */
  settled(): Promise<void>
}

/** What tiers are made of. */
export interface TierParts {
  readonly near: NearStore | undefined
  readonly shared: Store
  readonly clock: Clock
  readonly bus: EventBus
  /** True where keys cannot be told to other processes: nothing then goes to a shared tier. */
  readonly isProcessOnly: boolean
}

/** How long near copies are trusted after the last word of a store across a network. */
const TRUSTED_FOR_MS = 5_000
/** How old a look may be before a hit looks again. */
const LOOK_EVERY_MS = 50
/** How old the last look may be where the next one takes a moment and a hit does not wait for it. */
const SEEN_WITHIN_MS = 100
/** Bodies that may wait to be written at a time; what comes beyond is kept near alone. */
const MAX_WAITING_BYTES = 32 * 1024 ** 2
/** Marks that the store forgot stay here until there are so many more than when all were read. */
const MAX_MARK_GROWTH = 2
const FREE_MARK_GROWTH = 1_024

/** Puts tiers together and loads the marks in force. */
export async function createTiers(parts: TierParts): Promise<Tiers> {
  const { near, shared, clock, bus } = parts
  const marks = createMarkIndex()
  const isOneTier = near === (shared as Store)
  const canShare = !parts.isProcessOnly || isOneTier
  let lastLookMs = clock.monotonicMs()
  let lastWordMs = lastLookMs
  let awaySinceMs: number | undefined
  let replaying: Promise<void> | undefined
  let seen = 0
  let marksRead = 0
  const warned = new Set<string>()
  const ownMarks = createOwnMarks()
  let waitingBytes = 0
  const ahead = createWritesAhead()
  /** A look that a process which idled waits for. */
  let lateLook: Promise<void> | undefined

  function onFailure(operation: string, error: unknown): undefined {
    const reason = error instanceof Error ? error : new Error(String(error))
    bus.emit('tier-failed', { tier: shared.tier, operation, error: reason })
    warnOnce(
      operation,
      `the ${shared.tier} tier could not ${operation} (${reason.message}); requests go on without it`,
    )
    return undefined
  }

  function warnOnce(about: string, message: string): void {
    if (warned.has(about)) return
    warned.add(about)
    bus.emit('warning', { message })
    process.emitWarning(`cachette: ${message}`, 'CachetteWarning')
  }

  async function attempt<Result>(
    operation: string,
    work: () => Result | Promise<Result>,
  ): Promise<Result | undefined> {
    try {
      return await work()
    } catch (error) {
      return onFailure(operation, error)
    }
  }

  /** Drops near copies that other processes replaced, and takes over new marks. What is being written here is newer. */
  function apply(changes: Changes, drawn: readonly Mark[]): void {
    const isAnew = needsAllMarks(changes)
    if (isAnew) loadMarks(drawn)
    else for (const mark of drawn) marks.add(mark)
    seen = Math.max(seen, changes.sequence)
    if (near === undefined || isOneTier) return
    // Marks that the store forgot are not among those read anew, and may cover what stands here alone.
    if (isAnew) return near.forgetAll()
    for (const [key, number] of changes.keys) {
      if (ahead.passOver(key, number)) continue
      const copy = near.head(key) as EntryHead | undefined
      if (copy === undefined || copy.sequence < number) near.forget(key)
    }
  }

  function loadMarks(inForce: readonly Mark[]): void {
    marks.load([...inForce, ...ownMarks.all()])
    marksRead = marks.size()
  }

  function needsAllMarks({ isComplete, hasNewMarks }: Changes): boolean {
    return !isComplete || (hasNewMarks && isBloated())
  }

  function isBloated(): boolean {
    return marks.size() > marksRead * MAX_MARK_GROWTH + FREE_MARK_GROWTH
  }

  /** Asked after the changes, so that no mark is missed which they tell of. */
  function marksFor(changes: Changes, since: number): Awaitable<readonly Mark[]> {
    if (needsAllMarks(changes)) return shared.marks()
    return changes.hasNewMarks ? shared.marks(since) : []
  }

  async function began(): Promise<number> {
    return (await attempt('look', () => shared.sequence())) ?? seen
  }

  /** True where the store has something newer than this process' own latest write; a remote one is not asked, it tells. */
  function isOutdone({ key }: StoreRecord, sequence: number): boolean {
    if (shared.isRemote === true) return false
    const head = shared.head(key)
    if (head instanceof Promise) {
      head.catch(() => undefined)
      return false
    }
    return head?.sequence !== sequence
  }

  /** The store answered: what it missed is told to it. */
  function onWord(): void {
    lastWordMs = clock.monotonicMs()
    if (awaySinceMs !== undefined) {
      bus.emit('tier-recovered', { tier: shared.tier, awayMs: lastWordMs - awaySinceMs })
      awaySinceMs = undefined
    }
    if (ownMarks.all().length > 0) replaying ??= replayMarks().finally(() => (replaying = undefined))
  }

  /** Purges that the store did not take when they were drawn are drawn there now, in their order. */
  async function replayMarks(): Promise<void> {
    for (let own = ownMarks.all()[0]; own !== undefined; own = ownMarks.all()[0]) {
      const { scope, isSoft, atMs } = own
      const mark = await attempt('purge', () => shared.addMark(scope, { isSoft, atMs }))
      if (mark === undefined) return
      ownMarks.remove(own)
      marks.add(mark)
    }
  }

  function onLookFailure(error: unknown): undefined {
    awaySinceMs ??= clock.monotonicMs()
    return onFailure('look', error)
  }

  /** Where nearer copies stand in for what is far away, nothing is known of what others change there. */
  function onAnswer(): void {
    if (shared.isAway?.() !== true) return onWord()
    if (awaySinceMs === undefined) onLookFailure(new Error('nothing is heard of it'))
  }

  async function applyLater(): Promise<void> {
    const since = seen
    const changes = await shared.changesSince(since)
    apply(changes, await marksFor(changes, since))
  }

  async function readShared(key: string): Promise<Found | undefined> {
    try {
      const read = await shared.read(key)
      if (read === undefined) return undefined
      return { record: taken(read), tier: shared.tierOf?.(read) ?? shared.tier }
    } catch (error) {
      return onFailure('read', error)
    }
  }

  /** Embedded stores answer at once, so that the very hit that looks sees what it finds. */
  function look(): Promise<void> | undefined {
    lastLookMs = clock.monotonicMs()
    try {
      const current = shared.sequence()
      if (current instanceof Promise) {
        return guarded(
          current.then((sequence) => {
            onAnswer()
            return sequence === seen ? undefined : applyLater()
          }),
        )
      }
      onAnswer()
      if (current === seen) return undefined
      const changes = shared.changesSince(seen)
      if (changes instanceof Promise) return guarded(applyLater())
      const drawn = marksFor(changes, seen)
      if (drawn instanceof Promise) return guarded(applyLater())
      apply(changes, drawn)
    } catch (error) {
      onLookFailure(error)
    }
    return undefined
  }

  function guarded(work: Promise<void>): Promise<void> {
    return work.catch(onLookFailure)
  }

  function noteRefusal(result: WriteResult | undefined): WriteResult | undefined {
    if (
      result !== undefined &&
      !result.isStored &&
      (result.because === 'read-only' || result.because === 'full')
    ) {
      warnOnce(result.because, `the ${shared.tier} tier is ${result.because}: answers are not kept there`)
      bus.emit('tier-failed', { tier: shared.tier, operation: 'write', error: new Error(result.because) })
    }
    return result
  }

  function noteStored(head: EntryHead, beganSequence: number, result: WriteResult | undefined): void {
    if (result?.isStored === true) ownMarks.noteStored(head, beganSequence, result.sequence)
  }

  /** After a commit the near copy takes the store's number, or goes where a purge came first. */
  function settleNear(record: StoreRecord, result: WriteResult | undefined): void {
    if (near === undefined || isOneTier || result === undefined) return
    if (result.isStored) {
      const copy = near.peek(record.key)
      const isSame =
        copy?.kind === record.kind &&
        (record.kind === 'vary' || (copy as CacheEntry).bodyId === record.bodyId)
      if (!isSame || copy === undefined) return
      if (copy.sequence < result.sequence) near.keep({ ...copy, sequence: result.sequence })
      // Another process may have replaced it while this one was not looking, and the change may have been passed over.
      const isReplaced = ahead.passedOver(record.key) > result.sequence
      if (isReplaced || (record.kind === 'entry' && isOutdone(record, result.sequence)))
        near.forget(record.key)
    } else if (result.because === 'purged-meanwhile' || result.because === 'replaced') near.forget(record.key)
  }

  /** A store that is slower than the origin would have memory fill with what waits for it. */
  async function commit(record: StoreRecord, beganSequence: number): Promise<WriteResult | undefined> {
    if (!canShare) return undefined
    const bytes = record.kind === 'entry' ? record.sizeBytes : 0
    if (waitingBytes + bytes > MAX_WAITING_BYTES && waitingBytes > 0) {
      onFailure('keep up', new Error(`more than ${MAX_WAITING_BYTES} bytes wait to be written`))
      return undefined
    }
    waitingBytes += bytes
    return commitNow(record, beganSequence).finally(() => (waitingBytes -= bytes))
  }

  async function commitNow(record: StoreRecord, beganSequence: number): Promise<WriteResult | undefined> {
    const result = noteRefusal(await attempt('write', () => shared.write(record, beganSequence)))
    if (record.kind === 'entry') noteStored(record, beganSequence, result)
    settleNear(record, result)
    return result
  }

  async function confirm(entry: CacheEntry, beganSequence: number): Promise<WriteResult | undefined> {
    if (!canShare) return undefined
    let result = await attempt('write', () => shared.confirm(entry, beganSequence))
    if (result?.isStored === false && result.because === 'replaced') {
      result = await attempt('write', () => shared.write(entry, beganSequence))
    }
    noteStored(entry, beganSequence, result)
    settleNear(entry, noteRefusal(result))
    return result
  }

  seen = (await attempt('look', () => shared.sequence())) ?? 0
  loadMarks((await attempt('read marks', () => shared.marks())) ?? [])

  return {
    near,
    shared,
    marks,
    stateOf(entry) {
      const own = ownMarks.stateOf(entry)
      const state = own === 'none' ? marks.stateOf(entry) : own
      if (state !== 'none' || shared.isRemote !== true || isOneTier) return state
      const knownMs = Math.max(lastWordMs, entry.confirmedMonotonicMs ?? -Infinity)
      return clock.monotonicMs() - knownMs > TRUSTED_FOR_MS ? 'unknown' : 'none'
    },
    noteFailure(operation, error) {
      const reason = error instanceof Error ? error : new Error(String(error))
      bus.emit('tier-failed', { tier: shared.tier, operation, error: reason })
    },
    lookIfDue(monotonicMs) {
      if (lateLook !== undefined) return true
      const sinceMs = monotonicMs - lastLookMs
      if (isOneTier || sinceMs < LOOK_EVERY_MS) return false
      const looking = look()
      if (looking === undefined || sinceMs <= SEEN_WITHIN_MS || awaySinceMs !== undefined) return false
      lateLook = looking.finally(() => (lateLook = undefined))
      return true
    },
    async lookNow() {
      await look()
    },
    async find(key) {
      const looking = isOneTier ? undefined : (lateLook ?? look())
      if (looking !== undefined) await looking
      const copy = near?.read(key)
      if (copy !== undefined) return { record: copy, tier: 'memory' }
      if (isOneTier) return undefined
      const found = await readShared(key)
      if (found !== undefined && !isRemote(found.record)) near?.keep(found.record)
      return found
    },
    began: async () => ownMarks.floor(await began()),
    keepNear(record) {
      if (isOneTier) return
      if (isRemote(record)) near?.forget(record.key)
      else near?.keep(record)
    },
    commit: (record, beganSequence) => ahead.track(record.key, () => commit(record, beganSequence)),
    openWriter: (bodyId) => (canShare ? shared.writeBody?.(bodyId) : undefined),
    finish: (writer, head, beganSequence) =>
      ahead.track(head.key, async () => {
        const result = noteRefusal(await attempt('write', () => writer.finish(head, beganSequence)))
        noteStored(head, beganSequence, result)
        // What was written is in the store alone: a near copy of the key is of another response.
        if (result?.isStored === true) near?.forget(head.key)
        return result
      }),
    confirm: (entry, beganSequence) => ahead.track(entry.key, () => confirm(entry, beganSequence)),
    async addMark(scope, { isSoft }) {
      try {
        const mark = await shared.addMark(scope, { isSoft, atMs: clock.nowMs() })
        marks.add(mark)
        if (isOneTier && isBloated()) loadMarks(await shared.marks())
        return mark
      } catch (error) {
        marks.add(ownMarks.draw({ scope, isSoft, atMs: clock.nowMs() }, await began()))
        throw error
      }
    },
    settled: ahead.settled,
  }
}
