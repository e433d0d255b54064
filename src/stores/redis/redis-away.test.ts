import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeWithRedis, startRedis, type RedisServer } from '../../../test/helpers/redis-server.js'
import { EntryBody } from '../../model/entry-body.js'
import type { Store } from '../../model/store.js'
import { systemClock } from '../../shared/clock.js'
import { until } from '../../testing/gate.js'
import { sampleBytes } from '../../testing/store-contract/sample-bodies.js'
import { sampleEntry } from '../../testing/store-contract/sample-records.js'
import { StoreAwayError } from '../store-away-error.js'
import type { TierState } from '../tier-state.js'
import { createRedisStore } from './redis-store.js'

describeWithRedis('a Redis store whose server goes away', () => {
  let server: RedisServer
  const stores: Store[] = []
  beforeEach(async () => void (server = await startRedis()))
  afterEach(async () => {
    server.resume()
    await Promise.all(stores.splice(0).map((store) => store.close()))
    await server.dispose()
  })

  async function open(
    timeoutMs?: number,
  ): Promise<{ store: Store; states: TierState[]; warnings: string[] }> {
    const states: TierState[] = []
    const warnings: string[] = []
    const store = await createRedisStore({
      url: server.url,
      clock: systemClock,
      ...(timeoutMs !== undefined && { timeoutMs }),
      onState: (state) => void states.push(state),
      onWarning: (warning) => void warnings.push(warning),
    })
    stores.push(store)
    return { store, states, warnings }
  }

  function living(key: string): ReturnType<typeof sampleEntry> {
    return sampleEntry({ key, storedAtMs: Date.now(), removeAtMs: Date.now() + 3_600_000 })
  }

  /** What is asked, and how long it took to be refused, in milliseconds. */
  async function refusal(work: () => unknown): Promise<{ error: unknown; tookMs: number }> {
    const beganMs = performance.now()
    const error = await Promise.resolve()
      .then(work)
      .then(
        () => undefined,
        (reason: unknown) => reason,
      )
    return { error, tookMs: performance.now() - beganMs }
  }

  function nextTurn(): Promise<undefined> {
    return new Promise((resolve) => setImmediate(() => resolve(undefined)))
  }

  async function isBack(store: Store, key: string): Promise<void> {
    await until(async () => {
      try {
        return (await store.read(key)) !== undefined
      } catch {
        return false
      }
    }, 'the store is back')
  }

  it('a server that hangs costs the first read its timeout, and those after it nothing', async () => {
    const { store, states } = await open()
    await store.write(living('a'), 0)
    server.pause()
    const first = await refusal(() => store.read('a'))
    expect(first.error).toBeInstanceOf(StoreAwayError)
    expect(first.tookMs).toBeGreaterThan(35)
    expect(first.tookMs).toBeLessThan(400)
    const operations = [
      () => store.read('a'),
      () => store.head('a'),
      () => store.write(living('b'), 0),
      () => store.remove('a'),
      () => store.addMark({ all: true }, { isSoft: false, atMs: 1 }),
      () => store.sequence(),
      () => store.marks(),
      () => store.changesSince(0),
      () => store.cells.read('c'),
      () => store.cells.update('c', () => ({ action: 'leave', result: 1 })),
      () => store.ledger.epoch(),
    ]
    for (const operation of operations) {
      const atOnce = await Promise.race([refusal(operation), nextTurn()])
      expect(atOnce?.error).toBeInstanceOf(StoreAwayError)
    }
    expect(states).toMatchObject([{ state: 'away', operation: 'read' }])
    const { isWritable, problem } = await store.health()
    expect([isWritable, problem]).toEqual([false, expect.stringContaining('away')])
  })

  it('it is back within a second of going on, and so is what changed meanwhile', async () => {
    const { store, states } = await open()
    await store.write(living('a'), 0)
    server.pause()
    await refusal(() => store.read('a'))
    server.resume()
    const beganMs = performance.now()
    await isBack(store, 'a')
    expect(performance.now() - beganMs).toBeLessThan(1_000)
    expect(states.map(({ state }) => state)).toEqual(['away', 'back'])
    expect((await store.write(living('b'), await store.sequence())).isStored).toBe(true)
  })

  it('a hang that outlasts connections ends as well', async () => {
    const { store } = await open()
    await store.write(living('a'), 0)
    server.pause()
    await refusal(() => store.read('a'))
    // Longer than one look at the server may take, so that the old connections are given up.
    await new Promise((resolve) => setTimeout(resolve, 4_500))
    server.resume()
    const beganMs = performance.now()
    await isBack(store, 'a')
    expect(performance.now() - beganMs).toBeLessThan(1_000)
  })

  it('a server that is killed and started again, empty, is back within a second', async () => {
    const { store, states } = await open()
    await store.write(living('a'), 0)
    await server.stop()
    expect((await refusal(() => store.read('a'))).error).toBeInstanceOf(StoreAwayError)
    await server.restart()
    const beganMs = performance.now()
    await until(() => states.some(({ state }) => state === 'back'), 'the store is back')
    expect(performance.now() - beganMs).toBeLessThan(1_000)
    expect(await store.read('a')).toBeUndefined()
    expect((await store.write(living('a'), await store.sequence())).isStored).toBe(true)
  })

  it('opens without a server, says so once, and works when there is one', async () => {
    await server.stop()
    const { store, states, warnings } = await open()
    expect((await refusal(() => store.read('a'))).error).toBeInstanceOf(StoreAwayError)
    expect(warnings).toEqual([expect.stringContaining('cannot be reached')])
    await server.restart()
    await until(() => states.some(({ state }) => state === 'back'), 'the store is there')
    expect((await store.write(living('a'), await store.sequence())).isStored).toBe(true)
    expect(warnings).toHaveLength(1)
  })

  it('opening waits about a second for a server that hangs, and no longer', async () => {
    server.pause()
    const beganMs = performance.now()
    const { store, states } = await open()
    expect(performance.now() - beganMs).toBeLessThan(1_500)
    expect((await refusal(() => store.read('a'))).error).toBeInstanceOf(StoreAwayError)
    server.resume()
    await until(async () => (await refusal(() => store.read('a'))).error === undefined, 'the store is there')
    expect(states.filter(({ state }) => state === 'back').length).toBeLessThanOrEqual(1)
  })

  it('what another process changed while this one was cut off is told afterwards', async () => {
    const { store, states } = await open()
    await store.write(living('a'), 0)
    const before = await store.sequence()
    const [, id = ''] = /id=(\d+) .*sub=1 /.exec(String(await server.command('CLIENT', 'LIST'))) ?? []
    const peer = (await open()).store
    await server.command('CLIENT', 'KILL', 'ID', id)
    await peer.write(living('b'), 0)
    const mark = await peer.addMark({ tag: 'x' }, { isSoft: false, atMs: Date.now() })
    await until(() => states.some(({ state }) => state === 'back'), 'the store is back')
    await until(async () => (await store.sequence()) >= mark.sequence, 'the change is heard')
    const changes = await store.changesSince(before)
    expect([[...changes.keys.keys()], changes.hasNewMarks, changes.isComplete]).toEqual([['b'], true, true])
    expect(await store.marks()).toEqual([mark])
  })

  it('after FLUSHALL numbers go on above all that were given, and what was purged stays purged', async () => {
    const { store } = await open()
    const peer = (await open()).store
    const secret = await store.secret()
    await store.write(living('a'), 0)
    const began = await store.sequence()
    const mark = await peer.addMark({ service: 'tmdb' }, { isSoft: false, atMs: Date.now() })
    await until(async () => (await store.sequence()) >= mark.sequence, 'the purge is heard')
    await server.command('FLUSHALL')
    await until(async () => {
      const { error } = await refusal(async () => {
        if (!(await store.changesSince(mark.sequence)).isComplete) return
        throw new Error('not noticed yet')
      })
      return error === undefined
    }, 'the loss is noticed')
    expect(await store.sequence()).toBeGreaterThan(mark.sequence)
    const late = await store.write(living('a'), began)
    expect(late).toEqual({ isStored: false, because: 'purged-meanwhile' })
    const [drawn] = await store.marks()
    expect(drawn).toMatchObject({ scope: { service: 'tmdb' }, isSoft: false })
    expect(drawn?.sequence).toBeGreaterThan(mark.sequence)
    expect([...(await store.secret())]).toEqual([...secret])
    const fresh = await createRedisStore({ url: server.url, clock: systemClock })
    stores.push(fresh)
    expect([...(await fresh.secret())]).toEqual([...secret])
    expect((await fresh.marks()).map(({ scope }) => scope)).toEqual([{ service: 'tmdb' }])
  })

  it('purges are drawn anew where the first try after a loss was cut off', async () => {
    const { store } = await open()
    const count = 600
    await Promise.all(
      Array.from({ length: count }, (_, index) =>
        store.addMark({ url: `https://api.test/${index}` }, { isSoft: false, atMs: Date.now() }),
      ),
    )
    const marks = 'cachette:{cachette}:marks'
    // What is in the way of the marks ends each try after the data set was begun.
    const lose = "redis.call('FLUSHALL') redis.call('SET', KEYS[1], 'in the way')"
    await server.command('EVAL', lose, '1', marks)
    await until(
      async () => String(await server.command('INFO', 'errorstats')).includes('errorstat_WRONGTYPE'),
      'a try fails',
    )
    await server.command('DEL', marks)
    await until(async () => Number(await server.command('HLEN', marks)) === count, 'all are drawn anew')
    const fresh = await open()
    expect(await fresh.store.marks()).toHaveLength(count)
    expect(await store.marks()).toHaveLength(count)
  })

  it('a data set that went back gets numbers above those that were heard, and the purges it lost', async () => {
    const { store } = await open()
    await store.write(living('a'), 0)
    const state = 'cachette:{cachette}:state'
    const [sequence, logged] = (await server.command('HMGET', state, 'sequence', 'logged')) as string[]
    const mark = await store.addMark({ tag: 'movies' }, { isSoft: false, atMs: Date.now() })
    // As a replica that had not heard of the purge yet would have it.
    await server.command('HSET', state, 'sequence', sequence ?? '', 'logged', logged ?? '')
    await server.command('HDEL', state, 'lastMark')
    await server.command('DEL', 'cachette:{cachette}:marks', 'cachette:{cachette}:changes')
    await until(async () => {
      const { error } = await refusal(async () => {
        if (!(await store.changesSince(mark.sequence)).isComplete) return
        throw new Error('not noticed yet')
      })
      return error === undefined
    }, 'the loss is noticed')
    const [drawn] = await store.marks()
    expect(drawn?.sequence).toBeGreaterThan(mark.sequence)
    expect(await store.sequence()).toBe(drawn?.sequence)
    const found = await store.read('a')
    expect(found !== undefined && found.sequence < (drawn?.sequence ?? 0)).toBe(true)
  })

  it('a server out of memory refuses writes as full, and gives what it has', async () => {
    const { store } = await open()
    await store.write(living('a'), 0)
    await server.command('CONFIG', 'SET', 'maxmemory', '1mb')
    const bytes = sampleBytes(200_000)
    const large = { ...living('b'), body: new EntryBody(bytes), sizeBytes: bytes.byteLength }
    expect(await store.write(large, 0)).toEqual({ isStored: false, because: 'full' })
    expect(await store.read('a')).toBeDefined()
    expect((await store.health()).problem).toContain('takes no writes')
    await server.command('CONFIG', 'SET', 'maxmemory', '0')
    expect((await store.write(large, 0)).isStored).toBe(true)
    expect((await store.health()).problem).toBeUndefined()
  })

  it('a purge is drawn even where the server is out of memory', async () => {
    const { store } = await open()
    await store.write(living('a'), 0)
    await server.command('CONFIG', 'SET', 'maxmemory', '1mb')
    const mark = await store.addMark({ tag: 'x' }, { isSoft: false, atMs: Date.now() })
    expect(await store.marks()).toEqual([mark])
    expect(await store.remove('a')).toBe(true)
  })

  it('a server that takes no writes refuses them as read-only, and gives what it has', async () => {
    const { store } = await open()
    await store.write(living('a'), 0)
    await server.command('CONFIG', 'SET', 'min-replicas-to-write', '3')
    expect(await store.write(living('b'), 0)).toEqual({ isStored: false, because: 'read-only' })
    expect(await store.read('a')).toBeDefined()
    expect((await store.health()).isWritable).toBe(false)
  })

  it('a replica gives what it has and tells of what its master is told', async () => {
    const { store } = await open()
    await store.write(living('a'), 0)
    const replica = await startRedis([
      '--replicaof',
      '127.0.0.1',
      String(server.port),
      '--repl-diskless-sync-delay',
      '0',
    ])
    try {
      await until(
        async () => String(await replica.command('INFO', 'replication')).includes('master_link_status:up'),
        'the replica has caught up',
      )
      const behind = await createRedisStore({ url: replica.url, clock: systemClock })
      stores.push(behind)
      expect(await behind.read('a')).toBeDefined()
      const mark = await store.addMark({ tag: 'x' }, { isSoft: false, atMs: Date.now() })
      await until(async () => (await behind.sequence()) >= mark.sequence, 'the purge is heard')
      const refused = await refusal(() => behind.write(living('b'), 0))
      expect(refused.error ?? 'answered').toSatisfy(
        (what: unknown) => what === 'answered' || what instanceof StoreAwayError,
      )
      await until(async () => (await refusal(() => behind.read('a'))).error === undefined, 'it goes on')
      expect(await behind.write(living('b'), 0)).toEqual({ isStored: false, because: 'read-only' })
    } finally {
      await replica.dispose()
    }
  })

  it('a store that is closed while its server hangs closes at once', async () => {
    const { store } = await open()
    server.pause()
    const reading = refusal(() => store.read('a'))
    const beganMs = performance.now()
    await store.close()
    expect(performance.now() - beganMs).toBeLessThan(200)
    expect((await reading).error).toBeInstanceOf(StoreAwayError)
  })
})
