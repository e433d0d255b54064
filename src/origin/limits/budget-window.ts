// Calls counted in a window of time: when it begins, what is left, what a call takes from it. Pure.
import type { BudgetRule } from '../../model/limits.js'
import { dayWindow } from '../../shared/day-window.js'

/** A budget with what was spent of it since its window began. Instants by the store's clock. */
export interface BudgetWindow {
  readonly kind: 'quota' | 'learned'
  /** How it is shown. */
  readonly name: string
  /** Calls. */
  readonly limit: number
  /** How long a window is, in milliseconds. */
  readonly perMs: number
  readonly beganAtMs: number
  readonly endsAtMs: number
  /** Calls; more than the limit where others spent of it as well. */
  readonly used: number
}

/** Budgets by a name of their own: what sets one apart from others of the same subject. */
export type BudgetWindows = Readonly<Record<string, BudgetWindow>>

/** The name under which a rule's window is kept: another limit, length or time of renewal is another budget. */
export function budgetKey({ name, resetsAt, timeZone }: BudgetRule): string {
  return resetsAt === undefined ? name : `${name} at ${resetsAt} ${timeZone}`
}

/** What is left. */
export function remainingOf({ limit, used }: BudgetWindow): number {
  return Math.max(0, limit - used)
}

/**
 * The window of a rule as it is now, begun anew where the last one is over. A window without a time of day begins with the
 * call that asks. What a clock that was put back leaves in the future keeps its count and ends no later than a window can.
 */
export function windowNow(rule: BudgetRule, before: BudgetWindow | undefined, nowMs: number): BudgetWindow {
  const { name, limit, perMs, resetsAt, timeZone } = rule
  const used = before !== undefined && before.endsAtMs > nowMs ? before.used : 0
  const shared = { kind: 'quota', name, limit, perMs, used } as const
  if (before !== undefined && before.beganAtMs <= nowMs && nowMs < before.endsAtMs)
    return { ...before, ...shared }
  if (resetsAt !== undefined) return { ...shared, ...dayWindow({ resetsAt, timeZone }, nowMs) }
  return { ...shared, beganAtMs: nowMs, endsAtMs: nowMs + perMs }
}

/** Those that are not over, with the rules' own brought to the present. */
export function windowsNow(
  before: BudgetWindows,
  rules: readonly BudgetRule[],
  nowMs: number,
): BudgetWindows {
  const kept = Object.entries(before).filter(([, { endsAtMs }]) => endsAtMs > nowMs)
  const named = rules.map((rule) => {
    const key = budgetKey(rule)
    return [key, windowNow(rule, before[key], nowMs)] as const
  })
  return Object.fromEntries([...kept, ...named])
}

/** Those that a call counts under: its rules', and all that were learned. */
export function countedKeys(windows: BudgetWindows, rules: readonly BudgetRule[]): readonly string[] {
  const learned = Object.keys(windows).filter((key) => windows[key]?.kind === 'learned')
  return [...new Set([...rules.map(budgetKey), ...learned])]
}

/** The same with one call more, or with one less where it was not made after all. */
export function spend(windows: BudgetWindows, keys: readonly string[], calls: number): BudgetWindows {
  const changed = keys.flatMap((key) => {
    const window = windows[key]
    return window === undefined ? [] : [[key, { ...window, used: Math.max(0, window.used + calls) }] as const]
  })
  return { ...windows, ...Object.fromEntries(changed) }
}
