// What an origin tells of its own limits, kept beside what the operator set. Pure.
import type { SaidLimit } from '../../http/rate-limit-fields.js'
import { type BudgetWindow, type BudgetWindows, remainingOf } from './budget-window.js'

/** An origin's word counts for no longer. */
const LONGEST_MS = 86_400_000
/** Answers under way say the same end a little differently. */
const SAME_END_MS = 2_000
/** More than these are not kept. */
const MOST_LEARNED = 8

/** The windows with what was said; the very same object where that is nothing new. */
export function withLearned(before: BudgetWindows, said: readonly SaidLimit[], nowMs: number): BudgetWindows {
  let windows = before
  for (const one of said) {
    if (one.resetInMs === 0) continue
    const key = `learned ${one.name}`
    const known = windows[key]
    const learned = merged(known, one, nowMs)
    const isFull = known === undefined && learnedCount(windows) >= MOST_LEARNED
    if (learned !== known && !isFull) windows = { ...windows, [key]: learned }
  }
  return windows
}

/**
 * Within one window the lower count holds: calls under way are counted here and not yet there, and calls of others the other
 * way round. A window that ends later is another one, of which the origin knows best.
 */
function merged(known: BudgetWindow | undefined, said: SaidLimit, nowMs: number): BudgetWindow {
  const endsAtMs = nowMs + Math.min(said.resetInMs, LONGEST_MS)
  const limit = Math.max(said.limit ?? known?.limit ?? said.remaining + 1, 1)
  const used = Math.max(0, limit - said.remaining)
  const isSameWindow =
    known !== undefined && known.endsAtMs > nowMs && endsAtMs <= known.endsAtMs + SAME_END_MS
  if (isSameWindow && known.limit === limit)
    return remainingOf(known) <= said.remaining ? known : { ...known, used }
  const perMs = said.windowMs ?? Math.max(endsAtMs - nowMs, isSameWindow ? known.perMs : 0)
  const beganAtMs = isSameWindow ? known.beganAtMs : nowMs
  return { kind: 'learned', name: said.name, limit, perMs, beganAtMs, endsAtMs, used }
}

function learnedCount(windows: BudgetWindows): number {
  return Object.values(windows).filter(({ kind }) => kind === 'learned').length
}
