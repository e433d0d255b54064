import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  describeWithRedis,
  startRedis,
  startRedisCluster,
  startRedisSentinel,
  type RedisCluster,
  type RedisServer,
} from '../../../test/helpers/redis-server.js'
import { keysOf } from '../../../test/helpers/encryption-keys.js'
import type { Store } from '../../model/store.js'
import { systemClock } from '../../shared/clock.js'
import { until } from '../../testing/gate.js'
import { createShiftedClock } from '../../testing/shifted-clock.js'
import { runStoreContract } from '../../testing/store-contract/run-store-contract.js'
import { sampleEntry } from '../../testing/store-contract/sample-records.js'
import type { GivenKeys } from '../codec/key-ring.js'
import { StoreAwayError } from '../store-away-error.js'
import { neededRules } from './link/needed-rights.js'
import { createRedisStore } from './redis-store.js'

function living(key: string): ReturnType<typeof sampleEntry> {
  return sampleEntry({ key, storedAtMs: Date.now(), removeAtMs: Date.now() + 3_600_000 })
}

describeWithRedis('Redis store on a cluster', () => {
  let cluster: RedisCluster
  let opened = 0
  beforeAll(async () => void (cluster = await startRedisCluster()))
  afterAll(() => cluster.dispose())

  async function openStore(prefix: string, clock = systemClock, keys?: GivenKeys): Promise<Store> {
    const [first] = cluster.nodes
    return createRedisStore({
      url: first?.url ?? '',
      topology: { kind: 'cluster', nodes: cluster.addresses },
      prefix,
      clock,
      keys,
      timeoutMs: 2_000,
    })
  }

  it('is put under a key and given another one, with what is on every node', async () => {
    await (await openStore('keyed')).close()
    const keysOfEntries = ['a', 'b', 'c', 'd', 'e', 'f']
    for (const [index, keys] of [keysOf('a'), keysOf('b', 'a')].entries()) {
      const store = await openStore('keyed', systemClock, keys)
      if (index === 0) for (const key of keysOfEntries) await store.write(living(key), 0)
      const found = await Promise.all(keysOfEntries.map((key) => store.read(key)))
      expect(found.map((record) => record?.key)).toEqual(keysOfEntries)
      expect((await store.health()).encryption).toEqual({ entriesUnderOlderKeys: index * 6 })
      await store.close()
    }
    await expect(openStore('keyed')).rejects.toMatchObject({ reason: 'key-missing' })
  })

  runStoreContract(
    { describe, it, expect },
    {
      name: 'redis cluster',
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
          const store = await openStore(prefix, clock)
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

  it('entries are spread over all its servers', async () => {
    const store = await openStore('spread')
    for (let index = 0; index < 60; index += 1) await store.write(living(`k${index}`), 0)
    for (const node of cluster.nodes) {
      const keys = (await node.command('KEYS', 'spread:e:*')) as string[]
      expect(keys.length).toBeGreaterThan(5)
    }
    await store.close()
  })

  it('a server of it that hangs takes the tier away, and brings it back', async () => {
    const store = await createRedisStore({
      url: cluster.nodes[0]?.url ?? '',
      topology: { kind: 'cluster', nodes: cluster.addresses },
      prefix: 'hang',
      clock: systemClock,
    })
    const keys = Array.from({ length: 12 }, (_, index) => `k${index}`)
    for (const key of keys) await store.write(living(key), 0)
    const node = cluster.nodes[2]
    node?.pause()
    try {
      await until(async () => {
        const reads = await Promise.allSettled(keys.map((key) => store.read(key)))
        return reads.some(({ status }) => status === 'rejected')
      }, 'the tier is away')
    } finally {
      node?.resume()
    }
    await until(async () => {
      const reads = await Promise.allSettled(keys.map((key) => store.read(key)))
      return reads.every((read) => read.status === 'fulfilled' && read.value !== undefined)
    }, 'the tier is back')
    await store.close()
  })
})

describeWithRedis('Redis store behind sentinels', () => {
  it('goes to the server that they name, and to the next one after a failover; purges are not lost', async () => {
    const { name, master, replica, addresses, dispose } = await startRedisSentinel()
    const store = await createRedisStore({
      url: 'redis://unused:1',
      topology: { kind: 'sentinel', name, nodes: addresses },
      clock: systemClock,
    })
    try {
      expect((await store.write(living('a'), 0)).isStored).toBe(true)
      await until(async () => (await replica.command('EXISTS', 'cachette:e:a')) === 1, 'the replica has it')
      const mark = await store.addMark({ tag: 'x' }, { isSoft: false, atMs: Date.now() })
      await master.stop()
      await until(async () => {
        try {
          return (await store.write(living('b'), await store.sequence())).isStored
        } catch (error) {
          expect(error).toBeInstanceOf(StoreAwayError)
          return false
        }
      }, 'the replica has taken over')
      expect(await store.read('a')).toBeDefined()
      expect((await store.marks()).map(({ scope }) => scope)).toEqual([mark.scope])
      expect(await replica.command('EXISTS', 'cachette:e:b')).toBe(1)
    } finally {
      await store.close()
      await dispose()
    }
  })
})

describeWithRedis('Redis store and who may use it', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
    const rules = neededRules({ prefix: 'cachette', database: 0, isCluster: false })
    await server.command('ACL', 'SETUSER', 'cache', 'on', '>right password', ...rules)
  })
  afterAll(() => server.dispose())

  async function open(user: string, keys?: GivenKeys): Promise<{ store: Store; warnings: string[] }> {
    const warnings: string[] = []
    const store = await createRedisStore({
      url: server.url.replace('//', `//${user}@`),
      clock: systemClock,
      keys,
      timeoutMs: 2_000,
      onWarning: (warning) => void warnings.push(warning),
    })
    return { store, warnings }
  }

  it('a user with the fewest rights can put the store under a key and give it another one', async () => {
    const row = { action: 'put', value: '1', keepUntilMs: Date.now() + 99_999, result: 0 } as const
    const user = 'cache:right%20password'
    for (const keys of [undefined, keysOf('a'), keysOf('b', 'a')]) {
      const { store, warnings } = await open(user, keys)
      await store.write(living('a'), 0)
      await store.addMark({ tag: 'x' }, { isSoft: false, atMs: Date.now() })
      await store.cells.update('c', () => row)
      expect(await store.cells.list('')).toHaveLength(1)
      expect(warnings.filter((warning) => !warning.includes('was not encrypted'))).toEqual([])
      expect(await store.health()).toMatchObject({ isWritable: true })
      await store.close()
    }
    await server.command('FLUSHALL')
  })

  it('a user with the fewest rights can do everything', async () => {
    const { store, warnings } = await open('cache:right%20password')
    await doEverything(store)
    expect(warnings).toEqual([])
    await store.close()
  })

  it('a database other than 0 takes the right to select it', async () => {
    const rules = neededRules({ prefix: 'shop', database: 3, isCluster: false })
    await server.command('ACL', 'SETUSER', 'shop', 'on', '>p', ...rules)
    const warnings: string[] = []
    const store = await createRedisStore({
      url: `${server.url.replace('//', '//shop:p@')}/3`,
      prefix: 'shop',
      timeoutMs: 2_000,
      onWarning: (warning) => void warnings.push(warning),
    })
    await doEverything(store)
    expect(warnings).toEqual([])
    await store.close()
  })

  it('a cluster takes the right to ask where its slots are', async () => {
    const cluster = await startRedisCluster()
    const rules = neededRules({ prefix: 'cachette', database: 0, isCluster: true })
    for (const node of cluster.nodes) await node.command('ACL', 'SETUSER', 'cache', 'on', '>p', ...rules)
    const warnings: string[] = []
    const store = await createRedisStore({
      url: (cluster.nodes[0]?.url ?? '').replace('//', '//cache:p@'),
      topology: { kind: 'cluster', nodes: cluster.addresses },
      timeoutMs: 2_000,
      onWarning: (warning) => void warnings.push(warning),
    })
    await doEverything(store)
    expect(warnings).toEqual([])
    await store.close()
    await cluster.dispose()
  })

  async function doEverything(store: Store): Promise<void> {
    await store.write(living('a'), 0)
    const found = await store.read('a')
    expect(found?.kind === 'entry' && (await store.confirm(found, await store.sequence())).isStored).toBe(
      true,
    )
    const writer = store.writeBody?.('large')
    await writer?.add(new Uint8Array(600_000))
    expect((await writer?.finish({ ...living('b'), bodyId: 'large', sizeBytes: 600_000 }, 0))?.isStored).toBe(
      true,
    )
    expect((await store.read('b')) !== undefined).toBe(true)
    await store.addMark({ tag: 'x' }, { isSoft: false, atMs: Date.now() })
    await store.cells.update('c', (_, nowMs) => ({
      action: 'put',
      value: '1',
      keepUntilMs: nowMs + 9_999,
      result: 0,
    }))
    expect(await store.cells.list('')).toHaveLength(1)
    const stop = store.cells.watch?.('c', () => undefined)
    stop?.()
    const epoch = await store.ledger.epoch()
    expect(await store.ledger.add({ epoch, minute: 1, services: {} })).toBe(true)
    await store.ledger.figures({ fromMinute: 0 })
    await store.ledger.reset(Date.now())
    await store.secret()
    expect((await store.list({ limit: 5 })).entries).toHaveLength(2)
    expect(await store.clean(() => true)).toBe(2)
    expect(await store.health()).toMatchObject({ isWritable: true })
  }

  it('a wrong password is a warning that says what is needed, and shows no password', async () => {
    const { store, warnings } = await open('cache:wrong')
    expect(warnings).toEqual([expect.stringMatching(/refuses this user .*WRONGPASS.*ACL SETUSER/)])
    const error = await Promise.resolve(store.read('a')).catch((reason: unknown) => reason)
    const { location, problem } = await store.health()
    expect(error).toBeInstanceOf(StoreAwayError)
    expect(String(error) + warnings.join() + location + problem).not.toContain('cache:wrong')
    expect(location).toContain('cache:***@')
    await store.close()
  })

  it('a user who may not use the keys is told so', async () => {
    await server.command('ACL', 'SETUSER', 'stranger', 'on', '>p', '+@all', '~other:*', '&*')
    const { store, warnings } = await open('stranger:p')
    expect(warnings.join()).toMatch(/NOPERM.*ACL SETUSER … resetkeys ~cachette:\* .* \+xrange$/)
    await store.close()
  })
})
