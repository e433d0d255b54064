// A map that is bounded in entries and in size, and lets go of what is worth least: by how soon it may be asked for again, what
// a miss would cost, and the room that it takes. What that means is the essay at the top of reuse-odds.ts.
import { logarithm } from './logarithm.js'
import { textHash } from './text-hash.js'
import { WorthOrder } from './worth-order.js'

/** Bounds of a map. */
export interface MapBounds {
  /** At least 1. */
  readonly maxEntries: number
  /** The most that the sizes of all entries may add up to; `Infinity` where only their number counts. */
  readonly maxSize: number
}

/** What an entry takes, and what it saves. */
export interface Charge {
  readonly size: number
  /** What a miss would cost, on any scale that is the same for all entries, from 1 on. */
  readonly cost: number
}

const FIRST_SLOTS = 64

/** A map from keys to values that holds what is worth most. Values are never `undefined`. */
export class BoundedMap<Value> {
  readonly #maxEntries: number
  readonly #maxSize: number
  /** What an entry takes at least: an equal share of the whole, since it takes up one of `maxEntries`. */
  readonly #leastSize: number
  readonly #wholeSize: number
  readonly #slotOf = new Map<string, number>()
  readonly #order = new WorthOrder(FIRST_SLOTS)
  readonly #keys: (string | undefined)[] = []
  readonly #values: (Value | undefined)[] = []
  #sizes = new Float64Array(FIRST_SLOTS)
  #hashes = new Int32Array(FIRST_SLOTS)
  #free = new Int32Array(FIRST_SLOTS)
  #freeCount = 0
  #count = 0
  #totalSize = 0

  constructor({ maxEntries, maxSize }: MapBounds) {
    this.#maxEntries = maxEntries
    this.#maxSize = maxSize
    this.#leastSize = maxSize / maxEntries
    this.#wholeSize = logarithm(maxSize)
  }

  /** How many entries there are. */
  get size(): number {
    return this.#count
  }

  /** What the sizes of all entries add up to. */
  get totalSize(): number {
    return this.#totalSize
  }

  /** The value under a key; that counts as a use of it. */
  get(key: string): Value | undefined {
    const slot = this.#slotOf.get(key)
    if (slot === undefined) return undefined
    this.#order.use(slot)
    return this.#values[slot]
  }

  /** The value under a key, without that counting as a use. */
  peek(key: string): Value | undefined {
    const slot = this.#slotOf.get(key)
    return slot === undefined ? undefined : this.#values[slot]
  }

  /**
   * Puts a value under a key and lets go of others to make room; false where it is too large for the map, which then has
   * nothing under the key. To replace a value is no use of it.
   */
  set(key: string, value: Value, charge: Charge): boolean {
    if (charge.size > this.#maxSize) {
      this.delete(key)
      return false
    }
    const slot = this.#slotOf.get(key)
    if (slot === undefined) this.#add(key, value, charge)
    else this.#replace(slot, value, charge)
    return true
  }

  /** Removes what is under a key; true if there was something. */
  delete(key: string): boolean {
    const slot = this.#slotOf.get(key)
    if (slot === undefined) return false
    this.#order.drop(slot)
    this.#remove(slot)
    return true
  }

  /** Removes all entries; what was learnt of the traffic stays. */
  clear(): void {
    for (const key of [...this.#slotOf.keys()]) this.delete(key)
  }

  /** All values, in no order; what is deleted meanwhile is left out. */
  *values(): Generator<Value> {
    for (const value of this.#values) if (value !== undefined) yield value
  }

  #add(key: string, value: Value, charge: Charge): void {
    const hash = textHash(key)
    const uses = this.#order.usesBefore(hash)
    while (this.#count >= this.#maxEntries || this.#isOver(charge.size)) this.#letGo()
    const slot = this.#takeSlot()
    this.#slotOf.set(key, slot)
    this.#keys[slot] = key
    this.#values[slot] = value
    this.#hashes[slot] = hash
    this.#charge(slot, charge.size)
    this.#order.add(slot, uses, this.#densityOf(charge))
  }

  #replace(slot: number, value: Value, charge: Charge): void {
    this.#values[slot] = value
    this.#order.setAside(slot)
    this.#totalSize -= this.#sizes[slot] as number
    this.#count -= 1
    while (this.#isOver(charge.size)) this.#letGo()
    this.#count += 1
    this.#charge(slot, charge.size)
    this.#order.putBack(slot, this.#densityOf(charge))
  }

  /** What a hit saves for the share of the bounds that the entry takes, as a logarithm. */
  #densityOf({ size, cost }: Charge): number {
    return logarithm(cost) + this.#wholeSize - logarithm(size > this.#leastSize ? size : this.#leastSize)
  }

  #charge(slot: number, size: number): void {
    this.#sizes[slot] = size
    this.#totalSize += size
  }

  #isOver(size: number): boolean {
    return this.#count > 0 && this.#totalSize + size > this.#maxSize
  }

  #letGo(): void {
    const slot = this.#order.leastWorth()
    this.#order.letGo(slot, this.#hashes[slot] as number)
    this.#remove(slot)
  }

  #remove(slot: number): void {
    this.#slotOf.delete(this.#keys[slot] as string)
    this.#totalSize -= this.#sizes[slot] as number
    this.#keys[slot] = undefined
    this.#values[slot] = undefined
    this.#free[this.#freeCount] = slot
    this.#freeCount += 1
    this.#count -= 1
  }

  #takeSlot(): number {
    this.#count += 1
    if (this.#freeCount > 0) {
      this.#freeCount -= 1
      return this.#free[this.#freeCount] as number
    }
    const slot = this.#keys.length
    if (slot === this.#sizes.length) this.#growTo(slot * 2)
    this.#keys.push(undefined)
    this.#values.push(undefined)
    return slot
  }

  #growTo(slots: number): void {
    const sizes = new Float64Array(slots)
    sizes.set(this.#sizes)
    this.#sizes = sizes
    const hashes = new Int32Array(slots)
    hashes.set(this.#hashes)
    this.#hashes = hashes
    const free = new Int32Array(slots)
    free.set(this.#free)
    this.#free = free
    this.#order.growTo(slots)
  }
}
