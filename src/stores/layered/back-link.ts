// The link of a front to the store behind it: what changed there is heeded here, and purges drawn while it was away are told
// to it, before anything else of it is used.
//
// The front outlives this process and is used by others on the machine, so where it stands is written down in the front itself
// (link-state.ts): first up to where changes are about to be applied, then what they replaced is dropped, then that they were
// applied. A process that dies in between leaves the work to the next one. Whoever puts a copy into the front looks before
// and after whether somebody applied changes meanwhile, and makes sure of the copy if so: it may have been read before the
// change that should have dropped it.
import { createHash } from 'node:crypto'
import type { EntryHead } from '../../model/cache-entry.js'
import type { Mark } from '../../model/mark.js'
import type { FrontStore, Store } from '../../model/store.js'
import { createMarkTable } from '../mark-table.js'
import { createKeptMarks, type KeptMarks, type MarksInForce } from './kept-marks.js'
import {
  createLinkState,
  type LinkState,
  type LinkStateCell,
  numberOf,
  withoutWaiting,
} from './link-state.js'

/** A link. */
export interface BackLink {
  readonly state: LinkStateCell
  readonly marks: KeptMarks
  /** Keeps a copy of a purge that the store behind has taken. */
  keepMark(mark: Mark): Promise<void>
  /**
   * Makes the copies of purges those that are in force behind, without what was forgotten there.
   *
   * @throws whatever either store does where it fails
   */
  alignMarks(): Promise<void>
  /**
   * A number of the store behind which the front heeds, once purges that waited were told.
   *
   * @throws whatever the store behind does where it is away
   */
  reach(): Promise<number>
  /** Where things stand while the store behind is away. */
  alone(): Promise<LinkState>
  /** True from a failure of the store behind until it is reached again. */
  isAway(): boolean
  /** Notes a failure of the store behind. */
  noteAway(): void
  /** False before the first look, and where the front could not be brought up to date: copies in it may be old. */
  isFrontTrusted(): boolean
  /** True once after copies were dropped that this process may hold further up. */
  takeDropped(): boolean
}

/** What a link is made of. */
export interface BackLinkParts {
  readonly front: FrontStore
  readonly back: Store
  /** Told of failures of the front. */
  readonly onFrontFailure: (operation: string, error: unknown) => void
}

/** So many purges, and as many more as were in force, are copied before copies are compared anew. */
const COPIED_AT_LEAST = 256

