// What a refused setting is answered with.
import { CachetteError } from '../../src/errors/cachette-error.js'

/** The message with which `work` is refused as a wrong setting; fails where it is not. */
export function refusalOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (CachetteError.is(error) && error.code === 'CACHETTE_CONFIG') return error.message
    throw error
  }
  throw new Error('it was not refused')
}
