import { describe, expect, it } from 'vitest'
import { newFolder, openWorld } from '../helpers/cache-world.js'
import { atOnce, createGate, errorOf, until } from '../helpers/gate.js'
import type { LoopbackOrigin } from '../helpers/loopback-origin.js'

const HOUR_MS = 3_600_000

/** Answers 200 with a validator, and 304 to whoever shows it. */
function serveValidated(
  origin: LoopbackOrigin,
  path: string,
  field: 'etag' | 'last-modified',
  value: string,
): void {
  const condition = field === 'etag' ? 'if-none-match' : 'if-modified-since'
  origin.on(path, ({ headers, nth }) =>
    headers[condition] === value
      ? { status: 304, headers: { [field]: value, 'x-count': String(nth), 'content-encoding': 'gzip' } }
      : { json: { nth }, headers: { [field]: value, 'x-count': String(nth), 'x-first': 'yes' } },
  )
}

describe('revalidation', () => {
  it.each([
    ['ETag', 'etag', '"v1"', 'memory:'],
    ['Last-Modified', 'last-modified', 'Mon, 05 Jan 2026 10:00:00 GMT', 'memory:'],
    ['ETag', 'etag', 'W/"v1"', 'lmdb'],
  ] as const)('by %s: a 304 renews freshness and keeps the body', async (_, field, value, kind) => {
    const store = kind === 'lmdb' ? `lmdb:${newFolder()}/store` : kind
    const { api, origin, clock, cachette } = await openWorld({ store, service: { ttl: '1h' } })
    serveValidated(origin, '/data', field, value)
    await api.getExternal('/data')
    clock.advance(HOUR_MS)
    const renewed = await api.fetchExternal('/data')
    expect(renewed).toMatchObject({
      status: 200,
      data: { nth: 1 },
      outcome: 'revalidated',
      because: 'expired',
      ageMs: 0,
      ttlMs: HOUR_MS,
    })
    clock.advance(HOUR_MS - 1)
    expect(await api.fetchExternal('/data')).toMatchObject({
      data: { nth: 1 },
      outcome: 'hit',
      ageMs: HOUR_MS - 1,
    })
    const listed = async () => (await cachette.list()).entries[0]
    await until(
      async () => (await listed())?.confirmedAtMs === clock.nowMs() - HOUR_MS + 1,
      'the renewed entry',
    )
    const entry = await listed()
    expect(entry).toMatchObject({
      confirmedAtMs: clock.nowMs() - HOUR_MS + 1,
      storedAtMs: clock.nowMs() - 2 * HOUR_MS + 1,
    })
    expect(origin.count()).toBe(2)
  })

  it('a 304 replaces the headers that it carries, keeps the others, and says nothing of the body', async () => {
    const { api, origin, clock } = await openWorld({ service: { ttl: '1h' } })
    serveValidated(origin, '/data', 'etag', '"v1"')
    await api.getExternal('/data')
    clock.advance(HOUR_MS)
    const { headers } = await api.fetchExternal('/data')
    expect(headers).toMatchObject({ 'x-count': '2', 'x-first': 'yes', 'content-type': 'application/json' })
    expect(headers).not.toHaveProperty('content-encoding')
  })

  it('a 200 replaces the entry', async () => {
    const { api, origin, clock } = await openWorld({ service: { ttl: '1h' } })
    origin.on('/data', ({ nth }) => ({ json: { nth }, headers: { etag: `"${nth}"` } }))
    await api.getExternal('/data')
    clock.advance(HOUR_MS)
    expect(await api.fetchExternal('/data')).toMatchObject({ outcome: 'miss', data: { nth: 2 } })
    expect(origin.last().headers['if-none-match']).toBe('"1"')
    expect(await api.fetchExternal('/data')).toMatchObject({ outcome: 'hit', data: { nth: 2 } })
  })

  it('fifty callers on a stale entry cost one conditional call', async () => {
    const { api, origin, clock, cachette } = await openWorld({ service: { ttl: '1h' } })
    serveValidated(origin, '/data', 'etag', '"v1"')
    await api.getExternal('/data')
    clock.advance(HOUR_MS)
    await atOnce(50, () => api.getExternal('/data'))
    expect(origin.count()).toBe(2)
    expect((await cachette.metrics()).outcomes).toMatchObject({ miss: 1, revalidated: 1, coalesced: 49 })
  })

  it('renews freshness, not the cap: past maxTtl the body is fetched again, without a condition', async () => {
    const { api, origin, clock } = await openWorld({ service: { ttl: '1h', maxTtl: '150m' } })
    serveValidated(origin, '/data', 'etag', '"v1"')
    await api.getExternal('/data')
    clock.advance(HOUR_MS)
    expect(await api.fetchExternal('/data')).toMatchObject({ outcome: 'revalidated', ttlMs: HOUR_MS })
    clock.advance(HOUR_MS)
    expect(await api.fetchExternal('/data')).toMatchObject({ outcome: 'revalidated', ttlMs: HOUR_MS / 2 })
    clock.advance(HOUR_MS / 2)
    const answer = await api.fetchExternal('/data')
    // Housekeeping may have come first: past the cap the entry is of no use.
    expect(['over-max-ttl', 'not-in-cache']).toContain(answer.because)
    expect(answer).toMatchObject({ outcome: 'miss', data: { nth: 4 } })
    expect(origin.last().headers).not.toHaveProperty('if-none-match')
  })

  it('a caller\u2019s own condition goes past the cache', async () => {
    const { api, origin } = await openWorld()
    serveValidated(origin, '/data', 'etag', '"v1"')
    await api.getExternal('/data')
    const answer = await api.fetchExternal('/data', { headers: { 'If-None-Match': '"v1"' } })
    expect(answer).toMatchObject({ status: 304, outcome: 'bypass', because: 'conditional-request' })
    expect(origin.count()).toBe(2)
  })

  it('a purge soft by tag asks again with the validator', async () => {
    const { api, origin, cachette } = await openWorld()
    serveValidated(origin, '/data', 'etag', '"v1"')
    await api.getExternal('/data', { tags: ['films'] })
    await cachette.purge({ tag: 'films', soft: true })
    expect(await api.fetchExternal('/data')).toMatchObject({ outcome: 'revalidated', because: 'soft-purged' })
    expect(await api.fetchExternal('/data')).toMatchObject({ outcome: 'hit' })
  })
})

