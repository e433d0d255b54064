import { describe, expect, it } from 'vitest'
import { newFolder, openWorld } from '../helpers/cache-world.js'
import { atOnce, errorOf, until } from '../helpers/gate.js'
import type { ScriptedReply } from '../helpers/loopback-origin.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** How an origin can fail, and the reason that a rescue then gives. */
const FAILURES: readonly (readonly [title: string, reply: ScriptedReply, because: string, code: string])[] = [
  ['a 500', { status: 500 }, 'origin-transient', 'CACHETTE_ORIGIN_STATUS'],
  ['a 503', { status: 503, json: {} }, 'origin-transient', 'CACHETTE_ORIGIN_STATUS'],
  ['a 429', { status: 429, headers: { 'retry-after': '20000' } }, 'origin-quota', 'CACHETTE_ORIGIN_STATUS'],
  ['a reset', { ending: 'reset' }, 'origin-unreachable', 'CACHETTE_ORIGIN_UNREACHABLE'],
  [
    'a reset mid-body',
    { body: 'abc', ending: 'reset-mid-body' },
    'origin-unreachable',
    'CACHETTE_ORIGIN_UNREACHABLE',
  ],
  ['a short body', { body: 'abc', ending: 'short' }, 'origin-unreachable', 'CACHETTE_ORIGIN_UNREACHABLE'],
  [
    'JSON that does not parse',
    { body: '{"a":', headers: { 'content-type': 'application/json' } },
    'invalid-response',
    'CACHETTE_INVALID_RESPONSE',
  ],
  [
    'corrupt gzip',
    { body: 'x'.repeat(500), encoding: 'corrupt-gzip' },
    'invalid-response',
    'CACHETTE_INVALID_RESPONSE',
  ],
  [
    'a truncated gzip body',
    { body: Buffer.from('1f8b0800000000000003', 'hex'), headers: { 'content-encoding': 'gzip' } },
    'invalid-response',
    'CACHETTE_INVALID_RESPONSE',
  ],
]

