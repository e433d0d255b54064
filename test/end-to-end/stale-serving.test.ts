// Older answers while the origin is asked: refreshed behind callers, ahead of time, or given when it takes too long.
import { describe, expect, it } from 'vitest'
import { type CacheWorld, newFolder, openWorld } from '../helpers/cache-world.js'
import { atOnce, createGate, until } from '../helpers/gate.js'
import type { ServiceOptions } from '../../src/config/service-options.js'

const HOUR_MS = 3_600_000

async function openCounting(service: ServiceOptions, store = 'memory:'): Promise<CacheWorld> {
  const world = await openWorld({ store, service: { ttl: '1h', retry: { attempts: 1 }, ...service } })
  world.origin.on('/data', ({ nth }) => ({ json: { nth } }))
  return world
}

const named = (world: CacheWorld, name: string): readonly object[] =>
  world.heard.filter((heard) => heard.name === name).map(({ event }) => event)

describe.each(['memory:', 'lmdb'])('with %s', (kind) => {
  const storeOf = (): string => (kind === 'lmdb' ? `lmdb:${newFolder()}/store` : kind)

  describe('staleWhileRevalidate', () => {
    it('gives fifty callers of an expired entry the older answer at once, for one call', async () => {
      const world = await openCounting({ staleWhileRevalidate: '10m' }, storeOf())
      const { api, origin, clock } = world
      await api.getExternal('/data')
      clock.advance(HOUR_MS)
      const gate = createGate()
      origin.on('/data', { json: { nth: 2 }, after: gate.opened })
      const answers = await atOnce(50, () => api.fetchExternal('/data'))
      for (const answer of answers)
        expect(answer).toMatchObject({
          data: { nth: 1 },
          outcome: 'stale',
          because: 'stale-while-revalidate',
        })
      gate.open()
      await until(() => named(world, 'refreshed').length === 1, 'the refresh')
      expect(await api.fetchExternal('/data')).toMatchObject({ data: { nth: 2 }, outcome: 'hit' })
      expect(origin.count('/data')).toBe(2)
      expect(named(world, 'refreshed')).toMatchObject([{ service: 'my_service', because: 'stored' }])
    })

    it('leaves an origin alone for a while whose refresh failed', async () => {
      const world = await openCounting({ staleWhileRevalidate: '10m', breaker: false }, storeOf())
      const { api, origin, clock } = world
      await api.getExternal('/data')
      clock.advance(HOUR_MS)
      origin.on('/data', { status: 503 })
      for (let call = 0; call < 20; call += 1) {
        expect(await api.fetchExternal('/data')).toMatchObject({ data: { nth: 1 }, outcome: 'stale' })
        await until(() => named(world, 'refreshed').length >= 1, 'the refresh')
      }
      expect(origin.count('/data')).toBe(2)
      await until(async () => {
        clock.advance(1_000)
        await api.fetchExternal('/data')
        return origin.count('/data') === 3
      }, 'the second refresh')
    })
  })

  describe('eagerRefresh', () => {
    it('refreshes once, behind hits, from its share of the TTL on', async () => {
      const world = await openCounting({ eagerRefresh: 0.5 }, storeOf())
      const { api, origin, clock } = world
      await api.getExternal('/data')
      clock.advance(HOUR_MS / 2 - 1)
      await atOnce(5, () => api.getExternal('/data'))
      expect(origin.count('/data')).toBe(1)
      clock.advance(1)
      const hits = await atOnce(50, () => api.fetchExternal('/data'))
      for (const hit of hits) expect(hit).toMatchObject({ data: { nth: 1 }, outcome: 'hit' })
      await until(() => named(world, 'refreshed').length === 1, 'the refresh')
      expect(await api.fetchExternal('/data')).toMatchObject({ data: { nth: 2 }, outcome: 'hit', ageMs: 0 })
      expect(origin.count('/data')).toBe(2)
    })
  })

  describe('a failed refresh', () => {
    it('rests: callers get the older answer without a call, longer after each failure in a row', async () => {
      const { api, origin, clock } = await openCounting({ breaker: false }, storeOf())
      await api.getExternal('/data')
      clock.advance(HOUR_MS)
      origin.on('/data', { status: 503 })
      const ask = (): Promise<unknown> => api.fetchExternal('/data')
      expect(await ask()).toMatchObject({ outcome: 'rescued', because: 'origin-transient' })
      await until(async () => (await api.fetchExternal('/data')).because === 'refresh-resting', 'the rest')
      expect(origin.count('/data')).toBe(2)
      clock.advance(1_000)
      expect(await ask()).toMatchObject({ outcome: 'rescued', because: 'origin-transient' })
      await until(async () => (await api.fetchExternal('/data')).because === 'refresh-resting', 'the rest')
      clock.advance(1_999)
      expect(await ask()).toMatchObject({ outcome: 'rescued', because: 'refresh-resting' })
      expect(origin.count('/data')).toBe(3)
      clock.advance(1)
      origin.on('/data', { json: { nth: 9 } })
      expect(await ask()).toMatchObject({ data: { nth: 9 }, outcome: 'miss' })
    })
  })
})

