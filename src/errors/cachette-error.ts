// The one base error, its stable codes, and the few shapes that callers tell apart.
import type { ErrorCode } from '../model/error-code.js'

/** What an error can tell beside its message. */
export interface ErrorFacts {
  readonly service?: string | undefined
  /** Credentials redacted. */
  readonly url?: string | undefined
  readonly status?: number | undefined
  /** The body that came with the status. */
  readonly data?: unknown
  readonly attempts?: number | undefined
  readonly retryAtMs?: number | undefined
  readonly cause?: unknown
}

const BRAND = Symbol.for('cachette.error')

/** What Cachette throws. `code` is stable; the message says what was tried, why it failed and what to try next. */
export class CachetteError extends Error {
  override readonly name = 'CachetteError'
  readonly code: ErrorCode
  readonly service: string | undefined
  readonly url: string | undefined
  readonly status: number | undefined
  readonly data: unknown
  /** Origin calls made before giving up. */
  readonly attempts: number
  readonly retryAtMs: number | undefined
  readonly [BRAND] = true

  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.code = code
    this.service = facts.service
    this.url = facts.url
    this.status = facts.status
    this.data = facts.data
    this.attempts = facts.attempts ?? 0
    this.retryAtMs = facts.retryAtMs
  }

  /** True for an error of this package, whichever copy of it made the error. */
  static is(value: unknown): value is CachetteError {
    return typeof value === 'object' && value !== null && BRAND in value
  }
}

/** A wrong setting: names the key or variable, the value and what was expected. */
export function configError(message: string, cause?: unknown): CachetteError {
  return new CachetteError('CACHETTE_CONFIG', message, { cause })
}

/** An option, store or command that a later version brings. */
export function notInThisVersion(what: string): CachetteError {
  return configError(`${what} is not in this version of cachette; leave it out`)
}
