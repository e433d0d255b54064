// Which of many numbered slots is worth least. Slots stand in lists, each in order of last use: one for each doubling of what a
// hit saves per room, and each class of use. So only the two ends of a list can be the least of it, and to find the least of all
// takes a look at a few lists instead of all slots.
//
// It is a class, as its parts are: calls among closures that are made anew for each cache are not inlined, and took twice the
// time.
import { DOUBLING } from './logarithm.js'
import { RememberedKeys } from './remembered-keys.js'
import { ReuseOdds, USE_CLASSES, useClassOf } from './reuse-odds.js'
import { NO_SLOT, SlotLists } from './slot-lists.js'

const DENSITIES = 32
const LISTS = DENSITIES * USE_CLASSES
const MAX_USES = 254
/** Beside each other for each slot. */
const USED_AT = 0
const USES = 1
const DENSITY = 2
const LIST = 3
const FACTS = 4
/** What lies within so much of the least is taken to be worth the same. */
const SLACK = DOUBLING / 4
/** Lower than any worth, and higher than any. */
const LOWEST = -(2 ** 30)
const HIGHEST = 2 ** 30

/** Slots that are held, in an order that changes as they are used. */
export class WorthOrder {
  readonly #odds = new ReuseOdds()
  readonly #remembered = new RememberedKeys()
  readonly #lists: SlotLists
  #facts: Int32Array
  #held = 0
  /** Uses so far, modulo 2 ** 32: time, as far as this order is concerned. */
  #now = 0
  /** Lists that are not empty, or were not when last looked at; a round of looks goes through them. */
  readonly #active = new Uint8Array(LISTS)
  readonly #isActive = new Uint8Array(LISTS)
  #activeCount = 0
  #turn = 0
  #looksLeft = 0
  /** What is not worth more may go in this round. */
  #level = LOWEST
  /** The least that was seen in this round and left in place. */
  #least = HIGHEST

  constructor(slots: number) {
    this.#lists = new SlotLists(LISTS, slots)
    this.#facts = new Int32Array(slots * FACTS)
    this.#remembered.growTo(slots)
  }

  /** How often the key with this hash was used before, where it is remembered, else 0; it is asked for again now. */
  usesBefore(hash: number): number {
    const remembered = this.#remembered
    const place = remembered.placeOf(hash)
    if (!remembered.has(place, hash)) return 0
    const uses = remembered.uses(place)
    this.#odds.cameAgain(useClassOf(uses), this.#since(remembered.usedAt(place)) + 1)
    remembered.forget(place)
    return uses < MAX_USES ? uses + 1 : uses
  }

  /** A slot is held from now on; `density` is what a hit saves per room, as a logarithm from 0 on. */
  add(slot: number, uses: number, density: number): void {
    this.#now = (this.#now + 1) | 0
    this.#facts[slot * FACTS + USED_AT] = this.#now
    this.#facts[slot * FACTS + USES] = uses
    this.putBack(slot, density)
    this.#odds.tick(this.#held)
  }

  /** A slot is used. Several uses in a row of the same slot are one: they say nothing about how soon it comes again. */
  use(slot: number): void {
    const facts = this.#facts
    const at = slot * FACTS
    const now = this.#now
    const usedAt = facts[at + USED_AT] as number
    if (usedAt === now) return
    const uses = facts[at + USES] as number
    const useClass = useClassOf(uses)
    this.#odds.cameAgain(useClass, this.#since(usedAt) + 1)
    this.#now = (now + 1) | 0
    facts[at + USED_AT] = (now + 1) | 0
    const more = uses < MAX_USES ? uses + 1 : uses
    facts[at + USES] = more
    const list = facts[at + LIST] as number
    this.#lists.unlink(list, slot)
    this.#enlist(slot, list - useClass + useClassOf(more))
    this.#odds.tick(this.#held)
  }

  /** A slot that is held is not to be let go of until it is put back. */
  setAside(slot: number): void {
    this.#lists.unlink(this.#facts[slot * FACTS + LIST] as number, slot)
    this.#held -= 1
  }

