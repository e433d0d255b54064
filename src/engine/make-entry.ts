// An entry made from the origin's response.
import { randomBytes } from 'node:crypto'
import { withoutFields } from '../http/header-fields.js'
import type { CacheEntry } from '../model/cache-entry.js'
import type { EntryBody } from '../model/entry-body.js'
import type { Instant } from '../decide/age.js'
import type { EntryLife } from '../decide/decide-after-response.js'
import type { Judged } from './judge-reply.js'
import type { PreparedCall } from './prepared-call.js'

/** What an entry takes from its making. */
export interface EntryFacts extends EntryLife {
  readonly key: string
  readonly body: EntryBody
  readonly bodyId: string
  readonly unstoredFields: readonly string[]
  readonly beganSequence: number
  readonly originMs: number
  /** When its body had come. */
  readonly nowMs: number
  /** When the origin vouched for it. */
  readonly confirmed: Instant
  /** Names of the operator's own. */
  readonly tags: readonly string[]
}

/** A name for a body that no other body has. */
export function newBodyId(): string {
  return randomBytes(12).toString('base64url')
}

/** Makes an entry. */
export function makeEntry(call: PreparedCall, judged: Judged, facts: EntryFacts): CacheEntry {
  const { parts, policy, request, service } = call
  return {
    kind: 'entry',
    key: facts.key,
    service: service.name,
    method: request.method,
    url: parts.redactedUrl,
    purgeUrl: parts.purgeUrl,
    status: judged.status,
    headers: withoutFields(judged.headers, new Set(facts.unstoredFields)),
    storedAtMs: facts.nowMs,
    confirmedAtMs: facts.confirmed.nowMs,
    confirmedMonotonicMs: facts.confirmed.monotonicMs,
    initialAgeMs: facts.initialAgeMs,
    staleAtMs: facts.staleAtMs,
    removeAtMs: facts.removeAtMs,
    tags: [...new Set([...(request.options.tags ?? []), ...facts.tags])],
    hasCallTtl: policy.hasCallTtl,
    originMs: facts.originMs,
    sizeBytes: facts.body.sizeBytes,
    bodyId: facts.bodyId,
    sequence: facts.beganSequence,
    body: facts.body,
  }
}
