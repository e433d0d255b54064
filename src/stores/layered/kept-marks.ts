// Purges that a front keeps in its cells: copies of those of the store behind, for the time when that one is away, and those
// that were drawn meanwhile, until that one has taken them.
import { createHash, randomUUID } from 'node:crypto'
import type { Cells } from '../../model/cells.js'
import type { Mark } from '../../model/mark.js'
import { markId } from '../mark-table.js'
import { KEPT_MS } from './link-state.js'

/** Purges kept in a front. */
export interface KeptMarks {
  /** Keeps copies of marks of the store behind. */
  copy(marks: readonly Mark[]): Promise<void>
  /** Lets go of all copies. */
  forgetCopies(): Promise<void>
  /** Keeps a purge that the store behind is to be told of. */
  addPending(mark: Mark): Promise<PendingMark>
  /** Purges that the store behind was not told of yet, in their order. */
  pending(): Promise<readonly PendingMark[]>
  /** Copies and pending purges, in the order of their numbers. */
  all(): Promise<readonly Mark[]>
}

/** A purge that waits for the store behind. */
export interface PendingMark {
  readonly mark: Mark
  /** Says that it was taken. */
  done(): Promise<void>
}

const COPY = 'layered:mark:'
const PENDING = 'layered:purge:'
const NUMBER_DIGITS = 16

/** Finds the purges in the cells of a front. */
export function createKeptMarks(cells: Cells): KeptMarks {
  const put = (name: string, mark: Mark): Promise<void> =>
    cells.update(name, (_, nowMs) => ({
      action: 'put',
      value: JSON.stringify(mark),
      keepUntilMs: nowMs + KEPT_MS,
      result: undefined,
    }))
  const remove = (name: string): Promise<void> =>
    cells.update(name, () => ({ action: 'remove', result: undefined }))
  const list = async (prefix: string): Promise<readonly { readonly name: string; readonly mark: Mark }[]> =>
    (await cells.list(prefix)).map(({ name, value }) => ({ name, mark: JSON.parse(value) as Mark }))

  return {
    async copy(marks) {
      await Promise.all(
        marks.map((mark) => {
          const id = createHash('sha256').update(markId(mark.scope, mark.isSoft)).digest('base64url')
          return put(COPY + id, mark)
        }),
      )
    },
    async forgetCopies() {
      await Promise.all((await list(COPY)).map(({ name }) => remove(name)))
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
