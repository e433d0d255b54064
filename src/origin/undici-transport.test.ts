import { describe, expect, it, onTestFinished } from 'vitest'
import { turns } from '../../test/fuzz/body-harness.js'
import { bytesOf } from '../../test/fuzz/origin-call.js'
import { type Act, type RawServer, inTurn, openRawServer, says } from '../../test/fuzz/raw-server.js'
import { errorOf, until } from '../../test/helpers/gate.js'
import type { OriginRequest, OriginResponse } from '../model/transport.js'
import { type OwnedTransport, createUndiciTransport } from './undici-transport.js'

const answers = says('HTTP/1.1 200 Fine\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 4\r\n\r\nbody')
const hangsUp: Act = (socket) => void socket.end()

interface World extends RawServer {
  readonly transport: OwnedTransport
  send(changes?: Partial<OriginRequest>): Promise<OriginResponse>
}

async function openServer(...acts: readonly Act[]): Promise<World> {
  const server = await openRawServer(inTurn(...acts, answers))
  const transport = createUndiciTransport()
  onTestFinished(() => transport.close())
  const send: World['send'] = (changes = {}) =>
    transport.transport({
      method: 'GET',
      url: `${server.url}/path?query=1`,
      headers: [],
      signal: new AbortController().signal,
      ...changes,
    })
  return { ...server, transport, send }
}

/** Reads the whole body, and waits until its connection is free again. */
async function readAll(response: Promise<OriginResponse>): Promise<string> {
  const text = (await bytesOf((await response).body)).toString()
  await turns()
  return text
}

describe('the network of the cache', () => {
  it('hands on status, words, raw fields in their order, and the body as it was sent', async () => {
    const { send, seen } = await openServer()
    const response = await send({
      headers: [
        ['X-B', '1'],
        ['x-b', '2'],
      ],
    })
    expect(response).toMatchObject({
      status: 200,
      statusText: 'Fine',
      headers: [
        ['X-A', '1'],
        ['x-a', '2'],
        ['Content-Length', '4'],
      ],
    })
    expect((await bytesOf(response.body)).toString()).toBe('body')
    expect(seen[0]!.text).toMatch(/^GET \/path\?query=1 HTTP\/1\.1\r\n/)
    expect(seen[0]!.text).toContain('X-B: 1\r\nx-b: 2\r\n')
  })

  it('keeps a connection for the next request', async () => {
    const { send, seen } = await openServer()
    for (let call = 0; call < 3; call += 1) await readAll(send())
    expect(seen.map(({ connection }) => connection)).toEqual([1, 1, 1])
  })

  it('sends nothing by itself a second time', async () => {
    const { send, seen } = await openServer(answers, hangsUp)
    await readAll(send())
    expect(await errorOf(send())).toMatchObject({ code: 'UND_ERR_SOCKET' })
    expect(seen).toHaveLength(2)
  })

  it('sends a body that comes as a stream as it comes', async () => {
    const { send, seen } = await openServer(
      (socket, text) => {
        if (text.includes('second')) answers(socket, text, 0)
      },
      answers,
      answers,
    )
    async function* body(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('first ')
      yield Buffer.from('second')
    }
    await readAll(send({ method: 'POST', body: body() }))
    expect(seen.map(({ text }) => text).join('')).toMatch(/first .*second/s)
  })

  it('ends the connection of a body that is let go of', async () => {
    const { send, sockets } = await openServer((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbeginning'),
    )
    const { body } = await send()
    for await (const piece of body) {
      expect(piece.byteLength).toBeGreaterThan(0)
      break
    }
    await until(() => sockets.size === 0, 'the end of the connection')
  })

  it.each(['before the headers', 'in the body'])(
    'ends the connection of a call that is aborted %s',
    async (when) => {
      const leaving = new AbortController()
      const isBefore = when === 'before the headers'
      const { send, sockets, seen } = await openServer((socket) => {
        if (!isBefore) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbeginning')
      })
      const calling = send({ signal: leaving.signal })
      const failing = errorOf(isBefore ? calling : calling.then(({ body }) => bytesOf(body)))
      await until(() => seen.length === 1)
      if (!isBefore) await calling
      leaving.abort(new Error('left'))
      expect((await failing).message).toBe('left')
      await until(() => sockets.size === 0, 'the end of the connection')
    },
  )

  it('reads a body no faster than it is taken', async () => {
    let written = 0
    const { send } = await openServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      const pour = (): void => {
        while (!socket.destroyed && socket.write(Buffer.alloc(65_536))) written += 65_536
        socket.once('drain', pour)
      }
      pour()
    })
    const { body } = await send()
    const pieces = body[Symbol.asyncIterator]()
    await pieces.next()
    await new Promise((resolve) => setTimeout(resolve, 100))
    const before = written
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(written).toBe(before)
    expect(written).toBeLessThan(16 * 1024 ** 2)
    await pieces.return?.()
  })

  it('is closed without having been used, and closed with what is under way', async () => {
    await createUndiciTransport().close()
    const { send, transport, seen } = await openServer(() => undefined)
    const failing = errorOf(send())
    await until(() => seen.length === 1)
    await transport.close()
    expect(await failing).toBeInstanceOf(Error)
  })

  it('rejects where nobody listens', async () => {
    const transport = createUndiciTransport()
    const { signal } = new AbortController()
    const request = { method: 'GET', url: 'http://127.0.0.1:1/', headers: [], signal }
    expect(await errorOf(transport.transport(request))).toMatchObject({ code: 'ECONNREFUSED' })
    await transport.close()
  })
})
