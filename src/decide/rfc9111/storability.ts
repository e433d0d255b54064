// Whether a response may be stored, and for how long it is fresh. Pure. https://www.rfc-editor.org/rfc/rfc9111#section-3
import { contentRangeOf } from '../../http/byte-range.js'
import { firstValue } from '../../http/header-fields.js'
import { varyNames } from '../../http/vary.js'
import type { Because } from '../../model/because.js'
import type { AssessQuestion, Storability } from '../freshness-policy.js'
import { HEURISTIC_STATUSES, UNDERSTOOD_STATUSES } from './cacheable-statuses.js'
import {
  type Governing,
  allowsStale,
  governing,
  staleIfErrorMs,
  staleWhileRevalidateMs,
} from './governing-directives.js'
import { initialAgeMs } from './initial-age.js'
import { explicitLifetimeMs, heuristicLifetimeMs } from './lifetime.js'

/** How long what is stale is kept where it can still be of use: to be validated, or when the origin cannot be had. */
const KEPT_STALE_MS = 7 * 86_400_000

/**
 * How long what must be validated and cannot be is kept: while it is there the cache knows that an origin that cannot
 * be had means 504, and not any other failure. https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.2
 */
const KEPT_FORBIDDEN_MS = 60_000

/** `http` freshness of a response; status 206 is storable like any other, for the engine to put where parts belong. */
export function assess(question: AssessQuestion): Storability {
  const { response, policy, receivedAtMs } = question
  const governed = governing(response.headers, policy.cacheType)
  const refusal = refusalOf(question, governed)
  if (refusal !== undefined) return { isStorable: false, because: refusal }
  const lifetime = { headers: response.headers, governed, receivedAtMs }
  const explicitMs = explicitLifetimeMs(lifetime)
  if (explicitMs === undefined && !mayGuess(question, governed))
    return { isStorable: false, because: 'no-freshness' }
  const ageMs = initialAgeMs(question)
  const lifetimeMs = explicitMs ?? policy.defaultTtlMs ?? heuristicLifetimeMs(lifetime)
  const isValidatedFirst = governed.directives.noCache === 'response'
  const ownMs = isValidatedFirst ? 0 : lifetimeMs - ageMs
  const floorMs = policy.minTtlMs > 0 ? Math.max(ownMs, policy.minTtlMs) : ownMs
  const freshForMs = Math.min(floorMs, policy.maxTtlMs)
  const canValidate = hasValidator(response.headers)
  if (explicitMs === undefined && freshForMs <= 0 && !canValidate)
    return { isStorable: false, because: 'no-freshness' }
  return {
    isStorable: true,
    because: 'stored',
    freshForMs,
    initialAgeMs: ageMs,
    keptStaleForMs: keptStaleMs(governed, canValidate),
    unstoredFields: unstoredFields(governed),
  }
}

/** What forbids storing outright. */
function refusalOf({ response, request, policy }: AssessQuestion, governed: Governing): Because | undefined {
  const { status, headers } = response
  const { directives } = governed
  const isShared = policy.cacheType === 'shared'
  if (status < 200 || status === 304) return 'status-not-stored'
  // must-understand stands in the place of no-store. https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.3
  if (directives.mustUnderstand && !UNDERSTOOD_STATUSES.has(status)) return 'not-understood'
  if (directives.noStore && !directives.mustUnderstand) return 'no-store'
  if (isShared && directives.private === 'response') return 'private'
  if (isShared && request.isAuthorized && !allowsAuthorized(governed)) return 'authorization'
  if (varyNames(headers) === '*') return 'vary-star'
  if (status === 206 && !isWholePart(headers)) return 'partial-content'
  return undefined
}

/** https://www.rfc-editor.org/rfc/rfc9111#section-3.5 */
function allowsAuthorized({ directives }: Governing): boolean {
  return directives.public || directives.mustRevalidate || directives.sMaxAgeMs !== undefined
}

/** One part, and not several in a multipart body. https://www.rfc-editor.org/rfc/rfc9110#section-15.3.7 */
function isWholePart(headers: AssessQuestion['response']['headers']): boolean {
  const ranges = headers.filter(([name]) => name.toLowerCase() === 'content-range')
  return ranges.length === 1 && contentRangeOf(ranges[0]?.[1]) !== undefined
}

/** Whether a lifetime may be guessed: by status, or because the response says that it may be kept. */
function mayGuess({ response, request }: AssessQuestion, { directives, cacheType }: Governing): boolean {
  // A part, and the answer to what is no retrieval, need a lifetime of their own.
  if (response.status === 206 || (request.method !== 'GET' && request.method !== 'HEAD')) return false
  const isMarked = directives.public || (cacheType === 'private' && directives.private !== undefined)
  return isMarked || HEURISTIC_STATUSES.has(response.status)
}

function hasValidator(headers: AssessQuestion['response']['headers']): boolean {
  return firstValue(headers, 'etag') !== undefined || firstValue(headers, 'last-modified') !== undefined
}

function keptStaleMs(governed: Governing, canValidate: boolean): number {
  const windowMs = Math.max(staleWhileRevalidateMs(governed), staleIfErrorMs(governed))
  return Math.max(canValidate || allowsStale(governed) ? KEPT_STALE_MS : KEPT_FORBIDDEN_MS, windowMs)
}

/** Fields that may not be used again without asking, or not by others. */
function unstoredFields({ directives, cacheType }: Governing): readonly string[] {
  const scopes = [directives.noCache, cacheType === 'shared' ? directives.private : undefined]
  return [...new Set(scopes.flatMap((scope) => (scope === undefined || scope === 'response' ? [] : scope)))]
}
