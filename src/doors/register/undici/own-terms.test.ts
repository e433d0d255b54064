import { Agent, EnvHttpProxyAgent, ProxyAgent, interceptors } from 'undici'
import { describe, expect, it, onTestFinished } from 'vitest'
import { hasOwnTerms } from './own-terms.js'

const proxy = { uri: 'http://proxy.test:3128' }

describe('the terms of a dispatcher', () => {
  it.each([
    ['an authority', new Agent({ connect: { ca: 'c' } })],
    ['a certificate, composed', new Agent({ connect: { cert: 'c', key: 'k' } }).compose(interceptors.dns())],
    ['no proof', new Agent({ connect: { rejectUnauthorized: false } })],
    ['a socket file', new Agent({ connect: { socketPath: '/run/docker.sock' } })],
    ['connections of its own making', new Agent({ connect: () => undefined })],
    ['a certificate behind a proxy', new ProxyAgent({ ...proxy, requestTls: { pfx: 'p' } })],
    ['an authority, by the environment', new EnvHttpProxyAgent({ connect: { ca: 'c' } })],
  ])('are its own with %s', (_what, dispatcher) => {
    onTestFinished(() => dispatcher.destroy())
    expect(hasOwnTerms(dispatcher)).toBe(true)
  })

  it.each([
    ['nothing', new Agent()],
    ['a timeout', new Agent({ connect: { timeout: 5, keepAlive: true } })],
    ['a proxy', new ProxyAgent({ ...proxy, proxyTls: { ca: 'c' } })],
    ['the environment', new EnvHttpProxyAgent()],
  ])("are everyone's with %s", (_what, dispatcher) => {
    onTestFinished(() => dispatcher.destroy())
    expect(hasOwnTerms(dispatcher)).toBe(false)
  })
})
