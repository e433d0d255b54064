import { describe, expect, it } from 'vitest'
import { refusalOf } from '../../test/helpers/refusal.js'
import type { Environment } from '../model/profile.js'
import { mergeLayers } from './layers.js'
import type { CheckedDefaults, CheckedSettings } from './service-options.js'
import { readTtlEnvironment } from './ttl-environment.js'
import { settingsOfServices, unclaimedService } from './unclaimed-service.js'

const HOUR_MS = 3_600_000

function serviceOf(defaults: CheckedDefaults = {}, environment: Environment = {}) {
  return unclaimedService({ defaults, from: 'code', environment, ttls: readTtlEnvironment(environment) })
}

function settled(defaults?: CheckedDefaults, environment?: Environment) {
  return mergeLayers(serviceOf(defaults, environment).layers)
}

describe('hosts that no service claims', () => {
  it('are cached as the origin says, for one user, without a deadline of ours', () => {
    expect(settled().settings).toMatchObject({
      freshness: 'http',
      cacheType: 'private',
      timeout: Number.POSITIVE_INFINITY,
      injectCredentials: false,
    })
  })

  it('are one service that owns no host and proves nothing', () => {
    const service = serviceOf()
    const url = new URL('https://api.example.com/')
    expect([service.name, service.baseURL, service.claims(url), service.ownsUrl(url)]).toEqual([
      'other',
      undefined,
      false,
      false,
    ])
    expect(service.authorization).toEqual({ kind: 'none' })
    expect(Object.isFrozen(service)).toBe(true)
  })

  it.each([
    ['freshness', 'ttl'],
    ['ttl', 1],
    ['negativeTtl', 1],
    ['staleIfError', 1],
    ['staleWhileRevalidate', 1],
    ['ignoreNoStore', true],
    ['identity', 'shared'],
    ['key', { ignoreParams: ['a'] }],
    ['timeout', 1],
    ['softTimeout', 1],
    ['eagerRefresh', 0.8],
    ['jitter', 0.1],
    ['retry', { attempts: 5 }],
    ['breaker', true],
    ['rateLimit', []],
    ['quota', []],
    ['limitsPer', 'identity'],
    ['validate', { '~standard': {} }],
    ['headers', { 'x-key': 'secret' }],
    ['params', { key: 'secret' }],
    ['injectCredentials', true],
  ])('never hear of defaults.%s', (name, value) => {
    const defaults = { [name]: value } as CheckedSettings
    expect(settled(defaults).settings).toEqual(settled().settings)
    expect(settled(defaults).sources[name]).not.toBe('defaults (code)')
  })

  it.each([
    ['maxBodyBytes', 1_000],
    ['maxTtl', HOUR_MS],
    ['cacheType', 'shared'],
  ])('hear of defaults.%s', (name, value) => {
    const { settings, sources } = settled({ [name]: value } as CheckedSettings)
    expect(settings[name as keyof CheckedSettings]).toBe(value)
    expect(sources[name]).toBe('defaults (code)')
  })

  it('hear of whatever defaults.http says, over the defaults', () => {
    const { settings, sources } = settled({
      cacheType: 'private',
      maxBodyBytes: 1,
      http: { cacheType: 'shared', defaultTtl: 5_000, minTtl: 1, maxTtl: HOUR_MS },
    })
    expect(settings).toMatchObject({
      cacheType: 'shared',
      maxBodyBytes: 1,
      defaultTtl: 5_000,
      minTtl: 1,
      maxTtl: HOUR_MS,
    })
    expect(sources).toMatchObject({ defaultTtl: 'defaults.http (code)', maxBodyBytes: 'defaults (code)' })
  })
})

describe('the environment of hosts that no service claims', () => {
  it('wins over the options: CACHETTE_FRESHNESS', () => {
    const { settings, sources } = settled({}, { CACHETTE_FRESHNESS: 'ttl' })
    expect([settings.freshness, sources.freshness]).toEqual(['ttl', 'env CACHETTE_FRESHNESS'])
  })

  it('wins over the options: CACHETTE_TTL_HOURS is the TTL in both kinds of freshness', () => {
    const { settings, sources } = settled(
      { http: { defaultTtl: 1 } },
      { CACHETTE_TTL_HOURS: '1.5', CACHE_TTL_DEFAULT_HOURS: '9' },
    )
    expect(settings).toMatchObject({ defaultTtl: 1.5 * HOUR_MS, ttl: 1.5 * HOUR_MS })
    expect(sources).toMatchObject({ defaultTtl: 'env CACHETTE_TTL_HOURS', ttl: 'env CACHETTE_TTL_HOURS' })
  })

  it('CACHE_TTL_DEFAULT_HOURS is the TTL of ttl freshness alone', () => {
    const { settings } = settled({}, { CACHE_TTL_DEFAULT_HOURS: '9' })
    expect(settings.ttl).toBe(9 * HOUR_MS)
    expect(settings.defaultTtl).toBeUndefined()
  })

  it('CACHETTE_TTL_HOURS may be 0', () => {
    expect(settled({}, { CACHETTE_TTL_HOURS: '0' }).settings.defaultTtl).toBe(0)
  })

  it.each(['HTTP', 'rfc', ' http'])('CACHETTE_FRESHNESS %j is refused by name', (value) => {
    const message = refusalOf(() => serviceOf({}, { CACHETTE_FRESHNESS: value }))
    expect(message).toContain('CACHETTE_FRESHNESS')
    expect(message).toContain(JSON.stringify(value))
  })

  it.each([' ', '-1', '6h', 'NaN', 'Infinity', '1e3', '0x6', '1,5', '9'.repeat(400)])(
    'CACHETTE_TTL_HOURS %j is refused by name',
    (value) => {
      expect(refusalOf(() => serviceOf({}, { CACHETTE_TTL_HOURS: value }))).toContain('CACHETTE_TTL_HOURS')
    },
  )
})

describe('defaults', () => {
  it('reach declared services without what is for unclaimed hosts', () => {
    expect(settingsOfServices({ ttl: 1, http: { maxTtl: 2 } })).toEqual({ ttl: 1 })
    expect(settingsOfServices(undefined)).toEqual({})
  })
})
