import { describe, expect, it } from 'vitest'
import { readBudgets } from './budgets.js'

const DAY_MS = 86_400_000
const budget = (name: string, limit: number, perMs: number): object => ({
  name,
  limit,
  perMs,
  resetsAt: undefined,
  timeZone: 'UTC',
})

describe('a budget', () => {
  it.each([
    ['40/1s', [budget('40/1s', 40, 1_000)]],
    ['1/500ms', [budget('1/500ms', 1, 500)]],
    ['10/1.5h', [budget('10/1.5h', 10, 5_400_000)]],
    ['5/366d', [budget('5/366d', 5, 366 * DAY_MS)]],
    [{ limit: 10, per: '1m' }, [budget('10/1m', 10, 60_000)]],
    [{ limit: 10, per: 250 }, [budget('10/250ms', 10, 250)]],
    [
      ['40/1s', { limit: 1_000, per: '1d' }],
      [budget('40/1s', 40, 1_000), budget('1000/1d', 1_000, DAY_MS)],
    ],
    [[], []],
  ])('%j is read', (value, budgets) => {
    expect(readBudgets(value)).toEqual(budgets)
  })

  it.each([
    [
      { limit: 1_000, per: '1d', resetsAt: '00:00' },
      { resetsAt: '00:00', timeZone: 'UTC' },
    ],
    [
      { limit: 1_000, per: '24h', resetsAt: '23:59' },
      { resetsAt: '23:59', timeZone: 'UTC' },
    ],
    [
      { limit: 1_000, per: DAY_MS, resetsAt: '09:30', timeZone: 'America/Los_Angeles' },
      { resetsAt: '09:30', timeZone: 'America/Los_Angeles' },
    ],
  ])('%j renews at a time of day', (value, expected) => {
    expect(readBudgets(value)).toEqual([expect.objectContaining(expected)])
  })

  it.each([
    { limit: 1, per: '1h', resetsAt: '00:00' },
    { limit: 1, per: '2d', resetsAt: '00:00' },
    { limit: 1, per: '1d', resetsAt: '24:00' },
    { limit: 1, per: '1d', resetsAt: '9:30' },
    { limit: 1, per: '1d', resetsAt: '09:60' },
    { limit: 1, per: '1d', resetsAt: 9 },
    { limit: 1, per: '1d', resetsAt: '00:00', timeZone: 'Mars/Olympus' },
    { limit: 1, per: '1d', resetsAt: '00:00', timeZone: '' },
    { limit: 1, per: '1d', resetsAt: '00:00', timeZone: 1 },
    { limit: 1, per: '1d', timeZone: 'Europe/Berlin' },
    { limit: Number.MAX_SAFE_INTEGER + 1, per: '1d' },
    { limit: Infinity, per: '1d' },
  ])('%j is none', (value) => {
    expect(readBudgets(value)).toBeUndefined()
  })

  it('is frozen, alone and in its list', () => {
    const budgets = readBudgets(['40/1s', { limit: 1, per: '1d', resetsAt: '00:00' }])
    expect([budgets, ...(budgets ?? [])].map((value) => Object.isFrozen(value))).toEqual([true, true, true])
  })
})
