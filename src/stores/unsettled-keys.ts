// Bodies grow when a caller has them parsed, after the store has charged for them. This ring remembers the keys
// handed out last that were not parsed yet; each is measured once more when it leaves, so the memory bound holds.

/** How many are remembered; callers parse within a few turns of being handed a body. */
const RING_SIZE = 64

/** Keys whose charge may still change. */
export interface UnsettledKeys {
  watch(key: string): void
  /** Measures all that are watched. */
  settleAll(): void
}

/** Makes a ring that calls `settle` for each key that leaves it. */
export function createUnsettledKeys(settle: (key: string) => void): UnsettledKeys {
  const ring = new Array<string | undefined>(RING_SIZE).fill(undefined)
  let next = 0
  return {
    watch(key) {
      const leaving = ring[next]
      ring[next] = key
      next = (next + 1) % RING_SIZE
      if (leaving !== undefined && leaving !== key) settle(leaving)
    },
    settleAll() {
      for (let index = 0; index < RING_SIZE; index += 1) {
        const key = ring[index]
        ring[index] = undefined
        if (key !== undefined) settle(key)
      }
    },
  }
}
