import { describe, expect, it } from 'vitest'
import { turns } from '../../../test/fuzz/body-harness.js'
import { atOnce } from '../../../test/helpers/gate.js'
import { limitWorld } from '../../../test/helpers/origin-step.js'
import { DAY_MS, openLimits, someone, subject } from '../../../test/helpers/shared-limits.js'
import { createLimits } from './create-limits.js'

describe('a cool-down', () => {
  it('lasts as long as the origin said, for all processes, and for a day at most', async () => {
    const { all, clock, of } = openLimits(2)
    const untilMs = clock.nowMs() + 20_000_000
    expect(await all[0]!.coolDowns.begin(subject, untilMs)).toBe(untilMs)
    expect(await all[1]!.coolDowns.untilMs(subject)).toBe(untilMs)
    expect(of('cooled-down')).toEqual([{ ...subject, untilMs, because: 'origin-quota' }])
    clock.advance(19_999_999)
    expect(await all[1]!.coolDowns.untilMs(subject)).toBe(untilMs)
    clock.advance(1)
    expect(await all[1]!.coolDowns.untilMs(subject)).toBeUndefined()
    const nowMs = clock.nowMs()
    expect(await all[0]!.coolDowns.begin(subject, nowMs + 400 * DAY_MS)).toBe(nowMs + DAY_MS)
  })

  it('of unsaid length doubles each time, up to five minutes, and begins anew after a good answer', async () => {
    const { limits, clock } = openLimits()
    const lengths: number[] = []
    for (let round = 0; round < 11; round += 1) {
      const untilMs = await limits.coolDowns.begin(subject, undefined)
      lengths.push((untilMs - clock.nowMs()) / 1_000)
      clock.advance(untilMs - clock.nowMs())
    }
    expect(lengths).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300])
    await limits.coolDowns.forgive(subject)
    expect((await limits.coolDowns.begin(subject, undefined)) - clock.nowMs()).toBe(1_000)
  })

  it('is one, however many calls under way hear of it', async () => {
    const { all, of } = openLimits(4)
    const ends = await atOnce(40, (index) => all[index % 4]!.coolDowns.begin(subject, undefined))
    expect(new Set(ends).size).toBe(1)
    expect(of('cooled-down')).toHaveLength(1)
  })

  it('is made longer by the origin’s word and never shorter', async () => {
    const { limits, clock } = openLimits()
    const nowMs = clock.nowMs()
    await limits.coolDowns.begin(subject, nowMs + 60_000)
    expect(await limits.coolDowns.begin(subject, nowMs + 5_000)).toBe(nowMs + 60_000)
    expect(await limits.coolDowns.begin(subject, nowMs + 120_000)).toBe(nowMs + 120_000)
    expect(await limits.coolDowns.begin(subject, nowMs - 1)).toBe(nowMs + 120_000)
  })

  it('holds for this process before the store has heard of it, and where the store is away', async () => {
    const { limits, clock, setAway, troubles } = openLimits()
    const beginning = limits.coolDowns.begin(subject, clock.nowMs() + 5_000)
    expect(await limits.coolDowns.untilMs(subject)).toBe(clock.nowMs() + 5_000)
    await beginning
    setAway(true)
    await limits.coolDowns.begin(someone, clock.nowMs() + 5_000)
    expect(await limits.coolDowns.untilMs(someone)).toBe(clock.nowMs() + 5_000)
    expect(await limits.coolDowns.untilMs(subject)).toBe(clock.nowMs() + 5_000)
    expect(troubles.length).toBeGreaterThan(0)
  })

  it('on a remote store is looked at every 100 ms at most', async () => {
    const { all, clock } = openLimits(2, { isRemote: true })
    expect(await all[1]!.coolDowns.untilMs(subject)).toBeUndefined()
    const untilMs = await all[0]!.coolDowns.begin(subject, clock.nowMs() + 5_000)
    clock.advance(99)
    expect(await all[1]!.coolDowns.untilMs(subject)).toBeUndefined()
    clock.advance(1)
    expect(await all[1]!.coolDowns.untilMs(subject)).toBe(untilMs)
  })

  it('is as long as it was where the clock is put back by a day', async () => {
    const { limits, clock } = openLimits()
    await limits.coolDowns.begin(subject, clock.nowMs() + 5_000)
    clock.jump(-DAY_MS)
    expect(await limits.coolDowns.untilMs(subject)).toBe(clock.nowMs() + 5_000)
    clock.advance(5_000)
    expect(await limits.coolDowns.untilMs(subject)).toBeUndefined()
  })

  it('lasts to its end where the store can be read and takes nothing', async () => {
    const { limits, clock, setFull, troubles } = openLimits()
    setFull(true)
    const untilMs = clock.nowMs() + 5_000
    expect(await limits.coolDowns.begin(subject, untilMs)).toBe(untilMs)
    clock.advance(4_999)
    expect(await limits.coolDowns.untilMs(subject)).toBe(untilMs)
    clock.advance(1)
    expect(await limits.coolDowns.untilMs(subject)).toBeUndefined()
    await limits.coolDowns.begin(subject, undefined)
    clock.advance(1_000)
    expect((await limits.coolDowns.begin(subject, undefined)) - clock.nowMs()).toBe(2_000)
    expect(troubles).toHaveLength(3)
  })

  it('that the store did not take gives way to a longer one in it, and to a reset', async () => {
    const { all, clock, setFull } = openLimits(2)
    const nowMs = clock.nowMs()
    setFull(true)
    await all[0]!.coolDowns.begin(subject, nowMs + 20_000)
    setFull(false)
    await all[0]!.coolDowns.begin(subject, nowMs + 5_000)
    expect(await all[0]!.coolDowns.untilMs(subject)).toBe(nowMs + 20_000)
    await all[1]!.coolDowns.begin(subject, nowMs + 60_000)
    expect(await all[0]!.coolDowns.untilMs(subject)).toBe(nowMs + 60_000)
    await all[0]!.reset('my_service')
    expect(await all[0]!.coolDowns.untilMs(subject)).toBeUndefined()
  })
})

