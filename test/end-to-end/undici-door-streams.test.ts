// Bodies through the interceptor: as fast as they are read, in bounded memory, to everyone who waits for them.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Agent, FormData, MockAgent, interceptors, request, type Dispatcher } from 'undici'
import { describe, expect, it, onTestFinished } from 'vitest'
import { cacheInterceptor } from '../../src/doors/undici/index.js'
import { newFolder, openOrigin, openWorld } from '../helpers/cache-world.js'
import { errorOf, until } from '../helpers/gate.js'

const MEGABYTE = 1024 ** 2

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

async function openDispatcher(below: Dispatcher = new Agent()): Promise<Dispatcher> {
  const { cachette } = await openWorld()
  onTestFinished(() => below.close())
  return below.compose(cacheInterceptor(cachette))
}

interface Pourer {
  readonly url: string
  /** Bytes that the origin has handed to its sockets. */
  sentBytes(): number
  /** Responses that were cut off. */
  cutOff(): number
  calls(): number
}

/** An origin that pours a body of some size as fast as it is taken. */
async function openPourer(sizeBytes: number, headers: Record<string, string>): Promise<Pourer> {
  let [sent, cut, calls] = [0, 0, 0]
  const server: Server = createServer((_request, response) => {
    calls += 1
    response.on('close', () => (cut += response.writableFinished ? 0 : 1))
    response.writeHead(200, { 'content-length': String(sizeBytes), ...headers })
    let left = sizeBytes
    const pour = (): void => {
      while (left > 0 && !response.destroyed) {
        const chunk = Buffer.alloc(Math.min(left, 65_536), 'x')
        left -= chunk.byteLength
        sent += chunk.byteLength
        if (!response.write(chunk)) return void response.once('drain', pour)
      }
      response.end()
    }
    pour()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close(() => undefined).closeAllConnections())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/big`
  return { url, sentBytes: () => sent, cutOff: () => cut, calls: () => calls }
}

const READS_BETWEEN_LOOKS = 50

/** What buffers in use occupy; what merely waits to be collected is none of anybody's business. */
function heldBytes(): number {
  collectGarbage()
  return process.memoryUsage().arrayBuffers
}

/** Waits until a number stays what it is. */
async function settled(read: () => number): Promise<number> {
  let last = -1
  await until(async () => {
    const before = last
    await new Promise((resolve) => setTimeout(resolve, 50))
    last = read()
    return before === last
  })
  return last
}

async function sizeOf(body: AsyncIterable<Uint8Array>): Promise<number> {
  let sizeBytes = 0
  for await (const chunk of body) sizeBytes += chunk.byteLength
  return sizeBytes
}

it('small bodies that were delivered are held no longer than memory is given to the cache', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'cache-control': 'max-age=600' })
    // In chunks: at the headers nobody knows how much is to come.
    response.write(Buffer.alloc(30_000))
    response.end(Buffer.alloc(30_000))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close(() => undefined).closeAllConnections())
  const { cachette } = await openWorld({
    memory: { maxBytes: MEGABYTE },
    store: { type: 'lmdb', path: newFolder() },
  })
  const below = new Agent()
  onTestFinished(() => below.close())
  const dispatcher = below.compose(cacheInterceptor(cachette))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const read = async (name: number): Promise<void> => {
    const { body } = await request(`${url}/${name}`, { dispatcher })
    expect(await sizeOf(body)).toBe(60_000)
  }
  await read(0)
  const before = heldBytes()
  for (let name = 1; name <= 200; name += 1) await read(name)
  // What waits to be written to the store is held until it is.
  await until(() => heldBytes() - before < 4 * MEGABYTE, 'less to be held')
})

describe('a large body', () => {
  it.each([
    ['is not stored', 'no-store'],
    ['might be stored', 'max-age=60'],
  ])('that %s is read from the origin as fast as its caller reads', async (_what, cacheControl) => {
    const origin = await openPourer(50 * MEGABYTE, { 'cache-control': cacheControl })
    const dispatcher = await openDispatcher()
    const { body } = await request(origin.url, { dispatcher })
    const reader = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>
    const first = await reader.next()
    expect(await settled(origin.sentBytes)).toBeLessThan(25 * MEGABYTE)
    const before = heldBytes()
    let [sizeBytes, most] = [(first.value as Buffer).byteLength, 0]
    for (let [next, reads] = [await reader.next(), 1]; next.done !== true; reads += 1) {
      sizeBytes += next.value.byteLength
      if (reads % READS_BETWEEN_LOOKS === 0) most = Math.max(most, heldBytes() - before)
      next = await reader.next()
    }
    expect(sizeBytes).toBe(50 * MEGABYTE)
    expect(most).toBeLessThan(40 * MEGABYTE)
  })

  it('beyond what is kept is asked for each time, and comes whole', async () => {
    const origin = await openPourer(20 * MEGABYTE, { 'cache-control': 'max-age=60' })
    const dispatcher = await openDispatcher()
    for (const _call of [1, 2]) {
      const { body } = await request(origin.url, { dispatcher })
      expect(await sizeOf(body)).toBe(20 * MEGABYTE)
    }
    expect(origin.calls()).toBe(2)
  })

  it('within what is kept is asked for once', async () => {
    const origin = await openPourer(8 * MEGABYTE, { 'cache-control': 'max-age=60' })
    const dispatcher = await openDispatcher()
    for (const _call of [1, 2, 3]) {
      const { body } = await request(origin.url, { dispatcher })
      expect(await sizeOf(body)).toBe(8 * MEGABYTE)
    }
    expect(origin.calls()).toBe(1)
  })

  it('ends at the origin when the one who reads it stops', async () => {
    const origin = await openPourer(50 * MEGABYTE, { 'cache-control': 'no-store' })
    const dispatcher = await openDispatcher()
    const { body } = await request(origin.url, { dispatcher })
    await body[Symbol.asyncIterator]().next()
    body.on('error', () => undefined).destroy()
    await until(() => origin.cutOff() === 1)
  })

  it('goes on for the others when one stops', async () => {
    const origin = await openPourer(8 * MEGABYTE, { 'cache-control': 'max-age=60' })
    const dispatcher = await openDispatcher()
    const [one, ...others] = await Promise.all(
      [1, 2, 3].map(() => request(origin.url, { dispatcher }).then(({ body }) => body)),
    )
    await one!.on('error', () => undefined).destroy()
    expect(await Promise.all(others.map(sizeOf))).toEqual([8 * MEGABYTE, 8 * MEGABYTE])
    expect([origin.calls(), origin.cutOff()]).toEqual([1, 0])
  })
})

describe('a request', () => {
  it('with a stream for a body goes past the cache, as the caller made it', async () => {
    const host = await openOrigin()
    host.on('/x', ({ body, headers }) => ({ body: `${headers['transfer-encoding']}: ${body}` }))
    const dispatcher = await openDispatcher()
    const sent = await request(`${host.url}/x`, {
      dispatcher,
      method: 'PUT',
      body: Readable.from([Buffer.from('a'), Buffer.from('b')]),
    })
    expect(await sent.body.text()).toBe('chunked: ab')
    const form = new FormData()
    form.set('k', 'v')
    await request(`${host.url}/form`, { dispatcher, method: 'POST', body: form })
    expect(host.last().headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
    expect(host.last().body).toContain('name="k"')
  })

  it('can be a pipeline', async () => {
    const host = await openOrigin()
    host.on('/x', ({ body }) => ({ body: body.toUpperCase() }))
    const dispatcher = await openDispatcher()
    const chunks: Buffer[] = []
    await pipeline(
      Readable.from([Buffer.from('a'), Buffer.from('b')]),
      dispatcher.pipeline({ origin: host.url, path: '/x', method: 'POST' }, ({ body }) => body),
      new Writable({ write: (chunk: Buffer, _encoding, done) => (chunks.push(chunk), done()) }),
    )
    expect(Buffer.concat(chunks).toString()).toBe('AB')
  })

  it('keeps the timeouts that its caller asked for', async () => {
    const host = await openOrigin()
    host.on('/x', { ending: 'hang' })
    const dispatcher = await openDispatcher()
    const asking = request(`${host.url}/x`, { dispatcher, headersTimeout: 50 })
    expect(await errorOf(asking)).toMatchObject({ code: 'UND_ERR_HEADERS_TIMEOUT' })
  })

  it('ends at the origin when its only caller aborts', async () => {
    let closed = 0
    const server = createServer((incoming) => void incoming.socket.on('close', () => (closed += 1)))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close(() => undefined).closeAllConnections())
    const dispatcher = await openDispatcher()
    const cancel = new AbortController()
    const { port } = server.address() as AddressInfo
    const asking = request(`http://127.0.0.1:${port}/x`, {
      dispatcher,
      method: 'POST',
      signal: cancel.signal,
    })
    const reason = new Error('enough')
    setTimeout(() => cancel.abort(reason), 50)
    expect(await errorOf(asking)).toBe(reason)
    await until(() => closed === 1)
  })

  it('is answered by mocks below, once', async () => {
    const mocks = new MockAgent()
    mocks.disableNetConnect()
    const answer = { headers: { 'cache-control': 'max-age=60' } }
    mocks.get('http://a.test').intercept({ path: '/x' }).reply(200, { mocked: true }, answer)
    const dispatcher = await openDispatcher(mocks)
    for (const _call of [1, 2]) {
      const { body } = await request('http://a.test/x', { dispatcher })
      expect(await body.json()).toEqual({ mocked: true })
    }
    expect(await errorOf(request('http://a.test/y', { dispatcher }))).toMatchObject({
      code: 'UND_MOCK_ERR_MOCK_NOT_MATCHED',
    })
  })

  it('passes other interceptors, above and below', async () => {
    const host = await openOrigin()
    host.on('/x', { status: 302, headers: { location: '/y', 'cache-control': 'max-age=60' } })
    host.on('/y', ({ nth }) =>
      nth === 1 ? { status: 503 } : { body: 'at last', headers: { 'cache-control': 'max-age=60' } },
    )
    const { cachette } = await openWorld()
    const agent = new Agent()
    onTestFinished(() => agent.destroy())
    const dispatcher = agent.compose(
      interceptors.retry({ minTimeout: 1, maxTimeout: 1 }),
      cacheInterceptor(cachette),
      interceptors.redirect({ maxRedirections: 3 }),
    )
    for (const _call of [1, 2]) {
      const { body } = await request(`${host.url}/x`, { dispatcher })
      expect(await body.text()).toBe('at last')
    }
    expect([host.count('/x'), host.count('/y')]).toEqual([1, 2])
  })
})
