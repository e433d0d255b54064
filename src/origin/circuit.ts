// One breaker: closed while calls succeed, open for a while after so many failures in a row, then half open for one call
// that shows whether the origin is back. Knows no clock: instants are handed in.
import { ConsecutiveBreaker } from 'cockatiel/dist/breaker/ConsecutiveBreaker.js'
import type { BreakerRule } from '../model/policy.js'

/** What a breaker is doing. */
export type CircuitState =
  | { readonly kind: 'closed' }
  | { readonly kind: 'open'; readonly untilMs: number }
  /** One call is on its way to try the origin. */
  | { readonly kind: 'half-open' }

/** What may become of a call that asks to pass. */
export type Passage =
  | { readonly isOpen: true; readonly isTrial: boolean }
  /** `untilMs`: from then on a call may try; undefined while one is trying. */
  | { readonly isOpen: false; readonly untilMs: number | undefined }

/** One breaker. Instants by a monotonic clock. */
export interface Circuit {
  readonly state: CircuitState
  /** Asks to pass. The call that tries the origin must be followed by `succeed`, `fail` or `giveUp`. */
  pass(nowMs: number): Passage
  succeed(): void
  fail(nowMs: number): void
  /** What had seemed a success was a failure. */
  failAfterAll(nowMs: number): void
  /** The call that was to try the origin showed nothing: another one may. */
  giveUp(nowMs: number): void
}

/** Makes a closed one; `onChange` is told of each change. */
export function createCircuit(
  { failures, openForMs }: BreakerRule,
  onChange: (state: CircuitState['kind']) => void,
): Circuit {
  const counter = new ConsecutiveBreaker(failures)
  let state: CircuitState = { kind: 'closed' }
  /** The count before the last success set it to zero. */
  let countBefore = 0

  function become(next: CircuitState): void {
    const isChange = next.kind !== state.kind
    state = next
    if (isChange) onChange(next.kind)
  }

  function open(nowMs: number): void {
    countBefore = 0
    counter.success()
    become({ kind: 'open', untilMs: nowMs + openForMs })
  }

  return {
    get state() {
      return state
    },
    pass(nowMs) {
      if (state.kind === 'closed') return { isOpen: true, isTrial: false }
      if (state.kind === 'half-open') return { isOpen: false, untilMs: undefined }
      if (nowMs < state.untilMs) return { isOpen: false, untilMs: state.untilMs }
      become({ kind: 'half-open' })
      return { isOpen: true, isTrial: true }
    },
    succeed() {
      // Calls that were under way when it opened say nothing of now.
      if (state.kind === 'open') return
      // After a trial one failure that shows late is enough to open it again.
      countBefore = state.kind === 'half-open' ? failures - 1 : counter.state
      counter.success()
      become({ kind: 'closed' })
    },
    fail(nowMs) {
      if (state.kind === 'half-open') open(nowMs)
      else if (state.kind === 'closed' && counter.failure()) open(nowMs)
    },
    failAfterAll(nowMs) {
      if (state.kind !== 'closed') return
      counter.state = Math.max(counter.state, countBefore)
      countBefore = 0
      if (counter.failure()) open(nowMs)
    },
    giveUp(nowMs) {
      if (state.kind === 'half-open') become({ kind: 'open', untilMs: nowMs })
    },
  }
}
