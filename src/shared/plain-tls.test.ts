import { checkServerIdentity } from 'node:tls'
import { Agent } from 'node:https'
import { describe, expect, it } from 'vitest'
import { type TlsOptions, isPlainTls } from './plain-tls.js'

describe('the terms of a secure call', () => {
  it.each<[string, TlsOptions]>([
    ['an authority of its own', { ca: 'c' }],
    ['a list of revoked certificates', { crl: 'c' }],
    ['a chain that ends early', { allowPartialTrustChain: true }],
    ['a level of security', { ciphers: 'DEFAULT@SECLEVEL=0' }],
    ['a certificate of its own', { cert: 'c', key: 'k' }],
    ['a certificate in one file', { pfx: 'p' }],
    ['a shared secret', { pskCallback: () => null }],
    ['a context that may hold any of them', { secureContext: {} }],
    ['a session to resume', { session: Buffer.from('s') }],
    ['a server that need not prove itself', { rejectUnauthorized: false }],
    ['a check of its own', { checkServerIdentity: () => undefined }],
    ['another name', { servername: 'b.test' }],
  ])('are its own with %s', (_what, options) => {
    expect(isPlainTls(options, 'a.test')).toBe(false)
    expect(isPlainTls(Object.create(options) as TlsOptions, 'a.test')).toBe(false)
  })

  it("are everyone's without, and where they say what holds anyway", () => {
    expect(isPlainTls({})).toBe(true)
    expect(
      isPlainTls({ checkServerIdentity, rejectUnauthorized: true, servername: 'a.test' }, 'a.test'),
    ).toBe(true)
    expect(isPlainTls({ ca: undefined, cert: null, servername: '' })).toBe(true)
    expect(
      isPlainTls(new Agent({ keepAlive: true, maxSockets: 5, minVersion: 'TLSv1.2' }).options as TlsOptions),
    ).toBe(true)
  })
})
