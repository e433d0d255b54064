// What a process may spend of budgets while the store that counts them is away. Pure.
//
// Nobody can ask the others then, so each keeps to a part that is safe for two reasons: it is no more than an even part of what was
// left when the store was last seen, and together with what this process itself has spent in the window no more than an even part of
// the whole. The first bounds the sum of all where they saw the store at the same time; the second where one of them saw it long
// ago, as long as nobody has had more than a part. A process that does not know who else there is takes itself for one of ten.
import type { BudgetRule } from '../../model/limits.js'
import { type BudgetWindow, type BudgetWindows, remainingOf, spend } from './budget-window.js'
import { processesIn, shareOf } from './presence.js'
import type { QuotaRecord } from './records.js'

/** What a process has to itself while the store is away. */
export interface Away {
  readonly processes: number
  /** Each with the part as its limit. */
  readonly windows: BudgetWindows
  /** Calls to be handed in, by budget. */
  readonly owed: Readonly<Record<string, number>>
}

/** What this process itself has spent of a subject's budgets, by budget. */
export type OwnSpend = Readonly<Record<string, { readonly calls: number; readonly endsAtMs: number }>>

/** Of how many a process takes itself for one that never saw the others. */
const ASSUMED_PROCESSES = 10

/** The same with some calls more, or less; what was spent of windows that are over is forgotten. */
export function ownAfter(
  own: OwnSpend,
  { windows, keys }: { readonly windows: BudgetWindows; readonly keys: readonly string[] },
  { calls, nowMs }: { readonly calls: number; readonly nowMs: number },
): OwnSpend {
  const kept = Object.entries(own).filter(([, { endsAtMs }]) => endsAtMs > nowMs)
  const known = Object.fromEntries(kept)
  const changed = keys.flatMap((key) => {
    const endsAtMs = known[key]?.endsAtMs ?? windows[key]?.endsAtMs
    if (endsAtMs === undefined) return []
    return [[key, { calls: Math.max(0, (known[key]?.calls ?? 0) + calls), endsAtMs }] as const]
  })
  return { ...known, ...Object.fromEntries(changed) }
}

/** The part of this process from now on, by what was last seen and what it has spent. */
export function beginAway({ windows, processes }: QuotaRecord, own: OwnSpend, nowMs: number): Away {
  const count = Object.keys(processes).length === 0 ? ASSUMED_PROCESSES : processesIn(processes)
  const parts = Object.entries(windows).map(([key, window]) => {
    const limit = shareOf(window.limit, count)
    const spent = own[key]
    const had = spent !== undefined && spent.endsAtMs > nowMs ? spent.calls : 0
    const left = Math.min(shareOf(remainingOf(window), count), isOurs(window) ? limit - had : limit)
    return [key, { ...window, limit, used: limit - Math.max(0, left) }] as const
  })
  return { processes: count, windows: Object.fromEntries(parts), owed: {} }
}

/** The rules with this process' part of each: in force for windows that begin while the store is away. */
export function partsOf(rules: readonly BudgetRule[], { processes }: Away): readonly BudgetRule[] {
  return rules.map((rule) => ({ ...rule, limit: shareOf(rule.limit, processes) }))
}

/** What the store has, with what is owed to it. */
export function handedIn(windows: BudgetWindows, away: Away | undefined): BudgetWindows {
  if (away === undefined) return windows
  return Object.entries(away.owed).reduce((all, [key, count]) => {
    const window = all[key]
    // What was begun while the store was away counts too, where its time is not over.
    const begun = away.windows[key]
    if (window !== undefined) return spend(all, [key], count)
    return begun === undefined ? all : { ...all, [key]: { ...begun, used: count } }
  }, windows)
}

/** What the origin tells of its own limits is counted by the origin: others spend of it as well. */
function isOurs({ kind }: BudgetWindow): boolean {
  return kind === 'quota'
}
