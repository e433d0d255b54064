import { describe, expect, it } from 'vitest'
import { newFolder, openWorld, type WorldOptions } from '../helpers/cache-world.js'
import { atOnce, createGate, errorOf, until } from '../helpers/gate.js'

const CALLERS = 50
const HOUR_MS = 3_600_000

describe('fifty callers at once', () => {
  it.each([
    ['200', { json: { a: 1 } }],
    ['404', { status: 404, json: {} }],
    ['503', { status: 503, json: {} }],
    ['401', { status: 401, json: {} }],
    ['a body that is no JSON', { body: '{"', headers: { 'content-type': 'application/json' } }],
    ['a reset connection', { ending: 'reset' as const }],
    ['a response without any cache header', { body: 'x', headers: { 'content-type': 'text/plain' } }],
  ])('cost one origin call: %s', async (_, reply) => {
    const { api, origin, cachette } = await openWorld()
    const gate = createGate()
    origin.on('/data', { ...reply, after: gate.opened })
    const asked = atOnce(CALLERS, () => api.fetchExternal('/data', { fallback: 'none' }))
    await until(() => origin.count() === 1)
    gate.open()
    const answers = await asked
    expect(origin.count()).toBe(1)
    expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1)
    const metrics = await cachette.metrics()
    const { outcomes } = metrics
    const isGood = answers[0]?.outcome === 'miss'
    expect(outcomes).toMatchObject(
      isGood ? { miss: 1, coalesced: CALLERS - 1 } : { failed: CALLERS, coalesced: 0 },
    )
    expect(metrics.originCalls).toBe(1)
  })

  it('cost one origin call where the connection is refused', async () => {
    const { api, origin, cachette } = await openWorld()
    await origin.stop()
    const errors = await atOnce(CALLERS, () => errorOf(api.getExternal('/data')))
    expect(new Set(errors).size).toBe(1)
    expect(errors[0]).toMatchObject({ code: 'CACHETTE_ORIGIN_UNREACHABLE', attempts: 1 })
    expect(await cachette.metrics()).toMatchObject({ originCalls: 1, outcomes: { failed: CALLERS } })
  })

  it.each(['memory:', 'lmdb'])('on an expired entry cost one call, in %s', async (kind) => {
    const store = kind === 'lmdb' ? `lmdb:${newFolder()}/store` : kind
    const { api, origin, clock } = await openWorld({ store, service: { ttl: '1h' } })
    await api.getExternal('/data')
    clock.advance(HOUR_MS)
    const answers = await atOnce(CALLERS, () => api.fetchExternal<{ nth: number }>('/data'))
    expect(origin.count()).toBe(2)
    expect(answers.every(({ data }) => data.nth === 2)).toBe(true)
  })

  it('in another order of parameters are one call', async () => {
    const { api, origin } = await openWorld()
    await atOnce(CALLERS, (index) => api.getExternal(index % 2 === 0 ? '/data?a=1&b=2' : '/data?b=2&a=1'))
    expect(origin.count()).toBe(1)
  })

  it('of two users are two calls, each with its own answer, and both are cached', async () => {
    const { api, origin } = await openWorld()
    origin.on('/me', ({ headers }) => ({ json: { user: headers.authorization } }))
    const ask = (user: string) =>
      api.fetchExternal<{ user: string }>('/me', { headers: { Authorization: user } })
    const answers = await atOnce(CALLERS, (index) => ask(index % 2 === 0 ? 'Bearer a' : 'Bearer b'))
    expect(
      answers.every(({ data }, index) => data.user === (index % 2 === 0 ? 'Bearer a' : 'Bearer b')),
    ).toBe(true)
    expect(origin.count()).toBe(2)
    expect([await ask('Bearer a'), await ask('Bearer b')].map(({ outcome }) => outcome)).toEqual([
      'hit',
      'hit',
    ])
    expect((await api.fetchExternal('/me')).outcome).toBe('miss')
  })

  it('a caller who comes between answer and commit finds the entry', async () => {
    const { api, origin } = await openWorld({ store: `lmdb:${newFolder()}/store`, memory: false })
    for (let call = 0; call < 20; call += 1) await api.getExternal('/data')
    expect(origin.count()).toBe(1)
  })

  it('a caller who comes between answer and commit finds an entry that is too large for the memory tier', async () => {
    const store = `lmdb:${newFolder()}/store`
    const { api, origin } = await openWorld({ store, memory: { maxBytes: '8KB' } })
    origin.on('/large', { body: 'x'.repeat(400_000), headers: { 'content-type': 'text/plain' } })
    for (let call = 0; call < 10; call += 1) await api.getExternal('/large')
    expect(origin.count()).toBe(1)
  })

  it('of different URLs never wait for each other', async () => {
    const { api, origin } = await openWorld()
    const gate = createGate()
    origin.on('/slow', { json: 1, after: gate.opened })
    const slow = api.getExternal('/slow')
    expect(await api.getExternal('/fast')).toMatchObject({ path: '/fast' })
    gate.open()
    expect(await slow).toBe(1)
  })
})

