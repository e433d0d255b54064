// Failures as callers of fetch know them: a TypeError, below it the cache's own error, below that the network's.
import { CachetteError } from '../../errors/cachette-error.js'
import type { FetchCall } from './fetch-call.js'

/** What a call rejects with: the signal's own reason where it was aborted. */
export function fetchError(error: unknown, { url, signal }: FetchCall): unknown {
  if (signal?.aborted === true && error === signal.reason) return error
  if (CachetteError.is(error) && error.code === 'CACHETTE_CONFIG' && !URL.canParse(url)) {
    return new TypeError(`Failed to parse URL from ${url}`, { cause: error })
  }
  return new TypeError('fetch failed', { cause: error })
}

/** What the readers of a body get where it breaks off. */
export function bodyError(error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) return signal.reason
  return new TypeError('terminated', { cause: error })
}
