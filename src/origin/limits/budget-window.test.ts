import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BudgetRule } from '../../model/limits.js'
import {
  type BudgetWindows,
  budgetKey,
  countedKeys,
  remainingOf,
  spend,
  windowNow,
  windowsNow,
} from './budget-window.js'

const DAY_MS = 86_400_000
const NOON_MS = Date.UTC(2026, 0, 15, 12)
const MIDNIGHT_MS = Date.UTC(2026, 0, 15, 8)

const rolling: BudgetRule = {
  name: '3/10s',
  limit: 3,
  perMs: 10_000,
  resetsAt: undefined,
  timeZone: 'UTC',
}
const daily: BudgetRule = {
  name: '1000/1d',
  limit: 1_000,
  perMs: DAY_MS,
  resetsAt: '00:00',
  timeZone: 'America/Los_Angeles',
}

describe('the window of a budget', () => {
  it('begins with the first call and is over when its time is', () => {
    const first = windowNow(rolling, undefined, NOON_MS)
    expect(first).toMatchObject({ beganAtMs: NOON_MS, endsAtMs: NOON_MS + 10_000, used: 0, kind: 'quota' })
    const spent = { ...first, used: 3 }
    expect(windowNow(rolling, spent, NOON_MS + 9_999)).toEqual(spent)
    expect(windowNow(rolling, spent, NOON_MS + 10_000)).toEqual({
      ...first,
      beganAtMs: NOON_MS + 10_000,
      endsAtMs: NOON_MS + 20_000,
    })
  })

  it('with a time of day is that day of that place', () => {
    const window = windowNow(daily, undefined, NOON_MS)
    expect(window).toMatchObject({ beganAtMs: MIDNIGHT_MS, endsAtMs: MIDNIGHT_MS + DAY_MS })
    expect(windowNow(daily, { ...window, used: 7 }, NOON_MS + 3_600_000).used).toBe(7)
    expect(windowNow(daily, { ...window, used: 7 }, MIDNIGHT_MS + DAY_MS).used).toBe(0)
  })

  it.each([rolling, daily])('keeps its count where the clock was put back, and ends in time: %o', (rule) => {
    const spent = { ...windowNow(rule, undefined, NOON_MS + DAY_MS), used: 2 }
    const window = windowNow(rule, spent, NOON_MS)
    expect(window.used).toBe(2)
    expect(window.beganAtMs).toBeLessThanOrEqual(NOON_MS)
    expect(window.endsAtMs).toBeLessThanOrEqual(NOON_MS + DAY_MS)
  })

  it('counts under its rules and under what was learned, and under nothing else', () => {
    const windows = windowsNow({}, [rolling, daily], NOON_MS)
    const learned = { ...windows[budgetKey(rolling)]!, kind: 'learned' as const, name: 'RateLimit' }
    const all: BudgetWindows = { ...windows, RateLimit: learned }
    expect(countedKeys(all, [rolling])).toEqual(['3/10s', 'RateLimit'])
    const after = spend(all, countedKeys(all, [rolling]), 1)
    expect(Object.entries(after).map(([key, { used }]) => [key, used])).toEqual([
      ['3/10s', 1],
      [budgetKey(daily), 0],
      ['RateLimit', 1],
    ])
    expect(spend(after, ['3/10s'], -5)['3/10s']?.used).toBe(0)
  })

  it('is dropped when it is over and no rule asks for it', () => {
    const windows = windowsNow({}, [rolling], NOON_MS)
    expect(windowsNow(windows, [], NOON_MS + 9_999)).toEqual(windows)
    expect(windowsNow(windows, [], NOON_MS + 10_000)).toEqual({})
  })

  it('never lets more calls through than its limit, whenever they come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 15_000 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        (gapsMs, limit) => {
          const rule = { ...rolling, limit }
          let windows: BudgetWindows = {}
          let nowMs = NOON_MS
          const granted = new Map<number, number>()
          for (const gapMs of gapsMs) {
            nowMs += gapMs
            windows = windowsNow(windows, [rule], nowMs)
            const window = windows[budgetKey(rule)]!
            if (remainingOf(window) === 0) continue
            windows = spend(windows, [budgetKey(rule)], 1)
            granted.set(window.beganAtMs, (granted.get(window.beganAtMs) ?? 0) + 1)
          }
          const begun = [...granted.keys()]
          expect(Math.max(0, ...granted.values())).toBeLessThanOrEqual(limit)
          expect(begun.every((atMs, index) => index === 0 || atMs - begun[index - 1]! >= rule.perMs)).toBe(
            true,
          )
        },
      ),
    )
  })
})