describe('an origin that fails', () => {
  it.each(FAILURES)(
    '%s: the older entry is served to all who ask, one call is made',
    async (_, reply, because) => {
      const { api, origin, clock, cachette } = await openWorld({ service: { ttl: '1h' } })
      origin.on('/data', { json: { good: true } })
      await api.getExternal('/data')
      clock.advance(HOUR_MS)
      origin.on('/data', reply)
      const answers = await atOnce(50, () => api.fetchExternal('/data', { fallback: 'unused' }))
      expect(origin.count()).toBe(2)
      for (const answer of answers) {
        expect(answer).toMatchObject({
          data: { good: true },
          status: 200,
          outcome: 'rescued',
          because,
          ageMs: HOUR_MS,
        })
      }
      expect((await cachette.metrics()).outcomes).toMatchObject({ rescued: 50, miss: 1 })
    },
  )

  it.each(FAILURES)(
    '%s with nothing to serve: a typed error or the fallback, nothing stored',
    async (_, reply, __, code) => {
      const { api, origin, cachette } = await openWorld()
      origin.on('/data', reply)
      const error = await errorOf(api.getExternal('/data'))
      expect(error).toMatchObject({ name: 'CachetteError', code, service: 'my_service', attempts: 1 })
      expect(await api.getExternal('/data', { fallback: 'instead' })).toBe('instead')
      expect((await cachette.list()).entries).toEqual([])
      expect((await cachette.metrics()).outcomes).toMatchObject({ failed: 2 })
    },
  )

  it('that is down: rescued from LMDB by a new process\u2019s instance too', async () => {
    const store = `lmdb:${newFolder()}/store`
    const first = await openWorld({ store, service: { ttl: '1h' } })
    await first.api.getExternal('/data')
    await first.cachette.close()
    first.clock.advance(DAY_MS)
    await first.origin.stop()
    const second = await openWorld({
      store,
      origin: first.origin,
      clock: first.clock,
      service: { ttl: '1h' },
    })
    expect(await second.api.fetchExternal('/data')).toMatchObject({
      outcome: 'rescued',
      tier: 'lmdb',
      ageMs: DAY_MS,
    })
  })

  it('comes back: once it has been left alone for a second, the next answer is its own', async () => {
    const { api, origin, clock } = await openWorld({ service: { ttl: '1h' } })
    await api.getExternal('/data')
    clock.advance(HOUR_MS)
    await origin.stop()
    expect((await api.fetchExternal('/data')).outcome).toBe('rescued')
    await origin.start()
    expect(await api.fetchExternal('/data')).toMatchObject({ outcome: 'rescued', because: 'refresh-resting' })
    clock.advance(1_000)
    expect(await api.fetchExternal('/data')).toMatchObject({ outcome: 'miss', data: { nth: 2 } })
  })

  it('is stood in for until staleIfError has passed since the entry went stale, and no longer', async () => {
    const { api, origin, clock } = await openWorld({ service: { ttl: '1h', staleIfError: '2h' } })
    await api.getExternal('/data')
    await origin.stop()
    clock.advance(3 * HOUR_MS - 1)
    expect((await api.fetchExternal('/data')).outcome).toBe('rescued')
    clock.advance(1)
    expect(await errorOf(api.getExternal('/data'))).toMatchObject({ code: 'CACHETTE_ORIGIN_UNREACHABLE' })
  })

  it('is stood in for no longer than maxTtl allows', async () => {
    const { api, origin, clock } = await openWorld({ service: { ttl: '1h', maxTtl: '2h' } })
    await api.getExternal('/data')
    await origin.stop()
    clock.advance(2 * HOUR_MS - 1)
    expect((await api.fetchExternal('/data')).outcome).toBe('rescued')
    clock.advance(1)
    expect((await errorOf(api.getExternal('/data'))).code).toBe('CACHETTE_ORIGIN_UNREACHABLE')
  })

  it('is not stood in for after a purge, but is after a soft one', async () => {
    const { api, origin, cachette } = await openWorld()
    await api.getExternal('/a')
    await api.getExternal('/b')
    await cachette.purge({ url: `${origin.url}/a` })
    await cachette.purge({ url: `${origin.url}/b`, soft: true })
    await origin.stop()
    expect((await errorOf(api.getExternal('/a'))).code).toBe('CACHETTE_ORIGIN_UNREACHABLE')
    expect(await api.fetchExternal('/b')).toMatchObject({ outcome: 'rescued' })
  })

  it.each([401, 403])(
    'refusing with %i is told to the caller, not covered up by an older entry',
    async (status) => {
      const { api, origin, clock } = await openWorld({ service: { ttl: '1h' } })
      await api.getExternal('/data')
      clock.advance(HOUR_MS)
      origin.on('/data', { status, json: {} })
      expect(await errorOf(api.getExternal('/data'))).toMatchObject({
        code: 'CACHETTE_ORIGIN_STATUS',
        status,
      })
    },
  )

  it.each([404, 410])('a %i replaces what was there: it is an answer', async (status) => {
    const { api, origin, clock } = await openWorld({ service: { ttl: '1h', negativeTtl: '5m' } })
    await api.getExternal('/data')
    clock.advance(HOUR_MS)
    origin.on('/data', { status, json: {} })
    expect(await api.fetchExternal('/data')).toMatchObject({ status, outcome: 'miss', ttlMs: 300_000 })
    await origin.stop()
    clock.advance(299_999)
    expect(await api.fetchExternal('/data')).toMatchObject({ status, outcome: 'hit' })
    clock.advance(1)
    expect(await api.fetchExternal('/data')).toMatchObject({ status, outcome: 'rescued' })
  })

  it.each([
    ['nothing comes', { ending: 'hang' }],
    ['the body never ends', { body: 'abc', ending: 'drip' }],
    ['the body is poured without end', { ending: 'endless' }],
  ] as const)('hanging (%s) ends at the hard timeout, for leader and followers', async (_, reply) => {
    const { api, origin, clock, cachette } = await openWorld({ service: { timeout: '3s', maxBodyBytes: 1 } })
    origin.on('/slow', reply)
    const leader = errorOf(api.getExternal('/slow'))
    await until(() => origin.count() === 1)
    clock.advance(2_000)
    const follower = errorOf(api.getExternal('/slow'))
    await until(async () => (await cachette.metrics()).totalRequests === 0)
    clock.advance(999)
    clock.advance(1)
    for (const error of [await leader, await follower]) {
      expect(error).toMatchObject({ code: 'CACHETTE_TIMEOUT', service: 'my_service' })
      expect(error.message).toMatch(/took longer than 3000 ms/)
    }
    expect(origin.count()).toBe(1)
  })

  it('hanging: the older entry is served once the time is up', async () => {
    const { api, origin, clock } = await openWorld({ service: { ttl: '1h', timeout: '3s' } })
    await api.getExternal('/data')
    clock.advance(HOUR_MS)
    origin.on('/data', { ending: 'hang' })
    const asked = api.fetchExternal('/data')
    await until(() => origin.count() === 2)
    clock.advance(3_000)
    expect(await asked).toMatchObject({ outcome: 'rescued', because: 'origin-timeout' })
  })
})