describe('what may not be shared', () => {
  it.each(['no-store', 'private, No-Store', 'max-age=60, no-store'])(
    'an answer marked %s is neither stored nor handed on: each caller goes alone',
    async (cacheControl) => {
      const { api, origin, cachette } = await openWorld()
      origin.on('/secret', ({ nth }) => ({ json: { nth }, headers: { 'cache-control': cacheControl } }))
      const answers = await atOnce(5, () => api.fetchExternal<{ nth: number }>('/secret'))
      expect(new Set(answers.map(({ data }) => data.nth)).size).toBe(5)
      expect(answers.every(({ outcome }) => outcome === 'miss')).toBe(true)
      expect((await cachette.list()).entries).toEqual([])
      expect((await api.fetchExternal('/secret')).outcome).toBe('miss')
      expect(origin.count()).toBe(6)
    },
  )

  it('its key is kept apart for ten seconds: nobody waits for anybody, then they join again', async () => {
    const { api, origin, clock } = await openWorld()
    const noStore = { headers: { 'cache-control': 'no-store' }, json: 1 }
    origin.on('/secret', noStore)
    await api.getExternal('/secret')
    const gate = createGate()
    origin.on('/secret', { ...noStore, after: gate.opened })
    const together = atOnce(3, () => api.getExternal('/secret'))
    await until(() => origin.count() === 4, 'three calls side by side')
    gate.open()
    await together
    clock.advance(10_000)
    const second = createGate()
    origin.on('/secret', { json: 1, after: second.opened })
    const joined = atOnce(3, () => api.getExternal('/secret'))
    await until(() => origin.count() === 5)
    second.open()
    await joined
    expect(origin.count()).toBe(5)
  })

  it('it is kept apart also where the leader left before the answer', async () => {
    const { api, origin } = await openWorld()
    const noStore = { headers: { 'cache-control': 'no-store' }, json: 1 }
    const gate = createGate()
    origin.on('/secret', { ...noStore, after: gate.opened })
    const controller = new AbortController()
    const leader = errorOf(api.getExternal('/secret', { signal: controller.signal }))
    await until(() => origin.count() === 1)
    const follower = api.getExternal('/secret')
    controller.abort(new Error('left'))
    await leader
    gate.open()
    await follower
    const later = createGate()
    origin.on('/secret', { ...noStore, after: later.opened })
    const together = atOnce(3, () => api.getExternal('/secret'))
    await until(() => origin.count() === 5, 'three calls side by side')
    later.open()
    await together
  })

  it('ignoreNoStore stores and shares it', async () => {
    const { api, origin } = await openWorld({ service: { ignoreNoStore: true } })
    origin.on('/secret', { json: 1, headers: { 'cache-control': 'no-store' } })
    await atOnce(5, () => api.getExternal('/secret'))
    expect((await api.fetchExternal('/secret')).outcome).toBe('hit')
    expect(origin.count()).toBe(1)
  })

  it('Set-Cookie reaches the caller whose call it was, no follower, no later caller and no store', async () => {
    const { api, origin, cachette } = await openWorld()
    const gate = createGate()
    origin.on('/login', {
      json: 1,
      headers: { 'set-cookie': ['sid=1', 'b=2'], 'x-kept': 'yes' },
      after: gate.opened,
    })
    const asked = atOnce(5, () => api.fetchExternal('/login'))
    await until(() => origin.count() === 1)
    gate.open()
    const answers = await asked
    const cookies = answers.map(({ outcome, headers }) => [outcome, headers['set-cookie'], headers['x-kept']])
    expect(cookies.filter(([outcome]) => outcome === 'miss')).toEqual([['miss', 'sid=1, b=2', 'yes']])
    const coalesced = cookies.filter(([outcome]) => outcome === 'coalesced')
    expect(coalesced).toEqual(Array.from({ length: 4 }, () => ['coalesced', undefined, 'yes']))
    expect((await api.fetchExternal('/login')).headers).not.toHaveProperty('set-cookie')
    const { entries } = await cachette.list()
    const details = await cachette.entry(entries[0]?.key ?? '')
    expect(details?.headers.map(([name]) => name.toLowerCase())).not.toContain('set-cookie')
  })

  it.each([401, 403, 407, 408, 425, 429, 400, 500, 502, 503])('a %i is never stored', async (status) => {
    const { api, origin, cachette, clock } = await openWorld()
    origin.on('/bad', { status, json: {} })
    await api.fetchExternal('/bad')
    // After a 429 the origin is left alone for a second.
    clock.advance(1_000)
    await api.fetchExternal('/bad')
    expect(origin.count()).toBe(2)
    expect((await cachette.list()).entries).toEqual([])
  })

  it('Vary: * is not stored, and not shared', async () => {
    const { api, origin } = await openWorld()
    origin.on('/any', ({ nth }) => ({ json: nth, headers: { vary: '*' } }))
    const answers = await atOnce(3, () => api.getExternal('/any'))
    expect(new Set(answers).size).toBe(3)
    await api.getExternal('/any')
    expect(origin.count()).toBe(4)
  })
})

