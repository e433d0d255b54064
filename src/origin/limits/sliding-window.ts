// Turns under a rate limit: when the next call may go out so that no stretch of time as long as the window, wherever it
// begins, holds more calls than the limit. Pure.
//
// A log of turns, not a bucket of tokens: a bucket that lets a whole limit go at once lets nearly two of them through in
// one window, and one that does not makes callers wait though nothing was spent. The log is bounded: where a limit is large,
// turns that are a sixty-fourth of the window apart are kept as one, at the later instant, so that the limit still holds and
// at most that much of the rate is lost.
import type { BudgetRule } from '../../model/limits.js'
import { dayWindow } from '../../shared/day-window.js'

/** The turns under one rule that still count. Instants by the store's clock. */
export interface TurnLog {
  readonly name: string
  readonly limit: number
  readonly perMs: number
  /** The last turn given, which may be to come. */
  readonly lastAtMs: number
  /** When they count as taken, and how many: the oldest first. */
  readonly turns: readonly (readonly [atMs: number, calls: number])[]
}

/** From this limit on turns are kept by slices of the window. */
const EXACT_UP_TO = 64

/** The log of a rule without turns that no longer count. */
export function logNow(rule: BudgetRule, before: TurnLog | undefined, nowMs: number): TurnLog {
  const { name, limit, perMs } = rule
  const turns = (before?.turns ?? []).filter(([atMs]) => freeAtMs(rule, atMs) > nowMs)
  return { name, limit, perMs, lastAtMs: before?.lastAtMs ?? 0, turns }
}

/** When the next turn is: not before those given already, so that whoever asked first goes first. */
export function nextTurnMs(rule: BudgetRule, log: TurnLog, nowMs: number): number {
  let calls = 0
  const notBeforeMs = Math.max(nowMs, log.lastAtMs)
  for (const [atMs, count] of log.turns.toReversed()) {
    calls += count
    if (calls >= rule.limit) return Math.max(notBeforeMs, freeAtMs(rule, atMs))
  }
  return notBeforeMs
}

/** The log with a turn more. */
export function takeTurn(log: TurnLog, turnMs: number): TurnLog {
  const atMs = sliceEndMs(log, turnMs)
  const last = log.turns.at(-1)
  const turns: TurnLog['turns'] =
    last !== undefined && last[0] >= atMs
      ? [...log.turns.slice(0, -1), [last[0], last[1] + 1]]
      : [...log.turns, [atMs, 1]]
  return { ...log, turns, lastAtMs: turnMs }
}

/** The log without a turn that was given and not used. */
export function returnTurn(log: TurnLog, turnMs: number): TurnLog {
  const atMs = sliceEndMs(log, turnMs)
  const index = log.turns.findIndex(([entryMs]) => entryMs >= atMs)
  const turns = log.turns.flatMap(([entryMs, calls], place): TurnLog['turns'] => {
    if (place !== index) return [[entryMs, calls]]
    return calls > 1 ? [[entryMs, calls - 1]] : []
  })
  // Where it was the last one, whoever comes next need not wait for it.
  const lastAtMs = log.lastAtMs === turnMs ? Math.min(turnMs, turns.at(-1)?.[0] ?? 0) : log.lastAtMs
  return { ...log, turns, lastAtMs }
}

/** All instants moved, where the clock was put back: what they say is how long ago, or ahead, they are. */
export function shiftLog(log: TurnLog, byMs: number): TurnLog {
  return {
    ...log,
    lastAtMs: log.lastAtMs + byMs,
    turns: log.turns.map(([atMs, calls]) => [atMs + byMs, calls] as const),
  }
}

/** Calls that count at an instant. */
export function callsIn(log: TurnLog): number {
  return log.turns.reduce((sum, [, calls]) => sum + calls, 0)
}

/** When a turn stops to count. */
function freeAtMs({ perMs, resetsAt, timeZone }: BudgetRule, atMs: number): number {
  if (resetsAt === undefined) return atMs + perMs
  return Math.min(atMs + perMs, dayWindow({ resetsAt, timeZone }, atMs).endsAtMs)
}

function sliceEndMs({ limit, perMs }: TurnLog, turnMs: number): number {
  if (limit <= EXACT_UP_TO) return turnMs
  const sliceMs = Math.max(1, Math.ceil(perMs / EXACT_UP_TO))
  return Math.ceil(turnMs / sliceMs) * sliceMs
}
