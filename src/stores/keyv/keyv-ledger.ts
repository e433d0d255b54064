// The counters of all processes on a Keyv: a row of totals with the epoch, and a row per hour with its minutes. Two processes
// that add at the very same time may lose the counts of one.
import type { Ledger, LedgerDelta } from '../../model/ledger.js'
import { addTallies, type Tallies } from '../../model/tally.js'
import type { Clock } from '../../shared/clock.js'
import { oldestMinuteKept } from '../ledger-minutes.js'
import type { SharedRows } from './shared-rows.js'

interface Totals {
  readonly epoch: number
  readonly sinceMs: number
  readonly services: Tallies
}

type Minutes = Readonly<Record<string, Tallies>>

/** The row of totals. */
export const TOTALS_ROW = 'ledger:totals'
const HOUR_MINUTES = 60
const KEPT_MS = 8 * 24 * 3_600_000

/** Makes the ledger of a Keyv. */
export function createKeyvLedger(rows: SharedRows, clock: Clock): Ledger {
  const hourRow = (epoch: number, hour: number): string => `ledger:${epoch}:${hour}`
  const totalsOf = (text: string | undefined): Totals =>
    text === undefined ? { epoch: 1, sinceMs: clock.nowMs(), services: {} } : (JSON.parse(text) as Totals)
  const minutesOf = (text: string | undefined): Minutes =>
    text === undefined ? {} : (JSON.parse(text) as Minutes)

  async function addToHour({ epoch, minute, services }: LedgerDelta): Promise<void> {
    if (minute < oldestMinuteKept(clock.nowMs())) return
    await rows.update(hourRow(epoch, Math.floor(minute / HOUR_MINUTES)), (before) => {
      const minutes = minutesOf(before)
      const text = JSON.stringify({ ...minutes, [minute]: addTallies(minutes[minute] ?? {}, services) })
      return { action: 'put', text, forMs: KEPT_MS, result: undefined }
    })
  }

  return {
    epoch: async () => totalsOf(await rows.read(TOTALS_ROW)).epoch,
    async add(delta) {
      const isTaken = await rows.update(TOTALS_ROW, (before) => {
        const totals = totalsOf(before)
        if (totals.epoch !== delta.epoch) return { action: 'leave', result: false }
        const services = addTallies(totals.services, delta.services)
        const text = JSON.stringify({ ...totals, services })
        return { action: 'put', text, forMs: Infinity, result: true }
      })
      if (isTaken) await addToHour(delta)
      return isTaken
    },
    addNow: () => false,
    async figures({ fromMinute }) {
      const { epoch, sinceMs, services } = totalsOf(await rows.read(TOTALS_ROW))
      if (fromMinute === undefined) return { sinceMs, services, minutes: [] }
      const nowMinute = Math.floor(clock.nowMs() / 60_000)
      const first = Math.max(fromMinute, oldestMinuteKept(clock.nowMs()))
      const firstHour = Math.floor(first / HOUR_MINUTES)
      const hours = Math.max(0, Math.floor(nowMinute / HOUR_MINUTES) - firstHour + 1)
      const texts = await Promise.all(
        Array.from({ length: hours }, (_, index) => rows.read(hourRow(epoch, firstHour + index))),
      )
      const minutes = texts
        .flatMap((text) => Object.entries(minutesOf(text)))
        .map(([minute, tallies]) => ({ minute: Number(minute), services: tallies }))
        .filter(({ minute }) => minute >= first)
        .sort((one, other) => one.minute - other.minute)
      return { sinceMs, services, minutes }
    },
    reset: (nowMs) =>
      rows.update(TOTALS_ROW, (before) => {
        const fresh: Totals = { epoch: totalsOf(before).epoch + 1, sinceMs: nowMs, services: {} }
        return { action: 'put', text: JSON.stringify(fresh), forMs: Infinity, result: undefined }
      }),
  }
}
