// Quotas, and what the origin tells of its own: a call is counted before it is sent, in one step for all processes. Where the
// store is away each process goes on with its share of what was left, and hands in what it spent when the store is back.
import type { SaidLimit } from '../../http/rate-limit-fields.js'
import type { BudgetLevel, BudgetRule, LimitSubject } from '../../model/limits.js'
import type { Emit } from '../emit.js'
import { type Away, type OwnSpend, beginAway, handedIn, ownAfter, partsOf } from './away-share.js'
import { levelOfWindows } from './budget-level.js'
import {
  type BudgetWindow,
  type BudgetWindows,
  countedKeys,
  remainingOf,
  spend,
  windowsNow,
} from './budget-window.js'
import { withLearned } from './learned-windows.js'
import { PRESENT_FOR_MS, seenNow } from './presence.js'
import { QUOTA_RECORDS, type QuotaRecord } from './records.js'
import { type LimitStore, type SharedRecords, createSharedRecords } from './shared-records.js'

/** What became of asking for a call. */
export type Reservation =
  | { readonly isGranted: true; /** Takes it back: the call was not sent. */ giveBack(): Promise<void> }
  | {
      readonly isGranted: false
      /** The spent budget that renews last. */
      readonly spent: BudgetWindow
      /** In how long it does, in milliseconds. */
      readonly renewsInMs: number
    }

/** Budgets of all subjects. */
export interface Budgets {
  /** Counts one call under its rules and under what was learned. */
  reserve(subject: LimitSubject, rules: readonly BudgetRule[]): Promise<Reservation>
  /** Takes in what a response said of the origin's limits. */
  learn(subject: LimitSubject, said: readonly SaidLimit[]): Promise<void>
  levelOf(subject: LimitSubject, rules: readonly BudgetRule[]): BudgetLevel
  readonly records: SharedRecords<QuotaRecord>
}

/** The budgets that a call was counted under, as they are after it. */
interface Taken {
  readonly keys: readonly string[]
  readonly windows: BudgetWindows
}

type Answer = Taken | { readonly spent: BudgetWindow; readonly renewsInMs: number }

/**
 * Subjects of which this process remembers something of its own; where there are more, those go that it has heard nothing of for
 * longest. The levels of those are told anew, and what they spent while the store was away is not handed in.
 */
const MOST_SUBJECTS = 10_000

