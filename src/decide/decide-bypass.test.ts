import { describe, expect, it } from 'vitest'
import { policyWith } from '../../test/helpers/policy.js'
import { demandsOf } from '../http/request-demands.js'
import { NO_DEMANDS } from '../model/demands.js'
import { type BypassQuestion, decideBypass, isUnsafe } from './decide-bypass.js'

function bypass(changes: Partial<BypassQuestion>, key = {}): string | undefined {
  return decideBypass({
    method: 'GET',
    hasBody: false,
    canBeKeyed: true,
    headers: [],
    policy: policyWith({ key }),
    demands: NO_DEMANDS,
    isHttp: false,
    ...changes,
  })
}

describe('a request goes past the cache', () => {
  it.each([
    ['GET', false, undefined, undefined],
    ['HEAD', false, undefined, undefined],
    ['GET', true, 'body-not-keyed', undefined],
    ['HEAD', true, 'body-not-keyed', undefined],
    ['POST', true, 'method-not-cached', undefined],
    ['POST', false, 'method-not-cached', undefined],
    ['QUERY', true, 'body-not-keyed', undefined],
    ['SEARCH', true, 'body-not-keyed', undefined],
    ['REPORT', true, 'body-not-keyed', undefined],
    ['PUT', true, 'method-not-cached', 'method-not-cached'],
    ['PATCH', true, 'method-not-cached', 'method-not-cached'],
    ['DELETE', false, 'method-not-cached', 'method-not-cached'],
    ['OPTIONS', false, 'method-not-cached', 'method-not-cached'],
    ['TRACE', false, 'method-not-cached', 'method-not-cached'],
    ['PURGE', false, 'method-not-cached', 'method-not-cached'],
  ])('%s with a body %s: %s, and where bodies are keyed %s', (method, hasBody, plain, keyed) => {
    expect(bypass({ method, hasBody })).toBe(plain)
    expect(bypass({ method, hasBody }, { body: true })).toBe(keyed)
  })

  it.each(['Range', 'if-range', 'If-Match', 'If-None-Match', 'If-Modified-Since', 'If-Unmodified-Since'])(
    'with %s of its own',
    (name) => {
      expect(bypass({ headers: [[name, 'x']] })).toBe('conditional-request')
    },
  )

  it.each([
    ['no-store', 'request-no-store'],
    ['no-cache', undefined],
    ['only-if-cached', undefined],
    ['max-age=0', undefined],
  ])('with Cache-Control: %s through a door of HTTP: %s', (control, because) => {
    const demands = demandsOf([['Cache-Control', control]], 'default')
    expect(bypass({ demands, isHttp: true })).toBe(because)
  })

  it.each([
    ['no-store', 'request-no-store'],
    ['reload', undefined],
    ['no-cache', undefined],
    ['force-cache', undefined],
    ['only-if-cached', undefined],
  ] as const)('in the cache mode %s: %s', (mode, because) => {
    expect(bypass({ demands: { ...NO_DEMANDS, mode }, isHttp: true })).toBe(because)
  })

  it.each([
    ['If-Match', '"1"', 'conditional-request'],
    ['If-Unmodified-Since', 'Thu, 15 Jan 2026 12:00:00 GMT', 'conditional-request'],
    ['If-None-Match', '"1"', undefined],
    ['If-Modified-Since', 'Thu, 15 Jan 2026 12:00:00 GMT', undefined],
    ['Range', 'bytes=0-1', undefined],
  ])('with %s: %s through a door of HTTP: %s', (name, value, because) => {
    const headers = [[name, value]] as const
    expect(bypass({ headers, demands: demandsOf(headers, 'default'), isHttp: true })).toBe(because)
  })

  it('with a body that comes as a stream, though bodies are keyed', () => {
    for (const method of ['POST', 'QUERY', 'GET'])
      expect(bypass({ method, hasBody: true, canBeKeyed: false }, { body: true })).toBeDefined()
  })

  it('where the profile forbids to cache it, whatever else holds', () => {
    const policy = policyWith({ isNeverCached: true, key: { body: true } })
    for (const method of ['GET', 'POST', 'DELETE']) {
      expect(bypass({ method, policy, headers: [['Range', 'x']] })).toBe('never-cached-by-profile')
    }
  })
})

describe('a method', () => {
  it.each(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY', 'SEARCH', 'REPORT', 'PROPFIND'])(
    '%s is safe',
    (method) => {
      expect(isUnsafe(method)).toBe(false)
    },
  )

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'MKCOL', 'ANYTHING'])('%s is unsafe', (method) => {
    expect(isUnsafe(method)).toBe(true)
  })
})
