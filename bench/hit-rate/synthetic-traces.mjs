// Request streams made by rule, the same in every run. The first group was looked at, as the recorded traces were, while the eviction
// policy was made; the second was written afterwards and says whether it holds elsewhere.
import { createRandom, createZipf } from './random.mjs'

const REQUESTS = 200_000
const KEYS = 20_000

/** What was looked at while the policy was made. */
const LOOKED_AT = {
  'zipf 0.6': () => zipf({ exponent: 0.6, seed: 1 }),
  'zipf 0.7': () => zipf({ exponent: 0.7, seed: 101 }),
  'zipf 0.8': () => zipf({ exponent: 0.8, seed: 2 }),
  'zipf 0.95, many keys': () => zipf({ exponent: 0.95, keys: 150_000, seed: 102 }),
  'zipf 1.0': () => zipf({ exponent: 1, seed: 3 }),
  'zipf 1.1': () => zipf({ exponent: 1.1, seed: 4 }),
  'zipf 0.9, popularity shifts': () => shiftingZipf({ exponent: 0.9, shiftEvery: 20_000, seed: 5 }),
  'zipf 0.8, popularity shifts often': () => shiftingZipf({ exponent: 0.8, shiftEvery: 5_000, seed: 104 }),
  'zipf 1.05, popularity drifts': () => driftingZipf({ exponent: 1.05, newEvery: 25, seed: 103 }),
  'zipf 0.9 and scans': () => zipfWithScans({ exponent: 0.9, scanEvery: 10_000, scanLength: 4_000, seed: 6 }),
  'zipf 0.75 and long scans': () =>
    zipfWithScans({ exponent: 0.75, scanEvery: 30_000, scanLength: 15_000, seed: 105 }),
  loop: () => loop({ keys: 4_000, seed: 7 }),
  'loop within zipf': () => loopsWithinZipf({ exponent: 1, loops: [1_500], share: 0.4, seed: 106 }),
  'recent again': () => recentAgain({ reach: 12, share: 0.7, seed: 107 }),
  'API bursts': () => bursts({ sessions: 200, seed: 8 }),
  'API bursts, few users': () => bursts({ sessions: 12, seed: 108 }),
}

/** What was written when it was done. */
const HELD_OUT = {
  'zipf 0.65, many keys': () => zipf({ exponent: 0.65, keys: 60_000, seed: 201 }),
  'zipf 0.85': () => zipf({ exponent: 0.85, seed: 202 }),
  'zipf 1.3': () => zipf({ exponent: 1.3, keys: 50_000, seed: 203 }),
  'day and night': () => dayAndNight({ exponent: 0.9, turnEvery: 15_000, seed: 204 }),
  'news, quickly old': () => driftingZipf({ exponent: 0.8, newEvery: 6, seed: 205 }),
  'zipf 1.0 and short scans': () =>
    zipfWithScans({ exponent: 1, scanEvery: 1_000, scanLength: 250, seed: 206 }),
  'three loops within zipf': () =>
    loopsWithinZipf({ exponent: 0.8, loops: [150, 900, 5_000], share: 0.5, seed: 207 }),
  'recent again, far back': () => recentAgain({ reach: 13, share: 0.5, seed: 208 }),
  'API bursts, many users': () => bursts({ sessions: 2_000, seed: 209 }),
}

/** All of them: `{ name, group, keys }`, a key being an integer. */
export function syntheticTraces() {
  return [
    ...Object.entries(LOOKED_AT).map(([name, make]) => ({ name, group: 'looked-at', keys: make() })),
    ...Object.entries(HELD_OUT).map(([name, make]) => ({ name, group: 'held-out', keys: make() })),
  ]
}

/** Popularity that never changes. */
function zipf({ exponent, keys = KEYS, seed }) {
  const random = createRandom(seed)
  const draw = createZipf(keys, exponent, random)
  return Array.from({ length: REQUESTS }, draw)
}

