import { describe, expect, it } from 'vitest'
import { atOnce } from '../../../test/helpers/gate.js'
import { limitWorld } from '../../../test/helpers/origin-step.js'
import type { BudgetRule, LimitSubject } from '../../model/limits.js'
import { createLimits } from './create-limits.js'

const DAY_MS = 86_400_000
const subject: LimitSubject = { service: 'my_service', identity: undefined }
const someone: LimitSubject = { service: 'my_service', identity: 'abc' }

const ruleOf = (limit: number, perMs: number, name = `${limit}/${perMs}ms`): BudgetRule => ({
  name,
  limit,
  perMs,
  resetsAt: undefined,
  timeZone: 'UTC',
})
const hundred = ruleOf(100, DAY_MS, '100/1d')

/** Several processes on one store. */
function open(processes = 1, options: Parameters<typeof limitWorld>[0] = {}) {
  const world = limitWorld(options)
  const all = Array.from({ length: processes }, () => createLimits(world.parts))
  return { ...world, all, limits: all[0]! }
}

async function grantedOf(count: number, reserve: (index: number) => Promise<{ isGranted: boolean }>) {
  return (await atOnce(count, reserve)).filter(({ isGranted }) => isGranted).length
}

describe('a quota', () => {
  it('shared by four processes at full speed is spent to the last call and not one more', async () => {
    const { all } = open(4)
    expect(await grantedOf(400, (index) => all[index % 4]!.budgets.reserve(subject, [hundred]))).toBe(100)
  })

  it('says when it renews, and does', async () => {
    const { limits, clock } = open()
    const rule = ruleOf(1, 60_000)
    await limits.budgets.reserve(subject, [rule])
    clock.advance(20_000)
    expect(await limits.budgets.reserve(subject, [rule])).toMatchObject({
      isGranted: false,
      renewsInMs: 40_000,
      spent: { name: rule.name, kind: 'quota' },
    })
    clock.advance(40_000)
    expect((await limits.budgets.reserve(subject, [rule])).isGranted).toBe(true)
  })

  it('is one of several: a call counts under all, or under none', async () => {
    const { limits, clock } = open()
    const rules = [ruleOf(5, DAY_MS, 'day'), ruleOf(2, 1_000, 'second')]
    expect(await grantedOf(4, () => limits.budgets.reserve(subject, rules))).toBe(2)
    clock.advance(1_000)
    expect(await grantedOf(9, () => limits.budgets.reserve(subject, rules))).toBe(2)
    const [state] = await limits.states()
    expect(state?.budgets.find(({ name }) => name === 'day')?.remaining).toBe(1)
  })

  it('that was reserved and not used is given back', async () => {
    const { limits } = open()
    const rule = ruleOf(1, 60_000)
    const reservation = await limits.budgets.reserve(subject, [rule])
    if (reservation.isGranted) await reservation.giveBack()
    expect((await limits.budgets.reserve(subject, [rule])).isGranted).toBe(true)
  })

  it('of a window that is over is not given back to the next', async () => {
    const { limits, clock } = open()
    const rule = ruleOf(1, 60_000)
    const old = await limits.budgets.reserve(subject, [rule])
    clock.advance(60_000)
    await limits.budgets.reserve(subject, [rule])
    if (old.isGranted) await old.giveBack()
    expect((await limits.budgets.reserve(subject, [rule])).isGranted).toBe(false)
  })

  it('of one identity is not that of another', async () => {
    const { limits } = open()
    const rule = ruleOf(1, 60_000)
    expect((await limits.budgets.reserve(subject, [rule])).isGranted).toBe(true)
    expect((await limits.budgets.reserve(someone, [rule])).isGranted).toBe(true)
    expect((await limits.budgets.reserve(someone, [rule])).isGranted).toBe(false)
    expect((await limits.states()).map(({ identity }) => identity)).toEqual([undefined, 'abc'])
  })

  it('tells its level at once and when it changes, without a credential or a call in the event', async () => {
    const { limits, of } = open()
    const call = { ...subject, headers: [['authorization', 's3cret']] }
    for (let count = 0; count < 92; count += 1) await limits.budgets.reserve(call, [hundred])
    expect(limits.levelOf(subject, [hundred])).toBe('scarce')
    expect(limits.levelOf(someone, [hundred])).toBe('ample')
    expect(of('budget-level')).toEqual([
      { ...subject, level: 'thrifty', was: 'ample' },
      { ...subject, level: 'stretched', was: 'thrifty' },
      { ...subject, level: 'scarce', was: 'stretched' },
    ])
  })

  it('spent by another process shows in the level within 100 ms', async () => {
    const { all, clock } = open(2)
    expect(all[1]!.levelOf(subject, [hundred])).toBe('ample')
    for (let count = 0; count < 95; count += 1) await all[0]!.budgets.reserve(subject, [hundred])
    clock.advance(100)
    expect(all[1]!.levelOf(subject, [hundred])).toBe('scarce')
  })

  it('is not written to again and again once it is spent', async () => {
    const { parts, clock } = limitWorld()
    let updates = 0
    const cells: typeof parts.cells = {
      ...parts.cells,
      update: (name, change) => ((updates += 1), parts.cells.update(name, change)),
    }
    const limits = createLimits({ ...parts, cells })
    const rule = ruleOf(1, 60_000)
    await grantedOf(1, () => limits.budgets.reserve(subject, [rule]))
    const before = updates
    expect(await grantedOf(1_000, () => limits.budgets.reserve(subject, [rule]))).toBe(0)
    expect(updates).toBe(before)
    clock.advance(60_000)
    expect(await grantedOf(1, () => limits.budgets.reserve(subject, [rule]))).toBe(1)
  })

  it('costs nothing where there is none', async () => {
    const { limits, setAway, troubles } = open()
    await limits.budgets.reserve(subject, [])
    setAway(true)
    expect((await limits.budgets.reserve(subject, [])).isGranted).toBe(true)
    expect(troubles).toHaveLength(1)
  })

  it('whose record is damaged counts as whole, with a warning', async () => {
    const { limits, parts, warnings } = open()
    for (const value of [
      '',
      '{',
      '[]',
      'null',
      '{"version":2}',
      '{"version":1,"windows":{"a":{"used":-1}}}',
    ]) {
      await parts.cells.update('quota/my_service/', () => ({
        action: 'put',
        value,
        keepUntilMs: Number.MAX_SAFE_INTEGER,
        result: undefined,
      }))
      expect((await limits.budgets.reserve(subject, [hundred])).isGranted).toBe(true)
    }
    expect(warnings.length).toBeGreaterThanOrEqual(6)
    expect(warnings[0]).toContain('quota/my_service/')
  })
})

