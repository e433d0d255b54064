// Numbers that look random and are the same in every run: a seeded stream, a hash, and draws from a Zipf law.

/** A stream of numbers in [0, 1). */
export function createRandom(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    return mixed(state) / 2 ** 32
  }
}

/** A number in [0, 1) that belongs to an integer, whatever came before. */
export function hashed(integer, seed) {
  return mixed((Math.imul(integer + 1, 0x9e3779b1) ^ Math.imul(seed, 0x85ebca6b)) >>> 0) / 2 ** 32
}

/** A number from the normal law around 0 with deviation 1, that belongs to an integer. */
export function hashedNormal(integer, seed) {
  const radius = Math.sqrt(-2 * Math.log(1 - hashed(integer, seed)))
  return radius * Math.cos(2 * Math.PI * hashed(integer, seed + 1))
}

/** Draws ranks in [0, count): rank r has a weight of 1 / (r + 1) ** exponent. */
export function createZipf(count, exponent, random) {
  const sums = new Float64Array(count)
  let sum = 0
  for (let rank = 0; rank < count; rank += 1) {
    sum += (rank + 1) ** -exponent
    sums[rank] = sum
  }
  return () => {
    const wanted = random() * sum
    let low = 0
    let high = count - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (sums[middle] < wanted) low = middle + 1
      else high = middle
    }
    return low
  }
}

function mixed(state) {
  let word = Math.imul(state ^ (state >>> 15), state | 1)
  word ^= word + Math.imul(word ^ (word >>> 7), word | 61)
  return (word ^ (word >>> 14)) >>> 0
}
