import { describe, expect, it } from 'vitest'
import { sampleEntry } from '../../testing/store-contract/sample-records.js'
import { COPY_COST, missCost } from './miss-cost.js'

describe('what a miss costs', () => {
  it('rises with the time that the origin took, from the price of any call', () => {
    const costs = [0, 100, 400, 3_000].map((originMs) => missCost(sampleEntry({ originMs })))
    expect(costs).toEqual([COPY_COST, 2 * COPY_COST, 5 * COPY_COST, 31 * COPY_COST])
  })

  it('is that of ten seconds for anything slower', () => {
    expect(missCost(sampleEntry({ originMs: 3_600_000 }))).toBe(missCost(sampleEntry({ originMs: 10_000 })))
  })

  it('is the price of a call for a node that leads to variants', () => {
    const node = { kind: 'vary', key: 'a', names: ['accept'], removeAtMs: 1, sequence: 1 } as const
    expect(missCost(node)).toBe(COPY_COST)
  })
})
