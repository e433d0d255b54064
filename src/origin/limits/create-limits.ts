// The limits of an instance: budgets, turns and cool-downs in the cells of its store, and what tools may ask of them.
import { randomBytes } from 'node:crypto'
import type { LimitSubject, Limits, QuotaState } from '../../model/limits.js'
import type { Emit } from '../emit.js'
import { type DeclaredLimits, type SubjectRecords, quotaState } from './budget-states.js'
import { type Budgets, createBudgets } from './budgets.js'
import { type CoolDowns, createCoolDowns } from './cool-downs.js'
import type { LimitStore, SharedRecords } from './shared-records.js'
import { type Turns, createTurns } from './turns.js'

/** What limits are made of. */
export interface LimitParts extends LimitStore {
  readonly emit: Emit
  /** The declared services with their limits, for tools. */
  readonly declared?: () => readonly DeclaredLimits[]
  /** From then on nothing is handed in any more. */
  readonly closing?: AbortSignal | undefined
}

/** Limits as the pipeline uses them. */
export interface OriginLimits extends Limits {
  readonly budgets: Budgets
  readonly turns: Turns
  readonly coolDowns: CoolDowns
}

/** Makes them. What they count is in the store, so it outlives the process. */
export function createLimits({ emit, declared = () => [], closing, ...store }: LimitParts): OriginLimits {
  const process = randomBytes(6).toString('base64url')
  const budgets = createBudgets(store, emit, process)
  const turns = createTurns(store, process)
  const coolDowns = createCoolDowns(store, emit, closing)

  return {
    budgets,
    turns,
    coolDowns,
    levelOf: (subject, rules) => budgets.levelOf(subject, rules),
    async states() {
      const nowMs = store.clock.nowMs()
      const services = declared()
      const bySubject = new Map<string, SubjectRecords>(
        services.map(({ service }) => [`${service}/`, { subject: { service, identity: undefined } }]),
      )
      await gather(bySubject, budgets.records, (quota) => ({ quota }))
      await gather(bySubject, turns.records, (log) => ({ turns: log }))
      await gather(bySubject, coolDowns.records, (coolDown) => ({ coolDown }))
      const states = [...bySubject.values()].map((records) => {
        const { service, identity } = records.subject
        const limits = services.find((one) => one.service === service && identity === undefined)
        return quotaState(records, limits, nowMs)
      })
      return states.filter((state): state is QuotaState => state !== undefined).sort(byName)
    },
    async reset(service) {
      await budgets.records.forget(service)
      await turns.records.forget(service)
      await coolDowns.records.forget(service)
    },
  }
}

async function gather<Value>(
  bySubject: Map<string, SubjectRecords>,
  records: SharedRecords<Value>,
  partOf: (value: Value) => Partial<SubjectRecords>,
): Promise<void> {
  for (const { subject, value } of await records.list()) {
    const key = keyOf(subject)
    bySubject.set(key, { subject, ...bySubject.get(key), ...partOf(value) })
  }
}

function keyOf({ service, identity = '' }: LimitSubject): string {
  return `${service}/${identity}`
}

function byName(one: QuotaState, other: QuotaState): number {
  return keyOf(one) < keyOf(other) ? -1 : 1
}
