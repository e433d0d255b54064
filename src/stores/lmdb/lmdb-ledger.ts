// The counters of all processes on an LMDB store: a row of totals with the epoch, and a row per minute.
import type { Ledger, LedgerDelta, LedgerFigures } from '../../model/ledger.js'
import { addTallies } from '../../model/tally.js'
import type { Clock } from '../../shared/clock.js'
import { decodeLedgerRow, encodeLedgerRow, type LedgerRow } from '../codec/tallies-codec.js'
import { oldestMinuteKept } from '../ledger-minutes.js'
import { numberKey, numberOfKey } from './keys.js'
import type { Tables } from './tables.js'

/** Sorts before every minute. */
const TOTALS_KEY = numberKey(0)
const FIRST_MINUTE_KEY = numberKey(1)
const AFTER_MINUTES = Buffer.alloc(8, 0xff)
/** The most old minutes that one addition clears away. */
const PRUNED_AT_ONCE = 64

/** How a ledger reaches its store. */
export interface LedgerAccess {
  readonly tables: Tables
  readonly clock: Clock
  /** Shows reads what other processes committed. */
  readonly look: () => void
  readonly transact: <Result>(work: () => Result) => Promise<Result>
  readonly transactNow: <Result>(work: () => Result) => Result
}

/** The first row of a store's ledger, inside a write transaction. */
export function beginLedger(tables: Tables, sinceMs: number): void {
  if (tables.ledger.peek(TOTALS_KEY) === undefined) putRow(tables, TOTALS_KEY, begun(1, sinceMs))
}

/** Makes the ledger of a store. */
export function createLmdbLedger({ tables, clock, look, transact, transactNow }: LedgerAccess): Ledger {
  function totals(): LedgerRow {
    return readRow(tables, TOTALS_KEY) ?? begun(1, clock.nowMs())
  }

  function addInside(delta: LedgerDelta): boolean {
    const known = totals()
    if (known.epoch !== delta.epoch) return false
    putRow(tables, TOTALS_KEY, { ...known, services: addTallies(known.services, delta.services) })
    const minuteKey = numberKey(Math.max(1, delta.minute))
    const minute = readRow(tables, minuteKey) ?? begun(known.epoch, 0)
    putRow(tables, minuteKey, { ...minute, services: addTallies(minute.services, delta.services) })
    const oldestKey = numberKey(Math.max(1, oldestMinuteKept(clock.nowMs())))
    const old = tables.ledger.keys({ start: FIRST_MINUTE_KEY, end: oldestKey, limit: PRUNED_AT_ONCE })
    for (const key of old) tables.ledger.remove(key)
    return true
  }

  return {
    epoch() {
      look()
      return totals().epoch
    },
    add: (delta) => transact(() => addInside(delta)),
    addNow(delta) {
      try {
        return transactNow(() => addInside(delta))
      } catch {
        return false
      }
    },
    figures({ fromMinute }): LedgerFigures {
      look()
      const { sinceMs, services } = totals()
      if (fromMinute === undefined) return { sinceMs, services, minutes: [] }
      const rows = tables.ledger.rows({ start: numberKey(Math.max(1, fromMinute)), end: AFTER_MINUTES })
      const minutes = rows.map(({ key, value }) => ({
        minute: numberOfKey(key),
        services: decodeLedgerRow(tables.envelope, key, value)?.services ?? {},
      }))
      return { sinceMs, services, minutes }
    },
    reset: (nowMs) =>
      transact(() => {
        const epoch = totals().epoch + 1
        for (const key of tables.ledger.keys({})) tables.ledger.remove(key)
        putRow(tables, TOTALS_KEY, begun(epoch, nowMs))
      }),
  }
}

function begun(epoch: number, sinceMs: number): LedgerRow {
  return { epoch, sinceMs, services: {} }
}

function readRow(tables: Tables, key: Buffer): LedgerRow | undefined {
  const sealed = tables.ledger.peek(key)
  return sealed === undefined ? undefined : decodeLedgerRow(tables.envelope, key, sealed)
}

function putRow(tables: Tables, key: Buffer, row: LedgerRow): void {
  tables.ledger.put(key, encodeLedgerRow(tables.envelope, key, row))
}
