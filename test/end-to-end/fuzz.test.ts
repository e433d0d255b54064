// Random callers before a random origin, held against rules that know nothing of how the cache works. To look for more:
// node test/fuzz/run.mjs --minutes 10
import { beforeAll, describe, expect, it } from 'vitest'
import { fuzzSeed } from '../fuzz/fuzz.js'

/** Seeds that once found something, and some others. */
const SEEDS = [388_319_959, 388_319_965, 182_298_640, 128_596_721, 48_714_250, 655_790_334, 1, 2]

describe('whatever callers and origin do', () => {
  // Clocks that leap make stores tell of bodies that came too slowly.
  beforeAll(() => void process.removeAllListeners('warning'))

  it.each(SEEDS)(
    'each answer is one that was given, to such a request, and may be used then: seed %i',
    async (seed) => {
      expect((await fuzzSeed(seed, 25)).calls).toBeGreaterThan(40)
    },
  )

  it('and so with seeds that nobody has tried', async () => {
    const first = Math.floor(Math.random() * 1e9)
    const untilMs = performance.now() + 3_000
    for (let seed = first; performance.now() < untilMs; seed += 1) await fuzzSeed(seed, 25)
  })
})
