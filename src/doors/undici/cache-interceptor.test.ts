import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as undici from 'undici'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CachetteError } from '../../errors/cachette-error.js'
import type { CacheAnswer } from '../../model/cache-answer.js'
import type { CacheRequest } from '../../model/cache-request.js'
import { CONNECTION, type Connectable } from '../../model/connection.js'
import { EntryBody } from '../../model/entry-body.js'
import type { OriginRequest, OriginResponse } from '../../model/transport.js'
import { cacheInterceptor } from './index.js'

type Respond = (request: IncomingMessage, response: ServerResponse) => void

/** A stand-in for an instance: answers what it was told to, and hands everything else to the network. */
interface Stub extends Connectable {
  readonly asked: CacheRequest[]
  /** Answers the next calls. */
  answerWith: ((request: CacheRequest) => CacheAnswer | Promise<CacheAnswer>) | undefined
}

function answerOf(parts: Partial<CacheAnswer>): CacheAnswer {
  return {
    status: 200,
    headers: [],
    body: new EntryBody(new Uint8Array()),
    outcome: 'hit',
    because: 'fresh',
    ageMs: 5_000,
    ttlMs: 60_000,
    tier: 'memory',
    url: '',
    attempts: 0,
    key: 'k',
    isStored: true,
    originStatus: undefined,
    redirectedTo: undefined,
    ...parts,
  }
}

function originRequest(request: CacheRequest): OriginRequest {
  const { method, url, headers, body, options } = request
  const signal = options.signal ?? new AbortController().signal
  const list = headers as OriginRequest['headers']
  return { method, url, headers: list, signal, ...(body === undefined ? {} : { body }) }
}

function passedOn({ status, statusText, headers, body }: OriginResponse): CacheAnswer {
  const stop = (): void => void body[Symbol.asyncIterator]().return?.()
  const live = {
    sizeBytes: undefined,
    whole: undefined,
    gather: () => Promise.reject(new Error('not asked for')),
    stream: () => body,
    discard: stop,
  }
  return answerOf({ status, statusText, headers, body: live, outcome: 'miss', tier: 'origin', ageMs: 0 })
}

function openStub(): Stub {
  const asked: CacheRequest[] = []
  const stub: Stub = {
    asked,
    answerWith: undefined,
    [CONNECTION]: {
      answer(request) {
        asked.push(request)
        return stub.answerWith?.(request) ?? request.transport(originRequest(request)).then(passedOn)
      },
      claim: () => 'other',
      resolveUrl: (_service, url) => url,
      checkService: () => undefined,
      transport: () => Promise.reject(new Error('the door has a network of its own')),
      nowMs: () => 0,
    },
  }
  return stub
}