describe('a quota while the store is away', () => {
  it('is shared out: four processes spend no more than was left', async () => {
    const { all, setAway } = open(4)
    for (const limits of all) await limits.budgets.reserve(subject, [hundred])
    for (const limits of all) await limits.budgets.records.read(subject)
    setAway(true)
    expect(await grantedOf(400, (index) => all[index % 4]!.budgets.reserve(subject, [hundred]))).toBe(96)
  })

  it('is handed in when the store is back', async () => {
    const { all, setAway } = open(2)
    for (const limits of all) await limits.budgets.reserve(subject, [hundred])
    for (const limits of all) await limits.budgets.records.read(subject)
    setAway(true)
    expect(await grantedOf(40, (index) => all[index % 2]!.budgets.reserve(subject, [hundred]))).toBe(40)
    setAway(false)
    for (const limits of all) await limits.budgets.reserve(subject, [hundred])
    const [state] = await all[0]!.states()
    expect(state?.budgets[0]?.remaining).toBe(100 - 2 - 40 - 2)
  })

  it('renews to a share of the whole', async () => {
    const { all, setAway, clock } = open(4)
    const rule = ruleOf(10, 1_000)
    for (const limits of all) await limits.budgets.reserve(subject, [rule])
    for (const limits of all) await limits.budgets.records.read(subject)
    setAway(true)
    await all[0]!.budgets.reserve(subject, [rule])
    clock.advance(1_000)
    expect(await grantedOf(10, () => all[0]!.budgets.reserve(subject, [rule]))).toBe(2)
  })
})

