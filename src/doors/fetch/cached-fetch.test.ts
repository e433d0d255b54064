import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { errorOf } from '../../../test/helpers/gate.js'
import { openOrigin } from '../../../test/helpers/cache-world.js'
import { CachetteError } from '../../errors/cachette-error.js'
import type { CacheAnswer } from '../../model/cache-answer.js'
import type { CacheRequest } from '../../model/cache-request.js'
import { CONNECTION, type Connectable } from '../../model/connection.js'
import { EntryBody } from '../../model/entry-body.js'
import type { Transport } from '../../model/transport.js'
import { type CachedFetchInit, createCachedFetch } from './cached-fetch.js'

const API = 'https://api.example.com/data'

/** An instance that answers as it is told, and keeps what it was asked. */
function stub(
  answer: (request: CacheRequest) => Partial<CacheAnswer> | Promise<Partial<CacheAnswer>> = () => ({}),
): { instance: Connectable; asked: CacheRequest[]; sent: string[] } {
  const asked: CacheRequest[] = []
  const sent: string[] = []
  const complete = (partial: Partial<CacheAnswer>): CacheAnswer => ({
    status: 200,
    headers: [],
    body: new EntryBody(new TextEncoder().encode('{"a":1}')),
    outcome: 'hit',
    because: 'fresh',
    ageMs: 0,
    ttlMs: 0,
    tier: 'memory',
    url: API,
    attempts: 0,
    key: 'k',
    isStored: false,
    originStatus: undefined,
    redirectedTo: undefined,
    ...partial,
  })
  const transport: Transport = ({ headers }) => {
    sent.push(...headers.map(([name, value]) => `${name}: ${value}`))
    return Promise.reject(new Error('no network here'))
  }
  const instance: Connectable = {
    [CONNECTION]: {
      answer(request) {
        asked.push(request)
        const given = answer(request)
        return given instanceof Promise ? given.then(complete) : complete(given)
      },
      claim: (url) => (url.includes('tmdb') ? 'tmdb' : 'other'),
      resolveUrl: (_, url) => url,
      checkService: () => undefined,
      transport,
      nowMs: () => 0,
    },
  }
  return { instance, asked, sent }
}

