import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type CachedFetch, createCachedFetch } from '../../src/doors/fetch/index.js'
import { type CacheWorld, openWorld } from '../helpers/cache-world.js'
import { createFakeClock } from '../helpers/fake-clock.js'
import { atOnce, createGate, errorOf, until } from '../helpers/gate.js'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

async function openFetch(): Promise<CacheWorld & { cachedFetch: CachedFetch }> {
  const world = await openWorld({ clock: createFakeClock(Date.now()) })
  return { ...world, cachedFetch: createCachedFetch(world.cachette) }
}

/** A server that a test answers by hand. */
async function openServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ url: string; closed: () => number }> {
  let closed = 0
  const server = createServer((request, response) => {
    response.on('close', () => (closed += response.writableFinished ? 0 : 1))
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, closed: () => closed }
}

describe('bodies that fetch gives', () => {
  it.each(['gzip', 'br'] as const)('are decoded: %s', async (encoding) => {
    const { cachedFetch, origin } = await openFetch()
    origin.on('/data', { json: { name: 'Amélie' }, encoding })
    for (const outcome of ['miss', 'hit']) {
      const response = await cachedFetch(`${origin.url}/data`)
      expect(response.cachette?.outcome).toBe(outcome)
      expect(await response.json()).toEqual({ name: 'Amélie' })
      expect(response.headers.get('content-encoding')).toBeNull()
    }
  })

  it('are the same bytes, from the origin and from the cache', async () => {
    const { cachedFetch, origin } = await openFetch()
    const bytes = Uint8Array.from({ length: 200_000 }, (_, index) => (index * 7) % 256)
    origin.on('/image', { body: bytes, headers: { 'content-type': 'image/png' } })
    for (let round = 0; round < 3; round += 1) {
      const got = new Uint8Array(await (await cachedFetch(`${origin.url}/image`)).arrayBuffer())
      expect(Buffer.compare(got, bytes)).toBe(0)
      got.fill(0)
    }
    const blob = await (await cachedFetch(`${origin.url}/image`)).blob()
    expect([blob.type, blob.size]).toEqual(['image/png', 200_000])
    expect(origin.count()).toBe(1)
  })

  it('may be larger than what is ever stored', async () => {
    const { cachedFetch, origin } = await openFetch()
    const body = Buffer.alloc(20 * 1024 ** 2, 'abcdefg')
    origin.on('/large', { body })
    for (let round = 1; round <= 2; round += 1) {
      const response = await cachedFetch(`${origin.url}/large`)
      expect(Buffer.compare(Buffer.from(await response.arrayBuffer()), body)).toBe(0)
      expect(origin.count()).toBe(round)
    }
  })

  it('come as they are written, though they never end', async () => {
    const { cachedFetch } = await openFetch()
    let next: (text: string) => void = () => undefined
    const { url, closed } = await openServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: 1\n\n')
      next = (text) => void response.write(text)
    })
    const response = await cachedFetch(url)
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader.read()).value).toBe('data: 1\n\n')
    next('data: 2\n\n')
    expect((await reader.read()).value).toBe('data: 2\n\n')
    await reader.cancel()
    await until(() => closed() === 1, 'the end of the connection')
  })

  it('are whole in both clones of one that is still coming', async () => {
    const { cachedFetch } = await openFetch()
    const gate = createGate()
    const { url } = await openServer((_, response) => {
      response.writeHead(200, { 'cache-control': 'max-age=60' })
      response.write('first ')
      void gate.opened.then(() => response.end('last'))
    })
    const response = await cachedFetch(url)
    const clone = response.clone()
    gate.open()
    expect(await Promise.all([clone.text(), response.text()])).toEqual(['first last', 'first last'])
    expect(await (await cachedFetch(url)).text()).toBe('first last')
  })

  it('are one for many callers, each at its own pace', async () => {
    const { cachedFetch, origin } = await openFetch()
    const body = Buffer.alloc(3 * 1024 ** 2, 'x')
    origin.on('/data', { body })
    const sizes = await atOnce(10, async () => {
      let sizeBytes = 0
      for await (const piece of (await cachedFetch(`${origin.url}/data`)).body!) sizeBytes += piece.byteLength
      return sizeBytes
    })
    expect(new Set(sizes)).toEqual(new Set([body.length]))
    expect(origin.count()).toBe(1)
  })

  it('are let go of where nobody holds the Response any more', async () => {
    const { cachedFetch } = await openFetch()
    const { url, closed } = await openServer((_, response) => {
      response.writeHead(200)
      response.write('first')
    })
    expect((await cachedFetch(url)).status).toBe(200)
    await until(() => {
      collectGarbage()
      return closed() === 1
    }, 'the end of the connection')
  })
})

