// When a cleaning that was asked for expired entries alone looks at all of them, since many purges stand: those with nothing
// left to cover are forgotten only by whoever has seen every entry.
import type { EntryHead } from '../model/cache-entry.js'
import type { Cells } from '../model/cells.js'

/** So many purges stand without being looked after. */
export const MARKS_LEFT_ALONE = 1_000
/** How often one of the processes on a store looks after more of them, in milliseconds. */
export const MARKS_SEEN_EVERY_MS = 86_400_000

const CELL = 'marks:seen'

/** What a cleaning is asked for. */
export interface CleaningAsked {
  readonly isRemovable: (head: EntryHead) => boolean
  readonly expiredAtMs?: number
}

/** What is to be cleaned: what was asked for, found by a look at all entries where marks are due to be looked after. */
export async function withMarksDue(
  asked: CleaningAsked,
  { marks, cells }: { readonly marks: number; readonly cells: Cells },
): Promise<CleaningAsked> {
  const { isRemovable, expiredAtMs } = asked
  if (expiredAtMs === undefined || marks <= MARKS_LEFT_ALONE) return asked
  const isDue = await cells.update(CELL, (before, nowMs) =>
    before === undefined
      ? { action: 'put', value: '1', keepUntilMs: nowMs + MARKS_SEEN_EVERY_MS, result: true }
      : { action: 'leave', result: false },
  )
  return isDue ? { isRemovable: (head) => head.removeAtMs <= expiredAtMs && isRemovable(head) } : asked
}
