// Adds up what the calls of a warm-up became. Pure but for its own counters.
import { COUNTS_AS } from '../../model/outcome.js'
import type { RequestEvent } from '../../model/request-event.js'

/** Figures of some calls. */
export interface WarmFigures {
  readonly requests: number
  readonly hits: number
  readonly misses: number
  /** Percent of hits among hits and misses. */
  readonly hitRate: number
  readonly originCalls: number
}

/** Counts calls; one for the whole run, one for each pass. */
export class WarmTally {
  #hits = 0
  #misses = 0
  #bypassed = 0
  #originCalls = 0
  readonly #keys = new Set<string>()

  add(event: RequestEvent): void {
    const countsAs = COUNTS_AS[event.outcome]
    if (countsAs === 'hit') this.#hits += 1
    else if (countsAs === 'miss') this.#misses += 1
    else this.#bypassed += 1
    this.#originCalls += event.attempts
    this.#keys.add(event.key)
  }

  /** Different requests seen, by key. */
  get distinct(): number {
    return this.#keys.size
  }

  /** Everything counted so far, bypassed calls included. */
  get seen(): number {
    return this.#hits + this.#misses + this.#bypassed
  }

  figures(): WarmFigures {
    const counted = this.#hits + this.#misses
    return {
      requests: this.seen,
      hits: this.#hits,
      misses: this.#misses,
      hitRate: counted === 0 ? 0 : (100 * this.#hits) / counted,
      originCalls: this.#originCalls,
    }
  }
}

/** The best hit rate that a stream allows, in percent, when the cache is empty before it: 1 − distinct/requests. */
export function bestHitRate(distinct: number, requests: number): number {
  return requests === 0 ? 0 : 100 * (1 - distinct / requests)
}
