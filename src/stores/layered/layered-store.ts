// An embedded store in front of a remote one, as one store. The one behind is the authority: its numbers, purges, secret, cells
// and figures. The front holds copies of its entries under its numbers, near at hand and for all processes of the machine,
// and stands in for it while it is away: it answers, takes entries, and keeps purges until the one behind has taken them.
import { randomUUID } from 'node:crypto'
import type { EntryHead, StoreRecord } from '../../model/cache-entry.js'
import type { Mark } from '../../model/mark.js'
import type { BodyWriter, FrontStore, Store, StoreHealth, WriteResult } from '../../model/store.js'
import type { StoreTier } from '../../model/tier.js'
import { scopeOf } from '../mark-table.js'
import { createAloneWriter } from './alone-writer.js'
import { createBackLink } from './back-link.js'
import { createFrontCopies } from './front-copies.js'
import type { PendingMark } from './kept-marks.js'
import { createLayeredBodyWriter } from './layered-body-writer.js'
import { type LinkState, numberOf } from './link-state.js'
import { readKeptSecret } from './kept-secret.js'
import { createLocalNumbers } from './local-numbers.js'

/** A failure of the front. */
export interface FrontFailure {
  readonly tier: StoreTier
  readonly operation: string
  readonly error: Error
}

/** What a layered store is made of. */
export interface LayeredStoreOptions {
  /** Near at hand, shared by the processes of a machine. */
  readonly front: FrontStore
  /** Shared by all machines. */
  readonly back: Store
  /** Told of failures of the front; those of the store behind reject, or are its own to tell. */
  readonly onFrontFailure?: (failure: FrontFailure) => void
}

/** Heads that are judged once although both layers have them; of more than these some are judged twice. */
const MAX_JUDGED = 100_000

