import { AsyncLocalStorage } from 'node:async_hooks'
import { once } from 'node:events'
import {
  Agent,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
  createServer,
  get,
  request,
} from 'node:http'
import { type AddressInfo, type Socket, createServer as createTcpServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type StubOptions, stubInstance } from '../../../../test/end-to-end/register-stub.js'
import { type LoopbackOrigin, startLoopbackOrigin } from '../../../../test/helpers/loopback-origin.js'
import { configError } from '../../../errors/cachette-error.js'
import { hookHttp } from './http-hook.js'
import { watchUnsafeCalls } from './unsafe-calls.js'

let origin: LoopbackOrigin
let unhook: (() => void)[] = []

beforeAll(async () => {
  origin = await startLoopbackOrigin()
})
afterAll(() => origin.stop())
afterEach(() => {
  for (const undo of unhook) undo()
  unhook = []
})

function hook(options?: StubOptions): ReturnType<typeof stubInstance> {
  const stub = stubInstance(options)
  unhook.push(hookHttp(stub.instance), watchUnsafeCalls(stub.instance))
  return stub
}

interface Seen {
  readonly response: IncomingMessage
  readonly body: string
  readonly outcome: string | undefined
}

async function call(path: string, options: RequestOptions = {}, body?: string): Promise<Seen> {
  const sent = request(origin.url + path, options)
  sent.end(body)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const status = String(response.headers['cache-status'])
  const outcome = status === 'undefined' ? undefined : status.includes('; hit') ? 'hit' : 'miss'
  return { response, body: await text(response), outcome }
}

/** Without rejecting for an error, as `once` does. */
function closed(sent: ClientRequest): Promise<void> {
  return new Promise((resolve) => sent.once('close', () => resolve()))
}

