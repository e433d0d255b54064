// The service that hosts count under which no service claims: `other`, cached as the origin says.
import { configError } from '../errors/cachette-error.js'
import type { Authorization, Environment } from '../model/profile.js'
import { UNCLAIMED } from '../model/unclaimed.js'
import { DEFAULT_SETTINGS, UNCLAIMED_SETTINGS } from './default-settings.js'
import type { Layer } from './layers.js'
import type { ResolvedService } from './resolve-service.js'
import type { CheckedDefaults, CheckedSettings } from './service-options.js'
import { type TtlEnvironment, readHours } from './ttl-environment.js'

/** What it is made of. */
export interface UnclaimedSources {
  readonly defaults: CheckedDefaults
  /** `code` or `file`: what `explain` calls the options. */
  readonly from: string
  readonly environment: Environment
  readonly ttls: TtlEnvironment
}

/** Settings of `defaults` that never reach unclaimed hosts: times of our own, and what is sent with every request. */
const NOT_FOR_UNCLAIMED: ReadonlySet<string> = new Set([
  'http',
  'freshness',
  'ttl',
  'negativeTtl',
  'staleIfError',
  'staleWhileRevalidate',
  'eagerRefresh',
  'jitter',
  'softTimeout',
  'retry',
  'breaker',
  'rateLimit',
  'quota',
  'limitsPer',
  'validate',
  'ignoreNoStore',
  'identity',
  'key',
  'timeout',
  'headers',
  'params',
  'injectCredentials',
])

const NO_AUTHORIZATION: Authorization = Object.freeze({ kind: 'none' })

/** `defaults` as every service gets them. */
export function settingsOfServices(defaults: CheckedDefaults | undefined): CheckedSettings {
  const { http: _http, ...settings } = defaults ?? {}
  return settings
}

/**
 * Puts it together. `CACHETTE_FRESHNESS` and `CACHETTE_TTL_HOURS` win over the options.
 *
 * @throws CachetteError `CACHETTE_CONFIG` for a variable that cannot be read
 */
export function unclaimedService(sources: UnclaimedSources): ResolvedService {
  return Object.freeze({
    name: UNCLAIMED,
    baseURL: undefined,
    hosts: [],
    claims: () => false,
    ownsUrl: () => false,
    equivalentHosts: {},
    authorization: NO_AUTHORIZATION,
    profile: undefined,
    layers: layersOf(sources),
    rules: [],
    isNeverCached: () => false,
    environmentTtl: undefined,
  })
}

function layersOf({ defaults, from, environment, ttls }: UnclaimedSources): readonly Layer[] {
  const shared = Object.entries(defaults).filter(([name]) => !NOT_FOR_UNCLAIMED.has(name))
  const layers: Layer[] = [
    { from: 'default', settings: DEFAULT_SETTINGS },
    { from: 'unclaimed host', settings: UNCLAIMED_SETTINGS },
    { from: `defaults (${from})`, settings: Object.fromEntries(shared) },
    { from: `defaults.http (${from})`, settings: defaults.http ?? {} },
  ]
  const ttl = ttls.get('CACHE_TTL_DEFAULT_HOURS')
  if (ttl !== undefined) layers.push({ from: 'env CACHE_TTL_DEFAULT_HOURS', settings: { ttl } })
  const freshness = readFreshness(environment.CACHETTE_FRESHNESS)
  if (freshness !== undefined) layers.push({ from: 'env CACHETTE_FRESHNESS', settings: { freshness } })
  const hours = environment.CACHETTE_TTL_HOURS
  if (hours !== undefined && hours !== '') {
    const ttlMs = readHours('CACHETTE_TTL_HOURS', hours)
    layers.push({ from: 'env CACHETTE_TTL_HOURS', settings: { defaultTtl: ttlMs, ttl: ttlMs } })
  }
  return layers
}

function readFreshness(value: string | undefined): 'ttl' | 'http' | undefined {
  if (value === undefined || value === '') return undefined
  if (value === 'ttl' || value === 'http') return value
  throw configError(`CACHETTE_FRESHNESS is ${JSON.stringify(value)}; expected "http" or "ttl"`)
}
