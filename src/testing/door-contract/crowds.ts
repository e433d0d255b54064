// Many callers at once: one call to the origin serves them all.
import { createGate, until } from '../gate.js'
import { type DoorTesting, atOnce } from './door-testing.js'
import { after, counted, inTurn, whole } from './replies.js'

const CALLERS = 50
const TWO_HOURS_MS = 7_200_000

/** Waiting together, and not waiting at all. */
export function describeCrowds({ describe, test, expect }: DoorTesting): void {
  describe('many callers at once', () => {
    test('50 callers with nothing stored make one origin call', async ({ origin, ask, outcomes }) => {
      const gate = createGate()
      origin.on('/a', after(gate, counted()))
      const calls = atOnce(CALLERS, () => ask('/a'))
      await until(() => origin.count('/a') === 1, 'the origin is asked')
      gate.open()
      expect(new Set((await calls).map(({ status, text }) => `${status} ${text}`))).toEqual(
        new Set(['200 call 1']),
      )
      expect(origin.count('/a')).toBe(1)
      expect(await outcomes(CALLERS)).toEqual({ miss: 1, coalesced: CALLERS - 1 })
    })

    test('50 callers on an expired entry make one origin call', async ({ origin, ask, clock, outcomes }) => {
      origin.on('/a', counted())
      await ask('/a')
      clock.advance(TWO_HOURS_MS)
      const texts = (await atOnce(CALLERS, () => ask('/a'))).map(({ text }) => text)
      expect(new Set(texts)).toEqual(new Set(['call 2']))
      expect(origin.count('/a')).toBe(2)
      expect(await outcomes(CALLERS + 1)).toEqual({ miss: 2, coalesced: CALLERS - 1 })
    })

    test(
      'within staleWhileRevalidate nobody waits, and one call refreshes the entry behind them',
      async ({ origin, ask, clock, outcomes }) => {
        const gate = createGate()
        origin.on('/a', inTurn(whole('old'), after(gate, whole('new'))))
        await ask('/a')
        clock.advance(TWO_HOURS_MS)
        const texts = (await atOnce(CALLERS, () => ask('/a'))).map(({ text }) => text)
        expect(new Set(texts)).toEqual(new Set(['old']))
        expect(await outcomes(CALLERS + 1)).toEqual({ miss: 1, stale: CALLERS })
        await until(() => origin.count('/a') === 2, 'the refresh')
        gate.open()
        await until(async () => (await ask('/a')).text === 'new', 'the fresh answer')
        expect(origin.count('/a')).toBe(2)
      },
      { service: { staleWhileRevalidate: '2h' } },
    )

    test('50 callers of what is not there make one origin call, and the 404 is kept', async (world) => {
      const { origin, ask, outcomes } = world
      const gate = createGate()
      origin.on('/a', after(gate, whole('nothing here', { status: 404 })))
      const calls = atOnce(CALLERS, () => ask('/a'))
      await until(() => origin.count('/a') === 1, 'the origin is asked')
      gate.open()
      const answers = [...(await calls), await ask('/a')]
      expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(
        new Set(['404 nothing here']),
      )
      expect(origin.count('/a')).toBe(1)
      expect(await outcomes(CALLERS + 1)).toEqual({ miss: 1, coalesced: CALLERS - 1, hit: 1 })
    })
  })
}
