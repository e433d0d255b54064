// History as evenly spaced steps: minutes for short spans, hours for long ones, gaps filled. Pure.
import type { MinuteFigures } from '../../model/metrics.js'
import { UsageError } from '../usage-error.js'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const UNIT_MS: Readonly<Record<string, number>> = { m: MINUTE_MS, h: HOUR_MS, d: 24 * HOUR_MS }
const LONGEST_MS = 7 * 24 * HOUR_MS
/** Up to this span a step is a minute. */
const MINUTES_UP_TO_MS = 2 * HOUR_MS

/** A step of history; `requests` is 0 where nothing was asked. */
export interface HistoryStep {
  readonly atMs: number
  readonly requests: number
  readonly hits: number
  readonly misses: number
  readonly originCalls: number
}

/** How far back, in milliseconds: `'1h'`, `'24h'`, `'7d'` and the like. */
export function parseSpan(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(m|h|d)$/.exec(text.trim())
  const spanMs = Number(match?.[1] ?? Number.NaN) * (UNIT_MS[match?.[2] ?? ''] ?? Number.NaN)
  if (!(spanMs >= MINUTE_MS && spanMs <= LONGEST_MS)) {
    throw new UsageError(
      `--history '${text}' is not a time span; give minutes, hours or days from '1m' to '7d', such as '1h', '24h' or '7d'.`,
    )
  }
  return spanMs
}

/** The steps from `spanMs` ago to now, oldest first. */
export function historySteps(
  minutes: readonly MinuteFigures[],
  spanMs: number,
  nowMs: number,
): readonly HistoryStep[] {
  const stepMs = spanMs <= MINUTES_UP_TO_MS ? MINUTE_MS : HOUR_MS
  const last = Math.floor(nowMs / stepMs)
  const count = Math.max(1, Math.ceil(spanMs / stepMs))
  const steps = Array.from({ length: count }, (_, index) => ({
    atMs: (last - count + 1 + index) * stepMs,
    requests: 0,
    hits: 0,
    misses: 0,
    originCalls: 0,
  }))
  for (const minute of minutes) {
    const step = steps[Math.floor(minute.atMs / stepMs) - (last - count + 1)]
    if (step === undefined) continue
    step.hits += minute.hits
    step.misses += minute.misses
    step.requests += minute.hits + minute.misses
    step.originCalls += minute.originCalls
  }
  return steps
}

/** The same steps in at most `count` groups, for a chart that must fit; figures are added up. */
export function mergeSteps(steps: readonly HistoryStep[], count: number): readonly HistoryStep[] {
  const size = Math.max(1, Math.ceil(steps.length / Math.max(1, count)))
  const merged: HistoryStep[] = []
  for (let start = 0; start < steps.length; start += size) {
    const group = steps.slice(start, start + size)
    const sum = (pick: (step: HistoryStep) => number): number =>
      group.reduce((all, step) => all + pick(step), 0)
    merged.push({
      atMs: group[0]?.atMs ?? 0,
      requests: sum((step) => step.requests),
      hits: sum((step) => step.hits),
      misses: sum((step) => step.misses),
      originCalls: sum((step) => step.originCalls),
    })
  }
  return merged
}
