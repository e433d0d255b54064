// When a cleaning that was asked for expired entries alone looks at all of them, since many purges stand: those with nothing
// left to cover are forgotten only by whoever has seen every entry.
import type { EntryHead } from '../model/cache-entry.js'
import type { CellChanged, Cells } from '../model/cells.js'

/** So many purges stand without being looked after. */
export const MARKS_LEFT_ALONE = 1_000
/** How often one of the processes on a store looks after more of them, in milliseconds. */
export const MARKS_SEEN_EVERY_MS = 86_400_000
/** After how long another one does where such a look did not come to its end, in milliseconds. */
const TRIED_AGAIN_AFTER_MS = 10 * 60_000

const CELL = 'marks:seen'

/** What a cleaning is asked for. */
export interface CleaningAsked {
  readonly isRemovable: (head: EntryHead) => boolean
  readonly expiredAtMs?: number
}

/** What a cleaning goes by. */
export interface CleaningParts {
  /** How many marks stand. */
  readonly marks: number
  readonly cells: Cells
  /** Cleans, and says how many entries went. */
  readonly clean: (asked: CleaningAsked) => Promise<number>
}

/** Cleans what was asked for, by a look at all entries where marks are due to be looked after. */
export async function cleanWithMarksDue(
  asked: CleaningAsked,
  { marks, cells, clean }: CleaningParts,
): Promise<number> {
  const { isRemovable, expiredAtMs } = asked
  if (expiredAtMs === undefined || marks <= MARKS_LEFT_ALONE) return clean(asked)
  const isDue = await cells.update(CELL, (before, nowMs) =>
    before === undefined
      ? { ...seenFor(TRIED_AGAIN_AFTER_MS, nowMs), result: true }
      : { action: 'leave', result: false },
  )
  if (!isDue) return clean(asked)
  const removed = await clean({
    isRemovable: (head) => head.removeAtMs <= expiredAtMs && isRemovable(head),
  })
  await cells.update(CELL, (_, nowMs) => ({ ...seenFor(MARKS_SEEN_EVERY_MS, nowMs), result: undefined }))
  return removed
}

function seenFor(
  forMs: number,
  nowMs: number,
): Omit<Extract<CellChanged<never>, { action: 'put' }>, 'result'> {
  return { action: 'put', value: '1', keepUntilMs: nowMs + forMs }
}
