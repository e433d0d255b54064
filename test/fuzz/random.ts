// Random choices that a seed repeats.

/** A source of choices. */
export interface Random {
  /** From 0 up to, and without, `below`. */
  below(below: number): number
  chance(share: number): boolean
  pick<Item>(items: readonly Item[]): Item
}

/** Makes one; the same seed chooses the same. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    below,
    chance: (share) => next() < share,
    pick: (items) => items[below(items.length)]!,
  }
}