describe('refresh: true', () => {
  it('asks without a condition whatever is stored, and replaces it', async () => {
    const { api, origin } = await openWorld()
    origin.on('/data', ({ nth }) => ({ json: nth, headers: { etag: '"1"' } }))
    await api.getExternal('/data')
    expect(await api.fetchExternal('/data', { refresh: true })).toMatchObject({
      data: 2,
      outcome: 'miss',
      because: 'refresh-requested',
    })
    expect(origin.last().headers).not.toHaveProperty('if-none-match')
    expect(await api.getExternal('/data')).toBe(2)
  })

  it('joins another refresh, never a call that was under way before', async () => {
    const { api, origin } = await openWorld()
    const gate = createGate()
    origin.on('/data', ({ nth }) => ({ json: nth, after: gate.opened }))
    const plain = atOnce(3, () => api.getExternal('/data'))
    await until(() => origin.count() === 1)
    const refreshed = atOnce(3, () => api.getExternal('/data', { refresh: true }))
    await until(() => origin.count() === 2)
    gate.open()
    expect(await plain).toEqual([1, 1, 1])
    expect(await refreshed).toEqual([2, 2, 2])
    expect(origin.count()).toBe(2)
  })
})

describe('other methods', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
    '%s goes past the cache, and purges its URL where it succeeds',
    async (method) => {
      const { api, origin, cachette } = await openWorld()
      for (const headers of [{}, { Authorization: 'Bearer a' }]) await api.getExternal('/items', { headers })
      expect(await api.fetchExternal('/items', { method })).toMatchObject({
        outcome: 'bypass',
        because: 'method-not-cached',
      })
      expect((await api.fetchExternal('/items')).outcome).toBe('miss')
      expect((await api.fetchExternal('/items', { headers: { Authorization: 'Bearer a' } })).outcome).toBe(
        'miss',
      )
      expect(await cachette.metrics()).toMatchObject({ totalRequests: 4, outcomes: { bypass: 1 } })
      expect(origin.count()).toBe(5)
    },
  )

  it('one that fails purges nothing', async () => {
    const { api, origin } = await openWorld()
    origin.on('/items', ({ method }) => (method === 'GET' ? { json: 1 } : { status: 500 }))
    await api.getExternal('/items')
    await errorOf(api.getExternal('/items', { method: 'POST' }))
    expect((await api.fetchExternal('/items')).outcome).toBe('hit')
  })

  it('fifty POSTs are fifty calls', async () => {
    const { api, origin } = await openWorld()
    await atOnce(50, () => api.getExternal('/items', { method: 'POST', json: 1 }))
    expect(origin.count()).toBe(50)
  })

  it('POST with key.body is cached by its body\u2019s digest', async () => {
    const { api, origin } = await openWorld({ service: { key: { body: true } } })
    origin.on('/search', ({ body }) => ({ json: { asked: body } }))
    const ask = (query: string) => api.fetchExternal('/search', { method: 'POST', json: { query } })
    expect((await ask('a')).data).toEqual({ asked: '{"query":"a"}' })
    expect((await ask('b')).outcome).toBe('miss')
    expect(await ask('a')).toMatchObject({ outcome: 'hit', data: { asked: '{"query":"a"}' } })
    await atOnce(10, () => ask('c'))
    expect(origin.count()).toBe(3)
    expect((await api.fetchExternal('/search')).outcome).toBe('miss')
  })

  it('HEAD is cached for itself, with its headers and no body', async () => {
    const { api, origin } = await openWorld()
    origin.on('/file', { body: 'text', headers: { 'content-type': 'text/plain', 'x-a': '1' } })
    const head = await api.fetchExternal('/file', { method: 'HEAD' })
    expect(head).toMatchObject({ data: null, status: 200, outcome: 'miss' })
    expect(head.headers['x-a']).toBe('1')
    expect((await api.fetchExternal('/file', { method: 'HEAD' })).outcome).toBe('hit')
    expect(await api.getExternal('/file')).toBe('text')
    expect(origin.count()).toBe(2)
  })
})

