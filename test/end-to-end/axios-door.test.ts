// The axios door: what it takes from axios's options and what it gives back, held against axios itself.
import { createRequire } from 'node:module'
import { Readable } from 'node:stream'
import axios, { AxiosHeaders } from 'axios'
import { describe, expect, it } from 'vitest'
import { createCachedAdapter } from '../../src/doors/axios/index.js'
import { openOrigin } from '../helpers/cache-world.js'
import { type CallConfig, openAxios } from './axios-door-world.js'

describe('data', () => {
  it('is parsed afresh for each caller', async () => {
    const { get, origin } = await openAxios()
    const first = (await get('/a')).data as { nth: number }
    first.nth = 99
    expect((await get('/a')).data).toMatchObject({ nth: 1 })
    expect(origin.count('/a')).toBe(1)
  })

  it('with `frozen` is one frozen object for all, from the first call on', async () => {
    const { get } = await openAxios({ frozen: true })
    const data = [
      (await get('/a')).data,
      (await get('/a')).data,
      (await get('/a', { responseType: 'json' })).data,
    ]
    expect(data[0]).toMatchObject({ path: '/a', nth: 1 })
    expect(Object.isFrozen(data[0])).toBe(true)
    expect(data[1]).toBe(data[0])
    expect(data[2]).toBe(data[0])
  })

  it.each([
    ['text', { responseType: 'text' }],
    ['a transform of its own', { transformResponse: [(text: string) => text] }],
    ['no forced parsing', { transitional: { forcedJSONParsing: false } }],
    ['another encoding', { responseType: 'text', responseEncoding: 'latin1' }],
  ] as [string, CallConfig][])('with `frozen` is text for a caller that asks for %s', async (_, config) => {
    const { get, origin } = await openAxios({ frozen: true })
    origin.on('/a', { json: { a: 1 } })
    expect((await get('/a', config)).data).toBe('{"a":1}')
  })

  it('with `frozen` runs a transform after the usual one on what is parsed', async () => {
    const { get } = await openAxios({ frozen: true })
    const usual = axios.defaults.transformResponse as ((data: unknown) => unknown)[]
    const config = { transformResponse: [...usual, (data: { path: string }) => data.path] }
    expect((await get('/a', config)).data).toBe('/a')
  })

  it.each([true, false])(
    'that says it is JSON and is not is what axios makes of it (frozen: %s)',
    async (frozen) => {
      const { get } = await openAxios({ frozen })
      const origin = await openOrigin()
      origin.on('/a', { body: '<html>', headers: { 'content-type': 'application/json' } })
      expect((await get(`${origin.url}/a`)).data).toBe('<html>')
      const strict = { responseType: 'json', transitional: { silentJSONParsing: false } } as const
      await expect(get(`${origin.url}/a`, strict)).rejects.toMatchObject({
        code: 'ERR_BAD_RESPONSE',
        isAxiosError: true,
      })
    },
  )

  it.each([true, false])('of an empty body is an empty text (frozen: %s)', async (frozen) => {
    const { get, origin } = await openAxios({ frozen })
    origin.on('/a', { body: '', headers: { 'content-type': 'application/json' } })
    expect([(await get('/a')).data, (await get('/a')).data]).toEqual(['', ''])
  })

  it('is a buffer, a text without its byte order mark, or a stream, as asked for', async () => {
    const { get, origin } = await openAxios()
    const body = Buffer.from('\ufeffhéllo')
    origin.on('/a', { body, headers: { 'content-type': 'text/plain' } })
    for (let nth = 1; nth <= 2; nth += 1) {
      expect((await get('/a')).data).toBe('héllo')
      expect((await get('/a', { responseType: 'text' })).data).toBe('héllo')
      const buffer = (await get('/a', { responseType: 'arraybuffer' })).data as Buffer
      expect(Buffer.isBuffer(buffer) && buffer.equals(body)).toBe(true)
      const stream = (await get('/a', { responseType: 'stream' })).data as Readable
      expect(stream).toBeInstanceOf(Readable)
      expect(Buffer.concat(await stream.toArray()).equals(body)).toBe(true)
    }
    expect(origin.count('/a')).toBe(1)
  })
})

