import { describe, expect, it } from 'vitest'
import { createCachette } from '../../src/create-cachette.js'
import { CachedExternalAPIService } from '../../src/doors/service/cached-external-api-service.js'
import type { ExternalOptions } from '../../src/doors/service/external-options.js'
import { newFolder, openWorld } from '../helpers/cache-world.js'
import { errorOf } from '../helpers/gate.js'

describe('CachedExternalAPIServiceTests', () => {
  describe('parameters', () => {
    it('leaves out null and undefined, repeats the name of arrays, and encodes', async () => {
      const { api, origin } = await openWorld()
      await api.getExternal('/search', {
        params: { query: 'a b&c=d', none: null, missing: undefined, id: [3, 1, 'x'], page: 2, adult: false },
      })
      expect(origin.last().query).toBe('query=a%20b%26c%3Dd&id=3&id=1&id=x&page=2&adult=false')
    })

    it('adds them to a query that the URL has already', async () => {
      const { api, origin } = await openWorld()
      await api.getExternal('/search?a=1#part', { params: { b: 2 } })
      expect(origin.last().url).toBe('/search?a=1&b=2')
    })

    it.each<[string, string, ExternalOptions | undefined]>([
      ['in another order', '/search?b=2&a=1', undefined],
      ['given apart', '/search', { params: { b: 2, a: 1 } }],
      ['partly given apart', '/search?b=2', { params: { a: '1' } }],
      ['with null ones beside', '/search?a=1', { params: { c: null, b: 2 } }],
      ['encoded otherwise', '/search?%61=1&b=%32', undefined],
      ['with tracking beside', '/search?utm_source=x&a=1&gclid=3&b=2', undefined],
    ])('are one entry %s', async (_, url, options) => {
      const { api, origin } = await openWorld()
      await api.getExternal('/search?a=1&b=2')
      expect(await api.fetchExternal(url, options)).toMatchObject({ outcome: 'hit' })
      expect(origin.count()).toBe(1)
    })

    it.each([
      ['/search?id=1&id=2', '/search?id=2&id=1'],
      ['/search?a=1', '/search?a=1&b='],
      ['/search?a=1', '/search?A=1'],
      ['/a/b', '/a/B'],
      ['/a%2Fb', '/a/b'],
    ])('tells %s from %s', async (one, other) => {
      const { api, origin } = await openWorld()
      await api.getExternal(one)
      expect(await api.fetchExternal(other)).toMatchObject({ outcome: 'miss' })
      expect(origin.requests.map(({ url }) => url)).toEqual([one, other])
    })

    it('sends what the caller wrote, byte for byte, but for ignored parameters', async () => {
      const { api, origin } = await openWorld({ service: { key: { ignoreParams: ['session'] } } })
      await api.getExternal('/search?b=%7e+x&session=9&a=%c3%a9&utm_campaign=z')
      expect(origin.last().url).toBe('/search?b=%7e+x&a=%c3%a9')
    })
  })

  describe('headers', () => {
    it('are sent, and part the cache', async () => {
      const { api, origin } = await openWorld()
      for (const language of ['de', 'fr', 'de']) {
        await api.getExternal('/movie', { headers: { 'Accept-Language': language } })
      }
      expect(origin.requests.map(({ headers }) => headers['accept-language'])).toEqual(['de', 'fr'])
    })

    it('that cannot change a response are sent and do not part it', async () => {
      const { api, origin } = await openWorld()
      await api.getExternal('/movie', { headers: { 'User-Agent': 'one', traceparent: '00-1' } })
      const answer = await api.fetchExternal('/movie', { headers: { 'user-agent': 'two' } })
      expect(answer.outcome).toBe('hit')
      expect(origin.last().headers).toMatchObject({ 'user-agent': 'one', traceparent: '00-1' })
    })

    it('are told apart by name and value, whatever the case of the name', async () => {
      const { api, origin } = await openWorld()
      await api.getExternal('/movie', { headers: { 'X-Region': 'de' } })
      expect(await api.fetchExternal('/movie', { headers: { 'x-region': 'de' } })).toMatchObject({
        outcome: 'hit',
      })
      expect(await api.fetchExternal('/movie', { headers: { 'x-region': 'DE' } })).toMatchObject({
        outcome: 'miss',
      })
      expect(origin.count()).toBe(2)
    })
  })

  describe('bodies', () => {
    it('json sets body and content type', async () => {
      const { api, origin } = await openWorld()
      await api.getExternal('/items', { method: 'post', json: { name: 'caf\u00e9' } })
      expect(origin.last()).toMatchObject({ method: 'POST', body: '{"name":"caf\u00e9"}' })
      expect(origin.last().headers['content-type']).toBe('application/json')
    })

    it('a content type of the caller is kept', async () => {
      const { api, origin } = await openWorld()
      const headers = { 'Content-Type': 'application/vnd.api+json' }
      await api.getExternal('/items', { method: 'POST', json: [1], headers })
      expect(origin.last().headers['content-type']).toBe('application/vnd.api+json')
    })

    it('body is sent as it is, text or bytes', async () => {
      const { api, origin } = await openWorld()
      await api.getExternal('/items', { method: 'PUT', body: 'a=1' })
      await api.getExternal('/items', { method: 'PUT', body: new TextEncoder().encode('b=2') })
      expect(origin.requests.map(({ body }) => body)).toEqual(['a=1', 'b=2'])
    })
  })

  describe('URLs', () => {
    it.each([
      ['/movie/1', '/v1/movie/1'],
      ['movie/1', '/v1/movie/1'],
      ['?page=2', '/v1?page=2'],
      ['', '/v1'],
    ])('takes %j below the base URL as %s', async (url, sent) => {
      const { origin, cachette } = await openWorld({
        services: ({ url: base }) => ({ versioned: { baseURL: `${base}/v1/` } }),
      })
      await cachette.service('versioned').getExternal(url)
      expect(origin.last().url).toBe(sent)
    })

    it('takes absolute ones as they are, for services that nobody declared too', async () => {
      const { origin, cachette } = await openWorld()
      await cachette.service('undeclared').getExternal(`${origin.url}/data`)
      expect(origin.last().url).toBe('/data')
    })

    it.each(['/relative', 'ftp://example.com/x', 'data:text/plain,x', 'not a url', 'http://'])(
      'refuses %j for a service without a base URL',
      async (url) => {
        const { cachette, origin } = await openWorld()
        const error = await errorOf(cachette.service('undeclared').getExternal(url, { fallback: 1 }))
        expect(error).toMatchObject({ code: 'CACHETTE_CONFIG' })
        expect(error.message).toMatch(/http or https URL/)
        expect(origin.count()).toBe(0)
      },
    )
  })

  describe('wrong options', () => {
    const cases: [string, object, RegExp][] = [
      ['a misspelt name', { parms: {} }, /unknown option "parms".*"params"/],
      ['a misspelt TTL', { ttlHour: 1 }, /unknown option "ttlHour".*"ttlHours"/],
      ['a negative TTL', { ttlHours: -1 }, /ttlHours is -1; expected a number of hours/],
      ['a TTL that is no number', { ttlHours: Number.NaN }, /ttlHours is NaN/],
      ['an endless TTL', { ttlHours: Infinity }, /ttlHours is Infinity/],
      ['a TTL as text', { ttlHours: '6' }, /ttlHours is "6"; expected a number/],
      ['a method that is none', { method: 'G ET' }, /method is "G ET"/],
      ['a header that cannot be sent', { headers: { 'X-A': 'a\nb' } }, /value of header "X-A"/],
      ['a name that is no header', { headers: { 'X A': 'a' } }, /"X A" is not a header name/],
      ['body and json together', { method: 'POST', body: 'a', json: 1 }, /body or json, not both/],
      ['a body without a method', { body: 'a' }, /needs a method/],
    ]

    it.each(cases)(
      '%s is refused before anything is asked, whatever the fallback',
      async (_, options, message) => {
        const { api, origin } = await openWorld()
        const error = await errorOf(api.getExternal('/x', { fallback: 1, ...options }))
        expect(error).toMatchObject({ code: 'CACHETTE_CONFIG' })
        expect(error.message).toMatch(message)
        expect(origin.count()).toBe(0)
      },
    )

    it.each(['', 'a b', 'other', 'default', '-x', 'x'.repeat(65)])(
      'the service name %j is refused',
      async (name) => {
        const { cachette } = await openWorld()
        expect(() => cachette.service(name)).toThrow(/service name/)
      },
    )

    it('a misspelt option of the service object or of a service names its neighbour', async () => {
      const { cachette } = await openWorld()
      expect(() => new CachedExternalAPIService('x', { cachett: cachette } as object)).toThrow(/"cachette"/)
      const wrong = { services: { x: { tll: '6h' } } } as object
      expect((await errorOf(createCachette(wrong))).message).toMatch(/unknown option "tll".*"ttl"/)
    })

    it.each(['abc', '-1', '', 'Infinity', '1e', '6h'])(
      'CACHE_TTL_MY_SERVICE_HOURS=%j is refused by name, value and what is expected',
      async (value) => {
        const error = await errorOf(createCachette({ env: { CACHE_TTL_MY_SERVICE_HOURS: value } }))
        expect(error.message).toContain(
          `CACHE_TTL_MY_SERVICE_HOURS is ${JSON.stringify(value)}; expected a number`,
        )
      },
    )
  })

  describe('lifetimes', () => {
    it.each([
      ['the default of four hours', {}, undefined, 4],
      ['the service option', { service: { ttl: '3h' as const } }, undefined, 3],
      ['CACHE_TTL_DEFAULT_HOURS', { env: { CACHE_TTL_DEFAULT_HOURS: '5' } }, undefined, 5],
      [
        'the service option over CACHE_TTL_DEFAULT_HOURS',
        { env: { CACHE_TTL_DEFAULT_HOURS: '5' }, service: { ttl: '3h' as const } },
        undefined,
        3,
      ],
      [
        'a rule over the service',
        { service: { ttl: '3h' as const, rules: [{ match: '/data', ttl: '2h' as const }] } },
        undefined,
        2,
      ],
      [
        'CACHE_TTL_MY_SERVICE_HOURS over a rule',
        {
          env: { CACHE_TTL_MY_SERVICE_HOURS: '0.5' },
          service: { rules: [{ match: '/data', ttl: '2h' as const }] },
        },
        undefined,
        0.5,
      ],
      ['the call over all', { env: { CACHE_TTL_MY_SERVICE_HOURS: '0.5' } }, 9, 9],
    ])('%s counts', async (_, options, ttlHours, expected) => {
      const { api, clock, origin } = await openWorld(options)
      const call = ttlHours === undefined ? {} : { ttlHours }
      expect((await api.fetchExternal('/data', call)).ttlMs).toBe(expected * 3_600_000)
      clock.advance(expected * 3_600_000 - 1)
      expect((await api.fetchExternal('/data', call)).outcome).toBe('hit')
      clock.advance(1)
      expect((await api.fetchExternal('/data', call)).outcome).toBe('miss')
      expect(origin.count()).toBe(2)
    })

    it('0 always asks the origin', async () => {
      const { api, origin } = await openWorld()
      for (let call = 0; call < 3; call += 1) await api.getExternal('/data', { ttlHours: 0 })
      expect(origin.count()).toBe(3)
    })

    it('a call with a shorter one takes an older entry for stale, a longer one revives nothing', async () => {
      const { api, clock } = await openWorld({ service: { ttl: '2h' } })
      await api.getExternal('/data')
      clock.advance(3_600_000)
      expect(await api.fetchExternal('/data', { ttlHours: 0.5 })).toMatchObject({
        outcome: 'miss',
        because: 'call-ttl-shorter',
      })
      clock.advance(3_600_000)
      expect(await api.fetchExternal('/data', { ttlHours: 10 })).toMatchObject({
        outcome: 'miss',
        because: 'expired',
      })
    })

    it('an entry stored under a call\u2019s own one outlives the lower one of the service', async () => {
      const { api, clock } = await openWorld({ service: { ttl: '1h' } })
      await api.getExternal('/data', { ttlHours: 6 })
      clock.advance(5 * 3_600_000)
      expect(await api.fetchExternal('/data')).toMatchObject({ outcome: 'hit' })
    })

    it('a lower one of a new instance counts at once for what an older instance stored', async () => {
      const store = `lmdb:${newFolder()}/store`
      const old = await openWorld({ store, service: { ttl: '6h' } })
      await old.api.getExternal('/data')
      await old.cachette.close()
      old.clock.advance(3_600_000)
      const shared = { store, origin: old.origin, clock: old.clock }
      const same = await openWorld({ ...shared, service: { ttl: '2h' } })
      expect(await same.api.fetchExternal('/data')).toMatchObject({
        outcome: 'hit',
        tier: 'lmdb',
        ttlMs: 3_600_000,
      })
      await same.cachette.close()
      const lower = await openWorld({ ...shared, service: { ttl: '30m' } })
      expect(await lower.api.fetchExternal('/data')).toMatchObject({
        outcome: 'miss',
        because: 'ttl-lowered',
      })
    })
  })
})