/** Every so often the ranks are dealt anew to a quarter of the keys: half of what was popular is no more. */
function shiftingZipf({ exponent, shiftEvery, seed }) {
  const random = createRandom(seed)
  const draw = createZipf(KEYS, exponent, random)
  const keyOf = Array.from({ length: KEYS }, (_, rank) => rank)
  return Array.from({ length: REQUESTS }, (_, index) => {
    if (index % shiftEvery === shiftEvery - 1) {
      for (let swap = 0; swap < KEYS / 4; swap += 1) {
        const one = Math.floor(random() ** 3 * KEYS)
        const other = Math.floor(random() * KEYS)
        ;[keyOf[one], keyOf[other]] = [keyOf[other], keyOf[one]]
      }
    }
    return keyOf[draw()]
  })
}

/** New keys come in at the top all the time and sink: news. */
function driftingZipf({ exponent, newEvery, seed }) {
  const random = createRandom(seed)
  const draw = createZipf(KEYS, exponent, random)
  return Array.from({ length: REQUESTS }, (_, index) => {
    const newest = KEYS + Math.floor(index / newEvery)
    return newest - draw()
  })
}

/** Now and then something walks through keys that nobody asks for again: a crawler, a nightly job. */
function zipfWithScans({ exponent, scanEvery, scanLength, seed }) {
  const draw = createZipf(KEYS, exponent, createRandom(seed))
  let scanned = KEYS
  return Array.from({ length: REQUESTS }, (_, index) =>
    index % scanEvery < scanEvery - scanLength ? draw() : scanned++,
  )
}

/** The same list over and over, with a tenth of other requests: what LRU is worst at. */
function loop({ keys, seed }) {
  const random = createRandom(seed)
  let next = 0
  return Array.from({ length: REQUESTS }, () =>
    random() < 0.1 ? keys + Math.floor(random() * KEYS) : next++ % keys,
  )
}

/** Jobs that poll lists, each as often as the others, while users ask what they ask. */
function loopsWithinZipf({ exponent, loops, share, seed }) {
  const random = createRandom(seed)
  const draw = createZipf(KEYS, exponent, random)
  const jobs = loops.map((keys, index) => ({ keys, from: KEYS * (index + 1), next: 0 }))
  return Array.from({ length: REQUESTS }, () => {
    if (random() >= share) return draw()
    const job = jobs[Math.floor(random() * jobs.length)]
    job.next = (job.next + 1) % job.keys
    return job.from + job.next
  })
}

/** Two populations take turns: what one asks for, the other does not. */
function dayAndNight({ exponent, turnEvery, seed }) {
  const draw = createZipf(KEYS, exponent, createRandom(seed))
  return Array.from(
    { length: REQUESTS },
    (_, index) => draw() + (Math.floor(index / turnEvery) % 2 === 0 ? 0 : KEYS),
  )
}

/** Nearly all depends on how long ago a key was asked for: what LRU is best at. */
function recentAgain({ reach, share, seed }) {
  const random = createRandom(seed)
  const asked = []
  let fresh = 0
  return Array.from({ length: REQUESTS }, () => {
    const back = Math.floor(Math.exp(random() * reach))
    const key = random() < share && back <= asked.length ? asked[asked.length - back] : fresh++
    asked.push(key)
    return key
  })
}

/**
 * Users who search, open some of what they found, come back to one of them, and leave: a page of results, then its items, each
 * asked for several times within a short while. Searches are by popularity; now and then one is new.
 */
function bursts({ sessions, seed }) {
  const random = createRandom(seed)
  const drawSearch = createZipf(4_000, 0.9, random)
  const drawItem = createZipf(20, 0.7, random)
  const open = []
  const asked = []
  let fresh = 0
  while (asked.length < REQUESTS) {
    if (open.length < sessions) open.push(createSession())
    const at = Math.floor(random() * open.length)
    asked.push(open[at].next())
    if (random() < 0.08) open[at] = createSession()
  }
  return asked

  function createSession() {
    const search = random() < 0.15 ? 1_000_000 + fresh++ * 21 : drawSearch() * 21
    let last = search
    return {
      next() {
        const chance = random()
        if (chance < 0.25) last = search
        else if (chance < 0.75) last = search + 1 + drawItem()
        return last
      },
    }
  }
}
