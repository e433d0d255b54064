// What a failure goes by: the reason for whoever decides, the facts for other processes.
import type { FailureReason } from '../decide/decide-after-response.js'
import { CachetteError } from '../errors/cachette-error.js'
import type { ErrorCode } from '../model/error-code.js'
import type { SharedFailure } from '../model/leases.js'

const REASONS: Readonly<Partial<Record<ErrorCode, FailureReason>>> = Object.freeze({
  CACHETTE_TIMEOUT: 'origin-timeout',
  CACHETTE_ORIGIN_UNREACHABLE: 'origin-unreachable',
  CACHETTE_INVALID_RESPONSE: 'invalid-response',
  CACHETTE_BODY_TOO_LARGE: 'invalid-response',
  CACHETTE_QUOTA: 'quota-spent',
  CACHETTE_COOLDOWN: 'cool-down',
  CACHETTE_BREAKER_OPEN: 'breaker-open',
})

/** Reasons of failing answers. */
const STATUS_REASONS = [
  'origin-transient',
  'origin-quota',
  'invalid-response',
] as const satisfies readonly FailureReason[]

/** The reason that a failure goes by, or undefined for one that no older entry may hide. */
export function failureReason(error: unknown): FailureReason | undefined {
  return CachetteError.is(error) ? REASONS[error.code] : undefined
}

/** What there is to tell of a failure; undefined for one that no older entry may hide. */
export function failureOf(error: unknown): SharedFailure | undefined {
  const because = failureReason(error)
  if (!CachetteError.is(error) || because === undefined) return undefined
  const { code, message, status, retryAtMs } = error
  return { code, message, because, status, retryAtMs }
}

/** True for failures that each process finds out for itself. */
export function isOwnAffair({ code }: Pick<SharedFailure, 'code'>): boolean {
  return code === 'CACHETTE_BREAKER_OPEN'
}

const REFUSALS: ReadonlySet<ErrorCode> = new Set([
  'CACHETTE_BREAKER_OPEN',
  'CACHETTE_COOLDOWN',
  'CACHETTE_QUOTA',
])

/** True for calls that were not sent: they say nothing new of the origin. */
export function isRefusal({ code }: Pick<SharedFailure, 'code'>): boolean {
  return REFUSALS.has(code)
}

/** The failure for those who waited in other processes; undefined where it is this process' own affair. */
export function sharedFailure(error: unknown): SharedFailure | undefined {
  const failure = failureOf(error)
  return failure === undefined || isOwnAffair(failure) ? undefined : failure
}

/** The reason of a failure that another call met; undefined where no older entry may hide it. */
export function reasonOfShared({ code, because }: SharedFailure): FailureReason | undefined {
  return REASONS[code] ?? STATUS_REASONS.find((reason) => reason === because)
}

/** A failure of another process, as an error of this one. */
export function errorFrom(
  { code, message, status, retryAtMs }: SharedFailure,
  facts: { readonly service: string; readonly url: string },
): CachetteError {
  return new CachetteError(code, message, { ...facts, status, retryAtMs })
}
