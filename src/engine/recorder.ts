// Counts every answer and tells listeners of it, once per call, whatever way it took.
import type { Counters } from '../events/counters.js'
import type { EventBus } from '../events/event-bus.js'
import { CachetteError } from '../errors/cachette-error.js'
import type { Because } from '../model/because.js'
import type { CacheAnswer } from '../model/cache-answer.js'
import type { CacheEntry } from '../model/cache-entry.js'
import type { CacheRequest } from '../model/cache-request.js'
import type { RequestEvent } from '../model/request-event.js'
import type { Clock } from '../shared/clock.js'
import { failureReason } from './failure-reason.js'
import { type Hop, type Unanswered, hitHop } from './hop.js'

/** Records answers. */
export interface Recorder {
  /** Records a hit of the near tier; the time that it took is measured on every 16th. */
  recordNear(request: CacheRequest, entry: CacheEntry, answer: CacheAnswer, startedMs: number): void
  record(request: CacheRequest, hop: Hop, startedMs: number): void
  /** Records a call that ended in an error; an aborted caller is an event, not an outcome. */
  recordFailure(request: CacheRequest, failure: Unanswered, startedMs: number): void
}

/** Reading the clock once more would cost a near hit a fifth of its time. */
const NEAR_MEASURED_EACH = 16

/** Makes a recorder. `redact` gives a request's URL without credentials. */
export function createRecorder(parts: {
  readonly clock: Clock
  readonly bus: EventBus
  readonly counters: Counters
  readonly redact: (request: CacheRequest) => {
    readonly url: string
    readonly key: string
    readonly isCached: boolean
  }
}): Recorder {
  const { clock, bus, counters, redact } = parts
  let nextId = 0
  let nearHits = 0
  let nearMs = 0
  const prefix = Math.floor(Math.random() * 36 ** 6).toString(36)

  function publish(event: Omit<RequestEvent, 'id'>): void {
    nextId += 1
    bus.emit('request', { id: `${prefix}-${nextId}`, ...event })
  }

  return {
    recordNear(request, entry, answer, startedMs) {
      if (bus.isHeard('request')) {
        this.record(request, hitHop(entry, answer), startedMs)
        return
      }
      nearHits += 1
      if (nearHits % NEAR_MEASURED_EACH === 1) nearMs = clock.monotonicMs() - startedMs
      counters.count({
        service: request.service,
        outcome: 'hit',
        durationMs: nearMs,
        savedMs: entry.originMs,
        savedBytes: entry.sizeBytes,
      })
    },
    record(request, { answer, key, originMs, savedMs }, startedMs) {
      const durationMs = clock.monotonicMs() - startedMs
      const { outcome, because, tier, status, ageMs, body, url, attempts } = answer
      counters.count({
        service: request.service,
        outcome,
        durationMs,
        savedMs,
        savedBytes: body.sizeBytes ?? 0,
      })
      if (!bus.isHeard('request')) return
      const { door, service, method } = request
      publish({
        door,
        service,
        method,
        url,
        key,
        outcome,
        because,
        tier,
        status,
        ageMs,
        durationMs,
        originMs,
        bytes: body.sizeBytes ?? 0,
        attempts,
      })
    },
    recordFailure(request, { error, cost }, startedMs) {
      if (request.options.signal?.aborted === true && error === request.options.signal.reason) {
        if (bus.isHeard('aborted'))
          bus.emit('aborted', { service: request.service, url: redact(request).url })
        return
      }
      if (CachetteError.is(error) && error.code === 'CACHETTE_CONFIG') return
      const durationMs = clock.monotonicMs() - startedMs
      const { url, key, isCached } = redact(request)
      const outcome = isCached ? 'failed' : 'bypass'
      counters.count({ service: request.service, outcome, durationMs, savedMs: 0, savedBytes: 0 })
      if (!bus.isHeard('request')) return
      const { door, service, method } = request
      publish({
        door,
        service,
        method,
        url,
        key,
        outcome,
        because: reasonOf(error),
        tier: 'origin',
        status: 0,
        ageMs: 0,
        durationMs,
        originMs: cost.originMs,
        bytes: 0,
        attempts: cost.attempts,
      })
    },
  }
}

function reasonOf(error: unknown): Because {
  if (CachetteError.is(error) && error.code === 'CACHETTE_CREDENTIALS') return 'origin-auth'
  return failureReason(error) ?? 'origin-transient'
}
