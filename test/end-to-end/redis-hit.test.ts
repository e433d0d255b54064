// What a hit asks of a Redis server, and what it may still know of the last one, where there is no memory tier.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Cachette, createCachette } from '../../src/create-cachette.js'
import { until } from '../helpers/gate.js'
import { type LoopbackOrigin, startLoopbackOrigin } from '../helpers/loopback-origin.js'
import { describeWithRedis, startRedis, type RedisServer } from '../helpers/redis-server.js'

const HITS = 200

describeWithRedis('a hit in Redis without a memory tier', () => {
  let server: RedisServer
  let origin: LoopbackOrigin
  const instances: Cachette[] = []
  beforeEach(async () => {
    server = await startRedis()
    origin = await startLoopbackOrigin()
  })
  afterEach(async () => {
    await Promise.all(instances.splice(0).map((instance) => instance.close()))
    await origin.stop()
    await server.dispose()
  })

  async function open(): Promise<Cachette> {
    const instance = await createCachette({
      store: { type: 'redis', url: server.url, timeout: '5s' },
      memory: false,
      services: { my_service: { baseURL: origin.url } },
      env: {},
    })
    instances.push(instance)
    return instance
  }

  /** How often the server carried out each command. */
  async function calls(): Promise<ReadonlyMap<string, number>> {
    const lines = String(await server.command('INFO', 'commandstats')).split('\r\n')
    const rows = lines.flatMap((line) => /^cmdstat_([^:]+):calls=(\d+)/.exec(line)?.slice(1, 3) ?? [])
    const pairs = rows.flatMap((name, at) => (at % 2 === 0 ? [[name, Number(rows[at + 1])] as const] : []))
    return new Map(pairs)
  }

  it('is one GET and nothing else', async () => {
    const service = (await open()).service('my_service')
    const first = await service.fetchExternal('/data')
    await until(async () => (await service.fetchExternal('/data')).outcome === 'hit')
    const before = await calls()
    for (let hit = 0; hit < HITS; hit += 1) {
      const { outcome, tier, data } = await service.fetchExternal('/data')
      expect([outcome, tier]).toEqual(['hit', 'redis'])
      expect(data).toEqual(first.data)
    }
    const after = await calls()
    const grown = [...after].map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const)
    // Beats and figures come by the clock, however many hits there are.
    const often = grown.filter(([, count]) => count >= HITS / 4)
    expect(often.map(([name]) => name)).toEqual(['get'])
    expect(often[0]?.[1]).toBeLessThan(HITS * 1.1)
  })

  it('is what another process put in the place of what was read again and again, and nothing once it was purged', async () => {
    const [reader, writer] = [(await open()).service('my_service'), (await open()).service('my_service')]
    const nth = async (): Promise<number> => (await reader.getExternal<{ nth: number }>('/data')).nth
    await until(async () => (await nth()) === 1 && (await reader.fetchExternal('/data')).outcome === 'hit')
    for (let time = 0; time < 5; time += 1) expect(await nth()).toBe(1)
    await writer.getExternal('/data', { refresh: true })
    await until(async () => (await nth()) === 2)
    for (let time = 0; time < 5; time += 1) expect(await nth()).toBe(2)
    await instances[1]?.purge({ all: true })
    await until(async () => (await nth()) === 3)
  })
})
