// Requests that go past the cache: passed on as they are, and what they make stale is purged.
import { isUnsafe } from '../decide/decide-bypass.js'
import type { EventBus } from '../events/event-bus.js'
import type { Because } from '../model/because.js'
import { EntryBody } from '../model/entry-body.js'
import type { OriginStep } from '../origin/origin-call.js'
import type { Clock } from '../shared/clock.js'
import { type Hop, Unanswered, answerFromOrigin } from './hop.js'
import type { PreparedCall } from './prepared-call.js'
import { interestOf, sendCall } from './send-call.js'
import type { Tiers } from './tiers.js'

/** Passes one call on. */
export type BypassCache = (call: PreparedCall, because: Because) => Promise<Hop>

/** What passing on takes. */
export interface BypassParts {
  readonly clock: Clock
  readonly bus: EventBus
  readonly tiers: Tiers
  readonly pipeline: OriginStep
  readonly countOriginCall: (service: string) => void
}

/**
 * Makes the way past the cache. An unsafe method that succeeds purges what is stored for its URL, before its caller
 * hears of it. https://www.rfc-editor.org/rfc/rfc9111#section-4.4
 */
export function createBypass({ clock, bus, tiers, pipeline, countOriginCall }: BypassParts): BypassCache {
  async function invalidate({ service, parts }: PreparedCall): Promise<void> {
    const scope = { service: service.name, url: parts.purgeUrl }
    try {
      await tiers.addMark(scope, { isSoft: false })
      bus.emit('purged', { scope, isSoft: false })
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error))
      bus.emit('tier-failed', { tier: tiers.shared.tier, operation: 'purge', error: reason })
    }
  }

  return async (call, because) => {
    const { request, service, parts } = call
    const { signal } = request.options
    const startedMs = clock.monotonicMs()
    let attempts = 0
    const onAttempt = (): void => {
      attempts += 1
      countOriginCall(service.name)
    }
    try {
      const reply = await sendCall(call, { pipeline, signal, interest: interestOf(signal), onAttempt })
      if (isUnsafe(request.method) && reply.status < 400) await invalidate(call)
      return {
        answer: answerFromOrigin(
          { status: reply.status, headers: reply.headers, body: new EntryBody(reply.body) },
          { outcome: 'bypass', because, url: parts.redactedUrl, attempts },
        ),
        key: call.key,
        originMs: clock.monotonicMs() - startedMs,
        savedMs: 0,
      }
    } catch (error) {
      throw new Unanswered(error, { originMs: clock.monotonicMs() - startedMs, attempts })
    }
  }
}
