// The error of a call that took too long.
import { CachetteError } from './cachette-error.js'

/** What the error tells of the call. */
export interface LateCall {
  readonly service: string
  readonly method: string
  /** Credentials redacted. */
  readonly redactedUrl: string
  readonly policy: { readonly timeoutMs: number }
}

/** Makes a `CACHETTE_TIMEOUT`; `attempts` are the origin calls made. */
export function timedOut(
  { service, method, redactedUrl, policy }: LateCall,
  attempts: number,
): CachetteError {
  return new CachetteError(
    'CACHETTE_TIMEOUT',
    `${method} ${redactedUrl} took longer than ${policy.timeoutMs} ms; raise services.${service}.timeout or try later`,
    { service, url: redactedUrl, attempts },
  )
}
