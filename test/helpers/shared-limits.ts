// Several processes' limits on one store in memory, for tests.
import { createLimits, type OriginLimits } from '../../src/origin/limits/create-limits.js'
import type { BudgetRule, LimitSubject } from '../../src/model/limits.js'
import { type LimitWorld, limitWorld } from './origin-step.js'

export const DAY_MS = 86_400_000

export const subject: LimitSubject = { service: 'my_service', identity: undefined }
export const someone: LimitSubject = { service: 'my_service', identity: 'abc' }

/** A budget without a time of day. */
export const ruleOf = (limit: number, perMs: number, name = `${limit}/${perMs}ms`): BudgetRule => ({
  name,
  limit,
  perMs,
  resetsAt: undefined,
  timeZone: 'UTC',
})

export const hundred = ruleOf(100, DAY_MS, '100/1d')

/** What processes that share a store have of limits, one each. */
export function openLimits(
  processes = 1,
  options: Parameters<typeof limitWorld>[0] = {},
): LimitWorld & { readonly all: readonly OriginLimits[]; readonly limits: OriginLimits } {
  const world = limitWorld(options)
  const all = Array.from({ length: processes }, () => createLimits(world.parts))
  return { ...world, all, limits: all[0]! }
}
