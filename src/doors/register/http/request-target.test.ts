import type { ClientRequest } from 'node:http'
import { checkServerIdentity } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { type RequestOptions, targetOf } from './request-target.js'

function target(
  { protocol = 'https:', path = '/a?b=c' } = {},
  options: RequestOptions = {},
  settings?: RequestOptions,
): string | undefined {
  const request = { protocol, path } as ClientRequest
  const port = protocol === 'https:' ? 443 : 80
  return targetOf(request, { host: 'A.test', port, ...options }, { options: settings })?.url
}

describe('the target of a request', () => {
  it('is a URL as anyone would write it', () => {
    expect(target()).toBe('https://a.test/a?b=c')
    expect(target({ protocol: 'http:' })).toBe('http://a.test/a?b=c')
    expect(target({}, { port: '8443' })).toBe('https://a.test:8443/a?b=c')
    expect(target({}, { host: '::1', port: 80 })).toBe('https://[::1]:80/a?b=c')
  })

  it('has its host as URLs have it, whatever the spelling', () => {
    const options = { host: '127.1', port: 3000 }
    const request = { protocol: 'http:', path: '/' } as ClientRequest
    expect(targetOf(request, options, {})).toEqual({ host: '127.0.0.1:3000', url: 'http://127.1:3000/' })
  })

  it('is what a proxy is asked for', () => {
    const proxy = { host: 'proxy.test', port: 3128 }
    expect(target({ protocol: 'http:', path: 'http://a.test:8080/x' }, proxy)).toBe('http://a.test:8080/x')
  })

  it.each([
    ['another path', { path: '*' }],
    ['another scheme', { protocol: 'ftp:' }],
  ])('is nothing for %s', (_what, request) => {
    expect(target(request)).toBeUndefined()
  })

  it('is nothing for a host that no URL can have', () => {
    expect(target({}, { host: 'a b' })).toBeUndefined()
  })

  it.each<[string, RequestOptions]>([
    ['a socket file', { socketPath: '/run/docker.sock' }],
    ['a connection of its own', { createConnection: () => undefined }],
    ['an authority of its own', { ca: 'c' }],
    ['a certificate of its own', { cert: 'c', key: 'k' }],
    ['a name for another server', { servername: 'b.test' }],
    ['a server that need not prove itself', { rejectUnauthorized: false }],
  ])('is nothing for a request with %s', (_what, options) => {
    expect(target({}, options)).toBeUndefined()
  })

  it.each<[string, RequestOptions]>([
    ['a socket file', { socketPath: '/run/docker.sock' }],
    ['another host', { host: 'b.test' }],
    ['a certificate of its own', { cert: 'c', key: 'k' }],
    ['a server that need not prove itself', { rejectUnauthorized: false }],
    ['an authority of its own', { ca: 'c' }],
    ['a name for another server', { servername: 'b.test' }],
  ])('is nothing for an agent with %s', (_what, settings) => {
    expect(target({}, {}, settings)).toBeUndefined()
  })

  it('is there for its own name and Node’s own check', () => {
    expect(target({}, { servername: 'A.test', checkServerIdentity })).toBeDefined()
    expect(
      target({}, { cert: undefined, rejectUnauthorized: true, timeout: 5, lookup: () => undefined }),
    ).toBeDefined()
  })
})
