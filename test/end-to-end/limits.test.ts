// Limits of a declared service, over real LMDB and a loopback origin: what callers see, what the origin gets, and what other
// instances on the same store know of it.
import { describe, expect, it } from 'vitest'
import type { ServiceOptions } from '../../src/config/service-options.js'
import { type CacheWorld, newFolder, openOrigin, openWorld } from '../helpers/cache-world.js'
import { type FakeClock, createFakeClock } from '../helpers/fake-clock.js'
import { atOnce, errorOf, until } from '../helpers/gate.js'

/** Several instances, as processes would be, on one store and one clock. */
async function openWorlds(count: number, service: ServiceOptions = {}): Promise<readonly CacheWorld[]> {
  const origin = await openOrigin()
  const clock = createFakeClock()
  const store = `lmdb:${newFolder()}`
  const worlds: CacheWorld[] = []
  for (let index = 0; index < count; index += 1)
    worlds.push(await openWorld({ origin, clock, store, service }))
  return worlds
}

const eventsOf = ({ heard }: CacheWorld, wanted: string): object[] =>
  heard.filter(({ name }) => name === wanted).map(({ event }) => event)

describe('a quota', () => {
  it('is spent to the last call by several instances at once, and says when it renews', async () => {
    const worlds = await openWorlds(3, { quota: '20/1h' })
    const { origin, clock } = worlds[0]!
    const settled = await Promise.allSettled(
      Array.from({ length: 60 }, (_, index) => worlds[index % 3]!.api.getExternal(`/item/${index}`)),
    )
    expect(origin.count()).toBe(20)
    const refused = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as object] : []))
    expect(refused).toHaveLength(40)
    for (const reason of refused)
      expect(reason).toMatchObject({
        code: 'CACHETTE_QUOTA',
        service: 'my_service',
        attempts: 0,
        retryAtMs: clock.nowMs() + 3_600_000,
      })
    clock.advance(3_600_000)
    await worlds[1]!.api.getExternal('/item/renewed')
    expect(origin.count()).toBe(21)
  })

  it('is not spent by hits', async () => {
    const [world] = await openWorlds(1, { quota: '1/1h' })
    const { api, origin } = world!
    await api.getExternal('/data')
    for (let call = 0; call < 5; call += 1) expect((await api.fetchExternal('/data')).outcome).toBe('hit')
    expect(origin.count()).toBe(1)
  })

  it('counts each attempt', async () => {
    const [world] = await openWorlds(1, { quota: '10/1h', retry: { attempts: 3 } })
    const { api, origin, cachette, clock } = world!
    origin.on('/flaky', ({ nth }) => ({ status: nth < 3 ? 503 : 200, json: nth }))
    const answering = api.getExternal('/flaky')
    expect(await advanceUntil(clock, answering)).toBe(3)
    expect((await cachette.quotas()).find(({ service }) => service === 'my_service')).toMatchObject({
      budgets: [{ name: '10/1h', remaining: 7 }],
    })
    expect(eventsOf(world!, 'retried')).toHaveLength(2)
  })

  it('outlives the process, and is whole again after a reset', async () => {
    const origin = await openOrigin()
    const clock = createFakeClock()
    const given = { origin, clock, store: `lmdb:${newFolder()}`, service: { quota: '1/1d' } as const }
    const first = await openWorld(given)
    await first.api.getExternal('/a')
    await first.cachette.close()
    const second = await openWorld(given)
    expect(await errorOf(second.api.getExternal('/b'))).toMatchObject({ code: 'CACHETTE_QUOTA' })
    await second.cachette.resetQuota('another')
    expect(await errorOf(second.api.getExternal('/b'))).toMatchObject({ code: 'CACHETTE_QUOTA' })
    await second.cachette.resetQuota('my_service')
    expect(await second.api.getExternal('/b')).toMatchObject({ path: '/b' })
    expect(await errorOf(second.cachette.resetQuota('no/name'))).toMatchObject({ code: 'CACHETTE_CONFIG' })
  })
})

describe('a rate limit', () => {
  it('makes callers wait for their turn, in order and in all instances', async () => {
    const worlds = await openWorlds(2, { rateLimit: '2/1s' })
    const { origin, clock } = worlds[0]!
    const answering = atOnce(6, (index) => worlds[index % 2]!.api.getExternal(`/item/${index}`))
    await until(() => origin.count() === 2)
    clock.advance(999)
    await new Promise((resolve) => setImmediate(resolve))
    expect(origin.count()).toBe(2)
    clock.advance(1)
    await until(() => origin.count() === 4)
    clock.advance(1_000)
    await answering
    expect(origin.count()).toBe(6)
    const waits = worlds.flatMap((world) => eventsOf(world, 'rate-limited'))
    expect(waits.map((event) => (event as { waitedMs: number }).waitedMs).sort()).toEqual([
      1_000, 1_000, 2_000, 2_000,
    ])
  })

  it('refuses at once where the turn would come after the deadline', async () => {
    const [world] = await openWorlds(1, { rateLimit: '1/1m', timeout: '30s' })
    const { api, origin, clock } = world!
    await api.getExternal('/a')
    expect(await errorOf(api.getExternal('/b'))).toMatchObject({
      code: 'CACHETTE_QUOTA',
      retryAtMs: clock.nowMs() + 60_000,
    })
    expect(origin.count()).toBe(1)
  })
})

