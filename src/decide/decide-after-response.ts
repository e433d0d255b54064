// What to do with what the origin gave, or failed to give. Pure.
import { fieldValue, listMembers, mergeNotModified } from '../http/header-fields.js'
import type { Because } from '../model/because.js'
import type { HeaderList } from '../model/header-list.js'
import type { Classification, Policy } from '../model/policy.js'
import { assertNever } from '../shared/assert-never.js'
import { type Instant, ageMs } from './age.js'
import { type PurgeState, isOverMaxTtl } from './decide-lookup.js'
import type { AssessQuestion, DatedEntry, Storability } from './freshness-policy.js'
import { freshnessOf } from './freshness-of.js'
import { isUnkeyedHeader } from './ignored-names.js'
import { isCredentialHeader } from './credential-names.js'
import { repeatsSecret } from './repeated-secret.js'

/** A response, judged. */
export interface JudgedResponse {
  readonly status: number
  readonly headers: HeaderList
  readonly classification: Classification
  /** The size of the body; undefined while it is not known. */
  readonly sizeBytes: number | undefined
}

/** How long an entry is of use. */
export interface EntryLife {
  readonly initialAgeMs: number
  readonly staleAtMs: number
  readonly removeAtMs: number
}

/** What the engine should do with a response. */
export type ResponseDecision =
  | (EntryLife & {
      readonly action: 'store'
      readonly because: 'stored' | 'negative-answer'
      /** Request headers outside the key on which the response varies; none in nearly every case. */
      readonly varyNames: readonly string[]
      /** Fields (lower case) that are for this caller alone. */
      readonly unstoredFields: readonly string[]
    })
  | (EntryLife & {
      readonly action: 'update'
      readonly because: 'not-modified'
      /** Fields (lower case) that are for this caller alone. */
      readonly unstoredFields: readonly string[]
    })
  | { readonly action: 'do-not-store'; readonly because: Because }
  | { readonly action: 'rescue'; readonly because: Because; readonly ageMs: number }
  | { readonly action: 'fail'; readonly because: Because }

/** Everything a decision about a response depends on. */
export interface ResponseQuestion {
  readonly response: JudgedResponse
  readonly request: AssessQuestion['request'] & {
    /** True where it carried a condition of the caller's own. */
    readonly isConditional: boolean
    /** True where it went out with conditions or ranges of the caller's own. */
    readonly isForwarded?: boolean
  }
  /** The older entry, if any. */
  readonly entry: DatedEntry | undefined
  /** True where the request was to validate the older entry. */
  readonly isConditional: boolean
  readonly purge: PurgeState
  readonly policy: Policy
  /** Credential values that the request carried: a response that repeats one, as a redirect may, is not stored. */
  readonly secrets: readonly string[]
  /** When the request was sent, by the wall clock. */
  readonly requestedAtMs: number
  readonly now: Instant
  /** A number drawn at random, 0 to 1: by how much of `jitter` the TTL is shortened. */
  readonly chance: number
}

/** Stores, updates, leaves unstored, rescues or fails. */
export function decideAfterResponse(question: ResponseQuestion): ResponseDecision {
  const { response, policy } = question
  if (response.classification !== 'ok') {
    const isErrorInDisguise = response.status < 400
    const reason = isErrorInDisguise ? 'invalid-response' : FAILURE_REASON[response.classification]
    return failureDecision(question, reason)
  }
  if (response.status === 304) return decideNotModified(question)
  if (policy.freshness === 'http' && SERVER_FAILURES.has(response.status)) {
    const decision = failureDecision(question, 'origin-transient')
    if (decision.action === 'rescue') return decision
  }
  // What a part or a condition was refused with is no answer to those who ask for the whole.
  if (question.request.isForwarded === true && response.status !== 200 && response.status !== 206)
    return { action: 'do-not-store', because: 'conditional-request' }
  const storability = assess(question, response)
  if (!storability.isStorable) return { action: 'do-not-store', because: storability.because }
  if ((response.sizeBytes ?? 0) > policy.maxBodyBytes)
    return { action: 'do-not-store', because: 'body-too-large' }
  if (response.status === 206 && fieldValue(response.headers, 'content-encoding') !== undefined)
    return { action: 'do-not-store', because: 'partial-content' }
  if (response.headers.some(([, value]) => repeatsSecret(value, question.secrets)))
    return { action: 'do-not-store', because: 'credential-in-response' }
  return {
    action: 'store',
    because: storability.because,
    varyNames: unkeyedVaryNames(response.headers, policy),
    unstoredFields: storability.unstoredFields,
    ...lifeOf(storability, question.now.nowMs, question),
  }
}

