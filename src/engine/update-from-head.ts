// What an origin's answer to a HEAD does to the stored answer to a GET: it is renewed, or stale from now on.
// https://www.rfc-editor.org/rfc/rfc9111#section-4.3.5
import { freshnessOf } from '../decide/freshness-of.js'
import { headUpdate } from '../decide/rfc9111/head-update.js'
import { repeatsSecret } from '../decide/repeated-secret.js'
import { fieldValue, withoutFields } from '../http/header-fields.js'
import type { CacheAnswer } from '../model/cache-answer.js'
import type { CacheEntry } from '../model/cache-entry.js'
import type { Clock } from '../shared/clock.js'
import { secretsOf } from './secrets-of.js'
import type { PreparedCall } from './prepared-call.js'
import type { Tiers } from './tiers.js'

/** What updating takes. */
export interface UpdateParts {
  readonly clock: Clock
  readonly tiers: Tiers
}

/** An answer to HEAD, and what it may speak of. */
export interface AnsweredHead {
  /** The same call as a GET. */
  readonly call: PreparedCall
  readonly entry: CacheEntry
  readonly answer: CacheAnswer
  /** The store's number when the HEAD began: a purge that came since wins. */
  readonly beganSequence: number
}

/** Applies an answer to `HEAD` to the entry that a `GET` would find. */
export async function updateFromHead(
  { call, entry, answer, beganSequence }: AnsweredHead,
  { clock, tiers }: UpdateParts,
): Promise<void> {
  const secrets = secretsOf(call)
  const said = answer.headers.filter(([, value]) => !repeatsSecret(value, secrets))
  const update = headUpdate({ stored: entry, head: { status: answer.status, headers: said } })
  if (update.kind === 'unrelated') return
  const nowMs = clock.nowMs()
  const renewed =
    update.kind === 'differs'
      ? { ...entry, staleAtMs: Math.min(entry.staleAtMs, nowMs) }
      : confirmed(update.headers)
  tiers.keepNear(renewed)
  await tiers.confirm(renewed, beganSequence)

  function confirmed(headers: CacheEntry['headers']): CacheEntry {
    const { policy, sendHeaders } = call
    const assessed = freshnessOf(policy).assess({
      response: { status: entry.status, headers },
      request: { method: 'GET', isAuthorized: fieldValue(sendHeaders, 'authorization') !== undefined },
      policy,
      requestedAtMs: nowMs,
      receivedAtMs: nowMs,
    })
    const life = assessed.isStorable ? assessed : { freshForMs: 0, initialAgeMs: 0, keptStaleForMs: 0 }
    const staleAtMs = Math.min(nowMs + life.freshForMs, entry.storedAtMs + policy.maxTtlMs)
    const unstored = new Set(assessed.isStorable ? assessed.unstoredFields : [])
    return {
      ...entry,
      headers: withoutFields(headers, unstored),
      confirmedAtMs: nowMs,
      confirmedMonotonicMs: clock.monotonicMs(),
      initialAgeMs: life.initialAgeMs,
      staleAtMs,
      removeAtMs: Math.min(staleAtMs + life.keptStaleForMs, entry.storedAtMs + policy.maxTtlMs),
      sequence: Math.max(entry.sequence, beganSequence),
    }
  }
}
