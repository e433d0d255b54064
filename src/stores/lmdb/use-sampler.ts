// Remembers which records were read, and writes it to their cards about once a second, so that eviction knows what is
// in use. A hit costs one set insertion; a card is written at most once a minute.
import type { Clock } from '../../shared/clock.js'

const FLUSH_EVERY_MS = 1_000
/** Reads beyond this many different keys between two flushes are not noted: it is a sample. */
const MAX_NOTED = 4_096

/** Notes reads. */
export interface UseSampler {
  note(key: string): void
  /** Forgets what was noted and flushes no more. */
  stop(): void
}

/** Makes a sampler that hands the noted keys to `flush`. */
export function createUseSampler(clock: Clock, flush: (keys: readonly string[]) => void): UseSampler {
  const noted = new Set<string>()
  let cancel: (() => void) | undefined

  function flushNow(): void {
    cancel = undefined
    const keys = [...noted]
    noted.clear()
    flush(keys)
  }

  return {
    note(key) {
      if (noted.size >= MAX_NOTED) return
      noted.add(key)
      cancel ??= clock.setTimer(flushNow, FLUSH_EVERY_MS)
    },
    stop() {
      cancel?.()
      cancel = undefined
      noted.clear()
    },
  }
}
