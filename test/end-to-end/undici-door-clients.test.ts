// Every client of undici through the interceptor, above agents of the package and of Node itself.
import { Writable } from 'node:stream'
import * as undici from 'undici'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { cacheInterceptor } from '../../src/doors/undici/index.js'
import type { Connectable } from '../../src/model/connection.js'
import { type CacheWorld, openOrigin, openWorld } from '../helpers/cache-world.js'
import { createGate, until } from '../helpers/gate.js'
import type { LoopbackOrigin } from '../helpers/loopback-origin.js'

/** The agent of the undici inside Node, of an older generation with older Nodes; made before that of the package. */
const nodesOwnAgent = (await vi.hoisted(async () => {
  await fetch('http://127.0.0.1:2').catch(() => undefined)
  return (globalThis as Record<symbol, unknown>)[Symbol.for('undici.globalDispatcher.1')]
})) as undici.Dispatcher

interface Got {
  readonly status: number
  readonly cookies: readonly string[]
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
}

interface Asking {
  readonly method?: string
  readonly body?: string
  readonly signal?: AbortSignal
  readonly headers?: Readonly<Record<string, string>>
}

type Get = (url: string, asking?: Asking) => Promise<Got>

function above(cachette: Connectable): undici.Dispatcher {
  const agent = new undici.Agent()
  onTestFinished(() => agent.destroy())
  return agent.compose(cacheInterceptor(cachette))
}

/** Puts a dispatcher where Node's own fetch looks for it. */
function putGlobally(dispatcher: undici.Dispatcher): void {
  const before = undici.getGlobalDispatcher()
  undici.setGlobalDispatcher(dispatcher)
  onTestFinished(() => undici.setGlobalDispatcher(before))
}

function viaFetch(send: (url: string, init?: object) => Promise<Response>): Get {
  return async (url, asking) => {
    const { status, headers, text } = await send(url, asking).then(async (response) => ({
      status: response.status,
      headers: response.headers,
      text: await response.text(),
    }))
    return { status, cookies: headers.getSetCookie(), headers: Object.fromEntries(headers), text }
  }
}

const CLIENTS: Readonly<Record<string, (cachette: Connectable) => Get>> = {
  "undici's request"(cachette) {
    const dispatcher = above(cachette)
    return async (url, asking) => {
      const { statusCode, headers, body } = await undici.request(url, { ...(asking as object), dispatcher })
      const cookies = [headers['set-cookie'] ?? []].flat()
      return { status: statusCode, cookies, headers: headers as Got['headers'], text: await body.text() }
    }
  },
  "undici's stream"(cachette) {
    const dispatcher = above(cachette)
    return async (url, asking) => {
      const chunks: Buffer[] = []
      let got: undici.Dispatcher.StreamFactoryData | undefined
      const { origin, pathname: path } = new URL(url)
      await dispatcher.stream({ origin, path, method: 'GET', ...(asking as object) }, (data) => {
        got = data
        return new Writable({ write: (chunk: Buffer, _encoding, done) => (chunks.push(chunk), done()) })
      })
      const headers = (got?.headers ?? {}) as Got['headers']
      const cookies = [got?.headers['set-cookie'] ?? []].flat()
      return { status: got?.statusCode ?? 0, cookies, headers, text: Buffer.concat(chunks).toString() }
    }
  },
  "undici's fetch"(cachette) {
    const dispatcher = above(cachette)
    return viaFetch((url, init) => undici.fetch(url, { ...init, dispatcher }) as unknown as Promise<Response>)
  },
  "Node's fetch above an agent of undici"(cachette) {
    putGlobally(above(cachette))
    return viaFetch(fetch)
  },
  "Node's fetch above an agent of Node"(cachette) {
    putGlobally(nodesOwnAgent.compose(cacheInterceptor(cachette)))
    return viaFetch(fetch)
  },
}

const FRESH = { 'cache-control': 'max-age=60' }

