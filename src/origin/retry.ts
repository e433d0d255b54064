// Tries again where that does no harm and may help, but never past the deadline.
import type { Because } from '../model/because.js'
import type { Clock } from '../shared/clock.js'
import type { Emit } from './emit.js'
import type { OriginCall, OriginReply, OriginStep } from './origin-call.js'
import { isRepeatable, passingFailure, passingReply, retryDelayMs } from './retry-delay.js'
import { LONGEST_WAIT_MS, timeLeftMs, waitFor } from './wait.js'

/** What trying again takes. */
export interface RetryParts {
  readonly clock: Clock
  readonly emit: Emit
  /** 0 up to 1. */
  readonly random: () => number
  /** True where a step below would refuse the next try: the failure at hand then tells more. */
  readonly isHeldBack: (call: OriginCall) => boolean
}

type Tried =
  | { readonly reply: OriginReply; readonly because: Because | undefined }
  | { readonly reply: undefined; readonly error: unknown; readonly because: Because | undefined }

/**
 * Sends up to `policy.retryAttempts` times: idempotent methods with a body that can be repeated, after network errors, attempts
 * that took too long, and statuses that pass. A reply that is tried again is cancelled.
 */
export function withRetry(parts: RetryParts, next: OriginStep): OriginStep {
  const { clock, emit, random, isHeldBack } = parts
  return async (call) => {
    const tries = call.isClaimed && isRepeatable(call) ? call.policy.retryAttempts : 1
    for (let attempt = 1; ; attempt += 1) {
      const tried = await tryOnce({ ...call, attempt }, next)
      const { because, reply } = tried
      if (because === undefined || attempt >= tries || call.signal.aborted || isHeldBack(call))
        return replyOf(tried)
      const delayMs = retryDelayMs(attempt - 1, reply, { nowMs: clock.nowMs(), chance: random() })
      if (delayMs >= Math.min(timeLeftMs(clock, call), LONGEST_WAIT_MS)) return replyOf(tried)
      reply?.cancel(new Error('the response is not used: the call is sent again'))
      const { service, redactedUrl: url } = call
      emit('retried', { service, url, attempt: attempt + 1, delayMs, because })
      await waitFor(clock, delayMs, call.signal)
    }
  }
}

async function tryOnce(call: OriginCall, next: OriginStep): Promise<Tried> {
  try {
    const reply = await next(call)
    return { reply, because: passingReply(call, reply) }
  } catch (error) {
    return { reply: undefined, error, because: passingFailure(error) }
  }
}

function replyOf(tried: Tried): OriginReply {
  if (tried.reply === undefined) throw tried.error
  return tried.reply
}
