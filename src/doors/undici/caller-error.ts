// Which error a caller of undici gets: the network's own where there is one, since callers look at its code. Pure.
import { CachetteError } from '../../errors/cachette-error.js'

/** The error of the network below one of Cachette's; any other as it is. */
export function callerError(error: unknown): Error {
  if (!CachetteError.is(error)) return error as Error
  if (error.code !== 'CACHETTE_ORIGIN_UNREACHABLE' || !(error.cause instanceof Error)) return error
  return callerError(error.cause)
}
