// Several stores at once, as `store` names them: what callers get, and where from.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Keyv from 'keyv'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { StoreOption } from '../../src/config/store-options.js'
import { type Cachette, createCachette } from '../../src/create-cachette.js'
import type { LoopbackOrigin } from '../helpers/loopback-origin.js'
import { startLoopbackOrigin } from '../helpers/loopback-origin.js'
import { type RedisServer, describeWithRedis, startRedis } from '../helpers/redis-server.js'

const folder = mkdtempSync(join(tmpdir(), 'cachette-many-'))
let folders = 0
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const newFolder = (): string => join(folder, String((folders += 1)))

async function openOrigin(): Promise<LoopbackOrigin> {
  const origin = await startLoopbackOrigin()
  onTestFinished(() => origin.stop())
  origin.on('/a', ({ nth }) => ({ json: { nth } }))
  return origin
}

async function open(origin: LoopbackOrigin, store: StoreOption): Promise<Cachette> {
  const cachette = await createCachette({
    store,
    memory: false,
    env: {},
    services: { my_service: { baseURL: origin.url, ttl: '1h' } },
  })
  onTestFinished(() => cachette.close())
  return cachette
}

/** What a call came to, the tier, and which answer of the origin it was, once that is kept wherever it can be. */
async function ask(cachette: Cachette): Promise<readonly unknown[]> {
  const kept = new Promise<void>((resolve) => {
    for (const name of ['stored', 'tier-failed'] as const) cachette.on(name, () => resolve())
  })
  const { data, outcome, tier } = await cachette.service('my_service').fetchExternal<{ nth: number }>('/a')
  if (outcome === 'miss') await kept
  return [outcome, tier, data.nth]
}

describe('a Keyv as the store', () => {
  it('is shared by instances, and purged in all of them', async () => {
    const origin = await openOrigin()
    const map = new Map<string, unknown>()
    const store = () => ({ type: 'keyv' as const, keyv: new Keyv({ store: map }) })
    const [one, other] = [await open(origin, store()), await open(origin, store())]
    expect(await ask(one)).toEqual(['miss', 'origin', 1])
    expect(await ask(other)).toEqual(['hit', 'keyv', 1])
    await other.purge({ service: 'my_service' })
    expect(await ask(one)).toEqual(['miss', 'origin', 2])
    expect((await one.list({ service: 'my_service' })).entries).toMatchObject([{ tier: 'keyv' }])
  })

  it('that fails costs nothing but the cache', async () => {
    const origin = await openOrigin()
    const fail = () => Promise.reject(new Error('down'))
    const cachette = await open(origin, { type: 'keyv', keyv: { get: fail, set: fail, delete: fail } })
    const failed: string[] = []
    cachette.on('tier-failed', ({ tier }) => void failed.push(tier))
    expect(await ask(cachette)).toEqual(['miss', 'origin', 1])
    expect(failed).toContain('keyv')
  })
})

describeWithRedis('LMDB in front of Redis', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.dispose())

  it('is one cache for two machines', async () => {
    const origin = await openOrigin()
    const [one, other] = [
      await open(origin, [`lmdb:${newFolder()}`, server.url]),
      await open(origin, [`lmdb:${newFolder()}`, server.url]),
    ]
    expect(await ask(one)).toEqual(['miss', 'origin', 1])
    await expect.poll(() => ask(one)).toEqual(['hit', 'lmdb', 1])
    expect(await ask(other)).toEqual(['hit', 'redis', 1])
    await expect.poll(() => ask(other)).toEqual(['hit', 'lmdb', 1])
    await one.purge({ service: 'my_service' })
    await expect.poll(async () => (await ask(other))[2]).toBe(2)
  })

  it('goes on while Redis is gone, and tells it of purges when it is back', async () => {
    await server.command('FLUSHALL')
    const origin = await openOrigin()
    const near = newFolder()
    const one = await open(origin, [`lmdb:${near}`, server.url])
    const other = await open(origin, [`lmdb:${newFolder()}`, server.url])
    const answers = (await ask(one))[2] as number
    await expect.poll(() => ask(one)).toEqual(['hit', 'lmdb', answers])
    await expect.poll(async () => (await ask(other))[1]).toBe('lmdb')
    server.pause()
    try {
      expect(await ask(one)).toEqual(['hit', 'lmdb', answers])
      await one.purge({ service: 'my_service' })
      expect(await ask(one)).toEqual(['miss', 'origin', answers + 1])
    } finally {
      server.resume()
    }
    await expect.poll(async () => (await ask(other))[2], { timeout: 5_000 }).toBe(answers + 2)
  })
})
