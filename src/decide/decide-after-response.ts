// What to do with what the origin gave, or failed to give. Pure.
import { fieldValue, listMembers } from '../http/header-fields.js'
import type { Because } from '../model/because.js'
import type { HeaderList } from '../model/header-list.js'
import type { Classification, Policy } from '../model/policy.js'
import { assertNever } from '../shared/assert-never.js'
import { type Instant, ageMs } from './age.js'
import { type PurgeState, isOverMaxTtl } from './decide-lookup.js'
import type { DatedEntry } from './freshness-policy.js'
import { freshnessOf } from './freshness-of.js'
import { isUnkeyedHeader } from './ignored-names.js'
import { isCredentialHeader } from './credential-names.js'
import { repeatsSecret } from './repeated-secret.js'

/** A whole response, judged. */
export interface JudgedResponse {
  readonly status: number
  readonly headers: HeaderList
  readonly classification: Classification
  readonly sizeBytes: number
}

/** What the engine should do with a response. */
export type ResponseDecision =
  | {
      readonly action: 'store'
      readonly because: 'stored' | 'negative-answer'
      readonly staleAtMs: number
      readonly removeAtMs: number
      /** Request headers outside the key on which the response varies; none in nearly every case. */
      readonly varyNames: readonly string[]
    }
  | {
      readonly action: 'update'
      readonly because: 'not-modified'
      readonly staleAtMs: number
      readonly removeAtMs: number
    }
  | { readonly action: 'do-not-store'; readonly because: Because }
  | { readonly action: 'rescue'; readonly because: Because; readonly ageMs: number }
  | { readonly action: 'fail'; readonly because: Because }

/** Everything a decision about a response depends on. */
export interface ResponseQuestion {
  readonly response: JudgedResponse
  /** The older entry, if any. */
  readonly entry: DatedEntry | undefined
  /** True where the request was to validate the older entry. */
  readonly isConditional: boolean
  readonly purge: PurgeState
  readonly policy: Policy
  /** Credential values that the request carried: a response that repeats one, as a redirect may, is not stored. */
  readonly secrets: readonly string[]
  readonly now: Instant
}

/** Stores, updates, leaves unstored, rescues or fails. */
export function decideAfterResponse(question: ResponseQuestion): ResponseDecision {
  const { response, entry, policy, now } = question
  if (response.classification !== 'ok') {
    const isErrorInDisguise = response.status < 400
    const reason = isErrorInDisguise ? 'invalid-response' : FAILURE_REASON[response.classification]
    return failureDecision(question, reason)
  }
  if (response.status === 304) {
    if (!question.isConditional || entry === undefined || question.purge === 'hard')
      return failureDecision(question, 'invalid-response')
    const assessed = freshnessOf(policy).assess({ status: entry.status, headers: response.headers }, policy)
    const freshForMs = assessed.isStorable ? assessed.freshForMs : 0
    return { action: 'update', because: 'not-modified', ...lifeOf(freshForMs, entry.storedAtMs, policy, now) }
  }
  const storability = freshnessOf(policy).assess(response, policy)
  if (!storability.isStorable) return { action: 'do-not-store', because: storability.because }
  if (response.sizeBytes > policy.maxBodyBytes) return { action: 'do-not-store', because: 'body-too-large' }
  if (response.headers.some(([, value]) => repeatsSecret(value, question.secrets)))
    return { action: 'do-not-store', because: 'credential-in-response' }
  return {
    action: 'store',
    because: storability.because,
    varyNames: unkeyedVaryNames(response.headers, policy),
    ...lifeOf(storability.freshForMs, now.nowMs, policy, now),
  }
}

/** What the origin's failures are called. */
export type FailureReason = Extract<Because, `origin-${string}` | 'invalid-response'>

/** Everything a decision about a failure depends on. */
export type FailureQuestion = Pick<ResponseQuestion, 'entry' | 'purge' | 'policy' | 'now'>

/**
 * Serves the older entry where the failure is one that rescue covers and the entry is within `staleIfError` and
 * `maxTtl`; fails otherwise. Failures of authorisation and permanent ones are the caller's to know.
 */
export function failureDecision(
  { entry, purge, policy, now }: FailureQuestion,
  because: FailureReason,
): Extract<ResponseDecision, { action: 'rescue' | 'fail' }> {
  const isCovered = because !== 'origin-auth' && because !== 'origin-permanent'
  if (!isCovered || entry === undefined || purge === 'hard') return { action: 'fail', because }
  const age = ageMs({ sinceMs: entry.confirmedAtMs, sinceMonotonicMs: entry.confirmedMonotonicMs }, now)
  const staleForMs = age - (entry.staleAtMs - entry.confirmedAtMs)
  const isWithin = staleForMs < policy.staleIfErrorMs && !isOverMaxTtl(entry, policy, now)
  return isWithin ? { action: 'rescue', because, ageMs: age } : { action: 'fail', because }
}

const FAILURE_REASON: Readonly<Record<Exclude<Classification, 'ok'>, FailureReason>> = {
  quota: 'origin-quota',
  auth: 'origin-auth',
  transient: 'origin-transient',
  permanent: 'origin-permanent',
}

/** `staleAtMs` and `removeAtMs`: the cap runs from when the body came, and a 304 does not move it. */
function lifeOf(
  freshForMs: number,
  storedAtMs: number,
  policy: Policy,
  now: Instant,
): { readonly staleAtMs: number; readonly removeAtMs: number } {
  const capAtMs = storedAtMs + policy.maxTtlMs
  const staleAtMs = Math.min(now.nowMs + freshForMs, capAtMs)
  return { staleAtMs, removeAtMs: Math.min(staleAtMs + policy.staleIfErrorMs, capAtMs) }
}

/** Names in `Vary` that the key does not already tell apart. */
function unkeyedVaryNames(headers: HeaderList, policy: Policy): readonly string[] {
  const names = listMembers(fieldValue(headers, 'vary')).map((name) => name.toLowerCase())
  const ignored = policy.key.ignoreHeaders.map((name) => name.toLowerCase())
  const isUnkeyed = (name: string): boolean =>
    name !== 'accept-encoding' &&
    !ignored.includes(name) &&
    (isUnkeyedHeader(name) || (policy.identity === 'shared' && isCredentialHeader(name)))
  return [...new Set(names)].filter(isUnkeyed).sort()
}

/** The HTTP word for a classification, from the status alone. https://www.rfc-editor.org/rfc/rfc9110#section-15 */
export function classifyStatus(status: number): Classification {
  if (status === 401 || status === 403 || status === 407) return 'auth'
  if (status === 429) return 'quota'
  if (status === 408 || status === 425 || status >= 500) return 'transient'
  return 'ok'
}

/** True for the classes in which nothing usable came. */
export function isFailure(classification: Classification): boolean {
  switch (classification) {
    case 'ok':
      return false
    case 'quota':
    case 'auth':
    case 'transient':
    case 'permanent':
      return true
    default:
      return assertNever(classification)
  }
}
