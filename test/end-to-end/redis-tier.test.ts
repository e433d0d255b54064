// Instances on a real Redis server: what one machine stores and purges, the others have; and callers while it is away.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { setImmediate as turn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { CachetteOptions } from '../../src/config/cachette-options.js'
import { type Cachette, createCachette } from '../../src/create-cachette.js'
import { type LoopbackOrigin, startLoopbackOrigin } from '../helpers/loopback-origin.js'
import { describeWithRedis, startRedis, type RedisServer } from '../helpers/redis-server.js'
import { until } from '../helpers/gate.js'

describeWithRedis('instances on one Redis server', () => {
  let server: RedisServer
  let origin: LoopbackOrigin
  const instances: Cachette[] = []
  beforeEach(async () => {
    server = await startRedis()
    origin = await startLoopbackOrigin()
  })
  afterEach(async () => {
    server.resume()
    await Promise.all(instances.splice(0).map((instance) => instance.close()))
    await origin.stop()
    await server.dispose()
  })

  /** Patient, so that a machine with much else to do is not taken for a server that hangs. */
  async function open(options: Partial<CachetteOptions> = {}): Promise<Cachette> {
    const instance = await createCachette({
      store: { type: 'redis', url: server.url, timeout: '5s' },
      services: { my_service: { baseURL: origin.url } },
      env: {},
      ...options,
    })
    instances.push(instance)
    return instance
  }

  const get = async (instance: Cachette, path = '/data'): Promise<{ nth: number; tier: string }> => {
    const { data, tier } = await instance.service('my_service').fetchExternal(path)
    return { nth: (data as { nth: number }).nth, tier }
  }

  it('what one asked the origin for, the other has from Redis, and then from memory', async () => {
    const [one, two] = [await open(), await open()]
    expect(await get(one)).toEqual({ nth: 1, tier: 'origin' })
    await until(async () => (await two.list()).entries.length === 1)
    expect(await get(two)).toEqual({ nth: 1, tier: 'redis' })
    expect(await get(two)).toEqual({ nth: 1, tier: 'memory' })
  })

  it('what one purges, the other soon gives no more', async () => {
    const [one, two] = [await open(), await open()]
    await get(one)
    await until(async () => (await two.list()).entries.length === 1)
    await get(two)
    expect((await get(two)).tier).toBe('memory')
    await one.purge({ service: 'my_service' })
    const purgedAtMs = performance.now()
    let lastOldMs = 0
    for (;;) {
      const askedAtMs = performance.now() - purgedAtMs
      if ((await get(two)).nth !== 1) break
      lastOldMs = askedAtMs
      // A process whose event loop never turns hears nothing.
      await turn()
      // A process looks every 50 ms; the rest is what else the machine has to do.
      expect(lastOldMs).toBeLessThan(500)
    }
  })

  it('while the server hangs, what is in memory is served at once, and the rest from the origin', async () => {
    const one = await open({ store: server.url })
    await get(one)
    await until(async () => (await get(one)).tier === 'memory')
    const failed: unknown[] = []
    one.on('tier-failed', ({ tier }) => void failed.push(tier))
    server.pause()
    const beganMs = performance.now()
    expect((await get(one, '/other')).tier).toBe('origin')
    expect(performance.now() - beganMs).toBeLessThan(500)
    expect(await get(one)).toEqual({ nth: 1, tier: 'memory' })
    expect(failed).toContain('redis')
    server.resume()
    await until(async () => (await one.health()).isHealthy)
  })

  it('a program that does not close its instance ends all the same', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cachette-redis-exit-'))
    const program = join(folder, 'program.ts')
    const source = pathToFileURL(resolve(import.meta.dirname, '../../src/index.ts')).href
    writeFileSync(
      program,
      `import { createCachette } from '${source}'
      const options = { store: '${server.url}', services: { my_service: { baseURL: '${origin.url}' } }, env: {} }
      void createCachette(options)
        .then((cachette) => cachette.service('my_service').getExternal('/data'))
        .then((data) => console.log(JSON.stringify(data)))`,
    )
    try {
      const args = ['--import', 'tsx', program]
      const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 20_000 })
      expect(stdout.trim()).toContain('"nth":1')
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
