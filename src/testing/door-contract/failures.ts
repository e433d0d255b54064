// An origin that misbehaves: an older answer where there is one, else the failure; nothing bad is stored.
import { type DoorTesting, type DoorWorld, atOnce, fails } from './door-testing.js'
import {
  coded,
  counted,
  inTurn,
  resetAtOnce,
  resetMidBody,
  resetMidLargeBody,
  tooShort,
  whole,
} from './replies.js'
import type { Reply } from './scripted-origin.js'

const TWO_HOURS_MS = 7_200_000

const BROKEN: readonly (readonly [string, Reply])[] = [
  ['a connection that breaks before any header', resetAtOnce],
  ['a connection that breaks in the middle of the body', resetMidBody],
  ['a connection that breaks in the middle of a large body', resetMidLargeBody],
  ['a body that is shorter than was said', tooShort],
  ['a body that does not decode', coded('the body', 'gzip', true)],
]

/** Rescue, failure, and what comes after. */
export function describeFailures(testing: DoorTesting): void {
  testing.describe('an origin that fails', () => {
    describeRescue(testing)
    describeNothingStored(testing)
  })
}

function describeRescue({ test, expect }: DoorTesting): void {
  const failing: readonly (readonly [string, (world: DoorWorld) => void | Promise<void>])[] = [
    ['answers 503', ({ origin }) => origin.on('/a', whole('sorry', { status: 503 }))],
    ['answers 429', ({ origin }) => origin.on('/a', whole('slow down', { status: 429 }))],
    ['breaks the connection', ({ origin }) => origin.on('/a', resetAtOnce)],
    ['refuses connections', ({ origin }) => origin.stop()],
  ]
  for (const [title, fail] of failing) {
    test(`an older answer is served where the origin ${title}`, async (world) => {
      const { origin, ask, clock, outcomes } = world
      origin.on('/a', whole('good'))
      await ask('/a')
      clock.advance(TWO_HOURS_MS)
      await fail(world)
      const answers = await atOnce(5, () => ask('/a'))
      expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(new Set(['200 good']))
      expect(await outcomes(6)).toEqual({ miss: 1, rescued: 5 })
    })
  }
}

function describeNothingStored({ test, expect }: DoorTesting): void {
  test('a 503 with nothing stored reaches the caller and is not stored', async ({
    origin,
    ask,
    outcomes,
  }) => {
    origin.on('/a', inTurn(whole('sorry', { status: 503 }), counted()))
    const { status, text } = await ask('/a')
    expect([status, text]).toEqual([503, 'sorry'])
    expect((await ask('/a')).text).toBe('call 2')
    expect(await outcomes(2)).toEqual({ failed: 1, miss: 1 })
  })

  test('an origin that refuses connections is an error, and is asked again', async ({
    origin,
    ask,
    outcomes,
  }) => {
    origin.on('/a', counted())
    await origin.stop()
    expect(await fails(ask('/a'))).toBe(true)
    await origin.start()
    expect((await ask('/a')).text).toBe('call 1')
    expect(await outcomes(2)).toEqual({ failed: 1, miss: 1 })
  })

  for (const [title, reply] of BROKEN) {
    test(`${title} is an error, and nothing is stored`, async ({ origin, ask, cachette }) => {
      origin.on('/a', reply)
      expect(await fails(ask('/a'))).toBe(true)
      expect((await cachette.list()).entries.length).toBe(0)
      const before = origin.count('/a')
      origin.on('/a', whole('good'))
      expect((await ask('/a')).text).toBe('good')
      expect(origin.count('/a')).toBe(before + 1)
    })

    test(`${title} fails all who wait for it`, async ({ origin, ask, cachette }) => {
      origin.on('/a', reply)
      expect(await atOnce(5, () => fails(ask('/a')))).toEqual([true, true, true, true, true])
      expect((await cachette.list()).entries.length).toBe(0)
    })
  }
}
