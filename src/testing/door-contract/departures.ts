// Callers who leave: one of several takes nothing from the others, and the last one ends what never would.
import { createGate, until } from '../gate.js'
import { type DoorTesting, fails } from './door-testing.js'
import { after, counted, endless } from './replies.js'

/** Aborts. */
export function describeDepartures({ describe, test, expect }: DoorTesting): void {
  describe('callers who leave', () => {
    for (const [title, leaves] of [
      ['the first', 0],
      ['the last', 2],
    ] as const) {
      test(`${title} of three may leave at once, and the others get their answer`, async ({
        origin,
        ask,
      }) => {
        const gate = createGate()
        const leaving = new AbortController()
        origin.on('/a', after(gate, counted()))
        const calls = [0, 1, 2].map((index) => ask('/a', index === leaves ? { signal: leaving.signal } : {}))
        const left = fails(calls[leaves] ?? Promise.resolve())
        await until(() => origin.count('/a') === 1, 'the origin is asked')
        leaving.abort()
        expect(await left).toBe(true)
        gate.open()
        const stayed = await Promise.all(calls.filter((_, index) => index !== leaves))
        expect(stayed.map(({ text }) => text)).toEqual(['call 1', 'call 1'])
        expect(origin.count('/a')).toBe(1)
      })
    }

    test('a caller who has left before it calls is refused', async ({ origin, ask }) => {
      origin.on('/a', counted())
      expect(await fails(ask('/a', { signal: AbortSignal.abort() }))).toBe(true)
      expect(origin.count('/a')).toBe(0)
    })

    test('a body that never ends is let go of when the last one leaves', async ({ origin, ask }) => {
      origin.on('/a', endless)
      const leaving = [new AbortController(), new AbortController()]
      const calls = leaving.map(({ signal }) => fails(ask('/a', { signal })))
      await until(() => origin.count('/a') === 1, 'the origin is asked')
      leaving[0]?.abort()
      expect(await calls[0]).toBe(true)
      expect(origin.abandoned('/a')).toBe(0)
      leaving[1]?.abort()
      expect(await calls[1]).toBe(true)
      await until(() => origin.abandoned('/a') === origin.count('/a'), 'the connection is closed')
    })
  })
}
