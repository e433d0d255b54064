// Purges that a front keeps in its cells: copies of those of the store behind, for the time when that one is away, and those
// that were drawn meanwhile, until that one has taken them.
import { createHash, randomUUID } from 'node:crypto'
import type { CellChanged, Cells } from '../../model/cells.js'
import type { Mark } from '../../model/mark.js'
import { isOnEverything, markId } from '../mark-table.js'
import { KEPT_MS } from './link-state.js'

/** Purges kept in a front. */
export interface KeptMarks {
  /** Keeps copies of marks of the store behind, in the place of those that they make needless. */
  copy(marks: readonly Mark[]): Promise<void>
  /**
   * Makes the copies those marks that are in force when it looks, and says how many that are. Told of those that it is about to
   * forget, which may cover what only the front has.
   */
  align(
    look: () => Promise<MarksInForce>,
    onForgotten: (marks: readonly Mark[]) => Promise<void>,
  ): Promise<number>
  /** Lets go of all copies. */
  forgetCopies(): Promise<void>
  /** Keeps a purge that the store behind is to be told of. */
  addPending(mark: Mark): Promise<PendingMark>
  /** Purges that the store behind was not told of yet, in their order. */
  pending(): Promise<readonly PendingMark[]>
  /** Copies and pending purges, in the order of their numbers. */
  all(): Promise<readonly Mark[]>
}

/** The marks in force behind. */
export interface MarksInForce {
  readonly inForce: readonly Mark[]
  /** All marks up to this number are among them that are in force. */
  readonly upTo: number
}

/** A purge that waits for the store behind. */
export interface PendingMark {
  readonly mark: Mark
  /** Says that it was taken. */
  done(): Promise<void>
}

interface KeptMark {
  readonly name: string
  readonly mark: Mark
}

const COPY = 'layered:mark:'
const PENDING = 'layered:purge:'
const NUMBER_DIGITS = 16

/** Finds the purges in the cells of a front. */
export function createKeptMarks(cells: Cells): KeptMarks {
  const put = (name: string, mark: Mark): Promise<void> =>
    cells.update(name, (_, nowMs) => putting(mark, nowMs))
  const remove = (name: string): Promise<void> =>
    cells.update(name, () => ({ action: 'remove', result: undefined }))
  const list = async (prefix: string): Promise<readonly KeptMark[]> =>
    (await cells.list(prefix)).map(({ name, value }) => ({ name, mark: markOf(value) }))

  /** Whoever copies later may have looked earlier. */
  const putUnlessNewer = (mark: Mark): Promise<void> =>
    cells.update(copyName(mark), (before, nowMs) =>
      before !== undefined && markOf(before).sequence >= mark.sequence
        ? { action: 'leave', result: undefined }
        : putting(mark, nowMs),
    )

  const removeUpTo = (name: string, sequence: number): Promise<void> =>
    cells.update(name, (before) => ({
      action: before !== undefined && markOf(before).sequence <= sequence ? 'remove' : 'leave',
      result: undefined,
    }))

  async function removeNeedlessFor(mark: Mark): Promise<void> {
    const { scope, sequence, isSoft } = mark
    if (!isOnEverything(scope)) {
      if (!isSoft) await removeUpTo(copyName({ scope, isSoft: true }), sequence)
      return
    }
    const older = (await list(COPY)).filter((copy) => copy.mark.sequence < sequence)
    const needless = older.filter((copy) => !isSoft || copy.mark.isSoft)
    await Promise.all(needless.map(({ name }) => removeUpTo(name, sequence - 1)))
  }

  async function copy(marks: readonly Mark[]): Promise<void> {
    await Promise.all(marks.map(putUnlessNewer))
    for (const mark of marks) await removeNeedlessFor(mark)
  }

  return {
    copy,
    async forgetCopies() {
      await Promise.all((await list(COPY)).map(({ name }) => remove(name)))
    },
    async align(look, onForgotten) {
      // Looked at first: what is copied from here on stands above what is told then.
      const before = await list(COPY)
      const { inForce, upTo } = await look()
      const gone = new Map(before.map(({ name, mark }) => [name, mark]))
      const missing: Mark[] = []
      for (const mark of inForce) {
        if (gone.get(copyName(mark))?.sequence !== mark.sequence) missing.push(mark)
        gone.delete(copyName(mark))
      }
      await Promise.all(missing.map(putUnlessNewer))
      const forgotten = [...gone].filter(([, { sequence }]) => sequence <= upTo)
      if (forgotten.length > 0) await onForgotten(forgotten.map(([, mark]) => mark))
      for (const [name, { sequence }] of forgotten) await removeUpTo(name, sequence)
      return inForce.length
    },
    async addPending(mark) {
      const name = `${PENDING}${String(mark.sequence).padStart(NUMBER_DIGITS, '0')}:${randomUUID()}`
      await put(name, mark)
      return { mark, done: () => remove(name) }
    },
    pending: async () => (await list(PENDING)).map(({ name, mark }) => ({ mark, done: () => remove(name) })),
    async all() {
      const rows = [...(await list(COPY)), ...(await list(PENDING))]
      return rows.map(({ mark }) => mark).sort((one, other) => one.sequence - other.sequence)
    },
  }
}

function copyName({ scope, isSoft }: Pick<Mark, 'scope' | 'isSoft'>): string {
  return COPY + createHash('sha256').update(markId(scope, isSoft)).digest('base64url')
}

function markOf(value: string): Mark {
  return JSON.parse(value) as Mark
}

function putting(mark: Mark, nowMs: number): CellChanged<undefined> {
  return { action: 'put', value: JSON.stringify(mark), keepUntilMs: nowMs + KEPT_MS, result: undefined }
}