describe('a request of node:http', () => {
  it('is asked of the origin once, and answered from the cache from then on', async () => {
    hook()
    const first = await call('/once')
    const second = await call('/once')
    expect([first.outcome, second.outcome]).toEqual(['miss', 'hit'])
    expect(second.body).toBe(first.body)
    expect(second.response).toMatchObject({ statusCode: 200, statusMessage: 'OK', complete: true })
    expect(origin.count('/once')).toBe(1)
  })

  it('is asked with every field that its program gave, repeated ones and its own agent included', async () => {
    const stub = hook()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 }) as Agent & { createConnection(): Socket }
    const connect = vi.spyOn(agent, 'createConnection')
    const headers = { 'X-One': ['1', '2'], Cookie: ['a=1', 'b=2'], 'User-Agent': 'test' }
    await call('/fields', { agent, headers, auth: 'me:secret' })
    expect(origin.last().headers).toMatchObject({
      'x-one': '1, 2',
      cookie: 'a=1; b=2',
      'user-agent': 'test',
      authorization: `Basic ${Buffer.from('me:secret').toString('base64')}`,
      host: origin.host,
      connection: 'keep-alive',
    })
    expect(stub.requests[0]?.headers).toEqual([
      ['X-One', '1'],
      ['X-One', '2'],
      ['Cookie', 'a=1; b=2'],
      ['User-Agent', 'test'],
      ['Authorization', `Basic ${Buffer.from('me:secret').toString('base64')}`],
    ])
    expect(connect).toHaveBeenCalledTimes(1)
    agent.destroy()
  })

  it('is what its program makes of it until it is sent', async () => {
    const stub = hook()
    const sent = request(`${origin.url}/late`)
    sent.setHeader('x-late', '1')
    sent.end()
    await once(sent, 'response')
    expect(stub.requests[0]?.headers).toEqual([['x-late', '1']])
  })

  it('may have its fields as a list', async () => {
    const stub = hook()
    const headers = ['Host', origin.host, 'X-One', '1', 'X-One', '2'] as unknown as RequestOptions['headers']
    expect((await call('/list', { headers: headers! })).outcome).toBe('miss')
    expect(stub.requests[0]?.headers).toEqual([
      ['X-One', '1'],
      ['X-One', '2'],
    ])
    expect(origin.last().headers['x-one']).toBe('1, 2')
  })

  it('gives each caller bytes of its own', async () => {
    hook()
    await call('/bytes')
    const [first] = (await once(get(`${origin.url}/bytes`), 'response')) as [IncomingMessage]
    const [chunk] = (await once(first, 'data')) as [Buffer]
    chunk.fill(0)
    expect((await call('/bytes')).body).toContain('"path":"/bytes"')
  })

  it('stays in the context of its program, on a miss and on a hit', async () => {
    hook()
    const context = new AsyncLocalStorage<string>()
    for (const name of ['miss', 'hit']) {
      await context.run(name, async () => {
        const seen = await new Promise((resolve) => {
          get(`${origin.url}/context`, (response) => {
            response.resume()
            response.on('end', () => resolve(context.getStore()))
          })
        })
        expect(seen).toBe(name)
      })
    }
  })

  it('is sent once more where a connection that was kept open had been closed', async () => {
    let requests = 0
    const server = createServer((_request, response) => {
      requests += 1
      if (requests === 2) response.socket?.destroy()
      else response.end('answer')
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const agent = new Agent({ keepAlive: true })
    hook()
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    for (const path of ['/a', '/b']) {
      const [response] = (await once(get(url + path, { agent }), 'response')) as [IncomingMessage]
      expect(await text(response)).toBe('answer')
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(requests).toBe(3)
    agent.destroy()
    server.close()
  })

  it('fails where the origin takes up another protocol unasked', async () => {
    const server = createTcpServer((socket) => {
      socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    hook()
    const sent = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' })
    const [error] = (await once(sent, 'error')) as [NodeJS.ErrnoException]
    expect(error).toMatchObject({ code: 'ECONNRESET', message: 'socket hang up' })
    server.close()
  })

  it('goes to the network where the engine will not have it', async () => {
    hook({ answer: () => Promise.reject(configError('not this one')) })
    const seen = await call('/refused')
    expect(seen.body).toContain('/refused')
    expect(seen.outcome).toBeUndefined()
    expect(origin.count('/refused')).toBe(1)
  })

  it('goes to its agent where the instance is closed', async () => {
    hook({
      answer: () => {
        throw new Error('closed')
      },
    })
    expect((await call('/closed')).outcome).toBeUndefined()
  })

  it('tells the engine when its program leaves, and not when it is done', async () => {
    const stub = hook()
    await call('/whole')
    origin.on('/hanging', { ending: 'hang' })
    const left = get(`${origin.url}/hanging`)
    left.on('error', () => undefined)
    await new Promise((resolve) => setTimeout(resolve, 20))
    left.destroy()
    await closed(left)
    expect(stub.requests.map(({ options }) => options.signal?.aborted)).toEqual([false, true])
  })
})

describe('an instance that is not open yet', () => {
  it('is opened by the first call, which waits for it', async () => {
    let open = (): void => undefined
    hook({ open: () => new Promise((resolve) => (open = resolve)) })
    const sent = call('/waiting')
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(origin.count('/waiting')).toBe(0)
    open()
    expect((await sent).outcome).toBe('miss')
  })

  it('is not waited for by a request that is given up', async () => {
    hook({ open: () => new Promise(() => undefined) })
    const sent = get(`${origin.url}/given-up`)
    const failed = once(sent, 'error')
    const ended = closed(sent)
    sent.destroy(new Error('enough'))
    expect(await ended).toBeUndefined()
    await expect(failed).resolves.toMatchObject([{ message: 'enough' }])
    expect(origin.count('/given-up')).toBe(0)
  })

  it('leaves every call to the network where it cannot be opened, and says so once', async () => {
    const stub = hook({ open: () => Promise.reject(new Error('no')) })
    const outcomes = [await call('/unopened'), await call('/unopened')].map(({ outcome }) => outcome)
    expect(outcomes).toEqual([undefined, undefined])
    expect(stub.warnings).toMatchObject([{ message: 'no' }])
  })
})

describe('a host', () => {
  it('that is not chosen is left alone, unless a service claims it', async () => {
    const claim = (url: string): string => (url.includes('/claimed') ? 'mine' : 'other')
    const stub = hook({ isChosen: () => false, claim })
    expect((await call('/unclaimed')).outcome).toBeUndefined()
    expect((await call('/claimed')).outcome).toBe('miss')
    expect((await call('/unclaimed')).outcome).toBeUndefined()
    expect(stub.requests.map(({ service }) => service)).toEqual(['mine'])
  })
})

describe('a change at the origin', () => {
  it('purges its URL, and what is asked after it waits for that', async () => {
    let purge = (): void => undefined
    const stub = hook({ purge: () => new Promise((resolve) => (purge = resolve)) })
    await call('/changed')
    await call('/changed', { method: 'POST' }, 'new')
    const after = call('/changed')
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(stub.requests).toHaveLength(1)
    purge()
    expect((await after).outcome).toBe('miss')
    expect(stub.purged).toEqual([`${origin.url}/changed`])
  })

  it('that fails, or on a host that is not cached, purges nothing', async () => {
    const stub = hook({ isChosen: (host) => host === origin.host })
    origin.on('/failing', { status: 500, body: 'no' })
    await call('/failing', { method: 'DELETE' })
    await call('/asked', { method: 'OPTIONS' })
    const other = await startLoopbackOrigin()
    const sent = request(other.url, { method: 'PUT' })
    sent.end('new')
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    await text(response)
    await other.stop()
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(stub.purged).toEqual([])
  })
})

describe('what goes to the network as if nobody had looked', () => {
  it.each<[string, RequestOptions, string?]>([
    ['a method that is not cached', { method: 'OPTIONS' }],
    ['a body', { method: 'GET', headers: { 'content-length': '2' } }, 'hi'],
    ['a body of unknown length', { method: 'GET', headers: { 'transfer-encoding': 'chunked' } }, 'hi'],
    ['another host than the one it is sent to', { headers: { host: 'other.test' } }],
    ['a wait for a 100', { headers: { expect: '100-continue' } }],
    ['fields after the body', { headers: { te: 'trailers' } }],
  ])('is a request with %s', async (_what, options, body) => {
    const stub = hook()
    const { outcome, response } = await call('/untouched', options, body)
    expect(response.statusCode).toBe(200)
    expect(outcome).toBeUndefined()
    expect(stub.requests).toEqual([])
  })

  it('is a change of protocol', async () => {
    const server = createServer()
    server.on('upgrade', (_request, socket: Socket) => {
      socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nhello')
    })
    server.on('connect', (_request, socket: Socket) => {
      socket.end('HTTP/1.1 200 Connection established\r\n\r\nhello')
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const stub = hook()
    const { port } = server.address() as AddressInfo
    const programs = {
      upgrade: { port, host: '127.0.0.1', headers: { connection: 'Upgrade', upgrade: 'echo' } },
      connect: { port, host: '127.0.0.1', method: 'CONNECT', path: 'a.test:443' },
    }
    for (const [event, options] of Object.entries(programs)) {
      const sent = request(options)
      sent.end()
      const [, socket, head] = (await once(sent, event)) as [IncomingMessage, Socket, Buffer]
      expect(head.toString() + (await text(socket))).toBe('hello')
    }
    expect(stub.requests).toEqual([])
    server.close()
  })

  it('is a response that tells of itself before it comes', async () => {
    const server = createServer((_request, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' })
      response.end('whole')
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    hook()
    const sent = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' })
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    expect(await text(response)).toBe('whole')
    server.close()
  })
})