describe('bodies that fetch sends', () => {
  it('may be streams', async () => {
    const { cachedFetch, origin } = await openFetch()
    const pieces = new ReadableStream({
      start(controller) {
        for (const text of ['one ', 'two']) controller.enqueue(new TextEncoder().encode(text))
        controller.close()
      },
    })
    const init = { method: 'POST', body: pieces, duplex: 'half' } as const
    const response = await cachedFetch(`${origin.url}/in`, init)
    expect(response.status).toBe(200)
    expect(origin.last()).toMatchObject({ body: 'one two', headers: { 'transfer-encoding': 'chunked' } })
  })

  it('may be forms, and say so', async () => {
    const { cachedFetch, origin } = await openFetch()
    const form = new FormData()
    form.set('file', new Blob(['content'], { type: 'text/x' }), 'name.txt')
    await cachedFetch(`${origin.url}/in`, { method: 'PUT', body: form })
    expect(origin.last().headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
    expect(origin.last().body).toMatch(/filename="name.txt"\r\nContent-Type: text\/x\r\n\r\ncontent\r\n/)
  })

  it('can be a part of the key', async () => {
    const world = await openWorld({ clock: createFakeClock(Date.now()), service: { key: { body: true } } })
    const cachedFetch = createCachedFetch(world.cachette)
    const { origin } = world
    origin.on('/graphql', ({ body, nth }) => ({ json: { body, nth } }))
    const query = async (body: string): Promise<unknown> => {
      const request = new Request(`${origin.url}/graphql`, { method: 'POST', body })
      return (await cachedFetch(request)).json()
    }
    expect([await query('{a}'), await query('{b}'), await query('{a}')]).toEqual([
      { body: '{a}', nth: 1 },
      { body: '{b}', nth: 2 },
      { body: '{a}', nth: 1 },
    ])
  })
})

describe('a caller who aborts', () => {
  it('before the call is told the reason, and nothing is asked', async () => {
    const { cachedFetch, origin } = await openFetch()
    const reason = new Error('no more')
    await expect(cachedFetch(origin.url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    await expect(cachedFetch(origin.url, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    })
    expect(origin.count()).toBe(0)
  })

  it('while waiting leaves the call to the others', async () => {
    const { cachedFetch, origin } = await openFetch()
    const gate = createGate()
    origin.on('/slow', { after: gate.opened, body: 'done' })
    const caller = new AbortController()
    const mine = errorOf(cachedFetch(`${origin.url}/slow`, { signal: caller.signal }))
    const theirs = cachedFetch(`${origin.url}/slow`)
    await until(() => origin.count() === 1)
    const reason = new Error('no more')
    caller.abort(reason)
    expect(await mine).toBe(reason)
    gate.open()
    expect(await (await theirs).text()).toBe('done')
    expect(origin.count()).toBe(1)
  })

  it('while reading gets the reason, and the others the rest', async () => {
    const { cachedFetch } = await openFetch()
    const gate = createGate()
    const { url } = await openServer((_, response) => {
      response.writeHead(200, { 'cache-control': 'max-age=60', 'content-length': '10' })
      response.write('first ')
      void gate.opened.then(() => response.end('last'))
    })
    const caller = new AbortController()
    const [mine, theirs] = await Promise.all([cachedFetch(url, { signal: caller.signal }), cachedFetch(url)])
    const reading = errorOf(mine.text())
    const reason = new Error('no more')
    caller.abort(reason)
    expect(await reading).toBe(reason)
    gate.open()
    expect(await theirs.text()).toBe('first last')
  })

  it('ends the call where nobody else wants it', async () => {
    const { cachedFetch } = await openFetch()
    const { url, closed } = await openServer((_, response) => {
      response.writeHead(200)
      response.write('first')
    })
    const caller = new AbortController()
    const response = await cachedFetch(url, { signal: caller.signal })
    caller.abort()
    await until(() => closed() === 1, 'the end of the connection')
    await expect(response.text()).rejects.toMatchObject({ name: 'AbortError' })
  })
})

describe('an origin that fails', () => {
  it('before its headers is a TypeError with the reasons below it', async () => {
    const { cachedFetch, origin } = await openFetch()
    await origin.stop()
    const error = await errorOf(cachedFetch(origin.url))
    expect(error).toBeInstanceOf(TypeError)
    expect(error.message).toBe('fetch failed')
    expect(error.cause).toMatchObject({
      code: 'CACHETTE_ORIGIN_UNREACHABLE',
      cause: { code: 'ECONNREFUSED' },
    })
  })

  it('in the middle of its body breaks off the reading, and nothing is stored', async () => {
    const { cachedFetch } = await openFetch()
    let breakOff: () => void = () => undefined
    let count = 0
    const { url } = await openServer((request, response) => {
      count += 1
      response.writeHead(200, { 'cache-control': 'max-age=60', 'content-length': '100' })
      response.write('first')
      breakOff = () => void request.socket.resetAndDestroy()
    })
    for (const round of [1, 2]) {
      const response = await cachedFetch(url)
      const reading = errorOf(response.text())
      breakOff()
      const error = await reading
      expect(error).toBeInstanceOf(TypeError)
      expect([error.message, count]).toEqual(['terminated', round])
      expect(error.cause).toMatchObject({ code: 'CACHETTE_ORIGIN_UNREACHABLE' })
    }
  })
})
