import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Metrics } from '../../src/model/metrics.js'
import { createFakeClock } from '../helpers/fake-clock.js'
import { PACKAGE, runProgram, startCachePeer } from '../helpers/cache-peer.js'
import { newFolder, openOrigin, openWorld } from '../helpers/cache-world.js'
import { atOnce, createGate, errorOf, until } from '../helpers/gate.js'

const NOTHING = { hit: 0, stale: 0, coalesced: 0, miss: 0, revalidated: 0, rescued: 0, failed: 0, bypass: 0 }

describe('CacheMetricsTests', () => {
  it('a cache that was never asked has a hit rate of 0', async () => {
    const { cachette } = await openWorld()
    expect(await cachette.metrics()).toMatchObject({
      hits: 0,
      misses: 0,
      totalRequests: 0,
      hitRate: 0,
      outcomes: NOTHING,
      originCalls: 0,
      savedMs: 0,
      savedBytes: 0,
      drifts: 0,
      latencyMs: { hit: { p50: 0, p95: 0, p99: 0 }, miss: { p50: 0, p95: 0, p99: 0 } },
      services: {},
    })
  })

  it('counts each outcome where it belongs: hits, misses, or neither', async () => {
    const { api, origin, cachette, clock } = await openWorld({ service: { ttl: '1h' } })
    origin.on('/etag', ({ headers }) =>
      headers['if-none-match'] === '"1"' ? { status: 304 } : { json: 1, headers: { etag: '"1"' } },
    )
    await api.getExternal('/etag')
    await api.getExternal('/etag')
    clock.advance(3_600_000)
    await api.getExternal('/etag')
    await atOnce(3, () => api.getExternal('/together'))
    await api.getExternal('/items', { method: 'POST' })
    origin.on('/bad', { status: 500 })
    await api.getExternal('/bad', { fallback: 0 })
    clock.advance(3_600_000)
    await origin.stop()
    await api.getExternal('/etag')
    const metrics = await cachette.metrics()
    expect(metrics.outcomes).toEqual({
      ...NOTHING,
      hit: 1,
      coalesced: 2,
      miss: 2,
      revalidated: 1,
      rescued: 1,
      failed: 1,
      bypass: 1,
    })
    expect(metrics).toMatchObject({ hits: 3, misses: 5, totalRequests: 8, hitRate: 37.5, originCalls: 6 })
  })

  it('counts each service for itself, and all together', async () => {
    const { cachette, origin } = await openWorld()
    for (const [name, calls] of [
      ['one', 3],
      ['two', 2],
    ] as const) {
      for (let call = 0; call < calls; call += 1)
        await cachette.service(name).getExternal(`${origin.url}/data`)
    }
    const { services, ...total } = await cachette.metrics()
    expect(services.one).toMatchObject({ hits: 2, misses: 1, originCalls: 1 })
    expect(services.two).toMatchObject({ hits: 1, misses: 1, hitRate: 50 })
    expect(total).toMatchObject({ hits: 3, misses: 2, hitRate: 60, originCalls: 2 })
  })

  it('savedMs is what the origin took for what hits gave again, savedBytes what it sent', async () => {
    const { api, origin, cachette, clock } = await openWorld()
    const gate = createGate()
    origin.on('/slow', {
      body: 'x'.repeat(1_000),
      headers: { 'content-type': 'text/plain' },
      after: gate.opened,
    })
    const first = api.getExternal('/slow')
    await until(() => origin.count() === 1)
    clock.advance(250)
    gate.open()
    await first
    await api.getExternal('/slow')
    await api.getExternal('/slow')
    const { savedMs, savedBytes, latencyMs } = await cachette.metrics()
    expect({ savedMs, savedBytes }).toEqual({ savedMs: 500, savedBytes: 2_000 })
    expect(latencyMs.miss.p50).toBeGreaterThanOrEqual(250)
    expect(latencyMs.miss.p50).toBeLessThan(300)
  })

  it('an aborted caller and a refused option count nowhere', async () => {
    const { api, origin, cachette } = await openWorld()
    const controller = new AbortController()
    origin.on('/slow', { ending: 'hang' })
    const left = errorOf(api.getExternal('/slow', { signal: controller.signal }))
    await until(() => origin.count() === 1)
    controller.abort(new Error('left'))
    expect((await left).message).toBe('left')
    await errorOf(api.getExternal('/x', { ttlHours: -1 }))
    expect((await cachette.metrics()).outcomes).toEqual(NOTHING)
    await origin.stop()
  })

  it('history has one row per minute, oldest first, as far back as asked', async () => {
    const { api, cachette, clock } = await openWorld()
    const startMinute = Math.floor(clock.nowMs() / 60_000) * 60_000
    await api.getExternal('/a')
    await cachette.metrics()
    clock.advance(60_000)
    await api.getExternal('/a')
    await api.getExternal('/b')
    await cachette.metrics()
    clock.advance(3 * 60_000)
    await api.getExternal('/a')
    const { history } = await cachette.metrics({ history: '1h' })
    expect(
      history?.map(({ atMs, hits, misses, originCalls }) => [atMs - startMinute, hits, misses, originCalls]),
    ).toEqual([
      [0, 0, 1, 1],
      [60_000, 1, 1, 1],
      [240_000, 1, 0, 0],
    ])
    expect(history?.[1]?.services.my_service).toEqual({ hits: 1, misses: 1, originCalls: 1 })
    expect(history?.[1]?.outcomes).toEqual({ ...NOTHING, hit: 1, miss: 1 })
    expect((await cachette.metrics({ history: '2m' })).history).toHaveLength(1)
    expect((await cachette.metrics()).history).toBeUndefined()
    expect(await errorOf(cachette.metrics({ history: '8d' }))).toMatchObject({ code: 'CACHETTE_CONFIG' })
  })

  it('counts hand themselves over every second, without anybody asking', async () => {
    const store = `lmdb:${newFolder()}/store`
    const { api, clock, origin } = await openWorld({ store })
    await api.getExternal('/a')
    const other = await openWorld({ store, origin, clock })
    expect((await other.cachette.metrics()).totalRequests).toBe(0)
    clock.advance(1_000)
    await until(async () => (await other.cachette.metrics()).totalRequests === 1, 'the flush')
    expect((await other.cachette.metrics()).misses).toBe(1)
  })

  it('a reset sets all to zero from a new instant on, history too', async () => {
    const { api, cachette, clock } = await openWorld({ store: `lmdb:${newFolder()}/store` })
    await api.getExternal('/a')
    clock.advance(60_000)
    await cachette.resetMetrics()
    const after = await cachette.metrics({ history: '7d' })
    expect(after).toMatchObject({
      totalRequests: 0,
      originCalls: 0,
      services: {},
      history: [],
      sinceMs: clock.nowMs(),
    })
    await api.getExternal('/a')
    expect(await cachette.metrics()).toMatchObject({ hits: 1, misses: 0, hitRate: 100 })
  })

  it('a reset drops what another instance counted before it, whole, and keeps what it counts after', async () => {
    const store = `lmdb:${newFolder()}/store`
    const one = await openWorld({ store })
    const two = await openWorld({ store, origin: one.origin, clock: one.clock })
    await one.api.getExternal('/a')
    await two.cachette.resetMetrics()
    one.clock.advance(1_000)
    await one.cachette.metrics()
    expect((await two.cachette.metrics()).totalRequests).toBe(0)
    await one.api.getExternal('/a')
    await one.cachette.metrics()
    expect(await two.cachette.metrics()).toMatchObject({ hits: 1, misses: 0 })
  })

  it('figures outlive the instance on LMDB, and are the instance\u2019s own in memory', async () => {
    const store = `lmdb:${newFolder()}/store`
    const first = await openWorld({ store })
    await first.api.getExternal('/a')
    await first.cachette.close()
    const shared = { origin: first.origin, clock: first.clock }
    expect((await (await openWorld({ ...shared, store })).cachette.metrics()).misses).toBe(1)
    expect((await (await openWorld(shared)).cachette.metrics()).misses).toBe(0)
  })

  describe('across processes', () => {
    const optionsFor = (folder: string, url: string) => ({
      store: `lmdb:${folder}/store`,
      services: { my_service: { baseURL: url } },
      env: {},
    })

    it('two processes on one store are summed, unflushed figures of the asker included', async () => {
      const origin = await openOrigin()
      const options = optionsFor(newFolder(), origin.url)
      const [one, two] = await Promise.all([startCachePeer(options), startCachePeer(options)])
      await one.ask('series', { urls: ['/a', '/b', '/a'] })
      await until(async () => (await two.ask<unknown[]>('list')).length === 2, 'the entries')
      await two.ask('series', { urls: ['/a', '/c'] })
      await until(async () => (await one.ask<Metrics>('metrics')).totalRequests === 5, 'the sum')
      const figures = await two.ask<Metrics>('metrics')
      expect(figures).toMatchObject({ hits: 2, misses: 3, totalRequests: 5, hitRate: 40, originCalls: 3 })
      expect(figures.services.my_service?.outcomes).toMatchObject({ hit: 2, miss: 3 })
      expect(origin.count()).toBe(3)
    })

    it('a reset by one process counts for both', async () => {
      const origin = await openOrigin()
      const options = optionsFor(newFolder(), origin.url)
      const [one, two] = await Promise.all([startCachePeer(options), startCachePeer(options)])
      await one.ask('series', { urls: ['/a', '/b'] })
      await one.ask('metrics')
      await two.ask('reset')
      expect(await one.ask<Metrics>('metrics')).toMatchObject({ totalRequests: 0, originCalls: 0 })
      await one.ask('series', { urls: ['/a'] })
      await one.ask('metrics')
      expect(await two.ask<Metrics>('metrics')).toMatchObject({ hits: 1, misses: 0 })
    })

    const ask = (url: string, ending: string): string =>
      `import { createCachette } from ${JSON.stringify(PACKAGE)}
       const cachette = await createCachette(JSON.parse(process.env.OPTIONS))
       const api = cachette.service('my_service')
       await api.getExternal('${url}')
       await api.getExternal('${url}')
       ${ending}`

    it.each([
      ['process.exit() right after the answer', 'process.exit(3)', 3],
      ['its natural end, without close()', '', 0],
      ['close()', 'await cachette.close()', 0],
      ['an uncaught error', 'throw new Error("boom")', 1],
      ['an exit from within a callback', 'setImmediate(() => process.exit(0))', 0],
      ['an exit a moment later', 'setTimeout(() => process.exit(0), 1)', 0],
    ])('nothing counted is lost by %s', async (_, ending, exit) => {
      const origin = await openOrigin()
      const folder = newFolder()
      const options = optionsFor(folder, origin.url)
      const run = await runProgram(ask('/a', ending), { env: { OPTIONS: JSON.stringify(options) } })
      expect(run.exit, run.err).toBe(exit)
      const { cachette } = await openWorld({
        store: options.store,
        origin,
        clock: createFakeClock(Date.now()),
      })
      expect(await cachette.metrics()).toMatchObject({ hits: 1, misses: 1, originCalls: 1 })
    })
  })

  describe('getGlobalMetrics and resetGlobalMetrics', () => {
    const program = (url: string): string => `
      import { CachedExternalAPIService } from ${JSON.stringify(PACKAGE)}
      const api = new CachedExternalAPIService('my_service')
      await api.getExternal('${url}/a')
      await api.getExternal('${url}/a')
      const before = await CachedExternalAPIService.getGlobalMetrics()
      await CachedExternalAPIService.resetGlobalMetrics()
      const after = await CachedExternalAPIService.getGlobalMetrics()
      await api.getExternal('${url}/a')
      await CachedExternalAPIService.close()
      console.log(JSON.stringify({ before, after, reopened: await CachedExternalAPIService.getGlobalMetrics() }))`

    it('speak for the default instance and its store, which a closed one opens again', async () => {
      const origin = await openOrigin()
      const folder = newFolder()
      writeFileSync(join(folder, 'package.json'), '{}')
      const run = await runProgram(program(origin.url), { cwd: folder })
      expect(run.exit, run.err).toBe(0)
      const { before, after, reopened } = JSON.parse(run.out) as Record<string, Metrics>
      expect(before).toMatchObject({ hits: 1, misses: 1, hitRate: 50, totalRequests: 2, originCalls: 1 })
      expect(after).toMatchObject({ totalRequests: 0, hitRate: 0 })
      expect(reopened).toMatchObject({ hits: 1, misses: 0, totalRequests: 1 })
    })
  })
})
