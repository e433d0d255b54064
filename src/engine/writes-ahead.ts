// Writes under way to the store: until they are committed, what this process has near at hand is ahead of the store.

/** Keys whose near copy is ahead of the store. */
export interface WritesAhead {
  /** Carries out a write of a key. */
  track<Result>(key: string, write: () => Promise<Result>): Promise<Result>
  /** Notes a change in the store by its number, and gives true, where a write of that key is under way. */
  passOver(key: string, number: number): boolean
  /** The number of the last change that was noted for a key, or 0. */
  passedOver(key: string): number
  /** Resolves when every write under way is committed or refused. */
  settled(): Promise<void>
}

/** Makes an empty account of them. */
export function createWritesAhead(): WritesAhead {
  const writing = new Set<Promise<unknown>>()
  /** By key, how many writes are under way. */
  const counts = new Map<string, number>()
  const passed = new Map<string, number>()

  function end(key: string): void {
    const left = (counts.get(key) ?? 1) - 1
    if (left > 0) {
      counts.set(key, left)
      return
    }
    counts.delete(key)
    passed.delete(key)
  }

  return {
    track(key, write) {
      counts.set(key, (counts.get(key) ?? 0) + 1)
      const tracking = write().finally(() => {
        writing.delete(tracking)
        end(key)
      })
      writing.add(tracking)
      return tracking
    },
    passOver(key, number) {
      if (!counts.has(key)) return false
      passed.set(key, number)
      return true
    },
    passedOver: (key) => passed.get(key) ?? 0,
    async settled() {
      while (writing.size > 0) await Promise.all(writing)
    },
  }
}