describe('a cached fetch', () => {
  it('looks like fetch', () => {
    const cachedFetch = createCachedFetch(stub().instance)
    expect([cachedFetch.name, cachedFetch.length]).toEqual([fetch.name, fetch.length])
    const typed: typeof fetch = cachedFetch
    expect(typed).toBe(cachedFetch)
  })

  it('is refused without an instance', () => {
    expect(() => createCachedFetch({} as Connectable)).toThrow(CachetteError)
    expect(() => createCachedFetch(null as unknown as Connectable)).toThrow(/createCachette/)
  })

  it('asks the service that claims the URL', async () => {
    const { instance, asked } = stub()
    await createCachedFetch(instance)('https://api.tmdb.example/3')
    expect(asked[0]).toMatchObject({
      door: 'fetch',
      service: 'tmdb',
      method: 'GET',
      options: { isHttp: true },
    })
  })

  it.each<[string, CachedFetchInit, object]>([
    ['a lower-case method', { method: 'post' }, { method: 'POST' }],
    ['a method of its own', { method: 'purge' }, { method: 'purge' }],
    ['a body', { method: 'PUT', body: 'é' }, { body: new TextEncoder().encode('é') }],
    ['a cache mode', { cache: 'no-store' }, { options: { isHttp: true, mode: 'no-store' } }],
    ['no redirects', { redirect: 'manual' }, { options: { redirects: 'hand-back' } }],
    ['redirects as errors', { redirect: 'error' }, { options: { redirects: 'hand-back' } }],
  ])('passes on %s', async (_, init, expected) => {
    const { instance, asked } = stub()
    await createCachedFetch(instance)(API, init)
    expect(asked[0]).toMatchObject(expected)
  })

  it('says of a body what fetch says of it', async () => {
    const { instance, asked } = stub()
    const cachedFetch = createCachedFetch(instance)
    await cachedFetch(API, { method: 'POST', body: 'x' })
    await cachedFetch(API, { method: 'POST', body: new URLSearchParams('a=1') })
    await cachedFetch(API, { method: 'POST', body: new FormData() })
    await cachedFetch(API, { method: 'POST', body: new Uint8Array(3) })
    await cachedFetch(API, { method: 'POST', body: 'x', headers: { 'Content-Type': 'text/x' } })
    const types = asked.map(({ headers }) =>
      new Headers([...(headers as [string, string][])]).get('content-type'),
    )
    expect(types).toEqual([
      'text/plain;charset=UTF-8',
      'application/x-www-form-urlencoded;charset=UTF-8',
      expect.stringMatching(/^multipart\/form-data; boundary=/),
      null,
      'text/x',
    ])
  })

  it('takes a Request, and options over it', async () => {
    const { instance, asked } = stub()
    const caller = new AbortController()
    const init: CachedFetchInit = { headers: { 'x-a': '1' }, signal: caller.signal, cache: 'reload' }
    const request = new Request(`${API}#part`, init)
    await createCachedFetch(instance)(request)
    expect(asked[0]).toMatchObject({ url: API, headers: [['x-a', '1']], options: { mode: 'reload' } })
    expect(asked[0]?.options.signal?.aborted).toBe(false)
    caller.abort()
    expect(asked[0]?.options.signal?.aborted).toBe(true)
    await createCachedFetch(instance)(new Request(API, { method: 'POST', body: 'x' }), {
      headers: { 'x-b': '2' },
    })
    expect(asked[1]).toMatchObject({ method: 'POST', body: Buffer.from('x') })
    expect(new Headers([...(asked[1]?.headers as [string, string][])]).get('x-b')).toBe('2')
  })

  it('uses up the body of a Request, as fetch does', async () => {
    const cachedFetch = createCachedFetch(stub().instance)
    const request = new Request(API, { method: 'POST', body: 'x' })
    await cachedFetch(request)
    expect(request.bodyUsed).toBe(true)
    await expect(cachedFetch(request)).rejects.toThrow(TypeError)
  })

  it('passes on the very signal that it was given', async () => {
    const { instance, asked } = stub()
    const { signal } = new AbortController()
    await createCachedFetch(instance)(API, { signal })
    await createCachedFetch(instance)(API, { signal, method: 'POST' })
    await createCachedFetch(instance)(new Request(API, { signal }), { signal: null })
    expect(asked.map(({ options }) => options.signal)).toEqual([signal, signal, undefined])
  })

  it('puts the headers of fetch on at the network, where the caller gave none', async () => {
    const { instance, sent } = stub(async ({ transport, headers, method, url }) => {
      const list = Array.isArray(headers) ? headers : Object.entries(headers ?? {})
      const { signal } = new AbortController()
      await transport({ method, url, headers: list as [string, string][], signal }).catch(() => undefined)
      return {}
    })
    await createCachedFetch(instance)(API, { headers: { Accept: 'text/plain' } })
    expect(sent).toEqual(['user-agent: node', 'Accept: text/plain'])
  })
})

describe('what fetch refuses', () => {
  const streamed = { method: 'POST', body: new ReadableStream() }
  it.each<[string, unknown, unknown]>([
    ['nothing', undefined, undefined],
    ['a relative URL', '/path', undefined],
    ['a name and password in the URL', 'https://me:secret@example.com/', undefined],
    ['a port that is none', 'https://example.com:99999/', undefined],
    ['a GET with a body', API, { body: 'x' }],
    ['a forbidden method', API, { method: 'TRACE' }],
    ['a header name that is none', API, { headers: { 'x y': '1' } }],
    ['a header value with a line break', API, { headers: { 'x-a': 'a\nb' } }],
    ['a cache mode that is none', API, { cache: 'often' }],
    ['a signal that is none', API, { signal: 'x' }],
    ['a stream without duplex', API, streamed],
  ])('is refused here, with the same words: %s', async (_, input, init) => {
    const { instance } = stub(({ url }) => {
      throw new CachetteError('CACHETTE_CONFIG', `${url} is no URL`)
    })
    const ours = await errorOf(createCachedFetch(instance)(input as string, init as CachedFetchInit))
    const theirs = await errorOf(fetch(input as string, init as RequestInit))
    expect(ours).toBeInstanceOf(TypeError)
    expect(ours.message).toBe(theirs.message)
  })
})

