import { describe, expect, it } from 'vitest'
import { type CachedFetch, createCachedFetch } from '../../src/doors/fetch/index.js'
import { type CacheWorld, type WorldOptions, openOrigin, openWorld } from '../helpers/cache-world.js'
import { createFakeClock } from '../helpers/fake-clock.js'
import { atOnce, errorOf } from '../helpers/gate.js'
import type { LoopbackOrigin } from '../helpers/loopback-origin.js'

const MINUTE_MS = 60_000
const CACHED = { 'cache-control': 'max-age=60' }

/** A world whose `origin` is declared, with an origin beside it that no service claims. */
interface FetchWorld extends CacheWorld {
  readonly elsewhere: LoopbackOrigin
  readonly cachedFetch: CachedFetch
}

async function openFetchWorld(options: WorldOptions = {}): Promise<FetchWorld> {
  const elsewhere = await openOrigin()
  const world = await openWorld({ clock: createFakeClock(Date.now()), ...options })
  return { ...world, elsewhere, cachedFetch: createCachedFetch(world.cachette) }
}

describe('fetch for a declared service', () => {
  it('is cached by policy, whatever the origin says of freshness, under the key of the service class', async () => {
    const { cachedFetch, origin, api, clock } = await openFetchWorld({ service: { ttl: '5m' } })
    const first = await cachedFetch(`${origin.url}/data?b=2&a=1`)
    expect(await first.json()).toEqual({ path: '/data', query: 'b=2&a=1', nth: 1 })
    expect(first.cachette).toMatchObject({ outcome: 'miss', tier: 'origin' })
    clock.advance(MINUTE_MS)
    const second = await cachedFetch(`${origin.url}/data?a=1&b=2`)
    expect(second.cachette).toMatchObject({
      outcome: 'hit',
      tier: 'memory',
      ageMs: MINUTE_MS,
      ttlMs: 4 * MINUTE_MS,
    })
    expect(second.headers.get('age')).toBe('60')
    expect(second.headers.get('cache-status')).toMatch(/^cachette; hit; ttl=240/)
    expect(await api.fetchExternal('/data?a=1&b=2')).toMatchObject({ outcome: 'hit' })
    expect(origin.count()).toBe(1)
  })

  it('calls the origin once for 50 callers, and each gets a value of its own', async () => {
    const { cachedFetch, origin } = await openFetchWorld()
    const values = await atOnce(50, async () => {
      const response = await cachedFetch(`${origin.url}/data`)
      return (await response.json()) as { nth: number }
    })
    expect(origin.count()).toBe(1)
    values[0]!.nth = 99
    expect(values.slice(1).every(({ nth }) => nth === 1)).toBe(true)
  })

  it('keeps what users with different credentials get apart', async () => {
    const { cachedFetch, origin } = await openFetchWorld()
    origin.on('/me', ({ headers }) => ({ json: { who: headers.authorization } }))
    const as = async (token: string): Promise<unknown> =>
      (await cachedFetch(`${origin.url}/me`, { headers: { Authorization: `Bearer ${token}` } })).json()
    expect([await as('a'), await as('b'), await as('a')]).toEqual([
      { who: 'Bearer a' },
      { who: 'Bearer b' },
      { who: 'Bearer a' },
    ])
    expect(origin.count()).toBe(2)
  })

  it('gives an older answer where the origin fails, and its failure where there is none', async () => {
    const { cachedFetch, origin, clock } = await openFetchWorld({ service: { ttl: '1m' } })
    await (await cachedFetch(`${origin.url}/data`)).text()
    origin.on('/data', { status: 503, body: 'later' })
    clock.advance(2 * MINUTE_MS)
    const rescued = await cachedFetch(`${origin.url}/data`)
    expect(rescued.cachette).toMatchObject({ outcome: 'rescued' })
    expect(await rescued.json()).toMatchObject({ nth: 1 })
    origin.on('/other', { status: 503, body: 'later' })
    const failed = await cachedFetch(`${origin.url}/other`)
    expect([failed.status, await failed.text()]).toEqual([503, 'later'])
  })

  it('caches a 404 as the answer that it is', async () => {
    const { cachedFetch, origin } = await openFetchWorld()
    origin.on('/none', { status: 404, json: { error: 'none' } })
    await (await cachedFetch(`${origin.url}/none`)).text()
    const again = await cachedFetch(`${origin.url}/none`)
    expect([again.status, again.ok, again.statusText]).toEqual([404, false, 'Not Found'])
    expect(again.cachette?.outcome).toBe('hit')
    expect(await again.json()).toEqual({ error: 'none' })
  })
})

