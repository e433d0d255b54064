// One size of the scale bench in a process of its own: opens a filled store, then takes a sample whenever it is asked.
import { LRUCache } from 'lru-cache'
import { openFilled, openRawLmdb, storeIn, urlOf } from './filled-store.mjs'
import { createSampler } from './measure.mjs'

const [, , tier, folder, rawFolder, size] = process.argv
const count = Number(size)
const urls = Array.from({ length: count }, (_, index) => urlOf(index))
const samplers = tier === 'memory' ? await memoryCalls() : await lmdbCalls()

process.on('message', async (name) => process.send({ us: await samplers[name]() }))
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
    ours: await createSampler(random((url) => api.getExternal(url))),
    floor: await createSampler(random(async (url) => cache.get(url))),
  }
}

async function lmdbCalls() {
  const { api } = await openFilled({ store: storeIn(folder), memory: false })
  const database = openRawLmdb(rawFolder)
  return {
    ours: await createSampler(random((url) => api.getExternal(url))),
    floor: await createSampler(random(async (url) => JSON.parse(database.getBinary(url).toString()))),
  }
}

/** Asks for one URL after the other, uniformly at random. */
function random(ask) {
  let state = 1
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    // The high bits: the low ones of this generator repeat soon.
    return ask(urls[Math.floor((state / 2 ** 32) * count)])
  }
}
