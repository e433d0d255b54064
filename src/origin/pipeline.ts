// The steps between a miss and the network, in order. ARCHITECTURE.md says why each stands where it does.
import { firstValue } from '../http/header-fields.js'
import { retryAtMs } from '../http/retry-after.js'
import type { Profile } from '../model/profile.js'
import type { Clock } from '../shared/clock.js'
import { withAttemptTimeout } from './attempt-timeout.js'
import { withAuthorization } from './authorize.js'
import { createBreakers } from './breaker.js'
import { createTokenSource } from './client-credentials.js'
import { refusalByCoolDown, withCoolDown } from './cool-down.js'
import { withDeadline } from './deadline.js'
import type { Emit } from './emit.js'
import type { OriginLimits } from './limits/create-limits.js'
import type { OriginCall, OriginPipeline, OriginReply, Verdict } from './origin-call.js'
import { withQuota } from './quota.js'
import { withRateLimit } from './rate-limit.js'
import { receive } from './receive.js'
import { withResend } from './resend.js'
import { withRetry } from './retry.js'

/** What the pipeline is made of. */
export interface PipelineParts {
  readonly clock: Clock
  readonly emit: Emit
  readonly limits: OriginLimits
  /** What ships for a service, if anything does. */
  readonly profileOf: (service: string) => Profile | undefined
  /** Ends what is under way. */
  readonly closing?: AbortSignal
  /** 0 up to 1, for the time between tries. */
  readonly random: () => number
}

/**
 * Makes the pipeline: deadline → retry → resend → breaker → cool-down → quota → rate limit → attempt timeout → authorize →
 * receive.
 */
export function createOriginPipeline(parts: PipelineParts): OriginPipeline {
  const { clock, emit, limits, profileOf, closing, random } = parts
  const { budgets, turns, coolDowns } = limits
  const tokens = createTokenSource(clock, withDeadline({ clock, closing }, receive))
  const breakers = createBreakers({ clock, emit })
  const sent = async (call: OriginCall): Promise<OriginReply> => {
    // Steps above may have awaited a store or a token past the call's end.
    call.signal.throwIfAborted()
    call.onSent?.()
    return receive(call)
  }
  const refuse = refusalByCoolDown(coolDowns)
  // A call that is sent again with a new token is another attempt: counted, and held back, like any.
  const counted = withCoolDown(
    { clock, coolDowns },
    withQuota(
      { clock, budgets, refuse },
      withRateLimit(
        { clock, emit, turns, refuse },
        withAttemptTimeout(
          { clock, emit },
          withAuthorization(tokens, { next: sent, again: (call) => counted(call) }),
        ),
      ),
    ),
  )
  const send = withDeadline(
    { clock, emit, closing },
    withRetry({ clock, emit, random, isHeldBack: breakers.isOpen }, withResend(breakers.guard(counted))),
  )

  return {
    send,
    tell(call, verdict) {
      if (!call.isClaimed) return
      breakers.tell(call, verdict)
      if (verdict.classification !== 'quota') return
      const saidUntilMs = renewalOf(verdict, profileOf(call.service), clock.nowMs())
      // It holds for this process at once; that the store could not be told is an event already.
      void coolDowns.begin(call, saidUntilMs)
    },
  }
}

/** When a spent quota renews: by the response's own word, else by what the profile makes of it. */
function renewalOf(verdict: Verdict, profile: Profile | undefined, nowMs: number): number | undefined {
  const saidMs = retryAtMs(firstValue(verdict.headers, 'retry-after'), nowMs)
  return saidMs ?? profile?.quotaRenewsAtMs?.(verdict, nowMs)
}
