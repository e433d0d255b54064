// Turns under rate limits, given in the order in which callers of all processes ask. Each is told at once when it is its
// turn, and sleeps until then: nobody looks again and again.
import type { BudgetRule, LimitSubject } from '../../model/limits.js'
import { budgetKey } from './budget-window.js'
import { PRESENT_FOR_MS, processesIn, seenNow, shareOf } from './presence.js'
import { TURN_RECORDS, type TurnRecord } from './records.js'
import {
  type LimitStore,
  type RecordChange,
  type SharedRecords,
  createSharedRecords,
} from './shared-records.js'
import { type TurnLog, logNow, nextTurnMs, returnTurn, shiftLog, takeTurn } from './sliding-window.js'

/** What became of asking for a turn. */
export type Turn =
  | {
      readonly isGiven: true
      readonly waitMs: number
      /** Takes it back: the call was not sent. */
      giveBack(): Promise<void>
    }
  /** It would come too late; none was taken. */
  | { readonly isGiven: false; readonly waitMs: number; readonly rule: BudgetRule }

/** Turns of all subjects. */
export interface Turns {
  /** The next turn under all the rules, if it is at most `withinMs` from now. */
  take(subject: LimitSubject, rules: readonly BudgetRule[], withinMs: number): Promise<Turn>
  readonly records: SharedRecords<TurnRecord>
}

/** By so much a clock may seem to run back without having been put back. */
const BACK_MS = 1_000

type Answer =
  | { readonly turnMs: number; readonly waitMs: number }
  | { readonly waitMs: number; readonly rule: BudgetRule }

/** Makes the turns of an instance. `process` is a name of this process that no other has. */
export function createTurns(store: LimitStore, process: string): Turns {
  const records = createSharedRecords(TURN_RECORDS, store)
  const { onAway } = store

  async function giveBack(
    subject: LimitSubject,
    rules: readonly BudgetRule[],
    turnMs: number,
  ): Promise<void> {
    try {
      await records.update(subject, (before) => {
        const logs = rules.flatMap((rule) => {
          const log = before.logs[budgetKey(rule)]
          return log === undefined ? [] : [[budgetKey(rule), returnTurn(log, turnMs)] as const]
        })
        const after = { ...before, logs: { ...before.logs, ...Object.fromEntries(logs) } }
        return { after, keepUntilMs: keepUntilMs(after), result: undefined }
      })
    } catch (error) {
      onAway(error as Error)
    }
  }

  return {
    records,
    async take(subject, rules, withinMs) {
      let answer: Answer
      try {
        answer = await records.update(subject, taking({ rules, withinMs, process }))
      } catch (error) {
        onAway(error as Error)
        const processes = processesIn(records.seen(subject).processes)
        const shares = rules.map((rule) => ({
          ...rule,
          // One call at least: a rate that is shared by more processes than it has calls still goes on.
          limit: Math.max(1, shareOf(rule.limit, processes)),
        }))
        answer = records.updateHere(subject, taking({ rules: shares, withinMs, process }))
      }
      const { waitMs } = answer
      if ('rule' in answer) return { isGiven: false, waitMs, rule: answer.rule }
      const { turnMs } = answer
      return { isGiven: true, waitMs, giveBack: () => giveBack(subject, rules, turnMs) }
    },
  }
}

function taking({
  rules,
  withinMs,
  process,
}: {
  readonly rules: readonly BudgetRule[]
  readonly withinMs: number
  readonly process: string
}): RecordChange<TurnRecord, Answer> {
  return (before, nowMs) => {
    const backMs = before.atMs - nowMs > BACK_MS ? nowMs - before.atMs : 0
    const logs = rules.map((rule) => {
      const known = before.logs[budgetKey(rule)]
      return { rule, log: logNow(rule, known === undefined ? known : shiftLog(known, backMs), nowMs) }
    })
    const turns = logs.map(({ rule, log }) => ({ rule, atMs: nextTurnMs(rule, log, nowMs) }))
    const [latest] = turns.sort((one, other) => other.atMs - one.atMs)
    const turnMs = latest?.atMs ?? nowMs
    const waitMs = turnMs - nowMs
    if (latest !== undefined && waitMs > withinMs)
      return { after: before, keepUntilMs: 0, result: { waitMs, rule: latest.rule } }
    const taken = logs.map(({ rule, log }) => [budgetKey(rule), takeTurn(log, turnMs)] as const)
    const others = Object.entries(before.logs)
      .map(([key, log]) => [key, shiftLog(log, backMs)] as const)
      .filter(([, log]) => endOf(log) > nowMs)
    const after = {
      atMs: nowMs,
      logs: Object.fromEntries([...others, ...taken]),
      processes: seenNow(before.processes, process, nowMs),
    }
    return { after, keepUntilMs: keepUntilMs(after), result: { turnMs, waitMs } }
  }
}

/** Who shares a rate is to be known for a while after the last call. */
function keepUntilMs({ atMs, logs }: TurnRecord): number {
  return Math.max(atMs + PRESENT_FOR_MS, ...Object.values(logs).map(endOf))
}

/** When nothing of a log counts any more. */
function endOf({ turns, lastAtMs, perMs }: TurnLog): number {
  return Math.max(lastAtMs, turns.at(-1)?.[0] ?? 0) + perMs
}