async function openOrigin(
  respond: Respond,
): Promise<{ readonly url: string; readonly seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = []
  const server = createServer((request, response) => {
    seen.push(request)
    response.on('error', () => undefined)
    respond(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

function openDispatcher(stub: Connectable): undici.Dispatcher {
  const agent = new undici.Agent()
  onTestFinished(() => agent.destroy())
  return agent.compose(cacheInterceptor(stub))
}

/** A promise and its ends. */
function pending<Value>(): {
  readonly promise: Promise<Value>
  readonly resolve: (value: Value) => void
  readonly reject: (error: Error) => void
} {
  let ends: [(value: Value) => void, (error: Error) => void] | undefined
  const promise = new Promise<Value>((resolve, reject) => (ends = [resolve, reject]))
  return { promise, resolve: ends![0], reject: ends![1] }
}

describe('the interceptor', () => {
  it('wants an instance', () => {
    expect(() => cacheInterceptor({} as Connectable)).toThrow(CachetteError)
    expect(() => cacheInterceptor(undefined as unknown as Connectable)).toThrow(/createCachette/)
  })

  it('asks for the call as undici has it', async () => {
    const stub = openStub()
    stub.answerWith = () => answerOf({})
    const dispatcher = openDispatcher(stub)
    await dispatcher.request({
      origin: 'http://a.test',
      path: '/x',
      query: { q: [1, 2] },
      method: 'GET',
      headers: ['Accept', 'a', 'accept', 'b'],
    })
    expect(stub.asked).toMatchObject([
      {
        door: 'undici',
        service: 'other',
        method: 'GET',
        url: 'http://a.test/x?q=1&q=2',
        headers: [
          ['Accept', 'a'],
          ['accept', 'b'],
        ],
        options: { isHttp: true, redirects: 'hand-back', keepsCoding: true },
      },
    ])
  })

  it('sends the path byte for byte, and any that it is asked for instead', async () => {
    const { url, seen } = await openOrigin((_request, response) => response.end())
    const stub = openStub()
    const dispatcher = openDispatcher(stub)
    const send = async (path: string): Promise<void> => {
      await dispatcher.request({ origin: url, path, method: 'GET' }).then(({ body }) => body.dump())
    }
    await send('/a/../b?x=%20|')
    stub.answerWith = (request) =>
      request.transport({ ...originRequest(request), url: `${url}/c/./d?y#z` }).then(passedOn)
    await send('/a')
    expect(seen.map((request) => request.url)).toEqual(['/a/../b?x=%20|', '/c/./d?y'])
  })

  it('delivers what is at hand after the dispatch has returned, and in one go', async () => {
    const stub = openStub()
    stub.answerWith = () => answerOf({ body: new EntryBody(Buffer.from('stored')) })
    const said: string[] = []
    const ended = pending<void>()
    openDispatcher(stub).dispatch(
      { origin: 'http://a.test', path: '/', method: 'GET' },
      {
        onRequestStart: () => void said.push('start'),
        onResponseStart: (controller, status, headers, text) => {
          const isRaw = Array.isArray(controller.rawHeaders) && Buffer.isBuffer(controller.rawHeaders[0])
          said.push(`${status} ${text} ${headers['age']} ${isRaw}`)
        },
        onResponseData: (_controller, chunk) => void said.push(chunk.toString()),
        onResponseEnd: () => (said.push('end'), ended.resolve()),
        onResponseError: (_controller, error) => ended.reject(error),
      },
    )
    expect(said).toEqual(['start'])
    await ended.promise
    expect(said).toEqual(['start', '200 OK 5 true', 'stored', 'end'])
  })

  it('gives copies of stored bytes', async () => {
    const stub = openStub()
    const bytes = Buffer.alloc(200_000, 'x')
    stub.answerWith = () => answerOf({ body: new EntryBody(bytes) })
    const { body } = await openDispatcher(stub).request({ origin: 'http://a.test', path: '/', method: 'GET' })
    for await (const chunk of body) (chunk as Buffer).fill('y')
    expect(bytes.every((byte) => byte === 'x'.charCodeAt(0))).toBe(true)
  })

  it.each(['newer', 'older'])('waits while a handler of the %s generation pauses', async (generation) => {
    const stub = openStub()
    const bytes = Buffer.alloc(200_000, 'x')
    stub.answerWith = () => answerOf({ body: new EntryBody(bytes) })
    const sizes: number[] = []
    let resume = (): void => undefined
    const ended = pending<void>()
    const newer: undici.Dispatcher.DispatchHandler = {
      onRequestStart: (controller) => (resume = () => controller.resume()),
      onResponseStart: (controller) => controller.pause(),
      onResponseData: (controller, chunk) => (sizes.push(chunk.byteLength), controller.pause()),
      onResponseEnd: () => ended.resolve(),
      onResponseError: (_controller, error) => ended.reject(error),
    }
    const older: undici.Dispatcher.DispatchHandler = {
      onConnect: () => undefined,
      onHeaders: (_status, _headers, wake) => ((resume = wake), false),
      onData: (chunk) => (sizes.push(chunk.byteLength), false),
      onComplete: () => ended.resolve(),
      onError: (error) => ended.reject(error),
    }
    const handler = generation === 'newer' ? newer : older
    openDispatcher(stub).dispatch({ origin: 'http://a.test', path: '/', method: 'GET' }, handler)
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
    for (const pieces of [0, 1, 2, 3, 4]) {
      await turn()
      expect(sizes).toHaveLength(pieces)
      resume()
    }
    await ended.promise
    expect(sizes).toEqual([65_536, 65_536, 65_536, 3_392])
  })

  it('fails a body that is cut short with the error of the network', async () => {
    const { url } = await openOrigin((_request, response) => {
      response.writeHead(200, { 'content-length': '10' })
      response.write('12345', () => response.destroy())
    })
    const { body } = await openDispatcher(openStub()).request({ origin: url, path: '/', method: 'GET' })
    await expect(body.text()).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' })
  })

  it('gives the error of the network below one of ours, and ours where there is none', async () => {
    const stub = openStub()
    const dispatcher = openDispatcher(stub)
    const get = (): Promise<unknown> =>
      dispatcher.request({ origin: 'http://a.test', path: '/', method: 'GET' })
    const cause = Object.assign(new Error('socket'), { code: 'UND_ERR_SOCKET' })
    stub.answerWith = () => Promise.reject(new CachetteError('CACHETTE_ORIGIN_UNREACHABLE', 'no', { cause }))
    await expect(get()).rejects.toBe(cause)
    const late = new CachetteError('CACHETTE_TIMEOUT', 'late')
    stub.answerWith = () => Promise.reject(late)
    await expect(get()).rejects.toBe(late)
    stub.answerWith = () => {
      throw late
    }
    await expect(get()).rejects.toBe(late)
  })

  it('aborts with undici’s own error where no reason is given', async () => {
    const stub = openStub()
    stub.answerWith = () => new Promise(() => undefined)
    const failed = pending<Error>()
    openDispatcher(stub).dispatch(
      { origin: 'http://a.test', path: '/', method: 'GET' },
      {
        onConnect: (abort) => abort(),
        onHeaders: () => true,
        onData: () => true,
        onComplete: () => undefined,
        onError: failed.resolve,
      },
    )
    const error = await failed.promise
    expect(error).toMatchObject({ name: 'AbortError', code: 'UND_ERR_ABORTED', message: 'Request aborted' })
    expect(error).toBeInstanceOf(undici.errors.RequestAbortedError)
    expect(stub.asked).toEqual([])
  })

  it('tells nobody of an abort after the end', async () => {
    const stub = openStub()
    stub.answerWith = () => answerOf({})
    const dispatcher = openDispatcher(stub)
    const cancel = new AbortController()
    const { signal } = cancel
    const { body } = await dispatcher.request({ origin: 'http://a.test', path: '/', method: 'GET', signal })
    await body.text()
    cancel.abort()
    expect(stub.asked[0]?.options.signal?.aborted).toBe(false)
  })

  it('lets go of an answer that comes after its caller has left', async () => {
    const stub = openStub()
    const answer = pending<CacheAnswer>()
    const discarded = pending<void>()
    stub.answerWith = () => answer.promise
    const cancel = new AbortController()
    const { signal } = cancel
    const got = openDispatcher(stub).request({ origin: 'http://a.test', path: '/', method: 'GET', signal })
    cancel.abort(new Error('enough'))
    await expect(got).rejects.toThrow('enough')
    const body = Object.assign(new EntryBody(Buffer.from('x')), { discard: discarded.resolve })
    answer.resolve(answerOf({ body }))
    await discarded.promise
  })

  it('ends a call with what the caller’s own code throws', async () => {
    const stub = openStub()
    stub.answerWith = () => answerOf({ body: new EntryBody(Buffer.from('x')) })
    const stream = openDispatcher(stub).stream({ origin: 'http://a.test', path: '/', method: 'GET' }, () => {
      throw new Error('no place for it')
    })
    await expect(stream).rejects.toThrow('no place for it')
  })

  it('passes informational responses, the status’s own text and trailers on', async () => {
    const { url } = await openOrigin((_request, response) => {
      response.writeEarlyHints({ link: '</a.css>; rel=preload' })
      response.writeHead(200, 'Fine', { trailer: 'X-Sum' })
      response.write('x')
      response.addTrailers({ 'X-Sum': '7' })
      response.end()
    })
    const hints: unknown[] = []
    const { body, trailers, statusText } = await openDispatcher(openStub()).request({
      origin: url,
      path: '/',
      method: 'GET',
      onInfo: (info) => hints.push(info),
    })
    expect(await body.text()).toBe('x')
    expect(hints).toEqual([{ statusCode: 103, headers: { link: '</a.css>; rel=preload' } }])
    expect(trailers).toEqual({ 'x-sum': '7' })
    expect(statusText).toBe('Fine')
  })

  it('leaves to undici what undici refuses', async () => {
    const stub = openStub()
    const dispatcher = openDispatcher(stub)
    const wrong = dispatcher.request({ origin: 'http://a.test', path: 'x', method: 'GET' })
    await expect(wrong).rejects.toMatchObject({ code: 'UND_ERR_INVALID_ARG' })
    expect(stub.asked).toEqual([])
  })

  it('lets upgrades through', async () => {
    const { url } = await openOrigin((_request, response) => response.end())
    const stub = openStub()
    const upgrade = openDispatcher(stub).upgrade({ path: '/', protocol: 'x', ...({ origin: url } as object) })
    await upgrade.catch(() => undefined)
    expect(stub.asked).toEqual([])
  })
})
