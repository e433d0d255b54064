import { describe, expect, it } from 'vitest'
import { atOnce } from '../../../test/helpers/gate.js'
import { limitWorld } from '../../../test/helpers/origin-step.js'
import { DAY_MS, hundred, openLimits, ruleOf, someone, subject } from '../../../test/helpers/shared-limits.js'
import { createLimits } from './create-limits.js'

async function grantedOf(count: number, reserve: (index: number) => Promise<{ isGranted: boolean }>) {
  return (await atOnce(count, reserve)).filter(({ isGranted }) => isGranted).length
}

describe('a quota', () => {
  it('shared by four processes at full speed is spent to the last call and not one more', async () => {
    const { all } = openLimits(4)
    expect(await grantedOf(400, (index) => all[index % 4]!.budgets.reserve(subject, [hundred]))).toBe(100)
  })

  it('says when it renews, and does', async () => {
    const { limits, clock } = openLimits()
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
    const { limits, clock } = openLimits()
    const rules = [ruleOf(5, DAY_MS, 'day'), ruleOf(2, 1_000, 'second')]
    expect(await grantedOf(4, () => limits.budgets.reserve(subject, rules))).toBe(2)
    clock.advance(1_000)
    expect(await grantedOf(9, () => limits.budgets.reserve(subject, rules))).toBe(2)
    const [state] = await limits.states()
    expect(state?.budgets.find(({ name }) => name === 'day')?.remaining).toBe(1)
  })

  it('that was reserved and not used is given back', async () => {
    const { limits } = openLimits()
    const rule = ruleOf(1, 60_000)
    const reservation = await limits.budgets.reserve(subject, [rule])
    if (reservation.isGranted) await reservation.giveBack()
    expect((await limits.budgets.reserve(subject, [rule])).isGranted).toBe(true)
  })

  it('of a window that is over is not given back to the next', async () => {
    const { limits, clock } = openLimits()
    const rule = ruleOf(1, 60_000)
    const old = await limits.budgets.reserve(subject, [rule])
    clock.advance(60_000)
    await limits.budgets.reserve(subject, [rule])
    if (old.isGranted) await old.giveBack()
    expect((await limits.budgets.reserve(subject, [rule])).isGranted).toBe(false)
  })

  it('of one identity is not that of another', async () => {
    const { limits } = openLimits()
    const rule = ruleOf(1, 60_000)
    expect((await limits.budgets.reserve(subject, [rule])).isGranted).toBe(true)
    expect((await limits.budgets.reserve(someone, [rule])).isGranted).toBe(true)
    expect((await limits.budgets.reserve(someone, [rule])).isGranted).toBe(false)
    expect((await limits.states()).map(({ identity }) => identity)).toEqual([undefined, 'abc'])
  })

  it('tells its level at once and when it changes, without a credential or a call in the event', async () => {
    const { limits, of } = openLimits()
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

  it('has its level remembered for ten thousand subjects, the latest', async () => {
    const { limits, of } = openLimits()
    const rule = ruleOf(2, 60_000)
    const named = (index: number) => ({ ...subject, identity: `id${index}` })
    for (let index = 0; index <= 10_000; index += 1) await limits.budgets.reserve(named(index), [rule])
    for (const index of [10_000, 1, 0]) limits.levelOf(named(index), [rule])
    const told = (index: number) => of('budget-level').filter(({ identity }) => identity === `id${index}`)
    expect([told(10_000), told(1), told(0)].map(({ length }) => length)).toEqual([1, 1, 2])
  })

  it('spent by another process shows in the level within 100 ms', async () => {
    const { all, clock } = openLimits(2)
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
    const { limits, setAway, troubles } = openLimits()
    await limits.budgets.reserve(subject, [])
    setAway(true)
    expect((await limits.budgets.reserve(subject, [])).isGranted).toBe(true)
    expect(troubles).toHaveLength(1)
  })

  it('whose record is damaged counts as whole, with a warning', async () => {
    const { limits, parts, warnings } = openLimits()
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
    const { all, setAway } = openLimits(4)
    for (const limits of all) await limits.budgets.reserve(subject, [hundred])
    for (const limits of all) await limits.budgets.records.read(subject)
    setAway(true)
    expect(await grantedOf(400, (index) => all[index % 4]!.budgets.reserve(subject, [hundred]))).toBe(96)
  })

  it('is handed in when the store is back', async () => {
    const { all, setAway } = openLimits(2)
    for (const limits of all) await limits.budgets.reserve(subject, [hundred])
    for (const limits of all) await limits.budgets.records.read(subject)
    setAway(true)
    expect(await grantedOf(40, (index) => all[index % 2]!.budgets.reserve(subject, [hundred]))).toBe(40)
    setAway(false)
    for (const limits of all) await limits.budgets.reserve(subject, [hundred])
    const [state] = await all[0]!.states()
    expect(state?.budgets[0]?.remaining).toBe(100 - 2 - 40 - 2)
  })

  it('is not overdrawn where one process spent while another stood still, as long as none had more than its part', async () => {
    const { all, setAway } = openLimits(2, { isRemote: true })
    const [still, busy] = [all[0]!, all[1]!]
    for (const limits of all) await limits.budgets.reserve(subject, [hundred])
    await still.budgets.reserve(subject, [hundred])
    expect(await grantedOf(40, () => busy.budgets.reserve(subject, [hundred]))).toBe(40)
    setAway(true)
    const spent = await grantedOf(400, (index) => all[index % 2]!.budgets.reserve(subject, [hundred]))
    expect(3 + 40 + spent).toBe(100)
  })

  it('is not given out again each time that the store goes away', async () => {
    const { all, setAway } = openLimits(2)
    for (const limits of all) await limits.budgets.reserve(subject, [hundred])
    for (const limits of all) await limits.budgets.records.read(subject)
    let spent = 2
    for (let time = 0; time < 5; time += 1) {
      setAway(true)
      spent += await grantedOf(100, () => all[0]!.budgets.reserve(subject, [hundred]))
      setAway(false)
      const reservation = await all[0]!.budgets.reserve(subject, [hundred])
      if (reservation.isGranted) await reservation.giveBack()
    }
    expect(spent).toBeLessThanOrEqual(51)
  })

  it('is a tenth to a process that never saw who else there is', async () => {
    const { parts, setAway } = limitWorld()
    setAway(true)
    const [first, second] = [createLimits(parts), createLimits(parts)]
    const small = ruleOf(9, DAY_MS, '9/1d')
    for (const limits of [first, second]) {
      expect(await grantedOf(100, () => limits.budgets.reserve(subject, [hundred]))).toBe(10)
      expect(await limits.budgets.reserve(someone, [small])).toMatchObject({ isGranted: false })
    }
    setAway(false)
    for (const limits of [first, second]) await limits.budgets.reserve(subject, [hundred])
    expect((await first.states())[0]?.budgets[0]?.remaining).toBe(78)
  })

  it('is shared with those who were there ten minutes ago, though their windows are over', async () => {
    const { all, setAway, clock } = openLimits(4)
    const rule = ruleOf(100, 1_000)
    for (const limits of all) await limits.budgets.reserve(subject, [rule])
    clock.advance(599_000)
    await all[0]!.budgets.reserve(subject, [rule])
    clock.advance(1_000)
    setAway(true)
    expect(await grantedOf(100, () => all[0]!.budgets.reserve(subject, [rule]))).toBe(25)
  })

  it('renews to a share of the whole', async () => {
    const { all, setAway, clock } = openLimits(4)
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
    const { all, clock } = openLimits(2)
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
    const { limits, clock } = openLimits()
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
    const { limits, clock } = openLimits()
    await limits.budgets.learn(subject, [{ ...said, remaining: 0, resetInMs: 400 * DAY_MS }])
    clock.advance(DAY_MS)
    expect((await limits.budgets.reserve(subject, [])).isGranted).toBe(true)
    const many = Array.from({ length: 20 }, (_, index) => ({ ...said, name: `n${index}` }))
    await limits.budgets.learn(subject, many)
    expect((await limits.states())[0]?.budgets).toHaveLength(8)
  })
})
