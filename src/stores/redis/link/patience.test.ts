import { describe, expect, it } from 'vitest'
import { createFakeClock, type FakeClock } from '../../../../test/helpers/fake-clock.js'
import { createPatience } from './patience.js'

/** The next turn of the event loop: what was asked has been written, and replies that came were read. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A patience whose operations are told by name when they are late. */
function begin(): {
  readonly clock: FakeClock
  readonly late: string[]
  readonly ask: (name: string, limitMs: number) => () => void
  readonly timers: () => number
} {
  const clock = createFakeClock()
  const late: string[] = []
  let timers = 0
  const counting = {
    ...clock,
    setTimer: (callback: () => void, delayMs: number) => {
      timers += 1
      return clock.setTimer(callback, delayMs)
    },
  }
  const patience = createPatience(counting)
  return {
    clock,
    late,
    ask: (name, limitMs) => patience.wait(limitMs, () => late.push(name)),
    timers: () => timers,
  }
}

describe('the patience of a link', () => {
  it('ends for each operation after its own time', async () => {
    const { clock, late, ask } = begin()
    ask('slow', 1_000)
    ask('quick', 40)
    await turn()
    clock.advance(39)
    await turn()
    expect(late).toEqual([])
    clock.advance(1)
    await turn()
    expect(late).toEqual(['quick'])
    clock.advance(960)
    await turn()
    expect(late).toEqual(['quick', 'slow'])
  })

  it('begins when the command was written', async () => {
    const { clock, late, ask } = begin()
    ask('read', 40)
    clock.advance(100)
    await turn()
    clock.advance(39)
    await turn()
    expect(late).toEqual([])
    clock.advance(1)
    await turn()
    expect(late).toEqual(['read'])
  })

  it('gives a reply that came meanwhile the time to be read', async () => {
    const { clock, late, ask } = begin()
    const stop = ask('read', 40)
    await turn()
    clock.advance(40)
    stop()
    await turn()
    expect(late).toEqual([])
  })

  it('is told once of what is late', async () => {
    const { clock, late, ask } = begin()
    const stop = ask('one', 40)
    await turn()
    clock.advance(20)
    ask('two', 40)
    await turn()
    clock.advance(20)
    await turn()
    stop()
    clock.advance(20)
    await turn()
    clock.advance(1_000)
    await turn()
    expect(late).toEqual(['one', 'two'])
  })

  it('sets one timer for all that follow each other within a limit', async () => {
    const { clock, late, ask, timers } = begin()
    for (let index = 0; index < 30; index += 1) {
      const stop = ask(`read ${index}`, 40)
      await turn()
      clock.advance(1)
      stop()
    }
    expect([timers(), late]).toEqual([1, []])
  })
})
