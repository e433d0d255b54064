// Callers who trust another authority than everyone does, who ask for no proof, or who show a certificate: what they get
// is not for others, and what others got is not for them.
import { type Server, createServer } from 'node:https'
import * as https from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import axios from 'axios'
import { generate } from 'selfsigned'
import { Agent } from 'undici'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type CachedFetchInit, createCachedFetch } from '../../src/doors/fetch/index.js'
import { type CachedResponse, createCachedAdapter } from '../../src/doors/axios/index.js'
import { isPastTheCache } from '../../src/doors/axios/uncacheable-options.js'
import { openWorld } from '../helpers/cache-world.js'
import { errorOf } from '../helpers/gate.js'

type Identity = Awaited<ReturnType<typeof generate>>

let server: Server
let url: string
let alice: Identity
let bob: Identity

beforeAll(async () => {
  const make = (value: string): Promise<Identity> =>
    generate([{ name: 'commonName', value }], { keyType: 'ec', algorithm: 'sha256' })
  const [own, ...callers] = [await make('localhost'), await make('alice'), await make('bob')]
  ;[alice, bob] = callers as [Identity, Identity]
  const options = { key: own.private, cert: own.cert, requestCert: true, rejectUnauthorized: false }
  server = createServer(options, (request, response) => {
    const { subject } = (request.socket as TLSSocket).getPeerCertificate()
    response.setHeader('cache-control', 'max-age=60')
    response.end(`for ${String(subject?.CN)}`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `https://localhost:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const shownBy = ({
  private: key,
  cert,
}: Identity): { key: string; cert: string; rejectUnauthorized: false } => ({
  key,
  cert,
  rejectUnauthorized: false,
})

describe('the axios door', () => {
  async function openClient(): Promise<
    (path: string, agent?: https.AgentOptions) => Promise<CachedResponse>
  > {
    const { cachette } = await openWorld()
    const client = axios.create({ adapter: createCachedAdapter(cachette) })
    return (path, options) => {
      const httpsAgent = options && new https.Agent(options)
      return client.get(`${url}${path}`, httpsAgent && { httpsAgent })
    }
  }

  it('gives each certificate its own answer', async () => {
    const get = await openClient()
    for (const [identity, name] of [
      [alice, 'alice'],
      [bob, 'bob'],
      [alice, 'alice'],
    ] as const) {
      const { data, cachette } = await get('/me', shownBy(identity))
      expect([data, cachette]).toEqual([`for ${name}`, undefined])
    }
  })

  it('does not give what came unproven to callers who ask for proof', async () => {
    const get = await openClient()
    expect((await get('/a', { rejectUnauthorized: false })).data).toBe('for undefined')
    expect(await errorOf(get('/a'))).toMatchObject({
      code: expect.stringMatching(/SELF_SIGNED|VERIFY/) as string,
    })
  })

  it.each<[string, object]>([
    ['an agent with an authority', { httpsAgent: new https.Agent({ ca: 'c' }) }],
    [
      'an agent that a redirect would come to',
      { url: 'http://a.test/', httpsAgent: new https.Agent({ pfx: 'p' }) },
    ],
    ['an agent with a socket file', { httpAgent: new https.Agent({ host: 'b.test' }) }],
    ['an agent that does not show its options', { httpsAgent: { addRequest: () => undefined } }],
    ['options for HTTP/2', { http2Options: { rejectUnauthorized: false } }],
  ])('has no part in calls with %s', (_what, config) => {
    expect(isPastTheCache({ url, ...config } as never)).toBe(true)
  })

  it('has no part in any call once the agent of all has terms of its own', () => {
    expect(isPastTheCache({ url } as never)).toBe(false)
    https.globalAgent.options.ca = 'c'
    onTestFinished(() => void delete https.globalAgent.options.ca)
    expect(isPastTheCache({ url } as never)).toBe(true)
  })

  it('caches calls with an agent that only keeps connections', () => {
    const agents = {
      httpAgent: new https.Agent({ keepAlive: true }),
      httpsAgent: new https.Agent({ maxSockets: 2 }),
    }
    expect(isPastTheCache({ url, ...agents } as never)).toBe(false)
    expect(isPastTheCache({ url, httpAgent: false, httpsAgent: null } as never)).toBe(false)
  })
})

describe('the fetch door', () => {
  it('gives each dispatcher its own answer', async () => {
    const { cachette } = await openWorld()
    const cachedFetch = createCachedFetch(cachette)
    for (const [identity, name] of [
      [alice, 'alice'],
      [bob, 'bob'],
    ] as const) {
      const dispatcher = new Agent({ connect: shownBy(identity) })
      onTestFinished(() => dispatcher.close())
      const response = await cachedFetch(`${url}/me`, { dispatcher } as unknown as CachedFetchInit)
      expect([await response.text(), response.cachette]).toEqual([`for ${name}`, undefined])
    }
    await expect(cachedFetch(`${url}/me`)).rejects.toThrow('fetch failed')
  })
})