describe('what the origin tells of its limits', () => {
  const said = { name: 'default', limit: 100, remaining: 2, resetInMs: 60_000, windowMs: 60_000 }

  it('is a budget of all processes from then on', async () => {
    const { all, clock } = open(2)
    await all[0]!.budgets.learn(subject, [said])
    expect(await grantedOf(6, (index) => all[index % 2]!.budgets.reserve(subject, []))).toBe(2)
    expect(await all[1]!.states()).toEqual([
      {
        ...subject,
        level: 'scarce',
        coolDown: undefined,
        budgets: [
          { name: 'default', kind: 'learned', limit: 100, remaining: 0, renewsAtMs: clock.nowMs() + 60_000 },
        ],
      },
    ])
    clock.advance(60_000)
    expect((await all[0]!.budgets.reserve(subject, [])).isGranted).toBe(true)
  })

  it('lowers what is left and never raises it within a window; the next window is the origin’s word', async () => {
    const { limits, clock } = open()
    const left = async (): Promise<unknown> => (await limits.states())[0]?.budgets[0]?.remaining
    await limits.budgets.learn(subject, [{ ...said, remaining: 50 }])
    await limits.budgets.learn(subject, [{ ...said, remaining: 90 }])
    expect(await left()).toBe(50)
    await limits.budgets.learn(subject, [{ ...said, remaining: 20 }])
    expect(await left()).toBe(20)
    clock.advance(30_000)
    await limits.budgets.learn(subject, [{ ...said, remaining: 99 }])
    expect(await left()).toBe(99)
  })

  it('counts for a day at most, and at most eight of them', async () => {
    const { limits, clock } = open()
    await limits.budgets.learn(subject, [{ ...said, remaining: 0, resetInMs: 400 * DAY_MS }])
    clock.advance(DAY_MS)
    expect((await limits.budgets.reserve(subject, [])).isGranted).toBe(true)
    const many = Array.from({ length: 20 }, (_, index) => ({ ...said, name: `n${index}` }))
    await limits.budgets.learn(subject, many)
    expect((await limits.states())[0]?.budgets).toHaveLength(8)
  })
})

describe('turns under a rate limit', () => {
  it('are given to all processes in one order, and no two windows’ worth in one', async () => {
    const { all } = open(4)
    const rule = ruleOf(10, 1_000)
    const turns = await atOnce(40, (index) => all[index % 4]!.turns.take(subject, [rule], 60_000))
    expect(turns.map(({ waitMs }) => waitMs)).toEqual(
      Array.from({ length: 40 }, (_, index) => Math.floor(index / 10) * 1_000),
    )
  })

  it('that would come too late are not given, and keep nobody else waiting', async () => {
    const { limits } = open()
    const rule = ruleOf(1, 1_000)
    await limits.turns.take(subject, [rule], 0)
    expect(await limits.turns.take(subject, [rule], 999)).toMatchObject({ isGiven: false, waitMs: 1_000 })
    expect(await limits.turns.take(subject, [rule], 1_000)).toMatchObject({ isGiven: true, waitMs: 1_000 })
  })

  it('are given under the slowest of several limits', async () => {
    const { limits } = open()
    const rules = [ruleOf(2, 1_000), ruleOf(3, 10_000)]
    const turns = await atOnce(4, () => limits.turns.take(subject, rules, 60_000))
    expect(turns.map(({ waitMs }) => waitMs)).toEqual([0, 0, 1_000, 10_000])
  })

  it('go on while the store is away, each process at its share', async () => {
    const { all, setAway, troubles } = open(2)
    const rule = ruleOf(4, 1_000)
    for (const limits of all) await limits.turns.take(subject, [rule], 0)
    for (const limits of all) await limits.turns.records.read(subject)
    setAway(true)
    const turns = await atOnce(3, () => all[0]!.turns.take(subject, [rule], 60_000))
    expect(turns.map(({ waitMs }) => waitMs)).toEqual([1_000, 1_000, 2_000])
    expect(troubles.length).toBeGreaterThan(0)
  })

  it('are as far off as before where the clock is put back by a day', async () => {
    const { limits, clock } = open()
    const rule = ruleOf(1, 1_000)
    await limits.turns.take(subject, [rule], 0)
    clock.jump(-DAY_MS)
    expect(await limits.turns.take(subject, [rule], 60_000)).toMatchObject({ isGiven: true, waitMs: 1_000 })
  })
})

