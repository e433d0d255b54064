// The counters of one process, for the memory tier.
import type { Ledger, LedgerDelta, LedgerFigures } from '../model/ledger.js'
import type { Clock } from '../shared/clock.js'
import { addTallies, type Tallies } from '../model/tally.js'
import { oldestMinuteKept } from './ledger-minutes.js'

/** Makes a ledger that lives as long as the process. */
export function createMemoryLedger(clock: Clock): Ledger {
  let epoch = 1
  let sinceMs = clock.nowMs()
  let totals: Tallies = {}
  const minutes = new Map<number, Tallies>()

  function addNow(delta: LedgerDelta): boolean {
    if (delta.epoch !== epoch) return false
    totals = addTallies(totals, delta.services)
    minutes.set(delta.minute, addTallies(minutes.get(delta.minute) ?? {}, delta.services))
    const oldest = oldestMinuteKept(clock.nowMs())
    for (const minute of minutes.keys()) if (minute < oldest) minutes.delete(minute)
    return true
  }

  return {
    epoch: () => epoch,
    add: (delta) => Promise.resolve(addNow(delta)),
    addNow,
    figures({ fromMinute }): LedgerFigures {
      const rows = fromMinute === undefined ? [] : [...minutes].filter(([minute]) => minute >= fromMinute)
      rows.sort(([left], [right]) => left - right)
      return { sinceMs, services: totals, minutes: rows.map(([minute, services]) => ({ minute, services })) }
    },
    reset(nowMs) {
      epoch += 1
      sinceMs = nowMs
      totals = {}
      minutes.clear()
      return Promise.resolve()
    },
  }
}
