import { describe, expect, it, onTestFinished } from 'vitest'
import { turns } from '../../test/fuzz/body-harness.js'
import { bytesOf, callWith } from '../../test/fuzz/origin-call.js'
import { type Act, type RawServer, inTurn, openRawServer, says } from '../../test/fuzz/raw-server.js'
import { errorOf } from '../../test/helpers/gate.js'
import { isDeadConnection } from './dead-connection.js'
import type { OriginCall, OriginReply } from './origin-call.js'
import { receive } from './receive.js'
import { withResend } from './resend.js'
import { createUndiciTransport } from './undici-transport.js'

const answers = says('HTTP/1.1 200 Fine\r\nContent-Length: 4\r\n\r\nbody')
const hangsUp: Act = (socket) => void socket.end()
const resets: Act = (socket) => void socket.resetAndDestroy()
const breaksOff: Act = (socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf')

interface World extends RawServer {
  send(changes?: Partial<OriginCall>): Promise<OriginReply>
}

/** A real server, and the step over the instance's own network. */
async function openServer(...acts: readonly Act[]): Promise<World> {
  const server = await openRawServer(inTurn(...acts, answers))
  const { transport, close } = createUndiciTransport()
  onTestFinished(close)
  const step = withResend(receive)
  const url = `${server.url}/path?query=1`
  return {
    ...server,
    send: (changes = {}) => step(callWith({ transport, url, isClaimed: false, ...changes })),
  }
}

/** Reads the whole body, and waits until its connection is free again. */
async function readAll(reply: Promise<OriginReply>): Promise<string> {
  const text = (await bytesOf((await reply).body)).toString()
  await turns()
  return text
}

describe('a connection that had been kept open', () => {
  it('sends a safe request once more where a kept connection hangs up', async () => {
    const { send, seen } = await openServer(answers, hangsUp)
    await readAll(send())
    const call = callWith({})
    expect(await readAll(send({ attempts: call.attempts }))).toBe('body')
    expect(seen.map(({ connection }) => connection)).toEqual([1, 1, 2])
    expect(call.attempts.count).toBe(2)
  })

  it('sends a HEAD once more too', async () => {
    const { send, seen } = await openServer(answers, hangsUp, (socket) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n'),
    )
    await readAll(send())
    expect((await send({ method: 'HEAD' })).status).toBe(200)
    expect(seen).toHaveLength(3)
  })

  it('sends it once more, and not twice', async () => {
    const { send, seen } = await openServer(answers, hangsUp, hangsUp, hangsUp)
    await readAll(send())
    await errorOf(send())
    expect(seen).toHaveLength(3)
  })

  it.each([
    ['hangs up', hangsUp],
    ['resets', resets],
  ])('sends nothing again where a fresh connection %s', async (_, act) => {
    const { send, seen } = await openServer(act)
    await errorOf(send())
    expect(seen).toHaveLength(1)
  })

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('sends no %s again', async (method) => {
    const { send, seen } = await openServer(answers, hangsUp)
    await readAll(send())
    await errorOf(send({ method }))
    expect(seen).toHaveLength(2)
  })

  it('sends no request with a body again, whatever its method', async () => {
    const { send, seen } = await openServer(answers, hangsUp)
    await readAll(send())
    await errorOf(send({ method: 'GET', body: Buffer.from('x') }))
    expect(seen.length).toBeLessThanOrEqual(2)
  })

  it('sends nothing again once a response has begun', async () => {
    const { send, seen } = await openServer(answers, breaksOff)
    await readAll(send())
    const response = await send()
    await errorOf(bytesOf(response.body))
    expect(seen).toHaveLength(2)
  })

  it('sends nothing again for a caller who has left', async () => {
    const leaving = new AbortController()
    const { send, seen } = await openServer(answers, (socket) => {
      leaving.abort(new Error('left'))
      socket.end()
    })
    await readAll(send())
    await errorOf(send({ signal: leaving.signal }))
    expect(seen).toHaveLength(2)
  })
})

describe('a dead connection', () => {
  const error = (facts: object): Error => Object.assign(new Error('x'), facts)
  it.each<[string, unknown, boolean]>([
    ['undici: hung up after a response', error({ code: 'UND_ERR_SOCKET', socket: { bytesRead: 9 } }), true],
    ['undici: hung up before any', error({ code: 'UND_ERR_SOCKET', socket: { bytesRead: 0 } }), false],
    ['undici: no socket', error({ code: 'UND_ERR_SOCKET', socket: null }), false],
    ['node:http: reset, reused', error({ code: 'ECONNRESET', isReusedSocket: true }), true],
    ['node:http: broken pipe, reused', error({ code: 'EPIPE', isReusedSocket: true }), true],
    ['node:http: reset, fresh', error({ code: 'ECONNRESET' }), false],
    ['node:http: refused', error({ code: 'ECONNREFUSED', isReusedSocket: true }), false],
    [
      'below others',
      new Error('a', { cause: new Error('b', { cause: error({ code: 'EPIPE', isReusedSocket: true }) }) }),
      true,
    ],
    ['no error', 'ECONNRESET', false],
  ])('%s', (_, given, expected) => {
    expect(isDeadConnection(given)).toBe(expected)
  })

  it('with a cause that is itself is looked into a bounded time', () => {
    const circular = error({})
    circular.cause = circular
    expect(isDeadConnection(circular)).toBe(false)
  })
})
