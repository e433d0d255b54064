// The interceptor on real instances: hosts that no service claims are cached as HTTP says.
import { Writable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import {
  Agent,
  type Dispatcher,
  fetch as packageFetch,
  getGlobalDispatcher,
  request,
  setGlobalDispatcher,
} from 'undici'
import { describe, expect, it, onTestFinished } from 'vitest'
import { cacheInterceptor } from '../../src/doors/undici/index.js'
import { type CacheWorld, type WorldOptions, openOrigin, openWorld } from '../helpers/cache-world.js'
import { atOnce, createGate, errorOf, until } from '../helpers/gate.js'
import type { LoopbackOrigin, ScriptedReply } from '../helpers/loopback-origin.js'

interface DoorWorld extends CacheWorld {
  /** An origin that no service claims. */
  readonly host: LoopbackOrigin
  readonly dispatcher: Dispatcher
  /** Asks the unclaimed origin; resolves with the body read. */
  ask(path: string, options?: Partial<Dispatcher.DispatchOptions> & { signal?: AbortSignal }): Promise<Answer>
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly bytes: Buffer
}

async function openDoor(options?: WorldOptions): Promise<DoorWorld> {
  const world = await openWorld(options)
  const host = await openOrigin()
  const agent = new Agent()
  onTestFinished(() => agent.destroy())
  const dispatcher = agent.compose(cacheInterceptor(world.cachette))
  return {
    ...world,
    host,
    dispatcher,
    async ask(path, more) {
      const { statusCode, headers, body } = await request(`${host.url}${path}`, { ...more, dispatcher })
      return { status: statusCode, headers, bytes: Buffer.from(await body.arrayBuffer()) }
    },
  }
}

const FRESH = { 'cache-control': 'max-age=60' }
const fresh = (reply: ScriptedReply = {}): ScriptedReply => ({
  body: 'fresh',
  ...reply,
  headers: { ...FRESH, ...reply.headers },
})

describe('an answer that is stored', () => {
  it('is given without a call, with its age and what the cache did', async () => {
    const { host, ask, clock } = await openDoor()
    host.on('/x', fresh({ headers: { etag: '"1"', 'content-type': 'text/plain' } }))
    const first = await ask('/x')
    expect(first.headers['cache-status']).toMatch(/^cachette; fwd=uri-miss; fwd-status=200; stored/)
    clock.advance(7_000)
    const second = await ask('/x')
    expect(second.bytes.toString()).toBe('fresh')
    expect(second.headers).toMatchObject({ age: '7', etag: '"1"', 'content-length': '5' })
    expect(second.headers['cache-status']).toMatch(/^cachette; hit; ttl=53/)
    expect(host.count('/x')).toBe(1)
  })

  it('reaches every interface of undici, and Node’s own fetch', async () => {
    const { host, dispatcher, ask } = await openDoor()
    host.on('/x', fresh({ json: { n: 1 } }))
    await ask('/x')
    const before = getGlobalDispatcher()
    setGlobalDispatcher(dispatcher)
    onTestFinished(() => setGlobalDispatcher(before))
    const url = `${host.url}/x`
    expect(await fetch(url).then((response) => response.json())).toEqual({ n: 1 })
    expect(await packageFetch(url).then((response) => response.json())).toEqual({ n: 1 })
    const chunks: Buffer[] = []
    const sink = new Writable({ write: (chunk: Buffer, _encoding, done) => (chunks.push(chunk), done()) })
    await dispatcher.stream({ origin: host.url, path: '/x', method: 'GET' }, () => sink)
    expect(JSON.parse(Buffer.concat(chunks).toString())).toEqual({ n: 1 })
    expect(host.count('/x')).toBe(1)
  })

  it('is one call for fifty callers', async () => {
    const { host, ask } = await openDoor()
    const gate = createGate()
    host.on('/x', fresh({ after: gate.opened }))
    const asking = atOnce(50, () => ask('/x'))
    await until(() => host.count('/x') === 1)
    gate.open()
    const answers = await asking
    expect(new Set(answers.map(({ bytes }) => bytes.toString()))).toEqual(new Set(['fresh']))
    expect(host.count('/x')).toBe(1)
  })

  it('belongs to whoever sent the credentials', async () => {
    const { host, ask } = await openDoor()
    host.on('/me', ({ headers }) => fresh({ body: `you are ${headers.authorization}` }))
    const as = async (who: string): Promise<string> =>
      (await ask('/me', { headers: { authorization: who } })).bytes.toString()
    const said = [await as('Bearer a'), await as('Bearer b'), await as('Bearer a'), await as('Bearer b')]
    expect(said).toEqual(['you are Bearer a', 'you are Bearer b', 'you are Bearer a', 'you are Bearer b'])
    expect(host.count('/me')).toBe(2)
  })

  it('is of a declared service where one claims the host, whatever its fields say', async () => {
    const { origin, dispatcher, heard } = await openDoor()
    for (const _call of [1, 2])
      await request(`${origin.url}/x`, { dispatcher }).then(({ body }) => body.dump())
    expect(origin.count('/x')).toBe(1)
    const requests = heard.filter(({ name }) => name === 'request').map(({ event }) => event)
    expect(requests).toMatchObject([
      { door: 'undici', service: 'my_service', outcome: 'miss' },
      { door: 'undici', service: 'my_service', outcome: 'hit' },
    ])
  })

  it('is not asked for again until it must be, and then conditionally', async () => {
    const { host, ask, clock } = await openDoor()
    host.on('/x', ({ headers }) =>
      headers['if-none-match'] === '"1"'
        ? { status: 304, headers: { ...FRESH, etag: '"1"' } }
        : fresh({ headers: { etag: '"1"' } }),
    )
    await ask('/x')
    clock.advance(61_000)
    const answer = await ask('/x')
    expect([answer.status, answer.bytes.toString()]).toEqual([200, 'fresh'])
    expect(host.count('/x')).toBe(2)
    const own = await ask('/x', { headers: { 'if-none-match': '"1"' } })
    expect([own.status, own.bytes.length]).toEqual([304, 0])
    expect(host.count('/x')).toBe(2)
  })
})

describe('what is answered', () => {
  it.each<[string, ScriptedReply, Buffer]>([
    ['binary', { body: Buffer.from([0, 255, 128, 10]) }, Buffer.from([0, 255, 128, 10])],
    ['empty', { body: '' }, Buffer.alloc(0)],
    ['gzip', { body: 'packed', encoding: 'gzip' }, Buffer.from('packed')],
    ['large', { body: Buffer.alloc(3_000_000, 'x') }, Buffer.alloc(3_000_000, 'x')],
  ])('is whole where the body is %s, from the origin and from the cache', async (_what, reply, expected) => {
    const { host, ask } = await openDoor()
    host.on('/x', fresh(reply))
    for (const _call of [1, 2]) {
      const { bytes, headers } = await ask('/x', { headers: { 'accept-encoding': 'gzip' } })
      expect(bytes.equals(expected)).toBe(true)
      expect(headers['content-encoding']).toBeUndefined()
    }
    expect(host.count('/x')).toBe(1)
  })

  it('comes as it was sent where it goes past the cache', async () => {
    const { host, ask } = await openDoor()
    host.on('/x', { body: 'packed', encoding: 'gzip' })
    const { headers, bytes } = await ask('/x', { method: 'POST', body: 'b' })
    expect(headers['content-encoding']).toBe('gzip')
    expect(bytes.equals(gzipSync('packed'))).toBe(true)
  })

  it('keeps fields that are there twice', async () => {
    const { host, ask } = await openDoor()
    host.on('/x', fresh({ headers: { 'set-cookie': ['a=1', 'b=2'], link: ['</a>', '</b>'] } }))
    for (const _call of [1, 2]) {
      const { headers } = await ask('/x')
      expect(headers).toMatchObject({ 'set-cookie': ['a=1', 'b=2'], link: ['</a>', '</b>'] })
    }
  })

  it('has no body for HEAD, which a stored GET answers', async () => {
    const { host, ask } = await openDoor()
    host.on('/x', fresh())
    for (const method of ['HEAD', 'GET', 'HEAD'] as const) {
      const { status, bytes, headers } = await ask('/x', { method })
      expect([status, bytes.toString()]).toEqual([200, method === 'GET' ? 'fresh' : ''])
      expect(headers['content-length']).toBe('5')
    }
  })

  it('is the redirect itself', async () => {
    const { host, ask } = await openDoor()
    host.on('/x', fresh({ status: 301, headers: { location: '/y' }, body: '' }))
    for (const _call of [1, 2]) {
      const { status, headers } = await ask('/x')
      expect([status, headers['location']]).toEqual([301, '/y'])
    }
    expect([host.count('/x'), host.count('/y')]).toEqual([1, 0])
  })

  it('is a 504 of the cache’s own where nothing may be asked', async () => {
    const { host, ask } = await openDoor()
    const { status } = await ask('/x', { headers: { 'cache-control': 'only-if-cached' } })
    expect([status, host.count()]).toEqual([504, 0])
  })

  it('is purged by a POST that succeeds', async () => {
    const { host, ask } = await openDoor()
    host.on('/x', ({ method, body }) => (method === 'POST' ? { body: `got ${body}` } : fresh()))
    await ask('/x')
    expect((await ask('/x', { method: 'POST', body: 'this' })).bytes.toString()).toBe('got this')
    await ask('/x')
    expect(host.count('/x')).toBe(3)
  })

  it('is purged by a POST of Node’s fetch, whose body comes as a stream', async () => {
    const { host, ask, dispatcher } = await openDoor()
    host.on('/x', ({ method, body, headers }) =>
      method === 'POST' ? { body: `got ${body} of ${headers['content-length']}` } : fresh(),
    )
    await ask('/x')
    const init = { method: 'POST', body: 'this', dispatcher } as object
    const posted = await fetch(`${host.url}/x`, init)
    expect(await posted.text()).toBe('got this of 4')
    await ask('/x')
    expect(host.count('/x')).toBe(3)
  })
})

describe('what fails', () => {
  it('is the error of the network, and nothing is stored', async () => {
    const { host, ask } = await openDoor()
    host.on('/x', ({ nth }) => fresh(nth === 1 ? { ending: 'short' } : {}))
    const error = await errorOf(ask('/x'))
    expect(error['code']).toMatch(/^UND_ERR_/)
    expect((await ask('/x')).bytes.toString()).toBe('fresh')
    expect(host.count('/x')).toBe(2)
    await host.stop()
    expect(await errorOf(ask('/y'))).toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('is for one caller alone where it is that caller who aborts', async () => {
    const { host, ask } = await openDoor()
    const gate = createGate()
    host.on('/x', fresh({ after: gate.opened }))
    const cancels = Array.from({ length: 5 }, () => new AbortController())
    const asking = cancels.map(({ signal }) => ask('/x', { signal }))
    const settled = Promise.allSettled(asking)
    await until(() => host.count('/x') === 1)
    const reason = new Error('enough')
    for (const cancel of cancels.slice(0, 3)) cancel.abort(reason)
    gate.open()
    const results = await settled
    expect(results.slice(0, 3)).toEqual(Array(3).fill({ status: 'rejected', reason }))
    expect(results.slice(3)).toMatchObject(Array(2).fill({ status: 'fulfilled', value: { status: 200 } }))
    expect(host.count('/x')).toBe(1)
  })
})

describe('an instance that was closed', () => {
  it('leaves its calls to the network', async () => {
    const { ask, cachette, host } = await openDoor()
    host.on('/x', fresh())
    await cachette.close()
    for (const count of [1, 2]) {
      const { status, headers, bytes } = await ask('/x')
      expect([status, headers['cache-status'], bytes.toString()]).toEqual([200, undefined, 'fresh'])
      expect(host.count('/x')).toBe(count)
    }
    expect((await ask('/x', { method: 'HEAD' })).status).toBe(200)
    expect((await ask('/x', { method: 'POST', body: 'sent' })).status).toBe(200)
    expect(host.last()).toMatchObject({ method: 'POST', body: 'sent' })
    await host.stop()
    expect(await errorOf(ask('/x'))).toMatchObject({ code: 'ECONNREFUSED' })
  })
})