describe.each(Object.keys(CLIENTS))('through %s', (name) => {
  async function open(): Promise<CacheWorld & { readonly host: LoopbackOrigin; readonly get: Get }> {
    const world = await openWorld()
    return { ...world, host: await openOrigin(), get: CLIENTS[name]!(world.cachette) }
  }

  it('an answer is the same from the origin and from the cache', async () => {
    const { host, get } = await open()
    const cookies = ['a=1', 'b=2; Expires=Wed, 01 Jan 2031 00:00:00 GMT']
    const headers = { ...FRESH, 'set-cookie': cookies, 'x-name': 'cé', 'content-type': 'text/plain' }
    host.on('/x', { status: 203, body: 'body', headers })
    const answers = [await get(`${host.url}/x`), await get(`${host.url}/x`)]
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 203, text: 'body', cookies })
      expect(answer.headers).toMatchObject({
        'x-name': 'cé',
        'content-type': 'text/plain',
        'content-length': '4',
      })
    }
    expect(answers[1]?.headers).toMatchObject({ age: '0', 'cache-status': expect.stringContaining('; hit') })
    expect(host.count()).toBe(1)
  })

  it('an abort rejects with the reason given, and whoever else waits is answered', async () => {
    const { host, get } = await open()
    const gate = createGate()
    host.on('/x', { body: 'body', headers: FRESH, after: gate.opened })
    const cancel = new AbortController()
    const left = get(`${host.url}/x`, { signal: cancel.signal })
    const stays = get(`${host.url}/x`)
    await until(() => host.count() === 1)
    const reason = new Error('enough')
    cancel.abort(reason)
    await expect(left).rejects.toBe(reason)
    gate.open()
    expect((await stays).text).toBe('body')
    await expect(get(`${host.url}/x`, { signal: cancel.signal })).rejects.toThrow()
    expect(host.count()).toBe(1)
  })

  it('a network error is the one that undici would give', async () => {
    const { get } = await open()
    const error: Error & { code?: string } = await get('http://127.0.0.1:2/x').then(
      () => new Error('no error'),
      (thrown: Error) => thrown,
    )
    const code = error.code ?? (error.cause as { readonly code?: string } | undefined)?.code
    expect(code).toBe('ECONNREFUSED')
  })

  it('a body that is cut short is an error, and nothing is stored', async () => {
    const { host, get } = await open()
    host.on('/x', ({ nth }) => ({ body: 'body', headers: FRESH, ending: nth === 1 ? 'short' : 'whole' }))
    await expect(get(`${host.url}/x`)).rejects.toThrow()
    expect((await get(`${host.url}/x`)).text).toBe('body')
  })

  it('a body reaches the origin, and purges', async () => {
    const { host, get } = await open()
    host.on('/x', ({ method, body }) => (method === 'POST' ? { body } : { body: 'body', headers: FRESH }))
    await get(`${host.url}/x`)
    expect((await get(`${host.url}/x`, { method: 'POST', body: 'sent' })).text).toBe('sent')
    await get(`${host.url}/x`)
    expect(host.count()).toBe(3)
  })

  it('a part is a part of what is stored', async () => {
    const { host, get } = await open()
    host.on('/x', { body: '0123456789', headers: FRESH })
    await get(`${host.url}/x`)
    const part = await get(`${host.url}/x`, { headers: { range: 'bytes=2-4' } })
    expect(part).toMatchObject({ status: 206, text: '234' })
    expect(part.headers).toMatchObject({ 'content-range': 'bytes 2-4/10', 'content-length': '3' })
    expect(host.count()).toBe(1)
  })

  it.each([
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ])('%s answered with %i has no body', async (method, status) => {
    const { host, get } = await open()
    const headers = { ...FRESH, etag: '"1"' }
    host.on('/x', status === 204 ? { status, headers } : { body: 'body', headers })
    await get(`${host.url}/x`)
    const conditions = status === 304 ? { headers: { 'if-none-match': '"1"' } } : {}
    expect(await get(`${host.url}/x`, { method, ...conditions })).toMatchObject({ status, text: '' })
    // Fetch asks caches not to use what they have where its caller has conditions.
    if (status !== 304) expect(host.count()).toBe(1)
  })

  it('a large body comes whole, from the origin and from the cache', async () => {
    const { host, get } = await open()
    host.on('/x', { body: 'x'.repeat(2_000_000), headers: FRESH })
    for (const _call of [1, 2]) expect((await get(`${host.url}/x`)).text).toHaveLength(2_000_000)
    expect(host.count()).toBe(1)
  })
})
