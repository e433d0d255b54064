import type { StandardSchemaV1 } from '@standard-schema/spec'
import { describe, expect, it } from 'vitest'
import { tmdbProfile } from '../providers/tmdb/profile.js'
import { booksProfile } from '../providers/books/profile.js'
import type { Environment, Profile } from '../model/profile.js'
import type { Policy } from '../model/policy.js'
import { type PolicyResolver, createPolicyResolver } from './policy-resolver.js'
import { resolveConfig } from './resolve-config.js'

const HOUR_MS = 3_600_000

const PROFILE: Profile = {
  name: 'films',
  baseURL: 'https://api.films.example/3',
  baseURLVariable: 'FILMS_BASE_URL',
  urlVariables: [],
  hosts: [],
  equivalentHosts: {},
  rules: [{ match: '/movie/:id', ttl: '5h' }],
  neverCache: ['/account', '/account/*'],
  authorization: () => ({ kind: 'none' }),
  classify: () => undefined,
  popular: [],
  attribution: '',
  ttl: '6h',
}

interface Setting {
  readonly options?: object
  readonly env?: Environment
  readonly from?: 'code' | 'file'
  readonly profiles?: readonly Profile[]
  readonly service?: string
  readonly url?: string
  readonly callTtlMs?: number
}

function policyFor(setting: Setting, resolver: PolicyResolver = createPolicyResolver()): Policy {
  const {
    options = {},
    env = {},
    from = 'code',
    profiles = [PROFILE],
    service = 'films',
    callTtlMs,
  } = setting
  const config = resolveConfig({ options: { env, ...options }, profiles, from, root: 'createCachette' })
  const url = new URL(setting.url ?? 'https://api.films.example/3/movie/27205')
  return resolver({ service: config.service(service), url, callTtlMs, isHttp: false })
}

describe('the TTL in force', () => {
  const env = { CACHE_TTL_FILMS_HOURS: '8', CACHE_TTL_DEFAULT_HOURS: '9' }
  const services = { films: { ttl: '10h', rules: [{ match: '/movie/*', ttl: '11h' }] } }
  const defaults = { ttl: '12h' }
  const other = 'https://api.films.example/3/tv/1396'
  const unshipped = { profiles: [], url: 'https://api.example.com/data' }

  it.each([
    ['the call', { options: { services, defaults }, env, callTtlMs: 7 * HOUR_MS }, 7, 'call'],
    ['the variable of the service', { options: { services, defaults }, env }, 8, 'env CACHE_TTL_FILMS_HOURS'],
    [
      'a rule in code',
      { options: { services, defaults }, env: { CACHE_TTL_DEFAULT_HOURS: '9' } },
      11,
      'rule /movie/* (code)',
    ],
    ['a rule in the file', { options: { services }, from: 'file' }, 11, 'rule /movie/* (file)'],
    [
      'a rule of the profile',
      { options: { services: { films: { ttl: '10h' } }, defaults } },
      5,
      'rule /movie/:id (profile)',
    ],
    [
      'the service in code',
      { options: { services, defaults }, env: { CACHE_TTL_DEFAULT_HOURS: '9' }, url: other },
      10,
      'service (code)',
    ],
    ['the service in the file', { options: { services }, from: 'file', url: other }, 10, 'service (file)'],
    [
      'the profile',
      { options: { defaults }, env: { CACHE_TTL_DEFAULT_HOURS: '9' }, url: other },
      6,
      'service (profile)',
    ],
    [
      'the variable of all services',
      { ...unshipped, options: { defaults }, env: { CACHE_TTL_DEFAULT_HOURS: '9' } },
      9,
      'env CACHE_TTL_DEFAULT_HOURS',
    ],
    ['the defaults in code', { ...unshipped, options: { defaults } }, 12, 'defaults (code)'],
    [
      'the defaults in the file',
      { ...unshipped, options: { defaults }, from: 'file' },
      12,
      'defaults (file)',
    ],
    ['the product', unshipped, 4, 'default'],
  ] satisfies [string, Setting, number, string][])('is given by %s', (_, setting, hours, from) => {
    const policy = policyFor(setting)
    expect([policy.ttlMs / HOUR_MS, policy.sources.ttl]).toEqual([hours, from])
  })

  it('may be 0 at every level', () => {
    expect(policyFor({ callTtlMs: 0 })).toMatchObject({ ttlMs: 0, hasCallTtl: true })
    expect(policyFor({ env: { CACHE_TTL_FILMS_HOURS: '0' } })).toMatchObject({ ttlMs: 0, hasCallTtl: false })
    expect(policyFor({ options: { services: { films: { ttl: 0 } } }, url: other }).ttlMs).toBe(0)
  })

  it('is that of the service whose name the variable spells, with _ for other characters', () => {
    const variables = { CACHE_TTL_MY_SERVICE_HOURS: '2' }
    for (const service of ['my-service', 'my_service', 'My.Service']) {
      expect(policyFor({ env: variables, service }).ttlMs).toBe(2 * HOUR_MS)
    }
  })
})