describe('a cool-down', () => {
  it('begun by one 429 stops every instance until Retry-After, and outlives them', async () => {
    const [one, other] = await openWorlds(2)
    const { origin, clock } = one!
    origin.on('/busy', { status: 429, headers: { 'retry-after': '20000' }, body: 'Too many requests' })
    expect(await errorOf(one!.api.getExternal('/busy'))).toMatchObject({
      code: 'CACHETTE_ORIGIN_STATUS',
      status: 429,
    })
    const retryAtMs = clock.nowMs() + 20_000_000
    expect(await errorOf(other!.api.getExternal('/data'))).toMatchObject({
      code: 'CACHETTE_COOLDOWN',
      service: 'my_service',
      retryAtMs,
    })
    expect(origin.count()).toBe(1)
    clock.advance(19_999_000)
    expect(await errorOf(other!.api.getExternal('/data'))).toMatchObject({
      code: 'CACHETTE_COOLDOWN',
      retryAtMs,
    })
    clock.advance(1_000)
    expect(await other!.api.getExternal('/data')).toMatchObject({ path: '/data' })
    expect(eventsOf(one!, 'cooled-down')).toEqual([
      { service: 'my_service', identity: undefined, untilMs: retryAtMs, because: 'origin-quota' },
    ])
  })

  it('is of one service, and of one identity with limitsPer', async () => {
    const [world] = await openWorlds(1, { limitsPer: 'identity' })
    const { api, origin } = world!
    origin.on('/busy', { status: 429, headers: { 'retry-after': '60' } })
    const as = (user: string) => ({ headers: { Authorization: `Bearer ${user}` } })
    await api.fetchExternal('/busy', as('ann'))
    expect(await errorOf(api.getExternal('/data', as('ann')))).toMatchObject({ code: 'CACHETTE_COOLDOWN' })
    expect(await api.getExternal('/data', as('bob'))).toMatchObject({ path: '/data' })
    const states = await world!.cachette.quotas()
    expect(JSON.stringify(states)).not.toContain('ann')
    expect(states.find(({ coolDown }) => coolDown !== undefined)?.identity).toMatch(/^[0-9a-f]+$/)
  })

  it('after a 429 without Retry-After is a second, and the call is tried again when it is over', async () => {
    const [world] = await openWorlds(1, { retry: { attempts: 2 } })
    const { api, origin, clock } = world!
    origin.on('/busy', ({ nth }) => ({ status: nth === 1 ? 429 : 200, json: nth }))
    const startMs = clock.nowMs()
    const answering = api.getExternal('/busy')
    expect(await advanceUntil(clock, answering)).toBe(2)
    expect(clock.nowMs() - startMs).toBeGreaterThanOrEqual(1_000)
  })
})

describe('what the origin says of its limits', () => {
  it('holds for every instance: the last call it allows is the last', async () => {
    const worlds = await openWorlds(2)
    const { origin, clock } = worlds[0]!
    let left = 5
    for (const path of Array.from({ length: 12 }, (_, index) => `/item/${index}`))
      origin.on(path, () => ({
        json: {},
        headers: { 'RateLimit-Policy': '"q";q=5;w=60', RateLimit: `"q";r=${(left -= 1)};t=60` },
      }))
    const codes: unknown[] = []
    for (let index = 0; index < 8; index += 1) {
      const { api } = worlds[index % 2]!
      codes.push(
        await api.getExternal(`/item/${index}`).then(
          () => 'ok',
          (error: { code: string }) => error.code,
        ),
      )
    }
    expect(codes).toEqual([...Array<string>(5).fill('ok'), ...Array<string>(3).fill('CACHETTE_QUOTA')])
    expect(origin.count()).toBe(5)
    clock.advance(60_000)
    left = 5
    await worlds[1]!.api.getExternal('/item/11')
    expect(origin.count()).toBe(6)
  })

  it('that it renews soon is waited for', async () => {
    const [world] = await openWorlds(1)
    const { api, origin, clock } = world!
    origin.on('/a', { json: 1, headers: { 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': '3' } })
    await api.getExternal('/a')
    const answering = api.getExternal('/b')
    expect(await advanceUntil(clock, answering)).toMatchObject({ path: '/b' })
  })
})

describe('a breaker', () => {
  it('leaves a failing origin alone for a while, then tries it with one call', async () => {
    const [world] = await openWorlds(1, { breaker: { failures: 3, openFor: '10s' } })
    const { api, origin, clock } = world!
    origin.on('/down', { status: 500 })
    for (let call = 0; call < 3; call += 1) await api.fetchExternal('/down')
    expect(await errorOf(api.getExternal('/data'))).toMatchObject({
      code: 'CACHETTE_BREAKER_OPEN',
      retryAtMs: clock.nowMs() + 10_000,
    })
    expect(origin.count()).toBe(3)
    clock.advance(10_000)
    expect(await api.getExternal('/data')).toMatchObject({ path: '/data' })
    expect(eventsOf(world!, 'breaker')).toEqual(
      ['open', 'half-open', 'closed'].map((state) => ({ service: 'my_service', state })),
    )
  })
})

describe('hosts that no service claims', () => {
  it('are held back by nothing, and nothing is tried again for them', async () => {
    const origin = await openOrigin()
    const { cachette, heard } = await openWorld({
      defaults: { quota: '1/1h', rateLimit: '1/1h', retry: { attempts: 3 }, breaker: { failures: 1 } },
    })
    origin.on('/busy', { status: 429, headers: { 'retry-after': '60' } })
    for (let call = 0; call < 4; call += 1)
      expect((await cachette.fetch(`${origin.url}/busy`)).status).toBe(429)
    expect(origin.count()).toBe(4)
    expect(heard.filter(({ name }) => /retried|breaker|cooled|limited/.test(name))).toEqual([])
  })
})

/** Moves the clock by steps until something has come of a call. */
async function advanceUntil<Result>(clock: FakeClock, work: Promise<Result>): Promise<Result> {
  let isOver = false
  const over = (): void => void (isOver = true)
  work.then(over, over)
  await until(() => {
    if (!isOver) clock.advance(20)
    return isOver
  })
  return work
}
