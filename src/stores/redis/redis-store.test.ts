import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keysOf } from '../../../test/helpers/encryption-keys.js'
import { describeWithRedis, startRedis, type RedisServer } from '../../../test/helpers/redis-server.js'
import { EntryBody } from '../../model/entry-body.js'
import type { Store } from '../../model/store.js'
import { systemClock } from '../../shared/clock.js'
import { createShiftedClock } from '../../testing/shifted-clock.js'
import { runStoreContract } from '../../testing/store-contract/run-store-contract.js'
import { sampleEntry } from '../../testing/store-contract/sample-records.js'
import { createRedisStore } from './redis-store.js'

describeWithRedis('Redis store', () => {
  let server: RedisServer
  let opened = 0
  beforeAll(async () => void (server = await startRedis()))
  afterAll(() => server.dispose())

  runStoreContract(
    { describe, it, expect },
    {
      name: 'redis',
      capabilities: {
        scans: true,
        listsInOrder: true,
        keepsExpired: false,
        isBounded: false,
        numbersOneByOne: true,
        takesPieces: true,
        hasPeers: true,
        watchesCells: true,
        isExactAcrossProcesses: true,
      },
      async open() {
        const clock = createShiftedClock()
        opened += 1
        const prefix = `contract-${opened}`
        const stores: Store[] = []
        const openPeer = async (): Promise<Store> => {
          const store = await createRedisStore({ url: server.url, prefix, clock, timeoutMs: 2_000 })
          stores.push(store)
          return store
        }
        return {
          store: await openPeer(),
          nowMs: clock.nowMs(),
          advance: clock.advance,
          openPeer,
          dispose: async () => void (await Promise.all(stores.map((store) => store.close()))),
        }
      },
    },
  )

  it('what is written while others list and clean is in the index afterwards', async () => {
    const open = (): Promise<Store> =>
      createRedisStore({ url: server.url, prefix: 'race', clock: systemClock, timeoutMs: 5_000 })
    const [store, peer] = [await open(), await open()]
    const nowMs = Date.now()
    const write = (key: string): Promise<unknown> =>
      store.write(sampleEntry({ key, storedAtMs: nowMs, removeAtMs: nowMs + 3_600_000 }), 0)
    for (let round = 0; round < 20; round += 1) {
      const keys = Array.from({ length: 10 }, (_, index) => `k${round}:${index}`)
      const writing = Promise.all(keys.map(write))
      await Promise.all([
        writing,
        peer.list({ limit: 1_000 }),
        peer.clean(() => false),
        peer.list({ limit: 1_000 }),
      ])
    }
    expect((await peer.list({ limit: 1_000 })).entries).toHaveLength(200)
    expect((await store.health()).entries).toBe(200)
    await store.close()
    await peer.close()
  })

  it('names of leases are in no list, which would never let them go', async () => {
    for (const keys of [undefined, keysOf('a')]) {
      const prefix = keys === undefined ? 'leases' : 'leases-encrypted'
      const store = await createRedisStore({
        url: server.url,
        prefix,
        clock: systemClock,
        ...(keys && { keys }),
      })
      for (const name of ['lease:a', 'lease:b', 'limit:a']) {
        await store.cells.update(name, (_, nowMs) => ({
          action: 'put',
          value: name,
          keepUntilMs: nowMs + 60_000,
          result: undefined,
        }))
      }
      expect(await server.command('ZCARD', `${prefix}:{${prefix}}:cells`)).toBe(1)
      expect(await store.cells.read('lease:a')).toBe('lease:a')
      expect((await store.cells.list('')).map(({ name }) => name)).toEqual(['limit:a'])
      await store.close()
    }
  })

  it('what the server removed by itself leaves the index when somebody looks', async () => {
    const store = await createRedisStore({ url: server.url, prefix: 'evicted', clock: systemClock })
    const nowMs = Date.now()
    for (const key of ['a', 'b']) {
      await store.write(sampleEntry({ key, storedAtMs: nowMs, removeAtMs: nowMs + 3_600_000 }), 0)
    }
    await server.command('DEL', 'evicted:e:a')
    expect((await store.list({ limit: 10 })).entries.map(({ key }) => key)).toEqual(['b'])
    const { entries, sizeBytes } = await store.health()
    expect(entries).toBe(1)
    await store.remove('b')
    expect((await store.health()).sizeBytes).toBe(0)
    expect(sizeBytes).toBeGreaterThan(0)
    await store.close()
  })

  it.each([
    ['as it is', undefined],
    ['encrypted', keysOf('a')],
  ])(
    'what is read again byte for byte is opened and parsed once, and nothing else is: %s',
    async (_, keys) => {
      const prefix = keys === undefined ? 'known' : 'known-encrypted'
      const open = (): Promise<Store> =>
        createRedisStore({ url: server.url, prefix, clock: systemClock, timeoutMs: 2_000, keys })
      const [store, peer] = [await open(), await open()]
      const nowMs = Date.now()
      const write = (json: string): Promise<unknown> => {
        const body = new EntryBody(Buffer.from(json))
        const instants = { storedAtMs: nowMs, removeAtMs: nowMs + 3_600_000 }
        return peer.write(sampleEntry({ key: 'a', ...instants, body, sizeBytes: body.sizeBytes }), 0)
      }
      const read = async (): Promise<unknown> => {
        const record = await store.read('a')
        return record?.kind === 'entry' ? record.body.json() : undefined
      }
      const long = 'x'.repeat(3_000)
      await write(`{"long":"${long}","at":1}`)
      await read()
      const second = await read()
      expect(await read()).toBe(second)
      await write(`{"long":"${long}","at":2}`)
      expect(await read()).toMatchObject({ at: 2 })
      expect(await read()).toEqual({ long, at: 2 })

      const before = await server.command('STRLEN', `${prefix}:e:a`)
      await server.command('SETRANGE', `${prefix}:e:a`, String(Number(before) - 4), '!!!!')
      expect(await read()).toBeUndefined()
      await store.close()
      await peer.close()
    },
  )
})
