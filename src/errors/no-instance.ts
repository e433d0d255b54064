// The error of a door that was opened on something else than an instance.
import { configError } from './cachette-error.js'

/**
 * Says so, with the name of the function that was called.
 *
 * @throws CachetteError `CACHETTE_CONFIG`, always
 */
export function noInstance(caller: string): never {
  throw configError(`${caller} was not given an instance; expected what createCachette resolves with`)
}