describe('a response', () => {
  it('says where it came from, and is otherwise as axios gives it', async () => {
    const { get, origin, clock } = await openAxios()
    origin.on('/a', { json: { a: 1 }, headers: { 'X-Twice': ['1', '2'], ETag: '"e"' } })
    const plain = await axios.get(`${origin.url}/a?x=1`)
    const miss = await get('/a?x=1')
    clock.advance(10_900)
    const hit = await get('/a?x=1')
    for (const response of [miss, hit]) {
      expect(response).toMatchObject({ data: { a: 1 }, status: 200, statusText: 'OK' })
      expect(response.headers).toBeInstanceOf(AxiosHeaders)
      expect(response.headers['x-twice']).toBe(plain.headers['x-twice'])
      expect((response.headers as AxiosHeaders).get('ETag')).toBe('"e"')
      expect(response.request.res.responseUrl).toBe(plain.request.res.responseUrl)
      expect([response.request.path, response.request.host, response.request.method]).toEqual([
        plain.request.path,
        plain.request.host,
        'GET',
      ])
      expect(Object.isFrozen(response.cachette)).toBe(true)
      expect(response.config.url).toBe('/a?x=1')
    }
    expect(miss.cachette).toMatchObject({ outcome: 'miss', tier: 'origin', ageMs: 0 })
    expect(hit.cachette).toMatchObject({ outcome: 'hit', because: 'fresh', tier: 'memory', ageMs: 10_900 })
    expect(hit.cachette.key).toBe(miss.cachette.key)
    expect([miss.headers['age'], hit.headers['age']]).toEqual([undefined, '10'])
    expect(hit.headers['cache-status']).toMatch(/^cachette; hit; ttl=14389/)
  })

  it('has headers that may be changed, put in order again, and are the caller’s own', async () => {
    const { get } = await openAxios()
    await get('/a')
    const headers = (await get('/a')).headers as AxiosHeaders
    headers['Content-Type'] = 'text/odd'
    headers.normalize(false)
    expect([headers['content-type'], headers['Content-Type']]).toEqual(['text/odd', undefined])
    headers.set('x-mine', '1').normalize(true)
    expect(headers['X-Mine']).toBe('1')
    expect(AxiosHeaders.concat(headers, { a: 'b' }).get('a')).toBe('b')
    const others = (await get('/a')).headers
    expect([others['content-type'], others['x-mine']]).toEqual(['application/json', undefined])
  })

  it.each([true, false])(
    'is one for an app that holds another copy of axios (frozen: %s)',
    async (frozen) => {
      const other = createRequire(import.meta.url)('axios') as typeof axios
      const { cachette, origin } = await openAxios()
      expect(other.AxiosHeaders).not.toBe(AxiosHeaders)
      const client = other.create({ adapter: createCachedAdapter(cachette, { frozen }) })
      origin.on('/a', { json: { a: 1 }, headers: { 'X-Mine': '1' } })
      for (let nth = 1; nth <= 2; nth += 1) {
        const { data, headers } = await client.get(`${origin.url}/a`)
        expect(headers).toBeInstanceOf(other.AxiosHeaders)
        expect([data, Object.isFrozen(data), headers['x-mine']]).toEqual([{ a: 1 }, frozen, '1'])
      }
      const error: unknown = await client
        .get(`${origin.url}/a`, { validateStatus: () => false })
        .catch((e: unknown) => e)
      expect(other.isAxiosError(error) && error.code).toBe('ERR_BAD_RESPONSE')
    },
  )

  it('survives fields named like methods of the header class', async () => {
    const { get, origin } = await openAxios()
    origin.on('/a', {
      body: 'x',
      headers: { constructor: 'c', normalize: 'n', get: 'g', __proto__: 'p', 'content-type': 'text/plain' },
    })
    for (let nth = 1; nth <= 2; nth += 1) {
      const headers = (await get('/a')).headers as AxiosHeaders
      expect(['constructor', 'normalize', 'get'].map((name) => headers.get(name))).toEqual(['c', 'n', 'g'])
    }
  })

  it('tells by `request.res.responseUrl` where redirects led', async () => {
    const { get, origin } = await openAxios()
    origin.on('/from', { status: 302, headers: { location: '/to?x=1' } })
    const { request, data } = await get('/from')
    expect([request.res.responseUrl, (data as { path: string }).path]).toEqual([
      `${origin.url}/to?x=1`,
      '/to',
    ])
  })

  it('is the redirect itself with `maxRedirects: 0`', async () => {
    const { get, origin } = await openAxios()
    origin.on('/from', { status: 302, headers: { location: '/to' } })
    await expect(get('/from', { maxRedirects: 0 })).rejects.toMatchObject({
      code: 'ERR_BAD_RESPONSE',
      response: { status: 302, headers: { location: '/to' } },
    })
    expect(origin.count('/to')).toBe(0)
  })
})
