// The policy for one request: layers and matching rules merged, weakest first, into one frozen object.
import { normalisePercent } from '../http/canonical-url.js'
import type { BreakerRule, KeyOptions, Policy } from '../model/policy.js'
import { DEFAULT_BREAKER, DEFAULT_SETTINGS } from './default-settings.js'
import { type Layer, mergeLayers } from './layers.js'
import type { ResolvedService } from './resolve-service.js'
import type { CheckedSettings } from './service-options.js'

/** What a policy depends on. */
export interface PolicyQuestion {
  readonly service: ResolvedService
  /** The URL as asked for; rules see its path with percent-encoding normalised, as the key does. */
  readonly url: URL
  /** The call's own TTL in milliseconds. */
  readonly callTtlMs: number | undefined
  /** True for doors that hand on what a program sends: credentials are then the program's own affair. */
  readonly isHttp: boolean
}

/** Gives the policy for a request; equal questions share one frozen object. */
export type PolicyResolver = (question: PolicyQuestion) => Policy

const MAX_KEPT_POLICIES = 10_000

/** Makes a resolver with a memo of its own. */
export function createPolicyResolver(): PolicyResolver {
  const kept = new Map<string, Policy>()
  return (question) => {
    const { service, callTtlMs, isHttp } = question
    const path = pathBelowBase(question)
    const matching =
      path === undefined ? [] : service.rules.map((rule, index) => (rule.matches(path) ? index : -1))
    const isNeverCached = path !== undefined && service.isNeverCached(path)
    const memoKey = [service.name, matching.join(), isNeverCached, callTtlMs, isHttp].join('|')
    const known = kept.get(memoKey)
    if (known !== undefined) return known
    const rules = service.rules.filter((_, index) => matching.includes(index))
    const policy = makePolicy(service, [...service.layers, ...rules.map(({ layer }) => layer)], {
      callTtlMs,
      isNeverCached,
      isHttp,
    })
    if (kept.size >= MAX_KEPT_POLICIES) kept.clear()
    kept.set(memoKey, policy)
    return policy
  }
}

/** The path below the base URL, with its leading slash; undefined outside the service's hosts. */
function pathBelowBase({ service, url }: PolicyQuestion): string | undefined {
  if (!service.claims(url)) return undefined
  const base = service.baseURL === undefined ? '' : new URL(service.baseURL).pathname.replace(/\/$/, '')
  const basePath = normalisePercent(base)
  const path = normalisePercent(url.pathname)
  const isBelow = path === basePath || path.startsWith(`${basePath}/`)
  return isBelow ? path.slice(basePath.length) || '/' : path
}

function makePolicy(
  service: ResolvedService,
  layers: readonly Layer[],
  call: {
    readonly callTtlMs: number | undefined
    readonly isNeverCached: boolean
    readonly isHttp: boolean
  },
): Policy {
  const top: Layer[] = service.environmentTtl === undefined ? [] : [service.environmentTtl]
  if (call.callTtlMs !== undefined) top.push({ from: 'call', settings: { ttl: call.callTtlMs } })
  const { settings, sources } = mergeLayers([...layers, ...top])
  const complete = { ...DEFAULT_SETTINGS, ...settings }
  const params = Object.entries(complete.params ?? {}).map(([name, value]) => [name, String(value)] as const)
  return Object.freeze({
    service: service.name,
    freshness: complete.freshness ?? DEFAULT_SETTINGS.freshness,
    cacheType: complete.cacheType ?? DEFAULT_SETTINGS.cacheType,
    ttlMs: complete.ttl ?? DEFAULT_SETTINGS.ttl,
    hasCallTtl: call.callTtlMs !== undefined,
    negativeTtlMs: complete.negativeTtl ?? DEFAULT_SETTINGS.negativeTtl,
    maxTtlMs: complete.maxTtl ?? DEFAULT_SETTINGS.maxTtl,
    defaultTtlMs: complete.defaultTtl,
    minTtlMs: complete.minTtl ?? DEFAULT_SETTINGS.minTtl,
    staleWhileRevalidateMs: complete.staleWhileRevalidate ?? DEFAULT_SETTINGS.staleWhileRevalidate,
    staleIfErrorMs: complete.staleIfError ?? DEFAULT_SETTINGS.staleIfError,
    eagerRefreshFrom: complete.eagerRefresh ?? DEFAULT_SETTINGS.eagerRefresh,
    jitter: complete.jitter ?? DEFAULT_SETTINGS.jitter,
    ignoreNoStore: complete.ignoreNoStore ?? DEFAULT_SETTINGS.ignoreNoStore,
    identity: complete.identity ?? DEFAULT_SETTINGS.identity,
    key: Object.freeze({ ...DEFAULT_SETTINGS.key, ...(complete.key as KeyOptions) }),
    equivalentHosts: service.equivalentHosts,
    isNeverCached: call.isNeverCached,
    headers: Object.freeze({ ...complete.headers }),
    params: Object.freeze(Object.fromEntries(params)),
    injectCredentials: settings.injectCredentials ?? !call.isHttp,
    timeoutMs: complete.timeout ?? DEFAULT_SETTINGS.timeout,
    softTimeoutMs: complete.softTimeout ?? DEFAULT_SETTINGS.softTimeout,
    retryAttempts: complete.retry?.attempts ?? DEFAULT_SETTINGS.retry.attempts,
    breaker: breakerRule(complete.breaker ?? DEFAULT_SETTINGS.breaker),
    rateLimits: complete.rateLimit ?? DEFAULT_SETTINGS.rateLimit,
    quotas: complete.quota ?? DEFAULT_SETTINGS.quota,
    limitsPer: complete.limitsPer ?? DEFAULT_SETTINGS.limitsPer,
    validate: settings.validate,
    maxBodyBytes: complete.maxBodyBytes ?? DEFAULT_SETTINGS.maxBodyBytes,
    classify: settings.classify,
    tags: settings.tags,
    sources: Object.freeze(sources),
  })
}

function breakerRule(written: NonNullable<CheckedSettings['breaker']>): BreakerRule | undefined {
  if (written === false) return undefined
  if (written === true) return DEFAULT_BREAKER
  return Object.freeze({
    failures: written.failures ?? DEFAULT_BREAKER.failures,
    openForMs: written.openFor ?? DEFAULT_BREAKER.openForMs,
  })
}
