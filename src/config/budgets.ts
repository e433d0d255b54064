// Budgets of calls as people write them: `'40/1s'`, `{ limit: 1000, per: '1d', resetsAt: '00:00', timeZone: … }`, or a list.
import type { BudgetRule } from '../model/limits.js'
import { type Duration, readPositiveDuration } from './durations.js'

/** One budget. */
export type BudgetOption =
  | `${number}/${number}${'ms' | 's' | 'm' | 'h' | 'd'}`
  | {
      /** Calls. */
      limit: number
      /** The window. */
      per: Duration
      /** The time of day at which a daily budget renews, `'HH:MM'`. Default: a window begins with its first call. */
      resetsAt?: string
      /** The time zone of `resetsAt`, by its IANA name. Default `'UTC'`. */
      timeZone?: string
    }

/** What messages say is expected. */
export const BUDGET_FORM =
  "a budget such as '40/1s' or { limit: 1000, per: '1d', resetsAt: '00:00', timeZone: 'America/Los_Angeles' }, or a list of them; resetsAt goes with per: '1d', timeZone with resetsAt"

const DAY_MS = 86_400_000
const MAX_WINDOW_MS = 366 * DAY_MS
const FIELDS = new Set(['limit', 'per', 'resetsAt', 'timeZone'])

/** The budgets of a setting, an empty list for none; undefined where it cannot be read. */
export function readBudgets(value: unknown): readonly BudgetRule[] | undefined {
  const rules = (Array.isArray(value) ? value : [value]).map(readBudget)
  return rules.every((rule) => rule !== undefined) ? Object.freeze(rules) : undefined
}

function readBudget(value: unknown): BudgetRule | undefined {
  if (typeof value === 'string') {
    const [, limit, per] = /^(\d+)\/(.+)$/.exec(value) ?? []
    return limit === undefined ? undefined : budgetOf({ limit: Number(limit), per })
  }
  if (typeof value !== 'object' || value === null) return undefined
  if (!Object.keys(value).every((name) => FIELDS.has(name))) return undefined
  return budgetOf(value)
}

function budgetOf(written: {
  readonly limit?: unknown
  readonly per?: unknown
  readonly resetsAt?: unknown
  readonly timeZone?: unknown
}): BudgetRule | undefined {
  const { limit, per, resetsAt, timeZone = 'UTC' } = written
  if (resetsAt === undefined && written.timeZone !== undefined) return undefined
  const perMs = readPositiveDuration(per)
  if (typeof limit !== 'number' || !Number.isSafeInteger(limit) || limit < 1) return undefined
  if (perMs === undefined || perMs > MAX_WINDOW_MS || !isTimeZone(timeZone)) return undefined
  const name = `${limit}/${typeof per === 'string' ? per : `${perMs}ms`}`
  if (resetsAt === undefined) return Object.freeze({ name, limit, perMs, resetsAt, timeZone })
  const isTimeOfDay = typeof resetsAt === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(resetsAt)
  return isTimeOfDay && perMs === DAY_MS
    ? Object.freeze({ name, limit, perMs, resetsAt, timeZone })
    : undefined
}

function isTimeZone(value: unknown): value is string {
  try {
    return typeof value === 'string' && new Intl.DateTimeFormat('en', { timeZone: value }).format(0) !== ''
  } catch {
    return false
  }
}
