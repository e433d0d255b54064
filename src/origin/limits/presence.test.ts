import { describe, expect, it } from 'vitest'
import { processesIn, seenNow, shareOf } from './presence.js'

describe('the processes that share a budget', () => {
  it('are those seen within the last ten minutes, the one that asks among them', () => {
    const seen = seenNow({ gone: 0, here: 1, me: 10_000 }, 'me', 600_000)
    expect(seen).toEqual({ me: 600_000, here: 1 })
    expect(processesIn(seen)).toBe(2)
    expect(processesIn({})).toBe(1)
  })

  it('seen in the future, since a clock was put back, have gone too', () => {
    expect(seenNow({ ahead: 700_000 }, 'me', 60_000)).toEqual({ me: 60_000 })
  })

  it('are at most a hundred, the latest', () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`p${index}`, index]))
    const seen = seenNow(many, 'me', 1_000)
    expect(processesIn(seen)).toBe(100)
    expect(Object.keys(seen)).toContain('p299')
    expect(Object.keys(seen)).not.toContain('p100')
  })

  it.each([
    [100, 4, 25],
    [100, 3, 33],
    [3, 4, 0],
    [7, 0, 7],
  ])('%d calls among %d are %d each', (count, processes, expected) => {
    expect(shareOf(count, processes)).toBe(expected)
  })
})
