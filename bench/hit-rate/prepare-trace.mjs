// Makes a trace ready to be played: keys as dense indices and as texts, with a size and a cost for each key.
import { hashed, hashedNormal } from './random.mjs'

/** Where sizes were not recorded: log-normal by the hash of the key, half of them above this many bytes. */
const MEDIAN_BYTES = 6_000
const SIZE_DEVIATION = 1.5
const MIN_BYTES = 200
const MAX_BYTES = 4 * 1024 ** 2
/** Costs were never recorded: each key belongs to one of these origins, by its hash; milliseconds of the median call. */
const ORIGINS_MS = [25, 120, 120, 600]
const COST_DEVIATION = 0.4

/**
 * `{ name, group, requests, names, sizes, costs, hasRecordedSizes }`: `requests` holds indices into the other three. A key keeps the size
 * it had first, as an entry keeps its body.
 */
export function prepareTrace({ name, group, keys, sizes: recorded }) {
  const indexOf = new Map()
  const sizes = []
  const requests = new Int32Array(keys.length)
  keys.forEach((key, at) => {
    let index = indexOf.get(key)
    if (index === undefined) {
      index = indexOf.size
      indexOf.set(key, index)
      sizes.push(recorded?.[at] ?? sizeOf(key))
    }
    requests[at] = index
  })
  const distinct = [...indexOf.keys()]
  return {
    name,
    group,
    requests,
    names: distinct.map(nameOf),
    sizes: Float64Array.from(sizes),
    costs: Float64Array.from(distinct, costOf),
    hasRecordedSizes: recorded !== undefined,
  }
}

/** 32 hexadecimal digits, as Cachette's keys are. */
function nameOf(key) {
  const words = [41, 43, 47].map((seed) => Math.floor(hashed(key, seed) * 2 ** 32))
  return [...words, key].map((word) => word.toString(16).padStart(8, '0')).join('')
}

function sizeOf(key) {
  const bytes = MEDIAN_BYTES * Math.exp(SIZE_DEVIATION * hashedNormal(key, 17))
  return Math.round(Math.min(MAX_BYTES, Math.max(MIN_BYTES, bytes)))
}

function costOf(key) {
  const origin = ORIGINS_MS[Math.floor(hashed(key, 29) * ORIGINS_MS.length)]
  return Math.round(origin * Math.exp(COST_DEVIATION * hashedNormal(key, 31)))
}
