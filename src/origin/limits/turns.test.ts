import { describe, expect, it } from 'vitest'
import { atOnce } from '../../../test/helpers/gate.js'
import { DAY_MS, openLimits, ruleOf, subject } from '../../../test/helpers/shared-limits.js'

describe('turns under a rate limit', () => {
  it('are given to all processes in one order, and no two windows’ worth in one', async () => {
    const { all } = openLimits(4)
    const rule = ruleOf(10, 1_000)
    const turns = await atOnce(40, (index) => all[index % 4]!.turns.take(subject, [rule], 60_000))
    expect(turns.map(({ waitMs }) => waitMs)).toEqual(
      Array.from({ length: 40 }, (_, index) => Math.floor(index / 10) * 1_000),
    )
  })

  it('that would come too late are not given, and keep nobody else waiting', async () => {
    const { limits } = openLimits()
    const rule = ruleOf(1, 1_000)
    await limits.turns.take(subject, [rule], 0)
    expect(await limits.turns.take(subject, [rule], 999)).toMatchObject({ isGiven: false, waitMs: 1_000 })
    expect(await limits.turns.take(subject, [rule], 1_000)).toMatchObject({ isGiven: true, waitMs: 1_000 })
  })

  it('are given under the slowest of several limits', async () => {
    const { limits } = openLimits()
    const rules = [ruleOf(2, 1_000), ruleOf(3, 10_000)]
    const turns = await atOnce(4, () => limits.turns.take(subject, rules, 60_000))
    expect(turns.map(({ waitMs }) => waitMs)).toEqual([0, 0, 1_000, 10_000])
  })

  it('go on while the store is away, each process at its share', async () => {
    const { all, setAway, troubles } = openLimits(2)
    const rule = ruleOf(4, 1_000)
    for (const limits of all) await limits.turns.take(subject, [rule], 0)
    for (const limits of all) await limits.turns.records.read(subject)
    setAway(true)
    const turns = await atOnce(3, () => all[0]!.turns.take(subject, [rule], 60_000))
    expect(turns.map(({ waitMs }) => waitMs)).toEqual([1_000, 1_000, 2_000])
    expect(troubles.length).toBeGreaterThan(0)
  })

  it('are as far off as before where the clock is put back by a day', async () => {
    const { limits, clock } = openLimits()
    const rule = ruleOf(1, 1_000)
    await limits.turns.take(subject, [rule], 0)
    clock.jump(-DAY_MS)
    expect(await limits.turns.take(subject, [rule], 60_000)).toMatchObject({ isGiven: true, waitMs: 1_000 })
  })

  it('are counted here where the store can be read and takes nothing', async () => {
    const { limits, clock, setFull } = openLimits()
    const rule = ruleOf(1, 1_000)
    setFull(true)
    const waits: number[] = []
    for (let call = 0; call < 3; call += 1) {
      waits.push((await limits.turns.take(subject, [rule], 60_000)).waitMs)
      clock.advance(100)
    }
    expect(waits).toEqual([0, 900, 1_800])
    setFull(false)
    expect(await limits.turns.take(subject, [rule], 60_000)).toMatchObject({ isGiven: true, waitMs: 0 })
  })
})
