import { describe, expect, it } from 'vitest'
import { levelOfWindows } from './budget-level.js'
import type { BudgetWindow } from './budget-window.js'

const window = (changes: Partial<BudgetWindow> = {}): BudgetWindow => ({
  kind: 'quota',
  name: '100/1d',
  limit: 100,
  perMs: 86_400_000,
  beganAtMs: 0,
  endsAtMs: 86_400_000,
  used: 0,
  ...changes,
})

describe('how far a budget has run down', () => {
  it.each([
    [0, 'ample'],
    [49, 'ample'],
    [50, 'thrifty'],
    [74, 'thrifty'],
    [75, 'stretched'],
    [89, 'stretched'],
    [90, 'scarce'],
    [100, 'scarce'],
    [130, 'scarce'],
  ])('%d of 100 spent is %s', (used, level) => {
    expect(levelOfWindows({ a: window({ used }) }, ['a'], 1)).toBe(level)
  })

  it('is told by the one that is lowest, of those that count', () => {
    const windows = { a: window({ used: 60 }), b: window({ used: 80 }), c: window({ used: 100 }) }
    expect(levelOfWindows(windows, ['a', 'b'], 1)).toBe('stretched')
    expect(levelOfWindows(windows, [], 1)).toBe('ample')
    expect(levelOfWindows(windows, ['unknown'], 1)).toBe('ample')
  })

  it('heeds no window shorter than a minute and none that is over', () => {
    expect(levelOfWindows({ a: window({ used: 100, perMs: 59_999 }) }, ['a'], 1)).toBe('ample')
    expect(levelOfWindows({ a: window({ used: 100, perMs: 60_000 }) }, ['a'], 1)).toBe('scarce')
    expect(levelOfWindows({ a: window({ used: 100 }) }, ['a'], 86_400_000)).toBe('ample')
  })
})
