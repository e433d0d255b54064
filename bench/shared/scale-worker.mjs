// One size of the scale bench in a process of its own: opens a filled store, then takes a sample whenever it is asked.
import { LRUCache } from 'lru-cache'
import { openFilled, openRawLmdb, storeIn, urlOf } from './filled-store.mjs'
import { createSampler } from './measure.mjs'

const FEW = 1_000
const [, , tier, folder, rawFolder, size] = process.argv
const count = Number(size)
const urls = Array.from({ length: count }, (_, index) => urlOf(index))
/** Entries spread over the whole store, as many as the processor's caches hold at any size. */
const few = urls.filter((_, index) => index % Math.ceil(count / FEW) === 0)
const samplers = tier === 'memory' ? await memoryCalls() : await lmdbCalls()

process.on('message', async (name) => {
  // The first sample after the others' turn finds cold caches and the timers that came due meanwhile.
  await samplers[name]()
  process.send({ us: await samplers[name]() })
})
process.send({ isReady: true })

/** The memory tier, large enough for all; every entry is asked for once so that it is there, parsed. */
async function memoryCalls() {
  const { api } = await openFilled({
    store: storeIn(folder),
    memory: { maxBytes: '16GB', maxEntries: count * 2 },
  })
  const cache = new LRUCache({ max: count * 2 })
  for (const url of urls) cache.set(url, await api.getExternal(url))
  return {
    few: await createSampler(random(few, (url) => api.getExternal(url))),
    all: await createSampler(random(urls, (url) => api.getExternal(url))),
    floor: await createSampler(random(urls, async (url) => cache.get(url))),
  }
}

/** Every entry is asked for once here too, so that each call is one that was seen before. */
async function lmdbCalls() {
  const { api } = await openFilled({ store: storeIn(folder), memory: false })
  for (const url of urls) await api.getExternal(url)
  const database = openRawLmdb(rawFolder)
  return {
    few: await createSampler(random(few, (url) => api.getExternal(url))),
    all: await createSampler(random(urls, (url) => api.getExternal(url))),
    floor: await createSampler(random(urls, async (url) => JSON.parse(database.getBinary(url).toString()))),
  }
}

/** Asks for one of the URLs after the other, uniformly at random. */
function random(among, ask) {
  let state = 1
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    // The high bits: the low ones of this generator repeat soon.
    return ask(among[Math.floor((state / 2 ** 32) * among.length)])
  }
}
