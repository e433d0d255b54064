import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createFakeClock } from '../../../test/helpers/fake-clock.js'
import { EntryBody } from '../../model/entry-body.js'
import { runStoreContract } from '../../testing/store-contract/run-store-contract.js'
import { sampleEntry } from '../../testing/store-contract/sample-records.js'
import { createLmdbStore, type LmdbStoreOptions } from './lmdb-store.js'

const folder = mkdtempSync(join(tmpdir(), 'cachette-lmdb-'))
let stores = 0
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function createStore(options: Partial<LmdbStoreOptions> = {}) {
  const clock = createFakeClock()
  stores += 1
  const path = join(folder, `store-${stores}`, '.cachette')
  const store = await createLmdbStore({ path, maxBytes: 4_000_000, clock, ...options })
  return { clock, store, path }
}

runStoreContract(
  { describe, it, expect },
  {
    name: 'lmdb',
    capabilities: {
      scans: true,
      listsInOrder: true,
      keepsExpired: true,
      isBounded: true,
      numbersOneByOne: true,
      takesPieces: true,
      hasPeers: true,
      watchesCells: false,
      isExactAcrossProcesses: true,
    },
    async open() {
      const { clock, store, path } = await createStore()
      const opened = [store]
      return {
        store,
        nowMs: clock.nowMs(),
        advance: clock.advance,
        async openPeer() {
          const peer = await createLmdbStore({ path, maxBytes: 4_000_000, clock })
          opened.push(peer)
          return peer
        },
        dispose: async () => void (await Promise.all(opened.map((one) => one.close()))),
      }
    },
  },
)

describe('LMDB store', () => {
  it('what was written is there after closing and opening', async () => {
    const { store, path, clock } = await createStore()
    await store.write(sampleEntry(), 0)
    const secret = await store.secret()
    await store.close()
    const again = await createLmdbStore({ path, maxBytes: 4_000_000, clock })
    expect(again.read('tmdb:0001')).toMatchObject({ service: 'tmdb' })
    expect(await again.secret()).toEqual(secret)
    expect((await again.health()).entries).toBe(1)
    await again.close()
  })

  it('folder and files are for their owner alone, whatever the umask', async () => {
    const before = process.umask(0)
    try {
      const { store, path } = await createStore()
      const modes = [path, join(path, 'data.mdb'), join(path, 'lock.mdb')].map((name) =>
        (statSync(name).mode & 0o777).toString(8),
      )
      expect(modes).toEqual(['700', '600', '600'])
      await store.close()
    } finally {
      process.umask(before)
    }
  })

  it('a parsed body is stored as the JSON it means', async () => {
    const { store } = await createStore()
    const body = new EntryBody(new TextEncoder().encode('{ "a" : [1, 2] }'))
    body.json()
    await store.write(sampleEntry({ body, sizeBytes: body.sizeBytes }), 0)
    const found = store.read('tmdb:0001')
    expect(found?.kind === 'entry' && found.body.json()).toEqual({ a: [1, 2] })
    expect(found?.kind === 'entry' && found.sizeBytes).toBe(16)
    await store.close()
  })

  it('large bodies that compress take less room', async () => {
    const { store } = await createStore()
    const body = new EntryBody(new TextEncoder().encode('{"overview":"long"}'.repeat(30_000)))
    await store.write(sampleEntry({ body, sizeBytes: body.sizeBytes }), 0)
    expect((await store.health()).sizeBytes).toBeLessThan(body.sizeBytes / 10)
    const found = store.read('tmdb:0001')
    expect(found?.kind === 'entry' && Buffer.compare(found.body.bytes(), body.bytes())).toBe(0)
    await store.close()
  })

  it('evicts what has expired first, then what was used longest ago', async () => {
    const { store, clock } = await createStore({ maxBytes: 1_000_000 })
    const bytes = new Uint8Array(20_000).map((_, index) => (index * 7_919) >> 3)
    const write = (key: string, lifeMs: number) =>
      store.write(
        sampleEntry({
          key,
          body: new EntryBody(bytes),
          sizeBytes: 20_000,
          removeAtMs: clock.nowMs() + lifeMs,
        }),
        0,
      )
    for (let index = 0; index < 5; index += 1) await write(`expired:${index}`, 1_000)
    for (let index = 0; index < 20; index += 1) await write(`used:${index}`, 1e9)
    for (let index = 0; index < 20; index += 1) await write(`idle:${index}`, 1e9)
    clock.advance(3_600_000)
    for (let index = 0; index < 20; index += 1) expect(store.read(`used:${index}`)).toBeDefined()
    clock.advance(1_000)
    for (let index = 0; index < 14; index += 1) await write(`new:${index}`, 1e9)
    await store.close()
    const again = await createLmdbStore({
      path: (await store.health()).location ?? '',
      maxBytes: 1_000_000,
      clock,
    })
    const { entries } = await again.list({ limit: 1_000 })
    const left = (prefix: string): number => entries.filter(({ key }) => key.startsWith(prefix)).length
    expect(left('expired')).toBe(0)
    // Samples are random: one that has hardly any other takes one of the newest.
    expect(left('new')).toBeGreaterThan(11)
    expect(left('used')).toBeGreaterThan(left('idle'))
    expect((await again.health()).sizeBytes).toBeLessThanOrEqual(1_000_000)
    await again.close()
  })
})