/** A 304 renews the entry that was validated; one that answers the caller's own condition is handed on. */
function decideNotModified(question: ResponseQuestion): ResponseDecision {
  const { response, entry, policy, isConditional } = question
  if (!isConditional || entry === undefined || question.purge === 'hard') {
    return policy.freshness === 'http' || question.request.isConditional
      ? { action: 'do-not-store', because: 'not-modified' }
      : failureDecision(question, 'invalid-response')
  }
  const headers =
    policy.freshness === 'http' ? mergeNotModified(entry.headers, response.headers) : response.headers
  const assessed = assess(question, { status: entry.status, headers })
  const keptStaleForMs = policy.freshness === 'ttl' ? policy.staleIfErrorMs : 0
  const life = assessed.isStorable ? assessed : { freshForMs: 0, initialAgeMs: 0, keptStaleForMs }
  const unstoredFields = assessed.isStorable ? assessed.unstoredFields : []
  const renewed = lifeOf(life, entry.storedAtMs, question)
  return { action: 'update', because: 'not-modified', unstoredFields, ...renewed }
}

/** Failures that `stale-if-error` covers. https://www.rfc-editor.org/rfc/rfc5861#section-4 */
const SERVER_FAILURES = new Set([500, 502, 503, 504])

function assess(
  { policy, request, requestedAtMs, now }: ResponseQuestion,
  { status, headers }: Pick<JudgedResponse, 'status' | 'headers'>,
): Storability {
  const response = { status, headers }
  return freshnessOf(policy).assess({
    response,
    request,
    policy,
    requestedAtMs,
    receivedAtMs: now.nowMs,
  })
}

/** What the origin's failures are called. */
export type FailureReason = Extract<
  Because,
  `origin-${string}` | 'invalid-response' | 'quota-spent' | 'cool-down' | 'breaker-open'
>

/** Everything a decision about a failure depends on. */
export type FailureQuestion = Pick<ResponseQuestion, 'entry' | 'purge' | 'policy' | 'now'>

/** Failures in which nothing came at all. */
const NO_ANSWER: ReadonlySet<FailureReason> = new Set([
  'origin-unreachable',
  'origin-timeout',
  'quota-spent',
  'cool-down',
  'breaker-open',
])

/**
 * Serves the older entry where the failure is one that rescue covers and the entry is within what its freshness allows
 * and `maxTtl`; fails otherwise, with `must-revalidate` where the entry itself forbids it. Failures of authorisation and
 * permanent ones are the caller's to know.
 */
export function failureDecision(
  { entry, purge, policy, now }: FailureQuestion,
  because: FailureReason,
): Extract<ResponseDecision, { action: 'rescue' | 'fail' }> {
  const isCovered = because !== 'origin-auth' && because !== 'origin-permanent'
  if (!isCovered || entry === undefined || purge === 'hard') return { action: 'fail', because }
  if (now.nowMs >= entry.removeAtMs) return { action: 'fail', because }
  const failure = NO_ANSWER.has(because) ? 'no-answer' : 'failing-answer'
  const permission = freshnessOf(policy).rescue({ entry, policy, now, failure })
  if (permission === 'forbidden') return { action: 'fail', because: 'must-revalidate' }
  if (permission === 'too-old' || isOverMaxTtl(entry, policy, now)) return { action: 'fail', because }
  const sinceMs = ageMs({ sinceMs: entry.confirmedAtMs, sinceMonotonicMs: entry.confirmedMonotonicMs }, now)
  return { action: 'rescue', because, ageMs: entry.initialAgeMs + sinceMs }
}

const FAILURE_REASON: Readonly<Record<Exclude<Classification, 'ok'>, FailureReason>> = {
  quota: 'origin-quota',
  auth: 'origin-auth',
  transient: 'origin-transient',
  permanent: 'origin-permanent',
}

/** The cap runs from when the body came, and a 304 does not move it. */
function lifeOf(
  assessed: Pick<
    Extract<Storability, { isStorable: true }>,
    'freshForMs' | 'initialAgeMs' | 'keptStaleForMs'
  >,
  storedAtMs: number,
  { policy, now, chance }: Pick<ResponseQuestion, 'policy' | 'now' | 'chance'>,
): EntryLife {
  const shortenedBy = Math.max(0, assessed.freshForMs) * policy.jitter * chance
  const freshForMs = assessed.freshForMs - shortenedBy
  const capAtMs = storedAtMs + policy.maxTtlMs
  const staleAtMs = Math.min(now.nowMs + freshForMs, capAtMs)
  const removeAtMs = Math.min(Math.max(now.nowMs, staleAtMs) + assessed.keptStaleForMs, capAtMs)
  return { initialAgeMs: assessed.initialAgeMs, staleAtMs, removeAtMs }
}

/** Names in `Vary` (lower case, sorted) that the key does not already tell apart. */
export function unkeyedVaryNames(headers: HeaderList, policy: Policy): readonly string[] {
  const names = listMembers(fieldValue(headers, 'vary')).map((name) => name.toLowerCase())
  const ignored = policy.key.ignoreHeaders.map((name) => name.toLowerCase())
  const isInKey = (name: string): boolean =>
    isCredentialHeader(name)
      ? policy.identity !== 'shared'
      : policy.freshness === 'ttl' && !isUnkeyedHeader(name)
  const isUnkeyed = (name: string): boolean =>
    name !== 'accept-encoding' && !ignored.includes(name) && !isInKey(name)
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
