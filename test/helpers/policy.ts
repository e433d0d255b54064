// A policy as the defaults make it, with whatever a test changes.
import type { KeyOptions, Policy } from '../../src/model/policy.js'

const HOUR_MS = 3_600_000

const DEFAULT_POLICY: Policy = Object.freeze({
  service: 'my_service',
  freshness: 'ttl',
  cacheType: 'shared',
  ttlMs: 4 * HOUR_MS,
  hasCallTtl: false,
  negativeTtlMs: 60_000,
  maxTtlMs: Number.POSITIVE_INFINITY,
  defaultTtlMs: undefined,
  minTtlMs: 0,
  staleWhileRevalidateMs: 0,
  staleIfErrorMs: 7 * 24 * HOUR_MS,
  eagerRefreshFrom: 1,
  jitter: 0,
  ignoreNoStore: false,
  identity: 'per-credential',
  key: Object.freeze({
    ignoreParams: [],
    ignoreHeaders: [],
    passThrough: [],
    credentialParams: [],
    body: false,
  }),
  equivalentHosts: {},
  isNeverCached: false,
  headers: {},
  params: {},
  injectCredentials: true,
  softTimeoutMs: Number.POSITIVE_INFINITY,
  timeoutMs: 10_000,
  retryAttempts: 1,
  breaker: undefined,
  rateLimits: [],
  quotas: [],
  limitsPer: 'service',
  validate: undefined,
  maxBodyBytes: 16 * 1024 ** 2,
  classify: undefined,
  tags: undefined,
  sources: {},
})

export function policyWith(changes: Partial<Omit<Policy, 'key'>> & { key?: KeyOptions }): Policy {
  return { ...DEFAULT_POLICY, ...changes, key: { ...DEFAULT_POLICY.key, ...changes.key } }
}
