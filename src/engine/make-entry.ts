// An entry made from the origin's response.
import { randomBytes } from 'node:crypto'
import { withoutFields } from '../http/header-fields.js'
import type { CacheEntry } from '../model/cache-entry.js'
import type { Judged } from './judge-reply.js'
import type { PreparedCall } from './prepared-call.js'

/** What an entry takes from its making. */
export interface EntryFacts {
  readonly key: string
  readonly beganSequence: number
  readonly originMs: number
  readonly nowMs: number
  readonly monotonicMs: number
  readonly staleAtMs: number
  readonly removeAtMs: number
}

const NEVER_STORED = new Set(['set-cookie', 'set-cookie2'])

/** Makes an entry; `Set-Cookie` never becomes part of it. */
export function makeEntry(call: PreparedCall, judged: Judged, facts: EntryFacts): CacheEntry {
  const { parts, policy, request, service } = call
  const own = policy.tags?.({ method: request.method, url: parts.redactedUrl }, judged) ?? []
  return {
    kind: 'entry',
    key: facts.key,
    service: service.name,
    method: request.method,
    url: parts.redactedUrl,
    purgeUrl: parts.purgeUrl,
    status: judged.status,
    headers: withoutFields(judged.headers, NEVER_STORED),
    storedAtMs: facts.nowMs,
    confirmedAtMs: facts.nowMs,
    confirmedMonotonicMs: facts.monotonicMs,
    staleAtMs: facts.staleAtMs,
    removeAtMs: facts.removeAtMs,
    tags: [...new Set([...(request.options.tags ?? []), ...own])],
    hasCallTtl: policy.hasCallTtl,
    originMs: facts.originMs,
    sizeBytes: judged.body.sizeBytes,
    bodyId: randomBytes(12).toString('base64url'),
    sequence: facts.beganSequence,
    body: judged.body,
  }
}