describe('the shipped TTLs', () => {
  it.each([
    [tmdbProfile, '/3/movie/27205', 6 * HOUR_MS, 180],
    [tmdbProfile, '/3/movie/latest', 300_000, 180],
    [booksProfile, '/books/v1/volumes', 12 * HOUR_MS, 7],
  ])('hold for %o', (profile, path, ttlMs, days) => {
    const url = new URL(path, profile.baseURL).href
    const policy = policyFor({ profiles: [profile], service: profile.name, url })
    expect(policy).toMatchObject({ ttlMs, maxTtlMs: days * 24 * HOUR_MS })
    expect(
      policyFor({
        profiles: [profile],
        service: profile.name,
        url,
        env: { [`CACHE_TTL_${profile.name.toUpperCase()}_HOURS`]: '1' },
      }).ttlMs,
    ).toBe(HOUR_MS)
  })
})

describe('rules', () => {
  const rules = [
    { match: '/search/*', ttl: '1h', key: { ignoreParams: ['a'] } },
    { match: '/search/movie', negativeTtl: '5m', timeout: '1s', key: { ignoreParams: ['b'] } },
    { match: '/**', maxBodyBytes: '1KB' },
  ]
  const options = {
    services: { films: { key: { ignoreParams: ['c'], body: true }, headers: { A: '1', B: '2' }, rules } },
  }

  it('that match all hold, the later one winning, and lists of the key add up', () => {
    const policy = policyFor({ options, url: 'https://api.films.example/3/search/movie?q=x' })
    expect(policy).toMatchObject({
      ttlMs: HOUR_MS,
      negativeTtlMs: 300_000,
      timeoutMs: 1_000,
      maxBodyBytes: 1_024,
      key: { ignoreParams: ['c', 'a', 'b'], body: true },
    })
    expect(policy.sources).toMatchObject({
      maxBodyBytes: 'rule /** (code)',
      timeout: 'rule /search/movie (code)',
    })
  })

  it('hold on the path below the base URL, without the query', () => {
    const at = (path: string): number => policyFor({ options, url: `https://api.films.example${path}` }).ttlMs
    expect([at('/3/search/tv'), at('/3/search/tv?a=/')]).toEqual([HOUR_MS, HOUR_MS])
    expect([at('/3/x/search/tv'), at('/3search/tv'), at('/3')]).toEqual(
      [6, 6, 6].map((hours) => hours * HOUR_MS),
    )
  })

  it('hold on the whole path where that is not below the base URL of a service without a profile', () => {
    const settings = { baseURL: 'https://api.example.com/v1', rules: [{ match: '/v2/data', ttl: '1h' }] }
    const url = 'https://api.example.com/v2/data'
    expect(
      policyFor({ options: { services: { my_service: settings } }, service: 'my_service', url }).ttlMs,
    ).toBe(HOUR_MS)
  })

  it('hold for a path whose percent-encoding is that of the same key', () => {
    expect(policyFor({ options, url: 'https://api.films.example/3/%73earch/tv' }).ttlMs).toBe(HOUR_MS)
  })

  it("do not hold on hosts that are not the service's", () => {
    const policy = policyFor({ options, url: 'https://other.example/3/search/movie' })
    expect(policy).toMatchObject({ ttlMs: 6 * HOUR_MS, maxBodyBytes: 16 * 1024 ** 2 })
  })

  it('never take from what the profile forbids to cache', () => {
    for (const path of ['/3/account', '/3/account/1', '/3/%61ccount/1', '/%33/account/1']) {
      expect(policyFor({ options, url: `https://api.films.example${path}` }).isNeverCached).toBe(true)
    }
    expect(policyFor({ url: 'https://api.films.example/3/accounts' }).isNeverCached).toBe(false)
  })
})