describe('an aborted caller', () => {
  it('rejects with the signal\u2019s reason, whatever the fallback, and disturbs nobody', async () => {
    const { api, origin, heard } = await openWorld()
    const gate = createGate()
    origin.on('/data', { json: 1, after: gate.opened })
    const leaving = new AbortController()
    const reason = new Error('my own reason')
    const leader = errorOf(api.getExternal('/data', { signal: leaving.signal, fallback: 'unused' }))
    await until(() => origin.count() === 1)
    const follower = errorOf(api.getExternal('/data', { signal: leaving.signal }))
    const staying = atOnce(3, () => api.getExternal('/data'))
    leaving.abort(reason)
    expect(await leader).toBe(reason)
    expect(await follower).toBe(reason)
    gate.open()
    expect(await staying).toEqual([1, 1, 1])
    expect(origin.count()).toBe(1)
    expect(heard.filter(({ name }) => name === 'aborted')).toHaveLength(2)
  })

  it('who came aborted asks nothing', async () => {
    const { api, origin } = await openWorld()
    const error = await errorOf(api.getExternal('/data', { signal: AbortSignal.abort('why') })).catch(
      (reason: unknown) => reason,
    )
    expect(error).toBe('why')
    expect(origin.count()).toBe(0)
  })

  it('when all have left, the answer is stored nevertheless', async () => {
    const { api, origin, cachette } = await openWorld()
    const gate = createGate()
    origin.on('/data', { json: 1, after: gate.opened })
    const controller = new AbortController()
    const left = atOnce(3, () => errorOf(api.getExternal('/data', { signal: controller.signal })))
    await until(() => origin.count() === 1)
    controller.abort()
    expect((await left)[0]).toMatchObject({ name: 'AbortError' })
    gate.open()
    await until(async () => (await cachette.list()).entries.length === 1, 'the entry')
    expect(await api.fetchExternal('/data')).toMatchObject({ outcome: 'hit', data: 1 })
  })

  it('of a POST takes the call with him', async () => {
    const { api, origin } = await openWorld()
    origin.on('/items', { ending: 'hang' })
    const controller = new AbortController()
    const left = errorOf(api.getExternal('/items', { method: 'POST', signal: controller.signal }))
    await until(() => origin.count() === 1)
    controller.abort()
    expect(await left).toMatchObject({ name: 'AbortError' })
  })
})

describe('close', () => {
  it('waits for calls under way, POSTs too, and for what they store', async () => {
    const folder = `lmdb:${newFolder()}/store`
    const { api, origin, cachette, clock } = await openWorld({ store: folder })
    const gate = createGate()
    origin.on('/slow', { json: 1, after: gate.opened })
    origin.on('/items', { json: 2, after: gate.opened })
    const asked = [api.getExternal('/slow'), api.getExternal('/items', { method: 'POST' })]
    await until(() => origin.count() === 2)
    const closing = cachette.close()
    expect(await errorOf(api.getExternal('/slow'))).toMatchObject({ code: 'CACHETTE_CLOSED' })
    gate.open()
    expect(await Promise.all(asked)).toEqual([1, 2])
    await closing
    const again = await openWorld({ store: folder, origin, clock })
    expect(await again.api.fetchExternal('/slow')).toMatchObject({ outcome: 'hit', tier: 'lmdb' })
    expect((await again.cachette.metrics()).outcomes).toMatchObject({ miss: 1, bypass: 1 })
  })

  it('cuts off a call that hangs, and keeps what was counted', async () => {
    const store = `lmdb:${newFolder()}/store`
    const { api, origin, cachette, clock } = await openWorld({ store })
    await api.getExternal('/data')
    origin.on('/hangs', { ending: 'hang' })
    const hanging = errorOf(api.getExternal('/hangs'))
    await until(() => origin.count() === 2)
    const closing = cachette.close()
    clock.advance(4_000)
    await closing
    expect(await hanging).toMatchObject({ code: 'CACHETTE_CLOSED' })
    const again = await openWorld({ store, origin, clock })
    expect(await again.cachette.metrics()).toMatchObject({ misses: 2, outcomes: { miss: 1, failed: 1 } })
  })
})