/** Puts an embedded store in front of a remote one. Closing it closes both. */
export function createLayeredStore({ front, back, onFrontFailure }: LayeredStoreOptions): Store {
  const noteFailure = (operation: string, error: unknown): void =>
    onFrontFailure?.({
      tier: front.tier,
      operation,
      error: error instanceof Error ? error : new Error(String(error)),
    })
  const link = createBackLink({ front, back, onFrontFailure: noteFailure })
  const copies = createFrontCopies({ front, back, link, onFrontFailure: noteFailure })
  const aloneWriter = createAloneWriter(front, link)
  const numbers = createLocalNumbers()
  const ofFront = new WeakSet<StoreRecord | EntryHead>()

  const fromFront = <Found extends StoreRecord | EntryHead>(found: Found): Found => {
    ofFront.add(found)
    return found
  }

  /** Does it with the store behind; where that fails, by itself. What fails there too fails for the first reason. */
  async function orAlone<Result>(
    behind: () => Result | Promise<Result>,
    alone: () => Promise<Result>,
  ): Promise<Result> {
    try {
      return await behind()
    } catch (error) {
      link.noteAway()
      try {
        return await alone()
      } catch (failure) {
        if (failure !== error) noteFailure('stand in', failure)
        throw error
      }
    }
  }

  async function sequence(): Promise<number> {
    return orAlone(link.reach, async () => {
      const standing = await link.alone()
      const number = numberOf(standing)
      if (number > standing.applied) numbers.note(number, standing.applied)
      return number
    })
  }

  /** Before the first look the front may belong to another store, or be behind the times. */
  async function frontIsReady(): Promise<void> {
    if (!link.isFrontTrusted()) await sequence().catch(() => undefined)
  }

  /** Purges that waited are told before anything of the store behind is used. Gives how the front stands to it then. */
  async function behindIsReady(): Promise<LinkState | undefined> {
    if (!link.isAway() && link.isFrontTrusted()) {
      const standing = await stateNow()
      if (standing !== undefined && standing.waiting === undefined) return standing
    }
    await link.reach()
    return stateNow()
  }

  const stateNow = (): Promise<LinkState | undefined> =>
    copies.guarded('read the link', () => link.state.read())

  async function read(key: string): Promise<StoreRecord | undefined> {
    await frontIsReady()
    const near = link.isFrontTrusted() ? front.read(key) : undefined
    if (near !== undefined) return fromFront(near)
    const before = await behindIsReady()
    const record = await heard(() => back.read(key))
    if (record !== undefined) copies.promote(record, before)
    return record
  }

  async function heard<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      link.noteAway()
      throw error
    }
  }

  async function write(record: StoreRecord, beganSequence: number): Promise<WriteResult> {
    return orAlone(
      async () => {
        const before = await behindIsReady()
        const result = await back.write(record, numbers.behind(beganSequence))
        if (result.isStored) await copies.keep({ ...record, sequence: result.sequence }, before)
        // What is too large for the one behind may still be kept here.
        else if (result.because === 'full') return aloneWriter.write(record, beganSequence)
        return result
      },
      () => aloneWriter.write(record, beganSequence),
    )
  }

  async function confirm(head: EntryHead, beganSequence: number): Promise<WriteResult> {
    const near = await copies.guarded('read a copy', async () => front.read(head.key))
    const body = near?.kind === 'entry' && near.bodyId === head.bodyId ? near.body : undefined
    return orAlone(
      async () => {
        const before = await behindIsReady()
        const result = await back.confirm(head, numbers.behind(beganSequence))
        if (!result.isStored) return result
        if (body === undefined || body.isRemote) await copies.forget(head.key)
        else await copies.keep({ ...head, kind: 'entry', body, sequence: result.sequence }, before)
        return result
      },
      async () => {
        if (body === undefined) return { isStored: false, because: 'replaced' }
        if (body.isRemote) throw new Error('a large body is not written anew for its head')
        return aloneWriter.write({ ...head, kind: 'entry', body }, beganSequence)
      },
    )
  }

  async function addMark(...[scope, options]: Parameters<Store['addMark']>): Promise<Mark> {
    return orAlone(
      async () => {
        await behindIsReady()
        const mark = await back.addMark(scope, options)
        await copies.guarded('keep a purge', () => link.keepMark(mark))
        return mark
      },
      () => addMarkAlone({ scope: scopeOf(scope), ...options }),
    )
  }

  /**
   * The mark is there before its number is: whoever sees the number sees the mark. Where somebody was faster, it is drawn anew
   * above.
   */
  async function addMarkAlone(drawn: Omit<Mark, 'sequence'>): Promise<Mark> {
    let number = numberOf(await link.alone()) + 1
    let before: PendingMark | undefined
    for (;;) {
      const mark: Mark = { ...drawn, sequence: number }
      const pending = await link.marks.addPending(mark)
      await before?.done()
      const { isDrawn, standing } = await drawNumber(number)
      if (isDrawn) {
        numbers.note(number, standing.applied)
        return mark
      }
      before = pending
      number = numberOf(standing) + 1
    }
  }

  async function drawNumber(number: number): Promise<{ isDrawn: boolean; standing: LinkState }> {
    let isDrawn = false
    const standing = await link.state.update((before) => {
      isDrawn = numberOf(before) < number
      return isDrawn ? { ...before, local: number, waiting: randomUUID() } : before
    })
    return { isDrawn, standing }
  }

  async function health(): Promise<StoreHealth> {
    const [near, far] = [await front.health(), await back.health()]
    const location = [near.location, far.location].filter(Boolean).join(', then ')
    const problem = far.problem ?? near.problem
    return {
      ...far,
      isWritable: far.isWritable || near.isWritable,
      entries: Math.max(near.entries, far.entries),
      ...(location !== '' && { location }),
      ...(problem !== undefined && { problem }),
    }
  }

  return {
    tier: back.tier,
    isRemote: true,
    cells: back.cells,
    ledger: back.ledger,
    isAway: () => link.isAway(),
    tierOf: (record) => (ofFront.has(record) ? front.tier : back.tier),
    read,
    async head(key) {
      await frontIsReady()
      const near = link.isFrontTrusted() ? await front.head(key) : undefined
      if (near !== undefined) return fromFront(near)
      await behindIsReady()
      return heard(() => back.head(key))
    },
    write,
    confirm,
    writeBody(bodyId): BodyWriter {
      return createLayeredBodyWriter({
        near: front.writeBody(bodyId),
        far: back.writeBody?.(bodyId),
        back,
        alone: aloneWriter.finish,
        behind: numbers.behind,
        onFarFailure: link.noteAway,
        ready: behindIsReady,
        begin: frontIsReady,
        keepCopy: copies.keepBy,
      })
    },
    async remove(key) {
      const hadCopy = await copies.forget(key)
      await behindIsReady()
      const isRemoved = await heard(() => back.remove(key))
      await copies.forget(key)
      return isRemoved || hadCopy
    },
    addMark,
    marks: (afterSequence) =>
      orAlone(
        async () => {
          await link.reach()
          // Who asks for all of them lets go of those that were forgotten: what they cover here goes first.
          if (afterSequence === undefined) await copies.guarded('align purges', link.alignMarks)
          return back.marks(afterSequence === undefined ? undefined : numbers.behind(afterSequence))
        },
        async () => (await link.marks.all()).filter((mark) => mark.sequence > (afterSequence ?? -1)),
      ),
    sequence,
    changesSince: (number) =>
      orAlone(
        async () => {
          await link.reach()
          const changes = await back.changesSince(numbers.behind(number))
          return link.takeDropped() ? { ...changes, isComplete: false } : changes
        },
        async () => {
          const standing = await link.alone()
          const known = numberOf(standing)
          return {
            sequence: known,
            keys: new Map<string, number>(),
            hasNewMarks: known > number,
            isComplete: number >= standing.applied && number <= known,
          }
        },
      ),
    list: (query) =>
      orAlone(
        async () => back.list(query),
        async () => {
          const page = await front.list(query)
          return { ...page, entries: page.entries.map(fromFront) }
        },
      ),
    async clean(isRemovable, options) {
      const judged = judgeOnce(isRemovable)
      const removed = await orAlone(
        async () => back.clean(judged, options),
        async () => undefined,
      )
      // What was purged may have been forgotten there, by this cleaning or one of another machine.
      if (removed !== undefined) await copies.guarded('align purges', link.alignMarks)
      const near = await front.clean(judged, options)
      return removed ?? near
    },
    secret: () => readKeptSecret({ front, secretOfBack: () => heard(() => back.secret()) }),
    health,
    async close() {
      await copies.settled()
      await Promise.all([back.close(), front.close()])
    },
  }
}

/** The same answer for the same key in both layers, and one question: who asks may be counting. */
function judgeOnce(isRemovable: (head: EntryHead) => boolean): (head: EntryHead) => boolean {
  const judged = new Map<string, boolean>()
  return (head) => {
    const known = judged.get(head.key)
    if (known !== undefined) return known
    const isGone = isRemovable(head)
    if (judged.size < MAX_JUDGED) judged.set(head.key, isGone)
    return isGone
  }
}
