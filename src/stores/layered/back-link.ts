// The link of a front to the store behind it: what changed there is heeded here, and purges drawn while it was away are told
// to it, before anything else of it is used.
//
// The front outlives this process and is used by others on the machine, so where it stands is written down in the front itself
// (link-state.ts): first up to where changes are about to be applied, then what they replaced is dropped, then that they were
// applied. A process that dies in between leaves the work to the next one. Whoever puts a copy into the front looks before
// and after whether somebody applied changes meanwhile, and makes sure of the copy if so: it may have been read before the
// change that should have dropped it.
import { createHash } from 'node:crypto'
import type { Mark } from '../../model/mark.js'
import type { FrontStore, Store } from '../../model/store.js'
import type { Awaitable } from '../../model/tier.js'
import { createKeptMarks, type KeptMarks } from './kept-marks.js'
import { createLinkState, type LinkState, type LinkStateCell, numberOf } from './link-state.js'

/** A link. */
export interface BackLink {
  readonly state: LinkStateCell
  readonly marks: KeptMarks
  /** Keeps a copy of a purge that the store behind has taken. */
  keepMark(mark: Mark): Promise<void>
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
    if (known?.identity === identity) return
    if (known !== undefined && known.identity === undefined) {
      await state.update((before) => ({ ...before, identity }))
      return
    }
    const applied = await asked(() => back.sequence())
    const inForce = await asked(() => back.marks())
    await front.forgetAll()
    await marks.forgetCopies()
    await marks.copy(inForce)
    await state.update(() => ({
      identity,
      applied,
      applying: applied,
      kept: applied,
      local: 0,
      isAlone: false,
    }))
  }

  async function keepMark(mark: Mark): Promise<void> {
    await Promise.all([marks.copy([mark]), state.note(mark.sequence)])
  }

  async function replay(): Promise<void> {
    for (const { mark, done } of await marks.pending()) {
      const { scope, isSoft, atMs } = mark
      await keepMark(await asked(() => back.addMark(scope, { isSoft, atMs })))
      await done()
    }
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
  async function forgetAbove(number: number): Promise<void> {
    let cursor: string | undefined
    do {
      const page = await front.list({ limit: 1_000, ...(cursor !== undefined && { cursor }) })
      for (const { key, sequence } of page.entries) if (sequence > number) await front.forget(key)
      cursor = page.cursor
    } while (cursor !== undefined)
  }

  /** Drops copies that were replaced behind; what was written here alone has no number that could be compared. */
  async function apply(known: LinkState): Promise<number> {
    const { applied, isAlone } = known
    const isInDoubt = isAlone && numberOf(known) > applied
    const { keys, isComplete, hasNewMarks, sequence } = await asked(() => back.changesSince(applied))
    const drawn = await asked(() => marksFor(hasNewMarks, isComplete ? applied : undefined))
    await marks.copy(drawn)
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
      return { ...before, applied: reached, applying: reached, kept, local: 0, isAlone: false, dropped }
    })
    noteDropped(after)
    return sequence
  }

  function marksFor(hasNewMarks: boolean, after: number | undefined): Awaitable<readonly Mark[]> {
    if (after === undefined) return back.marks()
    return hasNewMarks ? back.marks(after) : []
  }

  async function follow(): Promise<number> {
    if (!isLinked) await link()
    isLinked = true
    await replay()
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
