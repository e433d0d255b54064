// Instances whose clocks stand still: what one purges, the others give no more once 50 ms of their own time have passed since
// they looked, and with the first call where they had not looked for long.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Keyv from 'keyv'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { CachetteOptions } from '../../src/config/cachette-options.js'
import { type CacheWorld, openOrigin, openWorld } from '../helpers/cache-world.js'
import { createFakeClock } from '../helpers/fake-clock.js'
import { until } from '../helpers/gate.js'
import { describeWithRedis, type RedisServer, startRedis } from '../helpers/redis-server.js'

type StoreOption = CachetteOptions['store']
type Pair = readonly [CacheWorld, CacheWorld]

const LOOK_MS = 50

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'cachette-purge-clocks-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** Two instances on one store, each with a clock of its own that only the test moves, and an entry in the memory of both. */
async function openPair(storeOf: (which: number) => StoreOption): Promise<Pair> {
  const origin = await openOrigin()
  const open = (which: number): Promise<CacheWorld> =>
    openWorld({ origin, clock: createFakeClock(), store: storeOf(which) as NonNullable<StoreOption> })
  const [one, other] = [await open(0), await open(1)]
  expect((await ask(one)).outcome).toBe('miss')
  await until(async () => (await other.cachette.list()).entries.length === 1)
  await until(async () => (await ask(other)).tier === 'memory')
  return [one, other]
}

const ask = ({ api }: CacheWorld) => api.fetchExternal('/data')

/** After a while in which it was not asked, the very first calls of the other one see it. */
async function expectSeenAtOnce([one, other]: Pair): Promise<void> {
  await one.cachette.purge({ service: 'my_service' })
  // Whatever is on its way to the other one over its connections has come before this has.
  await other.cachette.health()
  other.clock.advance(LOOK_MS * 5)
  const answers = await Promise.all([ask(other), ask(other)])
  expect(answers.map(({ outcome }) => outcome).sort()).toEqual(['coalesced', 'miss'])
  expect(answers.map(({ because }) => because)).toContain('purged')
}

/** The other one looks once 50 ms of its time have passed; no more time passes until it has seen the purge. */
async function expectSeenSoon([one, other]: Pair): Promise<void> {
  expect((await ask(other)).outcome).toBe('hit')
  await one.cachette.purge({ service: 'my_service' })
  await other.cachette.health()
  expect((await ask(other)).outcome).toBe('hit')
  other.clock.advance(LOOK_MS)
  const stored = new Promise((resolve) => other.cachette.on('stored', resolve))
  await until(async () => (await ask(other)).because === 'purged')
  await stored
}

describe('a purge by another instance, where clocks stand still', () => {
  it('is seen on LMDB', async () => {
    const path = folder()
    const pair = await openPair(() => `lmdb:${path}`)
    await expectSeenSoon(pair)
    await expectSeenAtOnce(pair)
  })

  it('is seen on a Keyv', async () => {
    const rows = new Map<string, unknown>()
    const pair = await openPair(() => ({ type: 'keyv', keyv: new Keyv({ store: rows }) }))
    await expectSeenSoon(pair)
    await expectSeenAtOnce(pair)
  })
})

describeWithRedis('a purge by another instance on Redis, where clocks stand still', () => {
  let server: RedisServer
  beforeAll(async () => void (server = await startRedis()))
  afterAll(() => server.dispose())
  const redis = (prefix: string) => ({ type: 'redis', url: server.url, timeout: '5s', prefix }) as const

  it('is seen', async () => {
    const pair = await openPair(() => redis('a'))
    await expectSeenSoon(pair)
    await expectSeenAtOnce(pair)
  })

  it('is seen with LMDB before it', async () => {
    const path = folder()
    const pair = await openPair((which) => [`lmdb:${join(path, String(which))}`, redis('b')])
    await expectSeenSoon(pair)
    await expectSeenAtOnce(pair)
  })
})
