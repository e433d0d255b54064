// Counts a call under its budgets before it is sent, and takes in what the origin says of its own.
import { CachetteError } from '../errors/cachette-error.js'
import { saidLimits } from '../http/rate-limit-fields.js'
import type { Awaitable } from '../model/tier.js'
import type { Clock } from '../shared/clock.js'
import type { BudgetWindow } from './limits/budget-window.js'
import type { Budgets, Reservation } from './limits/budgets.js'
import { notingSent } from './noting-sent.js'
import type { OriginCall, OriginStep } from './origin-call.js'
import { LONGEST_WAIT_MS, timeLeftMs, waitFor } from './wait.js'

/** What the step takes. */
export interface QuotaParts {
  readonly clock: Clock
  readonly budgets: Budgets
  /** Throws where the call may no longer be sent: asked once more of those that waited. */
  readonly refuse: (call: OriginCall) => Awaitable<void>
}

/**
 * Reserves per attempt, so that however many processes there are no budget is overdrawn. An attempt that was not sent after
 * all is given back. A limit of the origin's own that is spent and renews before the deadline, or within 60 s where there is
 * none, is waited for; a quota refuses at once.
 *
 * @throws CachetteError `CACHETTE_QUOTA` with `retryAtMs`, when the budget renews
 */
export function withQuota({ clock, budgets, refuse }: QuotaParts, next: OriginStep): OriginStep {
  async function granted(call: OriginCall): Promise<Extract<Reservation, { isGranted: true }>> {
    const endsAtMs = call.endsAtMs ?? clock.monotonicMs() + LONGEST_WAIT_MS
    for (;;) {
      const reservation = await budgets.reserve(call, call.policy.quotas)
      if (reservation.isGranted) return reservation
      const { spent, renewsInMs } = reservation
      if (spent.kind === 'quota' || renewsInMs >= timeLeftMs(clock, { endsAtMs }))
        throw isSpent(call, spent, clock.nowMs() + renewsInMs)
      await waitFor(clock, renewsInMs, call.signal)
      await refuse(call)
    }
  }

  return async (call) => {
    if (!call.isClaimed) return next(call)
    const reservation = await granted(call)
    const reply = await notingSent(call, next, () => reservation.giveBack())
    await budgets.learn(call, saidLimits(reply.headers, clock.nowMs()))
    return reply
  }
}

function isSpent(call: OriginCall, spent: BudgetWindow, renewsAtMs: number): CachetteError {
  const { service, method, redactedUrl: url, attempts } = call
  const whose = spent.kind === 'quota' ? `the quota ${spent.name} of ${service}` : `what ${service} allows`
  return new CachetteError(
    'CACHETTE_QUOTA',
    `${method} ${url} was not sent: ${whose} is spent and renews at ${new Date(renewsAtMs).toISOString()}; try again then, or raise services.${service}.quota`,
    { service, url, attempts: attempts.count, retryAtMs: renewsAtMs },
  )
}
