// Requests that go past the cache: passed on as they are, and what they make stale is purged.
import { isUnsafe } from '../decide/decide-bypass.js'
import type { EventBus } from '../events/event-bus.js'
import type { AnswerBody } from '../model/answer-body.js'
import type { Because } from '../model/because.js'
import type { Clock } from '../shared/clock.js'
import type { OriginPipeline, OriginReply } from '../origin/origin-call.js'
import { type Hop, Unanswered, answerFromOrigin } from './hop.js'
import { invalidatedUrls } from './invalidated-urls.js'
import { openLiveBody } from './live-body.js'
import { bodyError } from './held-body.js'
import type { PreparedCall } from './prepared-call.js'
import { sendCall } from './send-call.js'
import type { Tiers } from './tiers.js'

/** Passes one call on. */
export type BypassCache = (call: PreparedCall, because: Because) => Promise<Hop>

/** What passing on takes. */
export interface BypassParts {
  readonly clock: Clock
  readonly bus: EventBus
  readonly tiers: Tiers
  readonly pipeline: OriginPipeline
  readonly countOriginCall: (service: string) => void
  /** The canonical form of a URL and the service that it belongs to. */
  readonly placeOf: (url: string) => { readonly service: string; readonly purgeUrl: string }
}

/**
 * Makes the way past the cache. An unsafe method that succeeds purges what is stored for its URL, and for those of the same
 * origin that the response names, before its caller hears of it. https://www.rfc-editor.org/rfc/rfc9111#section-4.4
 */
export function createBypass(given: BypassParts): BypassCache {
  const { clock, bus, tiers, pipeline, countOriginCall, placeOf } = given

  async function invalidate({ service, parts }: PreparedCall, reply: OriginReply): Promise<void> {
    const named = invalidatedUrls(parts.sendUrl, reply.headers).map(placeOf)
    const own = { service: service.name, purgeUrl: parts.purgeUrl }
    const others = named.filter(({ purgeUrl }) => purgeUrl !== own.purgeUrl)
    for (const { service: name, purgeUrl: url } of [own, ...others]) {
      const scope = { service: name, url }
      try {
        await tiers.addMark(scope, { isSoft: false })
        bus.emit('purged', { scope, isSoft: false })
      } catch (error) {
        const reason = error instanceof Error ? error : new Error(String(error))
        bus.emit('tier-failed', { tier: tiers.shared.tier, operation: 'purge', error: reason })
      }
    }
  }

  return async (call, because) => {
    const { request, service, parts } = call
    const { signal, keepsCoding = false } = request.options
    const startedMs = clock.monotonicMs()
    let attempts = 0
    const onAttempt = (): void => {
      attempts += 1
      countOriginCall(service.name)
    }
    try {
      const conditions = { whose: 'callers' } as const
      const reply = await sendCall(call, { pipeline, conditions, signal, keepsCoding, onAttempt })
      if (isUnsafe(request.method) && reply.status < 400) await invalidate(call, reply)
      const body = passing(call, reply, clock)
      const whole = request.options.isHttp === true ? body : await body.gather()
      const facts = { outcome: 'bypass', because, url: parts.redactedUrl, attempts, key: call.key } as const
      return {
        answer: answerFromOrigin({ ...reply, body: whole }, facts),
        key: call.key,
        originMs: clock.monotonicMs() - startedMs,
        savedMs: 0,
      }
    } catch (error) {
      throw new Unanswered(error, { originMs: clock.monotonicMs() - startedMs, attempts })
    }
  }
}

/** A body that is for one caller and for nobody else. */
function passing(call: PreparedCall, reply: OriginReply, clock: Clock): AnswerBody {
  const live = openLiveBody({
    source: reply.body,
    signal: reply.signal,
    monotonicMs: () => clock.monotonicMs(),
    setTimer: (callback, delayMs) => clock.setTimer(callback, delayMs),
    sizeBytes: reply.sizeBytes,
    keepBytes: 0,
    isStored: false,
    mayBeWritten: () => false,
    openWriter: () => undefined,
    cancel: reply.cancel,
    errorOf: (what) => bodyError(call, what),
  })
  const ticket = live.ticket()
  if (ticket === undefined) throw bodyError(call, 'left')
  return ticket
}