/** Makes the budgets of an instance. `process` is a name of this process that no other has. */
export function createBudgets(store: LimitStore, emit: Emit, process: string): Budgets {
  const records = createSharedRecords(QUOTA_RECORDS, store)
  const { clock, onAway } = store
  const aways = new Map<string, Away>()
  const levels = new Map<string, BudgetLevel>()
  const owns = new Map<string, OwnSpend>()

  function tellLevel(subject: LimitSubject, windows: BudgetWindows): void {
    const key = idOf(subject)
    const level = levelOfWindows(windows, Object.keys(windows), clock.nowMs())
    const was = levels.get(key) ?? 'ample'
    if (level === was) return
    if (level === 'ample') levels.delete(key)
    else setLatest(levels, key, level)
    const { service, identity } = subject
    emit('budget-level', { service, identity, level, was })
  }

  function windowsOf(subject: LimitSubject): BudgetWindows {
    return aways.get(idOf(subject))?.windows ?? records.seen(subject).windows
  }

  /** Changes the windows for all processes, what this one owes counted in. */
  async function changeShared<Result>(
    subject: LimitSubject,
    change: (windows: BudgetWindows, nowMs: number) => readonly [BudgetWindows, Result],
  ): Promise<Result> {
    const away = aways.get(idOf(subject))
    const result = await records.update(subject, (before, nowMs) => {
      const [windows, outcome] = change(handedIn(before.windows, away), nowMs)
      if (windows === before.windows && away === undefined)
        return { after: before, keepUntilMs: 0, result: outcome }
      const ends = Object.values(windows).map(({ endsAtMs }) => endsAtMs)
      const after = { windows, processes: seenNow(before.processes, process, nowMs) }
      // Who shares a budget is to be known when its next window begins.
      return { after, keepUntilMs: Math.max(nowMs + PRESENT_FOR_MS, ...ends), result: outcome }
    })
    if (aways.get(idOf(subject)) === away) aways.delete(idOf(subject))
    return result
  }

  function reserveAlone(subject: LimitSubject, rules: readonly BudgetRule[]): Answer {
    const key = idOf(subject)
    const nowMs = clock.nowMs()
    const away = aways.get(key) ?? beginAway(records.seen(subject), owns.get(key) ?? {}, nowMs)
    const [windows, answer] = taking(partsOf(rules, away))(away.windows, nowMs)
    const taken = 'keys' in answer ? answer.keys : []
    const owed = { ...away.owed }
    for (const name of taken) owed[name] = (owed[name] ?? 0) + 1
    setLatest(aways, key, { ...away, windows, owed })
    return answer
  }

  function noteOwn(subject: LimitSubject, taken: Taken, calls: 1 | -1): void {
    if (taken.keys.length === 0) return
    const key = idOf(subject)
    setLatest(owns, key, ownAfter(owns.get(key) ?? {}, taken, { calls, nowMs: clock.nowMs() }))
  }

  async function giveBack(subject: LimitSubject, given: Taken): Promise<void> {
    const { windows: taken, keys } = given
    try {
      await changeShared(subject, (windows) => {
        const same = keys.filter((key) => windows[key]?.beganAtMs === taken[key]?.beganAtMs)
        return [same.length === 0 ? windows : spend(windows, same, -1), undefined]
      })
      noteOwn(subject, given, -1)
    } catch (error) {
      // Counted and not used: on the safe side.
      onAway(error as Error)
    }
  }

  return {
    records,
    async reserve(subject, rules) {
      const known = await records.read(subject)
      const away = aways.get(idOf(subject))
      if (away === undefined && rules.length === 0 && Object.keys(known.windows).length === 0)
        return { isGranted: true, giveBack: () => Promise.resolve() }
      // Once spent, it is looked at, and not written to, until that changes.
      const refusal = away === undefined ? spentOf(known.windows, rules, clock.nowMs()) : undefined
      if (refusal !== undefined) return { isGranted: false, ...refusal }
      let answer: Answer
      try {
        answer = await changeShared(subject, taking(rules))
      } catch (error) {
        onAway(error as Error)
        answer = reserveAlone(subject, rules)
      }
      tellLevel(subject, windowsOf(subject))
      if ('spent' in answer) return { isGranted: false, ...answer }
      const granted = answer
      noteOwn(subject, granted, 1)
      return { isGranted: true, giveBack: () => giveBack(subject, granted) }
    },
    async learn(subject, said) {
      const nowMs = clock.nowMs()
      if (said.length === 0 || withLearned(windowsOf(subject), said, nowMs) === windowsOf(subject)) return
      try {
        await changeShared(subject, (windows, atMs) => [withLearned(windows, said, atMs), undefined])
      } catch (error) {
        onAway(error as Error)
      }
      tellLevel(subject, windowsOf(subject))
    },
    levelOf(subject, rules) {
      const windows = windowsOf(subject)
      tellLevel(subject, windows)
      return levelOfWindows(windows, countedKeys(windows, rules), clock.nowMs())
    },
  }
}

/** Counts a call, unless one of its budgets is spent: then none of them. */
function taking(
  rules: readonly BudgetRule[],
): (before: BudgetWindows, nowMs: number) => readonly [BudgetWindows, Answer] {
  return (before, nowMs) => {
    const refusal = spentOf(before, rules, nowMs)
    if (refusal !== undefined) return [before, refusal]
    const windows = windowsNow(before, rules, nowMs)
    const keys = countedKeys(windows, rules)
    const after = spend(windows, keys, 1)
    return [after, { keys, windows: after }]
  }
}

function spentOf(
  before: BudgetWindows,
  rules: readonly BudgetRule[],
  nowMs: number,
): { readonly spent: BudgetWindow; readonly renewsInMs: number } | undefined {
  const windows = windowsNow(before, rules, nowMs)
  const all = countedKeys(windows, rules).flatMap((key) => windows[key] ?? [])
  const [last] = all
    .filter((window) => remainingOf(window) === 0)
    .sort((one, other) => other.endsAtMs - one.endsAtMs)
  return last === undefined ? undefined : { spent: last, renewsInMs: last.endsAtMs - nowMs }
}

function setLatest<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key)
  map.set(key, value)
  const [oldest] = map.keys()
  if (map.size > MOST_SUBJECTS && oldest !== undefined) map.delete(oldest)
}

function idOf({ service, identity = '' }: LimitSubject): string {
  return `${service}/${identity}`
}
