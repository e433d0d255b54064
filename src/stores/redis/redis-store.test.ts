import { afterAll, beforeAll, expect, it } from 'vitest'
import { describe } from 'vitest'
import { describeWithRedis, startRedis, type RedisServer } from '../../../test/helpers/redis-server.js'
import type { Store } from '../../model/store.js'
import { createShiftedClock } from '../../testing/shifted-clock.js'
import { runStoreContract } from '../../testing/store-contract/run-store-contract.js'
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
})