describe('bodies', () => {
  it.each(['gzip', 'br'] as const)('%s is undone, and what described it is gone', async (encoding) => {
    const { api, origin } = await openWorld()
    origin.on('/data', { json: { a: 'x'.repeat(1_000) }, encoding })
    const answer = await api.fetchExternal('/data')
    expect(answer.data).toEqual({ a: 'x'.repeat(1_000) })
    expect(answer.headers).not.toHaveProperty('content-encoding')
    expect(answer.headers).not.toHaveProperty('content-length')
    expect(origin.last().headers['accept-encoding']).toMatch(/gzip, br/)
  })

  it.each(['HEAD', 'GET'])('an empty one that claims to be gzip is empty (%s)', async (method) => {
    const { api, origin } = await openWorld()
    origin.on('/data', {
      body: '',
      headers: { 'content-encoding': 'gzip', 'content-type': 'application/json' },
    })
    expect(await api.getExternal('/data', { method })).toBeNull()
  })

  it('larger than maxBodyBytes passes unstored', async () => {
    const { api, origin, heard } = await openWorld({ service: { maxBodyBytes: 1_000 } })
    const script = (length: number) => ({
      body: 'x'.repeat(length),
      headers: { 'content-type': 'text/plain' },
    })
    origin.on('/fits', script(1_000))
    origin.on('/large', script(1_001))
    for (const path of ['/fits', '/fits', '/large', '/large']) await api.getExternal(path)
    expect([origin.count('/fits'), origin.count('/large')]).toEqual([1, 2])
    expect(heard.filter(({ name }) => name === 'not-stored').map(({ event }) => event)).toMatchObject([
      { because: 'body-too-large' },
      { because: 'body-too-large' },
    ])
  })

  it('is measured decoded: a small gzip of a large body passes unstored too', async () => {
    const { api, origin } = await openWorld({ service: { maxBodyBytes: 1_000 } })
    origin.on('/large', {
      body: 'x'.repeat(50_000),
      encoding: 'gzip',
      headers: { 'content-type': 'text/plain' },
    })
    await api.getExternal('/large')
    await api.getExternal('/large')
    expect(origin.count()).toBe(2)
  })

  it('beyond 256 MB is given up, however small it came compressed', async () => {
    const { api, origin } = await openWorld()
    const body = Buffer.alloc(256 * 1024 ** 2 + 1)
    origin.on('/bomb', { body, encoding: 'gzip', headers: { 'content-type': 'text/plain' } })
    const error = await errorOf(api.getExternal('/bomb'))
    expect(error).toMatchObject({ code: 'CACHETTE_BODY_TOO_LARGE' })
  })
})
