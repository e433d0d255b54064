// What is worth keeping: learns from a cache's own traffic how soon entries are asked for again, and says what keeping one
// would bring. Pure but for what it has learnt.
//
// An entry that is held takes up room until it is asked for again or given up. So each is worth the hits that it can be expected
// to give per use of the cache for which it stays, under the best moment to give it up: the Gittins index [1] of a gamble that
// can be left at any time. The odds of the gamble are not assumed but counted, in the manner of [2]. Entries are of one class
// with all that were used about as often (once, twice, up to 4, 8, 16 times, more often); for each class and band of ages it is
// counted how many were asked for again at that age, and how many were forgotten at that age without having been asked for. What was
// let go of is remembered for a while by its hash, so that a key which comes back later is counted too; what is forgotten first
// is a life cut short, and Kaplan and Meier's estimate [3] of the odds at each age allows for that.
//
// So nothing has to be tuned to the traffic. Where the odds fall with age it does what LRU does; where use counts it does what
// LFU does; in a loop that is larger than the cache, where the odds rise with age, it keeps a part of the loop and lets the newest
// go. What a miss costs multiplies the index and the room that an entry takes divides it, as in GDSF [4].
//
// [1] J. C. Gittins, Bandit processes and dynamic allocation indices (1979).
// [2] N. Beckmann, H. Chen, A. Cidon, LHD: Improving cache hit rate by maximizing hit density (2018).
// [3] E. L. Kaplan, P. Meier, Nonparametric estimation from incomplete observations (1958).
// [4] L. Cherkasova, Improving WWW proxies performance with Greedy-Dual-Size-Frequency caching policy (1998).
import { BAND_STARTS, bandOf, BANDS } from './age-bands.js'
import { DOUBLING } from './logarithm.js'

/** Classes by number of uses after the first: 0, 1, 2–3, 4–7, 8–15, 16 and more. */
export const USE_CLASSES = 6
const TYPICAL_USES = [1, 2, 3.5, 6, 12, 24]
/** As much as so many lives weighs what is believed before anything was seen: that odds fall with age and rise with use. */
const BELIEF_LIVES = 4
const BELIEVED_USES = 0.35
/** What is left of older counts each time the table is made anew. */
const KEPT_SHARE = 0.9
/** The table is made anew at first soon, then after so many uses, or as many as there are entries. */
const FIRST_TABLE_AFTER = 64
const NEXT_TABLE_AFTER = 256
const TABLE_EVERY = 8_192

/** What a cache learns about its traffic; begins with what is believed of any. */
export class ReuseOdds {
  readonly #again = new Float64Array(USE_CLASSES * BANDS)
  readonly #forgotten = new Float64Array(USE_CLASSES * BANDS)
  readonly #table = new Int32Array(USE_CLASSES * BANDS)
  #tableEvery = 0
  #usesLeft = FIRST_TABLE_AFTER

  constructor() {
    this.#makeTable(1)
  }

  /** An entry of that class was asked for again at that age. */
  cameAgain(useClass: number, age: number): void {
    const at = useClass * BANDS + bandOf(age)
    this.#again[at] = (this.#again[at] as number) + 1
  }

  /** One was forgotten at that age without having been asked for again. */
  wasForgotten(useClass: number, age: number): void {
    const at = useClass * BANDS + bandOf(age)
    this.#forgotten[at] = (this.#forgotten[at] as number) + 1
  }

  /**
   * Hits to be expected per use of the cache for as long as an entry is worth keeping, as a logarithm in {@link DOUBLING}s.
   * What has least goes first.
   */
  worth(useClass: number, age: number): number {
    return this.#table[useClass * BANDS + bandOf(age)] as number
  }

  /** To be called at each use of the cache, with the number of entries held. */
  tick(entries: number): void {
    this.#usesLeft -= 1
    if (this.#usesLeft > 0) return
    this.#tableEvery = Math.min(this.#tableEvery + NEXT_TABLE_AFTER, TABLE_EVERY)
    this.#usesLeft = Math.max(this.#tableEvery, entries)
    this.#makeTable(entries)
  }

  #makeTable(entries: number): void {
    const again = this.#again
    const forgotten = this.#forgotten
    const odds = new Float64Array(BANDS)
    for (let useClass = 0; useClass < USE_CLASSES; useClass += 1) {
      const from = useClass * BANDS
      let lives = 0
      for (let at = from + BANDS - 1; at >= from; at -= 1) {
        const cameAgain = again[at] as number
        lives += cameAgain + (forgotten[at] as number)
        const believed = believedOdds(TYPICAL_USES[useClass] as number, at - from, entries)
        odds[at - from] = (cameAgain + BELIEF_LIVES * believed) / (lives + BELIEF_LIVES)
        again[at] = cameAgain * KEPT_SHARE
        forgotten[at] = (forgotten[at] as number) * KEPT_SHARE
      }
      writeIndex(odds, this.#table.subarray(from, from + BANDS))
    }
  }
}

/** The class of an entry by its uses after the first. */
export function useClassOf(uses: number): number {
  const doublings = 32 - Math.clz32(uses)
  return doublings < USE_CLASSES ? doublings : USE_CLASSES - 1
}

/** The chance of being asked for within a band, for who has come to its beginning. */
function believedOdds(uses: number, band: number, entries: number): number {
  const start = startOf(band)
  const end = startOf(band + 1)
  const expected = (BELIEVED_USES * uses * (end - start)) / ((start + end) / 2 + entries)
  return expected / (1 + expected)
}

function startOf(band: number): number {
  return BAND_STARTS[band] as number
}

/** A stretch of bands, seen from its beginning: hits and time to be expected within it, and the odds to reach its end. */
interface Stretch {
  readonly hits: number
  readonly time: number
  readonly survival: number
}

/**
 * Writes, for each band, the most hits per time that can be had from there on by stopping at the best moment. From the last band
 * back: a stretch that brings less than the one after it is worth the two together, since who waits that long waits on.
 */
function writeIndex(odds: Float64Array, index: Int32Array): void {
  const after: Stretch[] = []
  for (let band = BANDS - 1; band >= 0; band -= 1) {
    const hits = odds[band] ?? 0
    const width = startOf(band + 1) - startOf(band)
    let stretch: Stretch = { hits, time: width * (1 - hits / 2), survival: 1 - hits }
    for (let next = after.at(-1); next !== undefined; next = after.at(-1)) {
      if (stretch.hits * next.time >= next.hits * stretch.time) break
      stretch = joined(stretch, next)
      after.pop()
    }
    after.push(stretch)
    index[band] = Math.round(Math.log2(stretch.hits / stretch.time) * DOUBLING)
  }
}

function joined(first: Stretch, second: Stretch): Stretch {
  return {
    hits: first.hits + first.survival * second.hits,
    time: first.time + first.survival * second.time,
    survival: first.survival * second.survival,
  }
}
