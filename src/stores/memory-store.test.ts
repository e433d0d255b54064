import { describe, expect, it } from 'vitest'
import { remoteBody } from '../testing/store-contract/sample-bodies.js'
import { sampleEntry } from '../testing/store-contract/sample-records.js'
import { runStoreContract } from '../testing/store-contract/run-store-contract.js'
import { createFakeClock } from '../../test/helpers/fake-clock.js'
import { EntryBody } from '../model/entry-body.js'
import { createMemoryStore } from './memory-store.js'

function createStore(limits: { maxBytes?: number; maxEntries?: number } = {}) {
  const clock = createFakeClock()
  return { clock, store: createMemoryStore({ maxBytes: 4_000_000, maxEntries: 10_000, clock, ...limits }) }
}

runStoreContract(
  { describe, it, expect },
  {
    name: 'memory',
    capabilities: {
      scans: true,
      listsInOrder: true,
      keepsExpired: true,
      isBounded: true,
      numbersOneByOne: true,
      takesPieces: false,
      hasPeers: false,
      watchesCells: false,
      isExactAcrossProcesses: false,
    },
    open() {
      const { clock, store } = createStore()
      return { store, nowMs: clock.nowMs(), advance: clock.advance, dispose: () => store.close() }
    },
  },
)

function jsonEntry(key: string, items: number) {
  const body = new EntryBody(
    new TextEncoder().encode(JSON.stringify(Array.from({ length: items }, () => ({})))),
  )
  return sampleEntry({ key, body, sizeBytes: body.sizeBytes })
}

describe('memory store', () => {
  it('reads give the same record each time, with the body it was written with', async () => {
    const { store } = createStore()
    const entry = sampleEntry()
    await store.write(entry, 0)
    const first = store.read(entry.key)
    expect(store.read(entry.key)).toBe(first)
    expect(first).toMatchObject({ body: entry.body })
  })

  it('of entries that are used alike, one that the origin takes long to give stays longer', async () => {
    const { store } = createStore({ maxEntries: 10 })
    await store.write(sampleEntry({ key: 'slow', originMs: 8_000 }), 0)
    for (let index = 0; index < 30; index += 1) {
      await store.write(sampleEntry({ key: `quick ${index}`, originMs: 20 }), 0)
    }
    expect(store.read('slow')?.key).toBe('slow')
  })

  it('copies of what another store has are worth the same, however long the origin took', () => {
    const { store } = createStore({ maxEntries: 10 })
    store.keep(sampleEntry({ key: 'slow', originMs: 8_000 }))
    for (let index = 0; index < 30; index += 1) {
      store.keep(sampleEntry({ key: `quick ${index}`, originMs: 20 }))
    }
    expect(store.read('slow')).toBeUndefined()
  })

  it('a peek gives the record and is no use of it', async () => {
    const { store } = createStore({ maxEntries: 2 })
    await store.write(sampleEntry({ key: 'a' }), 0)
    await store.write(sampleEntry({ key: 'b' }), 0)
    expect(store.peek('a')?.key).toBe('a')
    await store.write(sampleEntry({ key: 'c' }), 0)
    expect([store.peek('a'), store.peek('b')?.key]).toEqual([undefined, 'b'])
  })

  it('the least recently read entry goes first', async () => {
    const { store } = createStore({ maxEntries: 2 })
    await store.write(sampleEntry({ key: 'a' }), 0)
    await store.write(sampleEntry({ key: 'b' }), 0)
    store.read('a')
    await store.write(sampleEntry({ key: 'c' }), 0)
    expect([store.read('a')?.key, store.read('b')?.key, store.read('c')?.key]).toEqual(['a', undefined, 'c'])
  })

  it('an entry larger than the bound is not stored and removes what it replaces', async () => {
    const { store } = createStore({ maxBytes: 10_000 })
    await store.write(sampleEntry({ key: 'a' }), 0)
    const large = sampleEntry({ key: 'a', body: new EntryBody(new Uint8Array(20_000)), sizeBytes: 20_000 })
    expect(await store.write(large, 0)).toEqual({ isStored: false, because: 'full' })
    expect(store.read('a')).toBeUndefined()
  })

  it('a body parsed after it was written is charged as parsed', async () => {
    const { store } = createStore()
    const entry = jsonEntry('a', 1_000)
    await store.write(entry, 0)
    entry.body.json()
    const health = await store.health()
    expect(health.sizeBytes).toBeGreaterThan(1_000 * 56)
  })

  it('a body that keeps both its forms is charged for both', async () => {
    const { store } = createStore()
    const spaced = `[${'{ }, '.repeat(1_000)}{}]`
    const body = new EntryBody(new TextEncoder().encode(spaced))
    const entry = sampleEntry({ key: 'a', body, sizeBytes: body.sizeBytes })
    await store.write(entry, 0)
    entry.body.json()
    const { sizeBytes } = await store.health()
    expect(sizeBytes).toBeGreaterThan(body.sizeBytes + 1_000 * 56)
    entry.body.bytes()
    store.read('a')
    expect((await store.health()).sizeBytes).toBe(sizeBytes)
  })

  it('a body that stays in another tier costs its head alone, whatever callers do with it', async () => {
    const { store } = createStore({ maxBytes: 10_000 })
    const body = remoteBody(new TextEncoder().encode(`[${'1,'.repeat(50_000)}1]`))
    store.keep(sampleEntry({ key: 'a', body, sizeBytes: body.sizeBytes }))
    const found = store.read('a')
    expect(found?.kind === 'entry' && (found.body.json() as unknown[]).length).toBe(50_001)
    const { entries, sizeBytes } = await store.health()
    expect([entries, sizeBytes < 2_000]).toEqual([1, true])
  })

  it('the bound holds for bodies that are parsed after each write and never read again', async () => {
    const { store } = createStore({ maxBytes: 1_000_000 })
    for (let index = 0; index < 500; index += 1) {
      const entry = jsonEntry(`k${index}`, 200)
      await store.write(entry, 0)
      entry.body.json()
    }
    const { entries, sizeBytes } = await store.health()
    expect(sizeBytes).toBeLessThanOrEqual(1_000_000)
    expect(entries).toBeLessThan(80)
  })

  it('changes older than the feed are not complete', async () => {
    const { store } = createStore()
    for (let index = 0; index < 4_097; index += 1) await store.remove('none')
    expect(await store.sequence()).toBe(0)
    for (let index = 0; index < 4_097; index += 1) await store.write(sampleEntry(), 0)
    expect((await store.changesSince(0)).isComplete).toBe(false)
    expect((await store.changesSince(1)).isComplete).toBe(true)
  })
})
