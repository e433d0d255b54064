// Now and then takes out of the store what may not be used any more, so that a store under its bound does not keep
// answers past their cap for want of a reason to evict them.
import type { Store } from '../model/store.js'
import type { Clock } from '../shared/clock.js'

/**
 * How often. Most times the store finds expired entries by an index, which costs next to nothing; where many purges stand it looks
 * at every entry instead, at most once a day for all processes, and forgets those with nothing left to cover.
 */
const EVERY_MS = 10 * 60_000

/** Starts it; the returned function stops it. A store that fails is tried again the next time. */
export function keepHouse(store: Pick<Store, 'clean'>, clock: Clock): () => void {
  let cancel = clock.setTimer(tidy, EVERY_MS)

  function tidy(): void {
    const nowMs = clock.nowMs()
    const cleaning = store.clean((head) => head.removeAtMs <= nowMs, { expiredAtMs: nowMs })
    // Whatever is wrong with the store is told by the next call that wants something of it.
    cleaning.catch(() => undefined)
    cancel = clock.setTimer(tidy, EVERY_MS)
  }

  return () => cancel()
}
