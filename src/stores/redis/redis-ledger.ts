// The counters of all processes on a Redis store: the server adds them up.
import type { Ledger, LedgerFigures } from '../../model/ledger.js'
import type { Tallies } from '../../model/tally.js'
import type { Clock } from '../../shared/clock.js'
import { oldestMinuteKept } from '../ledger-minutes.js'
import type { KeyNames } from './key-names.js'
import { fieldsOf, talliesOf } from './ledger-fields.js'
import type { LedgerServices } from './ledger-services.js'
import { LEDGER_ADD, LEDGER_EPOCH, LEDGER_RESET } from './ledger-scripts.js'
import type { Link } from './link/link.js'
import { numberOf } from './logged-changes.js'

/** What nobody prunes goes by itself a day after its time. */
const MINUTE_LIVES_MS = 8 * 86_400_000
/** Minutes read at a time. */
const READ_AT_ONCE = 200

/** What the ledger takes. */
export interface RedisLedgerContext {
  readonly link: Link
  readonly names: KeyNames
  readonly clock: Clock
  readonly services: LedgerServices
}

/** Makes the ledger of a store. */
export function createRedisLedger({ link, names, clock, services: named }: RedisLedgerContext): Ledger {
  async function begun(): Promise<readonly [number, number]> {
    const there = numbersOf(await link.talk('read figures', ['HMGET', names.ledger, 'epoch', 'sinceMs']))
    if (there[0] > 0) return there
    const args = [String(clock.nowMs())]
    return numbersOf(await link.talkScript('read figures', LEDGER_EPOCH, { keys: [names.ledger], args }))
  }

  async function servicesAt(key: string): Promise<Tallies> {
    return named.reveal(talliesOf((await link.talk('read figures', ['HGETALL', key])) as readonly unknown[]))
  }

  async function minutesFrom(fromMinute: number): Promise<LedgerFigures['minutes']> {
    const words = ['ZRANGEBYSCORE', names.ledgerMinutes, String(fromMinute), '+inf']
    const found = ((await link.talk('read figures', words)) as readonly unknown[]).map(numberOf)
    const rows: { minute: number; services: Tallies }[] = []
    for (let at = 0; at < found.length; at += READ_AT_ONCE) {
      const some = found.slice(at, at + READ_AT_ONCE)
      const services = await Promise.all(some.map((minute) => servicesAt(names.ledgerMinute(minute))))
      for (const [index, minute] of some.entries()) rows.push({ minute, services: services[index] ?? {} })
    }
    return rows
  }

  return {
    epoch: async () => (await begun())[0],
    async add({ epoch, minute, services }) {
      const nowMs = clock.nowMs()
      const oldest = oldestMinuteKept(nowMs)
      const args = [
        ...[String(nowMs), String(epoch), minute < oldest ? '' : String(minute), String(oldest)],
        ...[names.ledgerMinutePrefix, String(MINUTE_LIVES_MS), ...fieldsOf(await named.hide(services))],
      ]
      const keys = [names.ledger, names.ledgerMinutes, names.ledgerMinute(minute)]
      return (await link.talkScript('write figures', LEDGER_ADD, { keys, args })) === 1
    },
    addNow: () => false,
    async figures({ fromMinute }) {
      const [, sinceMs] = await begun()
      const services = await servicesAt(names.ledger)
      return { sinceMs, services, minutes: fromMinute === undefined ? [] : await minutesFrom(fromMinute) }
    },
    async reset(nowMs) {
      const args = [String(nowMs), names.ledgerMinutePrefix]
      await link.talkScript('reset figures', LEDGER_RESET, {
        keys: [names.ledger, names.ledgerMinutes],
        args,
      })
    },
  }
}

function numbersOf(reply: unknown): readonly [number, number] {
  const [epoch, sinceMs] = Array.isArray(reply) ? (reply as readonly unknown[]) : []
  return [numberOf(epoch), numberOf(sinceMs)]
}
