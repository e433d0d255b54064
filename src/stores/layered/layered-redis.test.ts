import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeWithRedis, type RedisServer, startRedis } from '../../../test/helpers/redis-server.js'
import { covers } from '../../model/mark.js'
import type { Store } from '../../model/store.js'
import { createShiftedClock } from '../../testing/shifted-clock.js'
import { runStoreContract } from '../../testing/store-contract/run-store-contract.js'
import { sampleEntry } from '../../testing/store-contract/sample-records.js'
import { createLmdbStore } from '../lmdb/lmdb-store.js'
import { createRedisStore } from '../redis/redis-store.js'
import { createLayeredStore } from './layered-store.js'

const folder = mkdtempSync(join(tmpdir(), 'cachette-layered-redis-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describeWithRedis('LMDB before Redis', () => {
  let server: RedisServer
  let worlds = 0
  beforeAll(async () => void (server = await startRedis()))
  afterAll(() => server.dispose())

  /** Machines before one server, under a prefix of their own. */
  function openWorld() {
    worlds += 1
    const prefix = `layered-${worlds}`
    const clock = createShiftedClock()
    const opened: Store[] = []
    return {
      clock,
      async open(machine: string): Promise<Store> {
        const path = join(folder, `${worlds}-${machine}`)
        const front = await createLmdbStore({ path, maxBytes: 6_000_000, clock })
        const back = await createRedisStore({ url: server.url, prefix, clock, timeoutMs: 2_000 })
        const store = createLayeredStore({ front, back })
        opened.push(store)
        return store
      },
      dispose: async () => void (await Promise.all(opened.map((one) => one.close()))),
    }
  }

  runStoreContract(
    { describe, it, expect },
    {
      name: 'lmdb before redis',
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
        const { clock, open, dispose } = openWorld()
        const store = await open('a')
        return { store, nowMs: clock.nowMs(), advance: clock.advance, openPeer: () => open('a'), dispose }
      },
    },
  )

  const fresh = (status: number) =>
    sampleEntry({ status, storedAtMs: Date.now(), removeAtMs: Date.now() + 3_600_000 })

  it('shows what was purged to nobody, though the server lost its memory', async () => {
    const { open, dispose } = openWorld()
    const store = await open('a')
    await store.write(fresh(200), await store.sequence())
    const mark = await store.addMark({ service: 'tmdb' }, { isSoft: false, atMs: Date.now() })
    await server.command('FLUSHALL')
    await expect.poll(async () => (await store.changesSince(await store.sequence())).sequence).toBeDefined()
    await expect
      .poll(async () => {
        await store.sequence()
        const record = await store.read('tmdb:0001')
        if (record?.kind !== 'entry') return 'gone'
        const marks = await store.marks()
        return marks.some((one) => one.sequence > record.sequence && covers(one.scope, record))
          ? 'covered'
          : 'shown'
      })
      .not.toBe('shown')
    expect(mark.sequence).toBeGreaterThan(0)
    await dispose()
  })

  it('answers on while the server is down, and catches up when it is back', async () => {
    const { open, dispose } = openWorld()
    const [one, other] = [await open('a'), await open('b')]
    await one.write(fresh(200), await one.sequence())
    await server.stop()
    expect(await one.sequence()).toBeGreaterThan(0)
    expect(await one.read('tmdb:0001')).toMatchObject({ status: 200 })
    const mark = await one.addMark({ tag: 'movies' }, { isSoft: false, atMs: Date.now() })
    await one.write(fresh(404), await one.sequence())
    expect(await one.read('tmdb:0001')).toMatchObject({ status: 404 })
    await server.restart()
    const tagsOf = async (store: Store): Promise<unknown> => {
      await store.sequence()
      return store.isAway?.() === true ? 'away' : (await store.marks()).map(({ scope }) => scope.tag)
    }
    await expect.poll(() => tagsOf(one), { timeout: 5_000 }).toEqual(['movies'])
    await expect.poll(() => tagsOf(other), { timeout: 5_000 }).toEqual(['movies'])
    expect(mark.scope).toEqual({ tag: 'movies' })
    await dispose()
  })
})