describe('softTimeout', () => {
  it('gives those who have an older answer that one, and the call goes on behind', async () => {
    const world = await openCounting({ softTimeout: '200ms' })
    const { api, origin, clock } = world
    await api.getExternal('/data')
    clock.advance(HOUR_MS)
    const gate = createGate()
    origin.on('/data', { json: { nth: 2 }, after: gate.opened })
    const asking = atOnce(10, () => api.fetchExternal('/data'))
    await until(() => origin.count('/data') === 2, 'the call')
    clock.advance(200)
    for (const answer of await asking)
      expect(answer).toMatchObject({ data: { nth: 1 }, outcome: 'stale', because: 'soft-timeout' })
    gate.open()
    await until(async () => (await api.fetchExternal('/data')).outcome === 'hit', 'the new answer')
    expect(await api.fetchExternal('/data')).toMatchObject({ data: { nth: 2 } })
    expect(origin.count('/data')).toBe(2)
    expect(named(world, 'timed-out')).toHaveLength(10)
    expect(named(world, 'timed-out')[0]).toMatchObject({ timeout: 'soft', afterMs: 200 })
  })

  it('stores what the call brings, also where the origin does not say how much that is', async () => {
    const world = await openCounting({ softTimeout: '200ms' })
    const { api, origin, clock } = world
    await api.getExternal('/data')
    clock.advance(HOUR_MS)
    const gate = createGate()
    origin.on('/data', {
      json: { nth: 2 },
      headers: { 'transfer-encoding': 'chunked' },
      after: gate.opened,
    })
    const asking = api.fetchExternal('/data')
    await until(() => origin.count('/data') === 2, 'the call')
    clock.advance(200)
    expect(await asking).toMatchObject({ data: { nth: 1 }, because: 'soft-timeout' })
    gate.open()
    await until(() => named(world, 'stored').length === 2, 'the new answer')
    expect(await api.fetchExternal('/data')).toMatchObject({ data: { nth: 2 }, outcome: 'hit' })
  })

  it('lets those without an older answer wait', async () => {
    const { api, origin, clock } = await openCounting({ softTimeout: '200ms' })
    const gate = createGate()
    origin.on('/data', { json: { nth: 1 }, after: gate.opened })
    const asking = api.fetchExternal('/data')
    await until(() => origin.count('/data') === 1, 'the call')
    clock.advance(5_000)
    gate.open()
    expect(await asking).toMatchObject({ data: { nth: 1 }, outcome: 'miss' })
  })
})

describe('jitter', () => {
  it('only ever shortens a TTL, by no more than its share', async () => {
    const { api, origin } = await openCounting({ jitter: 0.5 })
    const ttls: number[] = []
    for (let index = 0; index < 40; index += 1) {
      origin.on(`/${index}`, { json: {} })
      ttls.push((await api.fetchExternal(`/${index}`)).ttlMs)
    }
    expect(Math.min(...ttls)).toBeGreaterThanOrEqual(HOUR_MS / 2)
    expect(Math.max(...ttls)).toBeLessThanOrEqual(HOUR_MS)
    expect(new Set(ttls).size).toBeGreaterThan(30)
  })
})

describe('waitUntil', () => {
  it('is told of work that goes on after the answer', async () => {
    const offered: Promise<unknown>[] = []
    const { api, origin, clock } = await openWorld({
      store: `lmdb:${newFolder()}/store`,
      waitUntil: (work) => void offered.push(work),
      service: { ttl: '1h', staleWhileRevalidate: '10m' },
    })
    origin.on('/data', ({ nth }) => ({ json: { nth } }))
    await api.getExternal('/data')
    expect(offered).toHaveLength(1)
    clock.advance(HOUR_MS)
    await api.getExternal('/data')
    await until(() => offered.length === 2, 'the refresh')
    await Promise.all(offered)
    expect(origin.count('/data')).toBe(2)
  })
})