describe('a cool-down', () => {
  it('lasts as long as the origin said, for all processes, and for a day at most', async () => {
    const { all, clock, of } = open(2)
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
    const { limits, clock } = open()
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
    const { all, of } = open(4)
    const ends = await atOnce(40, (index) => all[index % 4]!.coolDowns.begin(subject, undefined))
    expect(new Set(ends).size).toBe(1)
    expect(of('cooled-down')).toHaveLength(1)
  })

  it('is made longer by the origin’s word and never shorter', async () => {
    const { limits, clock } = open()
    const nowMs = clock.nowMs()
    await limits.coolDowns.begin(subject, nowMs + 60_000)
    expect(await limits.coolDowns.begin(subject, nowMs + 5_000)).toBe(nowMs + 60_000)
    expect(await limits.coolDowns.begin(subject, nowMs + 120_000)).toBe(nowMs + 120_000)
    expect(await limits.coolDowns.begin(subject, nowMs - 1)).toBe(nowMs + 120_000)
  })

  it('holds for this process before the store has heard of it, and where the store is away', async () => {
    const { limits, clock, setAway, troubles } = open()
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
    const { all, clock } = open(2, { isRemote: true })
    expect(await all[1]!.coolDowns.untilMs(subject)).toBeUndefined()
    const untilMs = await all[0]!.coolDowns.begin(subject, clock.nowMs() + 5_000)
    clock.advance(99)
    expect(await all[1]!.coolDowns.untilMs(subject)).toBeUndefined()
    clock.advance(1)
    expect(await all[1]!.coolDowns.untilMs(subject)).toBe(untilMs)
  })

  it('is as long as it was where the clock is put back by a day', async () => {
    const { limits, clock } = open()
    await limits.coolDowns.begin(subject, clock.nowMs() + 5_000)
    clock.jump(-DAY_MS)
    expect(await limits.coolDowns.untilMs(subject)).toBe(clock.nowMs() + 5_000)
    clock.advance(5_000)
    expect(await limits.coolDowns.untilMs(subject)).toBeUndefined()
  })
})

describe('limits as tools see them', () => {
  it('are those that were declared, whole, and those that were spent of', async () => {
    const { parts, clock } = limitWorld()
    const quick = ruleOf(2, 1_000, '2/1s')
    const declared = () => [
      { service: 'my_service', quotas: [hundred], rateLimits: [quick] },
      { service: 'without', quotas: [], rateLimits: [] },
    ]
    const limits = createLimits({ ...parts, declared })
    const whole = { remaining: 100, limit: 100, renewsAtMs: undefined, kind: 'quota', name: '100/1d' }
    expect(await limits.states()).toMatchObject([
      { service: 'my_service', level: 'ample', budgets: [whole, { name: '2/1s', remaining: 2 }] },
    ])
    await limits.budgets.reserve(subject, [hundred])
    await limits.turns.take(subject, [quick], 0)
    await limits.coolDowns.begin({ service: 'another', identity: undefined }, clock.nowMs() + 9_000)
    expect(await limits.states()).toMatchObject([
      {
        service: 'another',
        budgets: [],
        coolDown: { untilMs: clock.nowMs() + 9_000, because: 'origin-quota' },
      },
      {
        service: 'my_service',
        budgets: [
          { remaining: 99, renewsAtMs: clock.nowMs() + DAY_MS },
          { kind: 'rate-limit', remaining: 1, renewsAtMs: clock.nowMs() + 1_000 },
        ],
      },
    ])
  })

  it('are forgotten for one service, or for all', async () => {
    const { all, clock } = open(2)
    const other: LimitSubject = { service: 'my_service2', identity: undefined }
    const rule = ruleOf(1, 60_000)
    for (const one of [subject, someone, other]) {
      await all[0]!.budgets.reserve(one, [rule])
      await all[0]!.turns.take(one, [rule], 0)
      await all[0]!.coolDowns.begin(one, clock.nowMs() + 9_000)
    }
    await all[1]!.reset('my_service')
    expect((await all[0]!.states()).map(({ service }) => service)).toEqual(['my_service2'])
    expect((await all[0]!.budgets.reserve(subject, [rule])).isGranted).toBe(true)
    expect(await all[0]!.coolDowns.untilMs(subject)).toBeUndefined()
    await all[1]!.reset(undefined)
    expect(await all[0]!.states()).toEqual([])
  })
})