describe('fetch for hosts that nobody declared', () => {
  it('caches what the origin allows, and nothing else', async () => {
    const { cachedFetch, elsewhere } = await openFetchWorld()
    elsewhere.on('/cached', ({ nth }) => ({ headers: CACHED, json: { nth } }))
    elsewhere.on('/no-store', ({ nth }) => ({ headers: { 'cache-control': 'no-store' }, json: { nth } }))
    for (const [path, expected] of [
      ['/cached', 1],
      ['/no-store', 2],
    ] as const) {
      // prettier-ignore
      await (await cachedFetch(`${elsewhere.url}${path}`)).text()
      expect(await (await cachedFetch(`${elsewhere.url}${path}`)).json()).toEqual({ nth: expected })
    }
  })

  it('revalidates, and a 304 reaches only who sent a condition', async () => {
    const { cachedFetch, elsewhere, clock } = await openFetchWorld()
    elsewhere.on('/tagged', ({ headers, nth }) => {
      const isSame = headers['if-none-match'] === '"1"'
      return {
        status: isSame ? 304 : 200,
        headers: { ...CACHED, etag: '"1"' },
        ...(isSame ? {} : { json: { nth } }),
      }
    })
    await (await cachedFetch(`${elsewhere.url}/tagged`)).text()
    clock.advance(2 * MINUTE_MS)
    const renewed = await cachedFetch(`${elsewhere.url}/tagged`)
    expect([renewed.status, renewed.cachette?.outcome]).toEqual([200, 'revalidated'])
    expect(await renewed.json()).toEqual({ nth: 1 })
    const asked = await cachedFetch(`${elsewhere.url}/tagged`, { headers: { 'If-None-Match': '"1"' } })
    expect([asked.status, asked.body]).toEqual([304, null])
  })

  it('knows variants, and sends what fetch sends', async () => {
    const { cachedFetch, elsewhere } = await openFetchWorld()
    elsewhere.on('/varied', ({ headers, nth }) => ({
      headers: { ...CACHED, vary: 'Accept-Language' },
      json: { nth, accept: headers.accept, agent: headers['user-agent'] },
    }))
    const inLanguage = async (language: string): Promise<unknown> =>
      (await cachedFetch(`${elsewhere.url}/varied`, { headers: { 'Accept-Language': language } })).json()
    expect(await inLanguage('fr')).toEqual({ nth: 1, accept: '*/*', agent: 'node' })
    expect(await inLanguage('de')).toMatchObject({ nth: 2 })
    expect(await inLanguage('fr')).toMatchObject({ nth: 1 })
  })

  it('forgets what a POST has changed', async () => {
    const { cachedFetch, elsewhere } = await openFetchWorld()
    elsewhere.on('/list', ({ method, nth }) => ({ headers: method === 'GET' ? CACHED : {}, json: { nth } }))
    await (await cachedFetch(`${elsewhere.url}/list`)).text()
    const posted = await cachedFetch(`${elsewhere.url}/list`, { method: 'POST', body: 'more' })
    expect(posted.cachette?.outcome).toBe('bypass')
    expect(await posted.json()).toEqual({ nth: 2 })
    expect(elsewhere.last()).toMatchObject({ method: 'POST', body: 'more' })
    expect(await (await cachedFetch(`${elsewhere.url}/list`)).json()).toEqual({ nth: 3 })
  })

  it('answers a HEAD, without a body and with the length', async () => {
    const { cachedFetch, elsewhere } = await openFetchWorld()
    elsewhere.on('/data', { headers: CACHED, body: 'hello' })
    const head = await cachedFetch(`${elsewhere.url}/data`, { method: 'HEAD' })
    expect([head.status, head.body, head.headers.get('content-length')]).toEqual([200, null, '5'])
    expect(await head.text()).toBe('')
    expect(await (await cachedFetch(`${elsewhere.url}/data`)).text()).toBe('hello')
  })

  it('keeps several Set-Cookie apart', async () => {
    const { cachedFetch, elsewhere } = await openFetchWorld()
    elsewhere.on('/', { headers: { 'set-cookie': ['a=1', 'b=2'] } })
    expect((await cachedFetch(elsewhere.url)).headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })
})

describe('the cache modes of fetch', () => {
  async function stored(): Promise<
    FetchWorld & { url: string; nth: (cache?: RequestCacheMode) => Promise<number> }
  > {
    const world = await openFetchWorld()
    world.elsewhere.on('/data', ({ nth }) => ({ headers: { ...CACHED, etag: `"${nth}"` }, json: { nth } }))
    const url = `${world.elsewhere.url}/data`
    await (await world.cachedFetch(url)).text()
    const nth = async (cache: RequestCacheMode = 'default'): Promise<number> => {
      const response = await world.cachedFetch(url, { cache })
      return ((await response.json()) as { nth: number }).nth
    }
    return { ...world, url, nth }
  }
  type RequestCacheMode = NonNullable<NonNullable<Parameters<CachedFetch>[1]>['cache']>

  it('default takes what is fresh', async () => {
    const { nth, clock } = await stored()
    expect(await nth()).toBe(1)
    clock.advance(2 * MINUTE_MS)
    expect(await nth()).toBe(2)
  })

  it('no-store neither takes nor keeps', async () => {
    const { nth } = await stored()
    expect([await nth('no-store'), await nth()]).toEqual([2, 1])
  })

  it('reload does not take, and keeps', async () => {
    const { nth, elsewhere } = await stored()
    expect([await nth('reload'), await nth()]).toEqual([2, 2])
    expect(elsewhere.last().headers['if-none-match']).toBeUndefined()
  })

  it('no-cache asks whether it is still good', async () => {
    const { nth, elsewhere } = await stored()
    expect(await nth('no-cache')).toBe(2)
    expect(elsewhere.last().headers['if-none-match']).toBe('"1"')
    expect(await nth()).toBe(2)
  })

  it('force-cache takes what is stale too, and asks where there is nothing', async () => {
    const { nth, clock, cachedFetch, elsewhere } = await stored()
    clock.advance(60 * MINUTE_MS)
    expect(await nth('force-cache')).toBe(1)
    const other = await cachedFetch(`${elsewhere.url}/other`, { cache: 'force-cache' })
    expect(other.status).toBe(200)
  })

  it('only-if-cached takes what is stale too, and fails where there is nothing', async () => {
    const { nth, clock, cachedFetch, elsewhere } = await stored()
    clock.advance(60 * MINUTE_MS)
    expect(await nth('only-if-cached')).toBe(1)
    const error = await errorOf(cachedFetch(`${elsewhere.url}/other`, { cache: 'only-if-cached' }))
    expect(error).toBeInstanceOf(TypeError)
    const response = await cachedFetch(`${elsewhere.url}/other`, {
      headers: { 'Cache-Control': 'only-if-cached' },
    })
    expect(response.status).toBe(504)
    expect(elsewhere.count('/other')).toBe(0)
  })
})

describe('redirects of fetch', () => {
  it('are followed, each hop cached', async () => {
    const { cachedFetch, elsewhere } = await openFetchWorld()
    elsewhere.on('/start', { status: 301, headers: { ...CACHED, location: '/middle#a' } })
    elsewhere.on('/middle', { status: 302, headers: { ...CACHED, location: '/end?token=t#part' } })
    elsewhere.on('/end', { headers: CACHED, body: 'there' })
    for (const outcome of ['miss', 'hit']) {
      const response = await cachedFetch(`${elsewhere.url}/start`)
      expect(response).toMatchObject({ redirected: true, url: `${elsewhere.url}/end?token=t`, status: 200 })
      expect(response.cachette?.outcome).toBe(outcome)
      expect(await response.text()).toBe('there')
    }
    expect(elsewhere.count()).toBe(3)
  })

  it('are handed back where the caller says so, and refused where the caller says so', async () => {
    const { cachedFetch, elsewhere } = await openFetchWorld()
    elsewhere.on('/start', { status: 302, headers: { ...CACHED, location: '/end' }, body: 'moved' })
    for (const outcome of ['miss', 'hit']) {
      const response = await cachedFetch(`${elsewhere.url}/start`, { redirect: 'manual' })
      expect(response).toMatchObject({ status: 302, redirected: false })
      expect(response.cachette?.outcome).toBe(outcome)
      expect([response.headers.get('location'), await response.text()]).toEqual(['/end', 'moved'])
    }
    const error = await errorOf(cachedFetch(`${elsewhere.url}/start`, { redirect: 'error' }))
    expect(error).toBeInstanceOf(TypeError)
  })

  it('in a circle are a TypeError', async () => {
    const { cachedFetch, elsewhere } = await openFetchWorld()
    elsewhere.on('/round', { status: 302, headers: { location: '/round' } })
    const error = await errorOf(cachedFetch(`${elsewhere.url}/round`))
    expect(error).toBeInstanceOf(TypeError)
    expect(error.message).toBe('fetch failed')
  })

  it('send a body again with 307, and let go of it with 303', async () => {
    const { cachedFetch, elsewhere } = await openFetchWorld()
    elsewhere.on('/307', { status: 307, headers: { location: '/end' } })
    elsewhere.on('/303', { status: 303, headers: { location: '/end' } })
    await cachedFetch(`${elsewhere.url}/307`, { method: 'POST', body: 'x' })
    expect(elsewhere.last()).toMatchObject({ path: '/end', method: 'POST', body: 'x' })
    await cachedFetch(`${elsewhere.url}/303`, { method: 'POST', body: 'x' })
    expect(elsewhere.last()).toMatchObject({ path: '/end', method: 'GET', body: '' })
  })
})

describe('an instance that is closed', () => {
  it('is an error of fetch', async () => {
    const { cachedFetch, origin, cachette } = await openFetchWorld()
    await cachette.close()
    const error = await errorOf(cachedFetch(origin.url))
    expect(error).toBeInstanceOf(TypeError)
    expect(error.cause).toMatchObject({ code: 'CACHETTE_CLOSED' })
  })
})
