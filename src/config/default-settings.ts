// What holds where nobody said otherwise.
import type { BreakerRule } from '../model/policy.js'
import type { CheckedSettings } from './service-options.js'

const HOUR_MS = 3_600_000

/** The product's defaults, the weakest layer. */
export const DEFAULT_SETTINGS = Object.freeze({
  freshness: 'ttl',
  cacheType: 'shared',
  ttl: 4 * HOUR_MS,
  negativeTtl: 60_000,
  maxTtl: Number.POSITIVE_INFINITY,
  minTtl: 0,
  staleWhileRevalidate: 0,
  staleIfError: 7 * 24 * HOUR_MS,
  eagerRefresh: 1,
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
  headers: Object.freeze({}),
  params: Object.freeze({}),
  timeout: 10_000,
  softTimeout: Number.POSITIVE_INFINITY,
  retry: Object.freeze({ attempts: 3 }),
  breaker: true,
  rateLimit: [],
  quota: [],
  limitsPer: 'service',
  maxBodyBytes: 16 * 1024 ** 2,
}) satisfies CheckedSettings

/** What differs for hosts that no service claims: their answers say themselves how long they hold, and nothing hurries them. */
export const UNCLAIMED_SETTINGS = Object.freeze({
  freshness: 'http',
  cacheType: 'private',
  timeout: Number.POSITIVE_INFINITY,
  retry: Object.freeze({ attempts: 1 }),
  breaker: false,
  injectCredentials: false,
}) satisfies CheckedSettings

/** When a breaker opens that is only asked for with `true`. */
export const DEFAULT_BREAKER: BreakerRule = Object.freeze({ failures: 5, openForMs: 10_000 })

/** The memory tier's bounds. */
export const DEFAULT_MEMORY = Object.freeze({ maxBytes: 64 * 1024 ** 2, maxEntries: 100_000 })
