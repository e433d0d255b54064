// Budgets as tools show them: what the store holds, and what was declared and is not touched yet. Pure.
import type { BudgetRule, BudgetState, LimitSubject, QuotaState } from '../../model/limits.js'
import { levelOfWindows } from './budget-level.js'
import { type BudgetWindows, budgetKey, remainingOf } from './budget-window.js'
import type { CoolDownRecord, QuotaRecord, TurnRecord } from './records.js'
import { callsIn, logNow } from './sliding-window.js'

/** A service with its limits as it was declared. */
export interface DeclaredLimits {
  readonly service: string
  readonly quotas: readonly BudgetRule[]
  readonly rateLimits: readonly BudgetRule[]
}

/** What is known of one subject. */
export interface SubjectRecords {
  readonly subject: LimitSubject
  readonly quota?: QuotaRecord
  readonly turns?: TurnRecord
  readonly coolDown?: CoolDownRecord
}

/** The state of one subject; undefined where there is nothing to tell. */
export function quotaState(
  { subject, quota, turns, coolDown }: SubjectRecords,
  declared: DeclaredLimits | undefined,
  nowMs: number,
): QuotaState | undefined {
  const budgets = [
    ...windowStates(quota?.windows ?? {}, declared?.quotas ?? [], nowMs),
    ...turnStates(turns, declared?.rateLimits ?? [], nowMs),
  ]
  const isCooling = coolDown !== undefined && coolDown.untilMs > nowMs
  if (budgets.length === 0 && !isCooling) return undefined
  const windows = quota?.windows ?? {}
  return {
    service: subject.service,
    identity: subject.identity,
    level: levelOfWindows(windows, Object.keys(windows), nowMs),
    budgets,
    coolDown: isCooling ? { untilMs: coolDown.untilMs, because: 'origin-quota' } : undefined,
  }
}

function windowStates(
  windows: BudgetWindows,
  declared: readonly BudgetRule[],
  nowMs: number,
): readonly BudgetState[] {
  const current = Object.entries(windows).filter(([, { endsAtMs }]) => endsAtMs > nowMs)
  const known = new Set(current.map(([key]) => key))
  const untouched = declared
    .filter((rule) => !known.has(budgetKey(rule)))
    .map(({ name, limit }) => whole(name, limit, 'quota'))
  const touched = current.map(([, window]) => ({
    name: window.name,
    kind: window.kind,
    limit: window.limit,
    remaining: remainingOf(window),
    renewsAtMs: window.used === 0 ? undefined : window.endsAtMs,
  }))
  return [...untouched, ...touched]
}

function turnStates(
  turns: TurnRecord | undefined,
  declared: readonly BudgetRule[],
  nowMs: number,
): readonly BudgetState[] {
  const logs = Object.entries(turns?.logs ?? {})
  const known = new Set(logs.map(([key]) => key))
  const untouched = declared
    .filter((rule) => !known.has(budgetKey(rule)))
    .map(({ name, limit }) => whole(name, limit, 'rate-limit'))
  const touched = logs.map(([, log]) => {
    const { name, limit, perMs } = log
    const current = logNow({ name, limit, perMs, resetsAt: undefined, timeZone: 'UTC' }, log, nowMs)
    const last = current.turns.at(-1)
    return {
      name,
      kind: 'rate-limit' as const,
      limit,
      remaining: Math.max(0, limit - callsIn(current)),
      renewsAtMs: last === undefined ? undefined : last[0] + perMs,
    }
  })
  return [...untouched, ...touched]
}

function whole(name: string, limit: number, kind: BudgetState['kind']): BudgetState {
  return { name, kind, limit, remaining: limit, renewsAtMs: undefined }
}