  /**
   * A slot that was set aside is held again, with its old uses and another density. It comes to the new end of a list, out of
   * order; being looked at there, it goes no later than it should.
   */
  putBack(slot: number, density: number): void {
    this.#held += 1
    const uses = this.#facts[slot * FACTS + USES] as number
    this.#facts[slot * FACTS + DENSITY] = density
    const doublings = (density / DOUBLING) | 0
    const row = doublings < DENSITIES ? doublings : DENSITIES - 1
    this.#enlist(slot, row * USE_CLASSES + useClassOf(uses))
  }

  /** A slot is held no more, and its key not remembered. */
  drop(slot: number): void {
    const uses = this.#facts[slot * FACTS + USES] as number
    this.#odds.wasForgotten(useClassOf(uses), this.#since(this.#facts[slot * FACTS + USED_AT] as number))
    this.setAside(slot)
  }

  /** A slot is held no more, and its key remembered for a while by its hash. */
  letGo(slot: number, hash: number): void {
    const remembered = this.#remembered
    const place = remembered.placeOf(hash)
    if (!remembered.isEmpty(place)) {
      this.#odds.wasForgotten(useClassOf(remembered.uses(place)), this.#since(remembered.usedAt(place)))
    }
    const facts = this.#facts
    remembered.remember(hash, facts[slot * FACTS + USED_AT] as number, facts[slot * FACTS + USES] as number)
    this.setAside(slot)
  }

  /**
   * A slot that is worth least, or nearly so; one must be held. Each round of looks goes through the lists once and finds all
   * that may go on its way; what was left in place says how much may go in the next one.
   */
  leastWorth(): number {
    const lists = this.#lists
    for (;;) {
      if (this.#turn >= this.#activeCount || this.#looksLeft <= 0) this.#beginRound()
      this.#looksLeft -= 1
      const list = this.#active[this.#turn] as number
      const oldest = lists.oldest(list)
      if (oldest === NO_SLOT) {
        this.#deactivate(list)
        continue
      }
      const newest = lists.newest(list)
      const worthOfOldest = this.#worthOf(oldest)
      const worthOfNewest = this.#worthOf(newest)
      const worth = worthOfOldest < worthOfNewest ? worthOfOldest : worthOfNewest
      if (worth <= this.#level) return worthOfOldest <= worthOfNewest ? oldest : newest
      if (worth < this.#least) this.#least = worth
      this.#turn += 1
    }
  }

  /** Makes room for more slots. */
  growTo(slots: number): void {
    const facts = new Int32Array(slots * FACTS)
    facts.set(this.#facts)
    this.#facts = facts
    this.#lists.growTo(slots)
    this.#remembered.growTo(slots)
  }

  #enlist(slot: number, list: number): void {
    this.#facts[slot * FACTS + LIST] = list
    this.#lists.push(list, slot)
    if (this.#isActive[list] !== 0) return
    this.#isActive[list] = 1
    this.#active[this.#activeCount] = list
    this.#activeCount += 1
  }

  /** The list whose turn it is, being empty, leaves its place to the last one. */
  #deactivate(list: number): void {
    this.#activeCount -= 1
    this.#active[this.#turn] = this.#active[this.#activeCount] as number
    this.#isActive[list] = 0
  }

  /** A round that found much to let go of ends early, since by then the least may be elsewhere; the next one looks where. */
  #beginRound(): void {
    const isWhole = this.#turn >= this.#activeCount
    this.#level = isWhole ? this.#least + SLACK : LOWEST
    this.#least = HIGHEST
    this.#turn = 0
    this.#looksLeft = this.#activeCount + (this.#held >> 4) + 1
  }

  #worthOf(slot: number): number {
    const facts = this.#facts
    const at = slot * FACTS
    const age = this.#since(facts[at + USED_AT] as number)
    return this.#odds.worth(useClassOf(facts[at + USES] as number), age) + (facts[at + DENSITY] as number)
  }

  #since(usedAt: number): number {
    return (this.#now - usedAt) >>> 0
  }
}
