// What is said where a store cannot be used with the keys at hand; no word of the keys themselves.
import { assertNever } from '../shared/assert-never.js'
import type { KeyRefusal } from './codec/key-check.js'
import { StoreOpenError } from './store-open-error.js'

/** Why nothing of an open store is read or written any more. */
export const LOCKED =
  'another process put it under a key that this one was not given; ' +
  'give it in CACHETTE_ENCRYPTION_KEY or CACHETTE_ENCRYPTION_KEY_PREVIOUS and start again'

/** The error for a store that was refused; `where` names it, such as `the store in /var/cache`. */
export function keyError(because: KeyRefusal, where: string): StoreOpenError {
  switch (because) {
    case 'key-missing':
      return new StoreOpenError(
        because,
        `CACHETTE_ENCRYPTION_KEY is not set, but ${where} is encrypted; give its key, or choose a new place`,
      )
    case 'wrong-key':
      return new StoreOpenError(
        because,
        `CACHETTE_ENCRYPTION_KEY does not open ${where}: it was written under another key; ` +
          'give that key, or add it to CACHETTE_ENCRYPTION_KEY_PREVIOUS, or choose a new place',
      )
    case 'newer-check':
      return new StoreOpenError(
        'newer-layout',
        `What ${where} says of its key belongs to a newer version of Cachette`,
      )
    case 'damaged-check':
      return new StoreOpenError(
        'not-openable',
        `What ${where} says of its key is damaged; choose a new place`,
      )
    default:
      return assertNever(because)
  }
}