describe('settings of several levels', () => {
  it('add up where they are headers or parameters, the nearer one winning name by name', () => {
    const options = {
      defaults: { headers: { A: 'default', B: 'default' }, params: { page: 1, language: 'en' } },
      services: { films: { headers: { B: 'service' }, params: { language: true } } },
    }
    const policy = policyFor({ options })
    expect(policy.headers).toEqual({ A: 'default', B: 'service' })
    expect(policy.params).toEqual({ page: '1', language: 'true' })
    expect(policy.sources.headers).toBe('service (code)')
  })

  it('leave the defaults where nobody speaks', () => {
    const { sources: _sources, ...policy } = policyFor({ profiles: [], service: 'my_service' })
    expect(policy).toEqual({
      service: 'my_service',
      freshness: 'ttl',
      cacheType: 'shared',
      defaultTtlMs: undefined,
      minTtlMs: 0,
      staleWhileRevalidateMs: 0,
      ttlMs: 4 * HOUR_MS,
      hasCallTtl: false,
      negativeTtlMs: 60_000,
      maxTtlMs: Infinity,
      staleIfErrorMs: 7 * 24 * HOUR_MS,
      eagerRefreshFrom: 1,
      jitter: 0,
      ignoreNoStore: false,
      identity: 'per-credential',
      key: { ignoreParams: [], ignoreHeaders: [], passThrough: [], credentialParams: [], body: false },
      equivalentHosts: {},
      isNeverCached: false,
      headers: {},
      params: {},
      injectCredentials: true,
      softTimeoutMs: Infinity,
      timeoutMs: 10_000,
      retryAttempts: 3,
      breaker: { failures: 5, openForMs: 10_000 },
      rateLimits: [],
      quotas: [],
      limitsPer: 'service',
      validate: undefined,
      maxBodyBytes: 16 * 1024 ** 2,
      classify: undefined,
      tags: undefined,
    })
  })
})

const SCHEMA: StandardSchemaV1 = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) },
}

describe('what a service may say of a misbehaving origin', () => {
  const daily = { name: '1000/1d', limit: 1_000, perMs: 24 * HOUR_MS, resetsAt: undefined, timeZone: 'UTC' }
  const perSecond = { name: '40/1s', limit: 40, perMs: 1_000, resetsAt: undefined, timeZone: 'UTC' }

  it.each([
    [{ eagerRefresh: true }, { eagerRefreshFrom: 0.8 }],
    [{ eagerRefresh: 0.5 }, { eagerRefreshFrom: 0.5 }],
    [{ eagerRefresh: false }, { eagerRefreshFrom: 1 }],
    [{ jitter: 0.1 }, { jitter: 0.1 }],
    [
      { softTimeout: '1s', timeout: '2s' },
      { softTimeoutMs: 1_000, timeoutMs: 2_000 },
    ],
    [{ retry: { attempts: 1 } }, { retryAttempts: 1 }],
    [{ retry: {} }, { retryAttempts: 3 }],
    [{ breaker: false }, { breaker: undefined }],
    [{ breaker: true }, { breaker: { failures: 5, openForMs: 10_000 } }],
    [{ breaker: { failures: 2 } }, { breaker: { failures: 2, openForMs: 10_000 } }],
    [{ breaker: { openFor: '1m' } }, { breaker: { failures: 5, openForMs: 60_000 } }],
    [{ rateLimit: '40/1s' }, { rateLimits: [perSecond] }],
    [{ quota: ['40/1s', '1000/1d'] }, { quotas: [perSecond, daily] }],
    [{ quota: [] }, { quotas: [] }],
    [{ limitsPer: 'identity' }, { limitsPer: 'identity' }],
    [{ validate: SCHEMA }, { validate: SCHEMA }],
  ] as [object, Partial<Policy>][])('%j is settled', (settings, expected) => {
    const policy = policyFor({ options: { services: { films: settings } } })
    expect(policy).toMatchObject(expected)
    for (const name of Object.keys(settings)) expect(policy.sources[name]).toBe('service (code)')
  })

  it('is replaced whole by what a rule says, an empty list being none', () => {
    const services = {
      films: {
        breaker: { failures: 1 },
        quota: '1000/1d',
        rules: [{ match: '/movie/*', quota: [], breaker: { openFor: '1s' } }],
      },
    }
    const options = { services }
    expect(policyFor({ options })).toMatchObject({ quotas: [], breaker: { failures: 5, openForMs: 1_000 } })
    expect(policyFor({ options, url: 'https://api.films.example/3/tv/1' })).toMatchObject({
      quotas: [daily],
      breaker: { failures: 1, openForMs: 10_000 },
    })
  })
})

describe('a policy', () => {
  it('is one frozen object for equal questions, and another for others', () => {
    const resolver = createPolicyResolver()
    const ask = (setting: Setting): Policy => policyFor(setting, resolver)
    const policy = ask({})
    expect(ask({ url: 'https://api.films.example/3/movie/155?language=fr' })).toBe(policy)
    expect(Object.isFrozen(policy) && Object.isFrozen(policy.key) && Object.isFrozen(policy.headers)).toBe(
      true,
    )
    const others = [{ callTtlMs: 1 }, { url: 'https://api.films.example/3/tv/1' }, { service: 'other_films' }]
    for (const other of others) expect(ask(other)).not.toBe(policy)
  })
})
