import { describe, expect, it } from 'vitest'
import { type OwnSpend, beginAway, handedIn, ownAfter, partsOf } from './away-share.js'
import { type BudgetWindow, remainingOf } from './budget-window.js'

const NOW_MS = 1_000_000
const presence = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, NOW_MS]))

function windowOf(used: number, kind: BudgetWindow['kind'] = 'quota'): BudgetWindow {
  return { kind, name: '100/1d', limit: 100, perMs: 1_000, beganAtMs: NOW_MS, endsAtMs: NOW_MS + 1_000, used }
}

/** What a process may spend while the store is away. */
function partOf(
  processes: number,
  used: number,
  own: OwnSpend = {},
  kind: BudgetWindow['kind'] = 'quota',
): number {
  const windows = { day: windowOf(used, kind) }
  const away = beginAway({ windows, processes: presence(processes) }, own, NOW_MS)
  return remainingOf(away.windows['day']!)
}

const own = (calls: number, endsAtMs = NOW_MS + 1_000): OwnSpend => ({ day: { calls, endsAtMs } })

describe('the part of a process', () => {
  it.each([
    ['an even part of what is left', partOf(4, 20), 20],
    ['with what it has had no more than an even part of the whole', partOf(4, 20, own(20)), 5],
    ['nothing, where it has had more', partOf(4, 20, own(30)), 0],
    ['not less for what it spent of a window that is over', partOf(4, 20, own(20, NOW_MS)), 20],
    ['not less for what it spent of what the origin counts', partOf(4, 20, own(20), 'learned'), 20],
    ['a tenth, where it knows of nobody', partOf(0, 0), 10],
  ])('is %s', (_, part, expected) => {
    expect(part).toBe(expected)
  })

  it('holds for windows that begin later', () => {
    const away = beginAway({ windows: {}, processes: presence(3) }, {}, NOW_MS)
    const rule = { name: '100/1d', limit: 100, perMs: 1_000, resetsAt: undefined, timeZone: 'UTC' }
    expect(partsOf([rule], away)).toEqual([{ ...rule, limit: 33 }])
  })
})

it('what a process has had is counted per window, and forgotten with it', () => {
  const taken = { windows: { day: windowOf(1) }, keys: ['day'] }
  const twice = ownAfter(ownAfter({}, taken, { calls: 1, nowMs: NOW_MS }), taken, { calls: 1, nowMs: NOW_MS })
  expect(twice).toEqual(own(2))
  expect(ownAfter(twice, taken, { calls: -1, nowMs: NOW_MS })).toEqual(own(1))
  expect(ownAfter(twice, { windows: {}, keys: [] }, { calls: 1, nowMs: NOW_MS + 1_000 })).toEqual({})
})

it('what is owed is counted in the window that the store has, else in the one that began meanwhile', () => {
  const begun = windowOf(0)
  const away = { processes: 2, windows: { day: begun, hour: begun }, owed: { day: 3, hour: 4, gone: 5 } }
  expect(handedIn({ day: windowOf(10) }, away)).toEqual({ day: windowOf(13), hour: { ...begun, used: 4 } })
  const windows = { day: windowOf(10) }
  expect(handedIn(windows, undefined)).toBe(windows)
})
