import { describe, expect, it } from 'vitest'
import { createPolicyResolver } from './policy-resolver.js'
import { resolveConfig } from './resolve-config.js'

function jitterUnder(options: object): number {
  const config = resolveConfig({ options, profiles: [], from: 'code', root: 'test', defaultJitter: 0.1 })
  const service = config.service('my_service')
  const url = new URL('https://api.example.com/')
  return createPolicyResolver()({ service, url, callTtlMs: undefined, isHttp: false }).jitter
}

describe('the jitter of a warm-up', () => {
  it('is that of services that set none', () => {
    expect(jitterUnder({ env: {} })).toBe(0.1)
  })

  it.each([
    ['a service', { services: { my_service: { jitter: 0.3 } } }, 0.3],
    ['defaults', { defaults: { jitter: 0 } }, 0],
  ])('gives way to what %s says', (_, options, expected) => {
    expect(jitterUnder({ env: {}, ...options })).toBe(expected)
  })
})