describe('Vary', () => {
  const agent = (name: string) => ({ headers: { 'User-Agent': name } })
  const world = async (options: WorldOptions = {}) => {
    const made = await openWorld(options)
    made.origin.on('/page', ({ headers }) => ({
      json: { agent: headers['user-agent'] },
      headers: { vary: 'Accept-Encoding, User-Agent' },
    }))
    return made
  }

  it.each(['memory:', 'lmdb'])('on a header outside the key makes variants, in %s', async (kind) => {
    const { api, origin } = await world({ store: kind === 'lmdb' ? `lmdb:${newFolder()}/store` : kind })
    for (const name of ['phone', 'desk', 'phone', 'desk']) {
      expect((await api.fetchExternal('/page', agent(name))).data).toEqual({ agent: name })
    }
    expect(origin.count()).toBe(2)
    expect(await api.fetchExternal('/page', agent('phone'))).toMatchObject({ outcome: 'hit' })
    expect(await api.fetchExternal('/page', agent('watch'))).toMatchObject({ outcome: 'miss' })
  })

  it('keeps followers who ask for another variant from the leader\u2019s', async () => {
    const { api, origin } = await world()
    const answers = await atOnce(6, (index) =>
      api.fetchExternal<{ agent: string }>('/page', agent(index % 2 === 0 ? 'phone' : 'desk')),
    )
    expect(answers.map(({ data }) => data.agent)).toEqual(['phone', 'desk', 'phone', 'desk', 'phone', 'desk'])
    expect(origin.count()).toBeLessThanOrEqual(4)
  })

  it('on headers that the key has already is one entry each', async () => {
    const { api, origin } = await openWorld()
    origin.on('/page', { json: 1, headers: { vary: 'Accept-Language, Authorization' } })
    for (const language of ['de', 'fr', 'de']) {
      await api.getExternal('/page', { headers: { 'Accept-Language': language } })
    }
    expect(origin.count()).toBe(2)
  })

  it('purging the URL purges every variant', async () => {
    const { api, origin, cachette } = await world()
    for (const name of ['phone', 'desk']) await api.getExternal('/page', agent(name))
    await cachette.purge({ service: 'my_service', url: `${origin.url}/page` })
    for (const name of ['phone', 'desk']) {
      expect(await api.fetchExternal('/page', agent(name))).toMatchObject({ outcome: 'miss' })
    }
  })
})
