import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../../test/helpers/fake-clock.js'
import type { CellChange } from '../model/cells.js'
import { createMemoryCells } from './memory-cells.js'

const put =
  (value: string, keepUntilMs: number): CellChange<undefined> =>
  () => ({ action: 'put', value, keepUntilMs, result: undefined })

describe('cells in memory', () => {
  it('refuse names and values that no store would take', async () => {
    const clock = createFakeClock()
    const cells = createMemoryCells(clock)
    const untilMs = clock.nowMs() + 1_000
    for (const name of ['', 'n'.repeat(201)])
      await expect(cells.update(name, put('v', untilMs))).rejects.toThrow(RangeError)
    await expect(cells.update('n', put('é'.repeat(16_385), untilMs))).rejects.toThrow(/32770 bytes/)
    expect(cells.list('')).toEqual([])
    await cells.update('n'.repeat(200), put('é'.repeat(16_384), untilMs))
    expect(cells.read('n'.repeat(200))).toHaveLength(16_384)
  })

  it('a value ends at its instant, not after it', async () => {
    const clock = createFakeClock()
    const cells = createMemoryCells(clock)
    await cells.update('n', put('v', clock.nowMs() + 10))
    clock.advance(9)
    expect(cells.read('n')).toBe('v')
    clock.advance(1)
    expect(cells.read('n')).toBeUndefined()
  })

  it('those past their time make room, and the others stay', async () => {
    const clock = createFakeClock()
    const cells = createMemoryCells(clock)
    const untilMs = clock.nowMs() + 60_000
    for (let index = 0; index < 5_000; index += 1) {
      await cells.update(`brief:${index}`, put('v', clock.nowMs() + 5))
      if (index % 100 === 0) await cells.update(`long:${index}`, put('v', untilMs))
      clock.advance(1)
    }
    expect(cells.list('long:')).toHaveLength(50)
    // What is there still would count again.
    clock.jump(-6_000)
    expect((await cells.list('brief:')).length).toBeLessThan(1_100)
  })
})
