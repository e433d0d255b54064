// Fills an LMDB store with many entries without asking an origin for each: the engine names the keys, one real answer is the
// template, and the store's own writer puts it under every key.
import { open as openLmdb } from 'lmdb'
import { createLmdbStore } from '../../dist/stores/lmdb/lmdb-store.js'
import { createFolder, openCachette } from '../peers/cachette.mjs'
import { startOrigin } from './origin.mjs'

/** Far above what a million small entries need, so that nothing is evicted. */
const STORE_MAX_BYTES = 16 * 1024 ** 3
/** Where entries claim to come from: nothing listens there, so whatever is no hit fails. */
export const BASE_URL = 'http://127.0.0.1:9'
const BODY = JSON.stringify({
  id: 27_205,
  title: 'Inception',
  overview: 'A thief who enters the dreams of others is asked to leave something behind for once.',
  release_date: '2010-07-15',
  genres: ['action', 'science fiction', 'adventure'],
  vote_average: 8.4,
})
/** Writes under way at a time. */
const BATCH = 2_000

/** The URL of one entry. */
export function urlOf(index) {
  return `${BASE_URL}/3/movie/${index}?language=en-GB`
}

/** The store option for a filled folder. */
export function storeIn(folder) {
  return { type: 'lmdb', path: folder, maxBytes: STORE_MAX_BYTES }
}

/** An instance for the filled store; nothing in it expires while the bench runs. */
export function openFilled({ store, memory }) {
  return openCachette({ origin: { url: BASE_URL }, store, memory, service: { ttl: '30d' } })
}

/** Fills a folder with `count` entries; `onProgress` hears how many there are. */
export async function fillStore(folder, count, onProgress) {
  const template = await createTemplate()
  const store = await openStore(folder)
  let written = []
  let url = ''
  // Asked for a key, this store writes the entry and hands it out: so every call is a hit and leaves an entry behind.
  const filling = new Proxy(store, {
    get(target, name) {
      if (name !== 'read')
        return typeof target[name] === 'function' ? target[name].bind(target) : target[name]
      return (key) => {
        const record = { ...template, key, url, purgeUrl: url }
        written.push(target.write(record, 0))
        return record
      }
    },
  })
  const { api, close } = await openFilled({ store: filling, memory: false })
  for (let index = 0; index < count; index += 1) {
    url = urlOf(index)
    await api.getExternal(url)
    if (written.length < BATCH && index + 1 < count) continue
    const results = await Promise.all(written)
    if (!results.every(({ isStored }) => isStored)) throw new Error('An entry could not be written.')
    written = []
    onProgress(index + 1)
  }
  await close()
  await store.close()
}

/** Fills a raw lmdb database with the same keys and bodies. */
export async function fillRawLmdb(folder, count) {
  const database = openRawLmdb(folder)
  const body = Buffer.from(BODY)
  for (let from = 0; from < count; from += BATCH) {
    await database.transaction(() => {
      for (let index = from; index < Math.min(count, from + BATCH); index += 1)
        database.put(urlOf(index), body)
    })
  }
  await database.close()
}

/** Opens the raw database: bytes as they are, no compression. */
export function openRawLmdb(folder) {
  return openLmdb({ path: folder, encoding: 'binary', compression: false })
}

function openStore(folder) {
  const clock = {
    nowMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    setTimer(callback, delayMs) {
      const timer = setTimeout(callback, delayMs)
      return () => clearTimeout(timer)
    },
  }
  return createLmdbStore({ path: folder, maxBytes: STORE_MAX_BYTES, clock })
}

/** The record of a real answer, stored by the engine in a store that is thrown away. */
async function createTemplate() {
  const folder = createFolder()
  const origin = await startOrigin(() => ({ body: BODY }))
  const opened = await openCachette({ origin, store: storeIn(folder.path), service: { ttl: '30d' } })
  await opened.api.getExternal(`${origin.url}/template`)
  await opened.close()
  await origin.stop()
  const store = await openStore(folder.path)
  const [{ key }] = (await store.list({ limit: 1 })).entries
  const template = store.read(key)
  await store.close()
  folder.remove()
  return template
}
