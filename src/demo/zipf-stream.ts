// Requests as users make them: a few very often, most of them rarely. Pure, and the same for the same seed.
import { createRandom } from './random.js'

/** What to draw, and how. */
interface ZipfOptions<Request> {
  /** What to draw from, most popular first; at least one. */
  readonly requests: readonly Request[]
  readonly seed: number
  /** How many requests to draw. */
  readonly length: number
  /** How steep: 0 draws all alike, 1 is Zipf's law. Default 1. */
  readonly exponent?: number
}

/** What was drawn. */
interface ZipfStream<Request> {
  readonly requests: readonly Request[]
  /** How many different ones are among them. Where nothing expires, `1 - distinct / requests.length` is the best hit rate. */
  readonly distinct: number
}

/**
 * Draws requests independently of each other. Of N requests, the one of rank k (1 is the first of the list) comes
 * with the probability `k ** -s / (1 ** -s + 2 ** -s + … + N ** -s)`, s being the exponent.
 */
export function createZipfStream<Request>({
  requests,
  seed,
  length,
  exponent = 1,
}: ZipfOptions<Request>): ZipfStream<Request> {
  if (requests.length === 0) throw new RangeError('there is nothing to draw from')
  const upTo = cumulativeWeights(requests.length, exponent)
  const total = upTo.at(-1) ?? 0
  const random = createRandom(seed)
  const ranks = Array.from({ length }, () => firstAbove(upTo, random() * total))
  return {
    requests: ranks.flatMap((rank) => requests.slice(rank, rank + 1)),
    distinct: new Set(ranks).size,
  }
}

function cumulativeWeights(count: number, exponent: number): readonly number[] {
  let sum = 0
  return Array.from({ length: count }, (_, index) => (sum += (index + 1) ** -exponent))
}

/** The first position whose value is above the given one; the values rise. */
function firstAbove(values: readonly number[], wanted: number): number {
  let low = 0
  let high = values.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((values[middle] ?? 0) > wanted) high = middle
    else low = middle + 1
  }
  return low
}
