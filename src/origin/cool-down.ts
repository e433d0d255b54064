// Leaves an origin alone that said "too many": every process on the store does, until it may be asked again.
import { CachetteError } from '../errors/cachette-error.js'
import { firstValue } from '../http/header-fields.js'
import { retryAtMs } from '../http/retry-after.js'
import type { Awaitable } from '../model/tier.js'
import type { Clock } from '../shared/clock.js'
import type { CoolDowns } from './limits/cool-downs.js'
import type { OriginCall, OriginReply, OriginStep } from './origin-call.js'

/** What the step takes. */
export interface CoolDownParts {
  readonly clock: Clock
  readonly coolDowns: CoolDowns
}

/**
 * Refuses a call while its service cools down. A 429, or what `classify` calls `quota` by its head, begins a cool-down before
 * anybody hears of it.
 *
 * @throws CachetteError `CACHETTE_COOLDOWN` with `retryAtMs`
 */
export function withCoolDown({ clock, coolDowns }: CoolDownParts, next: OriginStep): OriginStep {
  const refuse = refusalByCoolDown(coolDowns)
  return async (call) => {
    if (!call.isClaimed) return next(call)
    await refuse(call)
    const reply = await next(call)
    if (isTooMany(call, reply)) {
      const saidUntilMs = retryAtMs(firstValue(reply.headers, 'retry-after'), clock.nowMs())
      return { ...reply, retryAtMs: await coolDowns.begin(call, saidUntilMs) }
    }
    if (reply.status < 400) await coolDowns.forgive(call)
    return reply
  }
}

/** Throws where a call's service is cooling down; also for steps that held the call back for a while. */
export function refusalByCoolDown(coolDowns: CoolDowns): (call: OriginCall) => Awaitable<void> {
  const judge = (call: OriginCall, untilMs: number | undefined): void => {
    if (untilMs !== undefined) throw isCooling(call, untilMs)
  }
  return (call) => {
    const untilMs = coolDowns.untilMs(call)
    return untilMs instanceof Promise ? untilMs.then((later) => judge(call, later)) : judge(call, untilMs)
  }
}

function isTooMany(call: OriginCall, { status, headers }: OriginReply): boolean {
  return status === 429 || call.classify({ status, headers }) === 'quota'
}

function isCooling(call: OriginCall, untilMs: number): CachetteError {
  const { service, method, redactedUrl: url, attempts } = call
  return new CachetteError(
    'CACHETTE_COOLDOWN',
    `${method} ${url} was not sent: ${service} asked to be left alone until ${new Date(untilMs).toISOString()}; try again then, or lift it with 'cachette quota --reset --service ${service}'`,
    { service, url, attempts: attempts.count, retryAtMs: untilMs },
  )
}