describe('a call that fails', () => {
  const failing = (error: unknown): ReturnType<typeof createCachedFetch> =>
    createCachedFetch(stub(() => Promise.reject(error as Error)).instance)

  it("is a TypeError, below it the cache's error, below that the network's", async () => {
    const network = new Error('ECONNREFUSED')
    const cause = new CachetteError('CACHETTE_ORIGIN_UNREACHABLE', 'no', { cause: network })
    const error = await errorOf(failing(cause)(API))
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ message: 'fetch failed', cause })
    expect((error.cause as Error).cause).toBe(network)
  })

  it('never throws at once', async () => {
    const { instance } = stub(() => {
      throw new CachetteError('CACHETTE_CLOSED', 'closed')
    })
    const calling = createCachedFetch(instance)(API)
    await expect(calling).rejects.toThrow('fetch failed')
  })

  it("rejects with the signal's reason where it was aborted", async () => {
    const reason = new Error('no more')
    const caller = new AbortController()
    caller.abort(reason)
    await expect(failing(reason)(API, { signal: caller.signal })).rejects.toBe(reason)
  })

  it('is one that found nothing, in the mode only-if-cached', async () => {
    const seen: string[] = []
    const body = Object.assign(new EntryBody(new Uint8Array()), {
      discard: () => void seen.push('discarded'),
    })
    const { instance } = stub(() => ({ status: 504, because: 'only-if-cached', body }))
    const error = await errorOf(createCachedFetch(instance)(API, { cache: 'only-if-cached' }))
    expect(error).toMatchObject({ message: 'fetch failed' })
    expect(seen).toEqual(['discarded'])
    const response = await createCachedFetch(instance)(API, {
      headers: { 'cache-control': 'only-if-cached' },
    })
    expect(response.status).toBe(504)
  })

  it('is a redirect where redirects are errors', async () => {
    const { instance } = stub(() => ({ status: 302, headers: [['location', '/']] }))
    await expect(createCachedFetch(instance)(API, { redirect: 'error' })).rejects.toThrow('fetch failed')
    const response = await createCachedFetch(instance)(API, { redirect: 'manual' })
    expect([response.status, response.headers.get('location')]).toEqual([302, '/'])
  })
})

describe('past the cache', () => {
  it('go URLs that are not http', async () => {
    const { instance, asked } = stub()
    const cachedFetch = createCachedFetch(instance)
    const response = await cachedFetch('data:text/plain,hello')
    expect([await response.text(), response.cachette]).toEqual(['hello', undefined])
    const blobUrl = URL.createObjectURL(new Blob(['blob']))
    expect(await (await cachedFetch(blobUrl)).text()).toBe('blob')
    expect(asked).toEqual([])
  })

  it('go calls whose body is to be checked', async () => {
    const origin = await openOrigin()
    origin.on('/', { body: 'hello' })
    const { instance, asked } = stub()
    const integrity = `sha256-${createHash('sha256').update('hello').digest('base64')}`
    const response = await createCachedFetch(instance)(origin.url, { integrity })
    expect(await response.text()).toBe('hello')
    await expect(createCachedFetch(instance)(origin.url, { integrity: 'sha256-AAAA' })).rejects.toThrow(
      TypeError,
    )
    expect(asked).toEqual([])
  })
})
