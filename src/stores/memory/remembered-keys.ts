// Keys that were let go of not long ago, by their 32-bit hashes: when each was used last and how often. Small, of fixed size, and
// now and then mistaken, which costs a wrong guess about one entry. A key is kept until another one takes its place.

/** Beside each other for each place: the upper 24 bits of the hash with the uses below them, and the number of the last use. */
const TAG = 0
const USED_AT = 1
const FACTS = 2
const USES_MASK = 0xff
/** A place with no uses is empty: those that are kept are counted from 1 on. */
const NONE = 0

/** A memory for keys that are no longer held. */
export class RememberedKeys {
  #facts = new Int32Array(FACTS)
  #lastPlace = 0

  /** The place of a hash: all keys with the same low bits share it. */
  placeOf(hash: number): number {
    return (hash & this.#lastPlace) * FACTS
  }

  /** True where a key with this hash is kept at its place. */
  has(place: number, hash: number): boolean {
    const tag = this.#facts[place + TAG] as number
    return ((tag ^ hash) & ~USES_MASK) === 0 && (tag & USES_MASK) !== NONE
  }

  /** True for a place where no key is kept. */
  isEmpty(place: number): boolean {
    return ((this.#facts[place + TAG] as number) & USES_MASK) === NONE
  }

  /** The number of the last use of the key at a place. */
  usedAt(place: number): number {
    return this.#facts[place + USED_AT] as number
  }

  /** The uses after the first of the key at a place. */
  uses(place: number): number {
    return ((this.#facts[place + TAG] as number) & USES_MASK) - 1
  }

  /** Keeps a key at its place, with the number of its last use and its uses after the first, up to 254. */
  remember(hash: number, usedAt: number, uses: number): void {
    const place = this.placeOf(hash)
    this.#facts[place + TAG] = (hash & ~USES_MASK) | (uses + 1)
    this.#facts[place + USED_AT] = usedAt
  }

  /** Empties a place. */
  forget(place: number): void {
    this.#facts[place + TAG] = NONE
  }

  /** Makes at least so many places, and forgets what there was: hashes are not kept whole. */
  growTo(places: number): void {
    const count = 2 ** Math.ceil(Math.log2(places))
    if (count - 1 <= this.#lastPlace) return
    this.#facts = new Int32Array(count * FACTS)
    this.#lastPlace = count - 1
  }
}
