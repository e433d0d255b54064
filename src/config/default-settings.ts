// What holds where nobody said otherwise.
import type { CheckedSettings } from './service-options.js'

const HOUR_MS = 3_600_000

/** The product's defaults, the weakest layer. */
export const DEFAULT_SETTINGS = Object.freeze({
  freshness: 'ttl',
  ttl: 4 * HOUR_MS,
  negativeTtl: 60_000,
  maxTtl: Number.POSITIVE_INFINITY,
  staleIfError: 7 * 24 * HOUR_MS,
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
  injectCredentials: true,
  timeout: 10_000,
  maxBodyBytes: 16 * 1024 ** 2,
}) satisfies CheckedSettings

/** The memory tier's bounds. */
export const DEFAULT_MEMORY = Object.freeze({ maxBytes: 64 * 1024 ** 2, maxEntries: 100_000 })
