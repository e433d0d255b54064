import { request, type IncomingMessage, type RequestOptions } from 'node:http'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type LoopbackOrigin, startLoopbackOrigin } from '../../../../test/helpers/loopback-origin.js'
import { type StubInstance, stubInstance } from '../../../../test/end-to-end/register-stub.js'
import { hookHttp } from './http-hook.js'

let origin: LoopbackOrigin
let stub: StubInstance
let unhook: () => void

beforeAll(async () => {
  origin = await startLoopbackOrigin()
})
afterAll(() => origin.stop())
beforeEach(() => {
  stub = stubInstance()
  unhook = hookHttp(stub.instance)
})
afterEach(() => unhook())

interface Seen {
  readonly response: IncomingMessage
  readonly body: string
}

async function call(path: string, options: RequestOptions = {}): Promise<Seen> {
  const sent = request(origin.url + path, options)
  sent.end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  return { response, body: await text(response) }
}

describe('a request of node:http', () => {
  it('is asked of the origin once, and answered from the cache from then on', async () => {
    const first = await call('/once')
    const second = await call('/once')
    expect(second.body).toBe(first.body)
    expect(origin.count('/once')).toBe(1)
    expect(first.response.headers['cache-status']).toMatch(/fwd/)
    expect(second.response.headers['cache-status']).toMatch(/hit/)
    expect(second.response.complete).toBe(true)
  })
})
