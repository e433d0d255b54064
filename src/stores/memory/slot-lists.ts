// Lists of numbered slots, each in the order in which slots were pushed. A slot is in one list at most, so all share one array.

/** What stands where there is no slot. */
export const NO_SLOT = -1
/** Beside each other for each list, and for each slot. */
const OLDEST = 0
const NEWEST = 1
const OLDER = 0
const NEWER = 1

/** A number of lists, at first empty, over slots from 0 on. */
export class SlotLists {
  readonly #ends: Int32Array
  #links: Int32Array

  constructor(lists: number, slots: number) {
    this.#ends = new Int32Array(2 * lists).fill(NO_SLOT)
    this.#links = new Int32Array(2 * slots)
  }

  /** Puts a slot that is in no list at the new end of one. */
  push(list: number, slot: number): void {
    const ends = this.#ends
    const links = this.#links
    const before = ends[2 * list + NEWEST] as number
    links[2 * slot + OLDER] = before
    links[2 * slot + NEWER] = NO_SLOT
    if (before === NO_SLOT) ends[2 * list + OLDEST] = slot
    else links[2 * before + NEWER] = slot
    ends[2 * list + NEWEST] = slot
  }

  /** Takes a slot out of the list that it is in. */
  unlink(list: number, slot: number): void {
    const links = this.#links
    const before = links[2 * slot + OLDER] as number
    const after = links[2 * slot + NEWER] as number
    if (before === NO_SLOT) this.#ends[2 * list + OLDEST] = after
    else links[2 * before + NEWER] = after
    if (after === NO_SLOT) this.#ends[2 * list + NEWEST] = before
    else links[2 * after + OLDER] = before
  }

  /** The slot that was pushed first, or {@link NO_SLOT}. */
  oldest(list: number): number {
    return this.#ends[2 * list + OLDEST] as number
  }

  /** The slot that was pushed last, or {@link NO_SLOT}. */
  newest(list: number): number {
    return this.#ends[2 * list + NEWEST] as number
  }

  /** Makes room for more slots. */
  growTo(slots: number): void {
    const links = new Int32Array(2 * slots)
    links.set(this.#links)
    this.#links = links
  }
}
