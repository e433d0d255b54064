// What it costs when a record is not in memory, in eighths of a call that takes the origin no time. Pure.
import type { StoreRecord } from '../../model/cache-entry.js'

/** The price of any call, in milliseconds of waiting: it is counted, limited or paid for, however quick it is. */
const CALL_MS = 100
/** Longer ones say more about one bad moment than about the next call. */
const LONGEST_MS = 10_000
const UNITS = 8

/** The cost for a copy of what the store behind has: a read of that store, the same for all. */
export const COPY_COST = UNITS

/** The cost where nothing else has the record: a call of the origin, with the time that it took. */
export function missCost(record: StoreRecord): number {
  if (record.kind === 'vary') return UNITS
  const originMs = Math.min(Math.max(record.originMs, 0), LONGEST_MS)
  return Math.round((UNITS * (CALL_MS + originMs)) / CALL_MS)
}
