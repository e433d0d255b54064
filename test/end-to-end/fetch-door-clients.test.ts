import ky from 'ky'
import createClient from 'openapi-fetch'
import { Agent, MockAgent } from 'undici'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type CachedFetch, createCachedFetch } from '../../src/doors/fetch/index.js'
import { type CacheWorld, openOrigin, openWorld } from '../helpers/cache-world.js'
import { createFakeClock } from '../helpers/fake-clock.js'

type Init = NonNullable<Parameters<CachedFetch>[1]>

async function openFetch(): Promise<CacheWorld & { cachedFetch: CachedFetch }> {
  const world = await openWorld({ clock: createFakeClock(Date.now()) })
  return { ...world, cachedFetch: createCachedFetch(world.cachette) }
}

describe('libraries that take a fetch', () => {
  it('ky reads, retries and reports progress as ever', async () => {
    const { cachedFetch, origin } = await openFetch()
    // By itself it asks for another type with each form that is read, and types are in the key.
    const headers = { accept: 'application/json' }
    const api = ky.create({ fetch: cachedFetch as typeof fetch, prefixUrl: origin.url, headers })
    expect(await api.get('data').json()).toMatchObject({ nth: 1 })
    expect(await api.get('data').json()).toMatchObject({ nth: 1 })
    expect(await api.get('data').text()).toContain('"nth":1')
    const progress: number[] = []
    const bytes = await api
      .get('data', { onDownloadProgress: ({ percent }) => void progress.push(percent) })
      .bytes()
    expect(JSON.parse(Buffer.from(bytes).toString())).toMatchObject({ nth: 1 })
    expect(progress.at(-1)).toBe(1)
    await api.post('data', { json: { a: 1 } })
    expect(origin.last()).toMatchObject({ method: 'POST', body: '{"a":1}' })
    origin.on('/none', { status: 404, json: { why: 'none' } })
    await expect(api.get('none').json()).rejects.toMatchObject({ name: 'HTTPError' })
  })

  it('openapi-fetch reads data and errors', async () => {
    interface Paths {
      '/data': { get: { responses: { 200: { content: { 'application/json': { nth: number } } } } } }
    }
    const { cachedFetch, origin } = await openFetch()
    const client = createClient<Paths>({ baseUrl: origin.url, fetch: cachedFetch })
    expect((await client.GET('/data')).data).toMatchObject({ nth: 1 })
    const { data, response } = await client.GET('/data')
    expect(data).toMatchObject({ nth: 1 })
    expect(response.headers.get('cache-status')).toMatch(/^cachette; hit/)
    expect(origin.count()).toBe(1)
  })
})

describe('a network of the caller', () => {
  it('is what the call goes through, past the cache', async () => {
    const { cachedFetch } = await openFetch()
    const mock = new MockAgent()
    mock.disableNetConnect()
    const reply = { headers: { 'cache-control': 'max-age=60', 'content-type': 'application/json' } }
    const mocked = mock.get('http://mocked.example').intercept({ path: '/data?a=1' })
    mocked.reply(200, { mocked: true }, reply).times(2)
    const init = { dispatcher: mock } as unknown as Init
    for (const _ of [1, 2]) {
      const response = await cachedFetch('http://mocked.example/data?a=1', init)
      expect([await response.json(), response.cachette]).toEqual([{ mocked: true }, undefined])
    }
    const failing = cachedFetch('http://mocked.example/other', init)
    await expect(failing).rejects.toThrow('fetch failed')
  })

  it('may have interceptors of its own, and be one of the platform', async () => {
    const { cachedFetch } = await openFetch()
    const origin = await openOrigin()
    const agent = new Agent().compose((dispatch) => (options, handler) => {
      return dispatch({ ...options, headers: { ...(options.headers as object), 'x-mine': '1' } }, handler)
    })
    onTestFinished(() => agent.close())
    await (await cachedFetch(origin.url, { dispatcher: agent } as unknown as Init)).text()
    expect(origin.last().headers['x-mine']).toBe('1')
    const own: unknown = Reflect.get(globalThis, Symbol.for('undici.globalDispatcher.1'))
    expect((await cachedFetch(origin.url, { dispatcher: own } as Init)).status).toBe(200)
    expect(origin.count()).toBe(2)
  })
})