describe('a cool-down that the store did not take', () => {
  it('is handed in when the store is back, without another call, and holds for all from then on', async () => {
    const { all, clock, setAway, of, troubles } = openLimits(2, { isRemote: true })
    const [first, second] = [all[0]!, all[1]!]
    setAway(true)
    const untilMs = clock.nowMs() + 1_200_000
    await first.coolDowns.begin(subject, untilMs)
    await first.coolDowns.begin(someone, untilMs + 60_000)
    const before = troubles.length
    for (let second = 0; second < 5; second += 1) {
      clock.advance(1_000)
      await turns()
    }
    expect(troubles).toHaveLength(before)
    setAway(false)
    expect(await second.coolDowns.untilMs(subject)).toBeUndefined()
    clock.advance(1_000)
    await turns()
    expect(await second.coolDowns.untilMs(subject)).toBe(untilMs)
    expect(await second.coolDowns.untilMs(someone)).toBe(untilMs + 60_000)
    expect(of('cooled-down')).toHaveLength(2)
    await second.reset(undefined)
    for (let second = 0; second < 5; second += 1) {
      clock.advance(1_000)
      await turns()
    }
    expect(await second.coolDowns.untilMs(subject)).toBeUndefined()
  })

  it('shortens none that another process began meanwhile', async () => {
    const { all, clock, setAway } = openLimits(2)
    setAway(true)
    await all[0]!.coolDowns.begin(subject, clock.nowMs() + 60_000)
    setAway(false)
    const untilMs = clock.nowMs() + 600_000
    await all[1]!.coolDowns.begin(subject, untilMs)
    clock.advance(1_000)
    await turns()
    for (const limits of all) expect(await limits.coolDowns.untilMs(subject)).toBe(untilMs)
  })

  it('is tried no more once it is over, was lifted, or the instance closes', async () => {
    const { parts, clock, setAway } = limitWorld()
    let asked = 0
    const update: typeof parts.cells.update = (name, change) => {
      asked += 1
      return parts.cells.update(name, change)
    }
    const closing = new AbortController()
    const given = { ...parts, cells: { ...parts.cells, update }, closing: closing.signal }
    setAway(true)
    const [over, closed] = [createLimits(given), createLimits(given)]
    await over.coolDowns.begin(subject, clock.nowMs() + 3_000)
    for (let second = 0; second < 3; second += 1) {
      clock.advance(1_000)
      await turns()
    }
    expect(asked).toBe(3)
    await closed.coolDowns.begin(subject, clock.nowMs() + 60_000)
    closing.abort()
    clock.advance(60_000)
    await turns()
    expect(asked).toBe(4)
  })
})
