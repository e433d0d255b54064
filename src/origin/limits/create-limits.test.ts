import { describe, expect, it } from 'vitest'
import { limitWorld } from '../../../test/helpers/origin-step.js'
import { DAY_MS, hundred, openLimits, ruleOf, someone, subject } from '../../../test/helpers/shared-limits.js'
import type { LimitSubject } from '../../model/limits.js'
import { createLimits } from './create-limits.js'

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
    const { all, clock } = openLimits(2)
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
