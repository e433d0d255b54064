import { describe, expect, it } from 'vitest'
import { CachetteError } from '../../src/errors/cachette-error.js'
import { openWorld } from '../helpers/cache-world.js'
import { errorOf } from '../helpers/gate.js'

describe('CachedExternalAPIServiceTests', () => {
  describe('getExternal', () => {
    it('gives JSON that is deeply frozen and one object for all callers', async () => {
      const { api, origin } = await openWorld()
      origin.on('/movie', { json: { title: 'Heat', cast: [{ name: 'Al' }] } })
      const first = await api.getExternal<{ title: string; cast: { name: string }[] }>('/movie')
      const second = await api.getExternal('/movie')
      expect(first).toEqual({ title: 'Heat', cast: [{ name: 'Al' }] })
      expect(second).toBe(first)
      expect([first, first.cast, first.cast[0]].every((part) => Object.isFrozen(part))).toBe(true)
      expect(origin.count()).toBe(1)
    })

    it('gives a typed, readonly view: assigning to it does not compile and throws', async () => {
      const { api, origin } = await openWorld()
      origin.on('/movie', { json: { title: 'Heat' } })
      const movie = await api.getExternal<{ title: string }>('/movie')
      expect(() => {
        // @ts-expect-error the data is readonly
        movie.title = 'Ronin'
      }).toThrow(TypeError)
    })

    it('gives a mutable caller a copy of its own and leaves the shared object alone', async () => {
      const { api, origin } = await openWorld()
      origin.on('/movie', { json: { tags: ['a'] } })
      const shared = await api.getExternal<{ tags: string[] }>('/movie')
      const own = await api.getExternal<{ tags: string[] }>('/movie', { mutable: true })
      own.tags.push('b')
      expect(own).toEqual({ tags: ['a', 'b'] })
      expect(await api.getExternal('/movie')).toBe(shared)
      expect(shared).toEqual({ tags: ['a'] })
    })

    it('copies for a mutable caller who comes first, too', async () => {
      const { api, origin } = await openWorld()
      origin.on('/movie', { json: { tags: ['a'] } })
      const own = await api.getExternal<{ tags: string[] }>('/movie', { mutable: true })
      own.tags.push('b')
      expect(await api.getExternal('/movie')).toEqual({ tags: ['a'] })
    })

    it.each([
      ['text/plain', 'plain'],
      ['text/html; charset=utf-8', '<p>caf\u00e9</p>'],
      ['text/csv', 'a,b'],
    ])('gives %s as a string, from the cache too', async (type, text) => {
      const { api, origin } = await openWorld()
      origin.on('/text', { body: text, headers: { 'content-type': type } })
      expect(await api.getExternal('/text')).toBe(text)
      expect(await api.getExternal('/text')).toBe(text)
      expect(origin.count()).toBe(1)
    })

    it('decodes text by the charset that the origin names', async () => {
      const { api, origin } = await openWorld()
      const headers = { 'content-type': 'text/plain; charset=iso-8859-1' }
      origin.on('/text', { body: Buffer.from('caf\u00e9', 'latin1'), headers })
      expect(await api.getExternal('/text')).toBe('caf\u00e9')
    })

    it.each([['application/vnd.api+json'], ['application/problem+json; charset=utf-8']])(
      'parses %s as JSON',
      async (type) => {
        const { api, origin } = await openWorld()
        origin.on('/json', { body: '{"a":1}', headers: { 'content-type': type } })
        expect(await api.getExternal('/json')).toEqual({ a: 1 })
      },
    )

    it('gives other types as bytes, a copy for each caller', async () => {
      const { api, origin } = await openWorld()
      const image = Uint8Array.from([0, 255, 13, 10])
      origin.on('/image', { body: image, headers: { 'content-type': 'image/png' } })
      const first = await api.getExternal<Uint8Array>('/image', { mutable: true })
      expect(first).toBeInstanceOf(Uint8Array)
      first.fill(7)
      expect(Array.from(await api.getExternal<number[]>('/image'))).toEqual([0, 255, 13, 10])
      expect(origin.count()).toBe(1)
    })

    it.each([
      ['an empty JSON body', { body: '', headers: { 'content-type': 'application/json' } }],
      ['an empty text', { body: '', headers: { 'content-type': 'text/plain' } }],
      ['a 204', { status: 204 }],
      ['no type and no body', { body: '' }],
    ])('gives null for %s', async (_, reply) => {
      const { api, origin } = await openWorld()
      origin.on('/empty', reply)
      expect(await api.getExternal('/empty')).toBeNull()
      expect(await api.getExternal('/empty')).toBeNull()
      expect(origin.count()).toBe(1)
    })

    it('throws for a 404 each time, from the cache too, with its body as data', async () => {
      const { api, origin, cachette } = await openWorld()
      origin.on('/missing', { status: 404, json: { status_message: 'not found' } })
      for (let call = 0; call < 3; call += 1) {
        const error = await errorOf(api.getExternal('/missing?page=2'))
        expect(CachetteError.is(error)).toBe(true)
        expect(error).toMatchObject({
          code: 'CACHETTE_ORIGIN_STATUS',
          service: 'my_service',
          status: 404,
          data: { status_message: 'not found' },
          attempts: call === 0 ? 1 : 0,
        })
      }
      expect(origin.count()).toBe(1)
      expect((await cachette.metrics()).outcomes).toMatchObject({ miss: 1, hit: 2 })
    })

    it('returns the fallback in the place of a 404 each time, from the cache too', async () => {
      const { api, origin } = await openWorld()
      origin.on('/missing', { status: 404, json: {} })
      const fallback = { title: 'none' }
      expect(await api.getExternal('/missing', { fallback })).toBe(fallback)
      expect(await api.getExternal('/missing', { fallback })).toBe(fallback)
      expect(await api.getExternal('/missing', { fallback: null })).toBeNull()
      expect(await api.getExternal('/missing', { fallback: false })).toBe(false)
      expect(origin.count()).toBe(1)
    })

    it.each([400, 401, 403, 418, 429, 500, 503])('throws CACHETTE_ORIGIN_STATUS for a %i', async (status) => {
      const { api, origin } = await openWorld()
      origin.on('/bad', { status, json: { why: 'so' } })
      expect(await errorOf(api.getExternal('/bad'))).toMatchObject({
        code: 'CACHETTE_ORIGIN_STATUS',
        status,
        data: { why: 'so' },
        attempts: 1,
      })
      expect(await api.getExternal('/bad', { fallback: 'instead' })).toBe('instead')
    })

    it('tells from Retry-After when to come back', async () => {
      const { api, origin, clock } = await openWorld()
      origin.on('/busy', { status: 429, headers: { 'retry-after': '30' } })
      const error = await errorOf(api.getExternal('/busy'))
      expect(error.retryAtMs).toBe(clock.nowMs() + 30_000)
    })
  })

  describe('fetchExternal', () => {
    it('tells status, headers by lower-case name, outcome, reason, age, lifetime and tier', async () => {
      const { api, origin, clock } = await openWorld({ service: { ttl: '1h' } })
      origin.on('/data', { json: { a: 1 }, headers: { 'X-Repeated': ['one', 'two'] } })
      const first = await api.fetchExternal('/data')
      expect(first).toMatchObject({
        data: { a: 1 },
        status: 200,
        outcome: 'miss',
        because: 'not-in-cache',
        ageMs: 0,
        ttlMs: 3_600_000,
        tier: 'origin',
      })
      expect(first.headers['x-repeated']).toBe('one, two')
      clock.advance(60_000)
      expect(await api.fetchExternal('/data')).toMatchObject({
        outcome: 'hit',
        because: 'fresh',
        ageMs: 60_000,
        ttlMs: 3_540_000,
        tier: 'memory',
      })
    })

    it.each([200, 204, 302, 400, 401, 404, 410, 429, 500, 503])('resolves with a %i', async (status) => {
      const { api, origin } = await openWorld()
      origin.on('/any', { status, ...(status === 204 ? {} : { json: { status } }) })
      const answer = await api.fetchExternal('/any', { fallback: 'unused' })
      expect(answer).toMatchObject({ status, data: status === 204 ? null : { status } })
    })

    it('throws only where there is no response', async () => {
      const { api, origin } = await openWorld()
      origin.on('/reset', { ending: 'reset' })
      expect(await errorOf(api.fetchExternal('/reset'))).toMatchObject({
        code: 'CACHETTE_ORIGIN_UNREACHABLE',
      })
      const given = await api.fetchExternal('/reset', { fallback: { a: 1 } })
      expect(given).toMatchObject({ data: { a: 1 }, outcome: 'failed', because: 'origin-unreachable' })
    })

    it('says why a fallback was given', async () => {
      const { api, origin } = await openWorld()
      origin.on('/broken', { body: '{"a":', headers: { 'content-type': 'application/json' } })
      const given = await api.fetchExternal('/broken', { fallback: 1 })
      expect(given).toMatchObject({ data: 1, outcome: 'failed', because: 'invalid-response' })
    })
  })
})
