// Plays a trace to a cache: what is not there is put there.
import { LRUCache } from 'lru-cache'
import { BoundedMap } from '../../dist/stores/memory/bounded-map.js'
import { missCost } from '../../dist/stores/memory/miss-cost.js'

/** The caches that are compared; each has `get(key)` and `put(key, size, cost)`. */
export const CACHES = {
  lru({ maxEntries, maxSize }) {
    const cache = new LRUCache(maxSize === Infinity ? { max: maxEntries } : { max: maxEntries, maxSize })
    const put =
      maxSize === Infinity ? (key) => cache.set(key, true) : (key, size) => cache.set(key, true, { size })
    return { get: (key) => cache.get(key), put }
  },
  ours(bounds) {
    const cache = new BoundedMap(bounds)
    return {
      get: (key) => cache.get(key),
      put: (key, size, cost) => cache.set(key, true, { size, cost }),
    }
  },
}

/** `{ hits, hitBytes, savedMs }`; the costs tell the cache what a miss costs, and are 1 where they are left out. */
export function play({ requests, names, sizes, costs }, cache, { isByCost = false } = {}) {
  const totals = { hits: 0, hitBytes: 0, savedMs: 0 }
  for (const key of requests) {
    if (cache.get(names[key]) === true) {
      totals.hits += 1
      totals.hitBytes += sizes[key]
      totals.savedMs += costs[key]
    } else cache.put(names[key], sizes[key], isByCost ? costOf(costs[key]) : 1)
  }
  return totals
}

/** Nanoseconds per request that a cache takes for the same, at best of some rounds each in turn: `{ lru, ours }`. */
export function time({ requests, names, sizes }, bounds, rounds) {
  const best = { lru: Infinity, ours: Infinity }
  for (let round = 0; round < rounds; round += 1) {
    const inTurn = round % 2 === 0 ? ['lru', 'ours'] : ['ours', 'lru']
    for (const name of inTurn) {
      const cache = CACHES[name](bounds)
      const began = process.hrtime.bigint()
      for (const key of requests) {
        if (cache.get(names[key]) !== true) cache.put(names[key], sizes[key], 1)
      }
      const ns = Number(process.hrtime.bigint() - began) / requests.length
      best[name] = Math.min(best[name], ns)
    }
  }
  return best
}

/** As the memory tier weighs an entry that the origin took so long to give. */
function costOf(originMs) {
  return missCost({ kind: 'entry', originMs })
}