/** Links a front to a store behind it. */
export function createBackLink({ front, back, onFrontFailure }: BackLinkParts): BackLink {
  const state = createLinkState(front.cells)
  const marks = createKeptMarks(front.cells)
  const failures = new WeakSet<object>()
  let reaching: Promise<number> | undefined
  let isLinked = false
  let isAway = false
  let isTrusted = false
  let droppedSeen: number | undefined
  let hasDropped = false
  /** Purges copied since copies were last compared with what is in force behind, and how many may be. */
  let copied = 0
  let copiedAtMost = COPIED_AT_LEAST

  /** Asks the store behind; a failure is noted as its own. */
  async function asked<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error))
      failures.add(failure)
      isAway = true
      throw failure
    }
  }

  /** A front that belonged to another store, or was one by itself, is emptied. */
  async function link(): Promise<void> {
    const secret = await asked(() => back.secret())
    const identity = createHash('sha256').update('layered').update(secret).digest('base64url')
    const known = await state.read()
    if (known?.identity === identity) return alignMarks()
    if (known !== undefined && known.identity === undefined) {
      await state.update((before) => ({ ...before, identity }))
      return
    }
    const { inForce, upTo: applied } = await marksBehind()
    await front.forgetAll()
    await marks.forgetCopies()
    await marks.copy(inForce)
    await state.update(({ waiting }) => ({
      ...(waiting !== undefined && { waiting }),
      identity,
      applied,
      applying: applied,
      kept: applied,
      local: 0,
      isAlone: false,
    }))
  }

  async function marksBehind(): Promise<MarksInForce> {
    const upTo = await asked(() => back.sequence())
    return { inForce: await asked(() => back.marks()), upTo }
  }

  /** What only the front has, such as what is too large for the store behind, has to go before the marks on it do. */
  async function forgetCovered(forgotten: readonly Mark[]): Promise<void> {
    const table = createMarkTable()
    table.load(forgotten)
    await forgetWhere((head) => table.stateSince(head, head.sequence) !== 'none')
    const highest = Math.max(...forgotten.map(({ sequence }) => sequence))
    await state.update((before) => ({ ...before, forgotten: Math.max(before.forgotten ?? 0, highest) }))
  }

  async function forgetWhere(isToGo: (head: EntryHead) => boolean): Promise<void> {
    let cursor: string | undefined
    do {
      const page = await front.list({ limit: 1_000, ...(cursor !== undefined && { cursor }) })
      for (const head of page.entries) if (isToGo(head)) await front.forget(head.key)
      cursor = page.cursor
    } while (cursor !== undefined)
  }

  /** The store behind tells what is purged, and never what it forgot of that: now and then all are compared. */
  async function alignMarks(): Promise<void> {
    const inForce = await marks.align(marksBehind, forgetCovered)
    copied = 0
    copiedAtMost = COPIED_AT_LEAST + inForce
  }

  async function keepMark(mark: Mark): Promise<void> {
    copied += 1
    await Promise.all([marks.copy([mark]), state.note(mark.sequence)])
  }

  /** One cell says whether any wait; what a process left that died before it said so is found by the next one's first look. */
  async function replay(isFirst: boolean): Promise<void> {
    const known = await state.read()
    if (!isFirst && known !== undefined && known.waiting === undefined) return
    for (const { mark, done } of await marks.pending()) {
      const { scope, isSoft, atMs } = mark
      await keepMark(await asked(() => back.addMark(scope, { isSoft, atMs })))
      await done()
    }
    if (known?.waiting !== undefined) await state.update((now) => withoutWaiting(now, known.waiting))
  }

  /** The number of a copy in the front. */
  async function copiedAt(key: string): Promise<number | undefined> {
    return ((await front.head(key)) ?? front.read(key))?.sequence
  }

  /** Whether the front has what the changes tell of already: it was written by way of it. */
  async function hasAll(keys: ReadonlyMap<string, number>): Promise<boolean> {
    for (const [key, number] of keys) if (((await copiedAt(key)) ?? -1) < number) return false
    return true
  }

  async function forgetOlder(key: string, number: number): Promise<void> {
    const at = await copiedAt(key)
    if (at !== undefined && at < number) await front.forget(key)
  }

  function noteDropped({ dropped = 0 }: LinkState): void {
    if (droppedSeen !== undefined && dropped !== droppedSeen) hasDropped = true
    droppedSeen = dropped
  }

  /**
   * Numbers that were given out here, or seen before what stands below them, may have gone to others' purges meanwhile, which
   * would then not cover what has them.
   */
  function forgetAbove(number: number): Promise<void> {
    return forgetWhere(({ sequence }) => sequence > number)
  }

  /** Drops copies that were replaced behind; what was written here alone has no number that could be compared. */
  async function apply(known: LinkState): Promise<number> {
    const { applied, isAlone } = known
    const isInDoubt = isAlone && numberOf(known) > applied
    const { keys, isComplete, hasNewMarks, sequence } = await asked(() => back.changesSince(applied))
    if (isComplete) await copyMarks(hasNewMarks ? await asked(() => back.marks(applied)) : [])
    else await alignMarks()
    if (!isComplete || isAlone || !(await hasAll(keys))) {
      await state.update((before) => ({ ...before, applying: sequence }))
      if (!isComplete) await front.forgetAll()
      else for (const [key, number] of keys) await forgetOlder(key, isAlone ? Infinity : number)
      if (isComplete && isInDoubt) await forgetAbove(applied)
    }
    const after = await state.update((before) => {
      const reached = isComplete ? Math.max(before.applied, sequence) : sequence
      const kept = isComplete ? Math.max(before.kept, sequence) : sequence
      const dropped = (before.dropped ?? 0) + (isInDoubt ? 1 : 0)
      const now = { applied: reached, applying: reached, kept, local: 0, isAlone: false, dropped }
      // Purges may be among what nobody can tell any more.
      return { ...before, ...now, ...(!isComplete && { forgotten: sequence }) }
    })
    noteDropped(after)
    return sequence
  }

  async function copyMarks(drawn: readonly Mark[]): Promise<void> {
    copied += drawn.length
    if (copied > copiedAtMost) await alignMarks()
    else await marks.copy(drawn)
  }

  async function follow(): Promise<number> {
    const isFirst = !isLinked
    if (isFirst) await link()
    await replay(isFirst)
    isLinked = true
    const number = await asked(() => back.sequence())
    const known = await state.read()
    // The front lost what it knew of the link, or was given to another store.
    if (known === undefined) {
      isLinked = false
      return follow()
    }
    noteDropped(known)
    const { applied, applying, local, isAlone } = known
    const isUpToDate = number === applied && applying === applied && local === 0 && !isAlone
    return isUpToDate ? number : apply(known)
  }

  async function reachNow(): Promise<number> {
    try {
      const number = await follow()
      isTrusted = true
      isAway = false
      return number
    } catch (error) {
      isTrusted = false
      if (error instanceof Error && failures.has(error)) throw error
      onFrontFailure('follow', error)
    }
    const number = await asked(() => back.sequence())
    isAway = false
    return number
  }

  return {
    state,
    marks,
    keepMark,
    alignMarks,
    reach: () => (reaching ??= reachNow().finally(() => (reaching = undefined))),
    async alone() {
      const known = await state.read()
      if (known === undefined) await front.forgetAll()
      const standing = known ?? (await state.update((before) => before))
      noteDropped(standing)
      isTrusted = standing.applied === standing.applying
      return standing
    },
    isAway: () => isAway,
    noteAway: () => void (isAway = true),
    isFrontTrusted: () => isTrusted,
    takeDropped() {
      const had = hasDropped
      hasDropped = false
      return had
    },
  }
}
