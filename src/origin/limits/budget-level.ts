// How far budgets have run down, as one of four words. Pure.
import type { BudgetLevel } from '../../model/limits.js'
import { type BudgetWindow, type BudgetWindows, remainingOf } from './budget-window.js'

/**
 * From which share of a budget on a level holds. The one table of thresholds; docs/guide/quota.md shows it.
 */
export const LEVELS: readonly { readonly level: BudgetLevel; readonly atMostLeft: number }[] = Object.freeze([
  { level: 'scarce', atMostLeft: 0.1 },
  { level: 'stretched', atMostLeft: 0.25 },
  { level: 'thrifty', atMostLeft: 0.5 },
])

/** Windows shorter than this are over before anything could be saved. */
const SHORTEST_HEEDED_MS = 60_000

/** The lowest level of some budgets; those whose window is over are whole. */
export function levelOfWindows(windows: BudgetWindows, keys: readonly string[], nowMs: number): BudgetLevel {
  const shares = keys.flatMap((key) => {
    const window = windows[key]
    return window === undefined || !isHeeded(window, nowMs) ? [] : [remainingOf(window) / window.limit]
  })
  const least = Math.min(1, ...shares)
  return LEVELS.find(({ atMostLeft }) => least <= atMostLeft)?.level ?? 'ample'
}

function isHeeded({ perMs, endsAtMs, limit }: BudgetWindow, nowMs: number): boolean {
  return perMs >= SHORTEST_HEEDED_MS && endsAtMs > nowMs && limit > 0
}
