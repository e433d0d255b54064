// Options of axios that only its own network can honour. A call with one of them goes to it directly, past the cache.
import type { InternalAxiosRequestConfig } from 'axios'

/**
 * `socketPath` and `transport` decide who answers, and no key speaks of them. The others watch or change what happens on
 * the wire: redirects are followed by the cache, and a body may come out of it.
 */
const PAST_THE_CACHE = [
  'socketPath',
  'transport',
  'beforeRedirect',
  'sensitiveHeaders',
  'onDownloadProgress',
  'maxRate',
] as const satisfies readonly (keyof InternalAxiosRequestConfig)[]

/** True for a call that the cache cannot take. */
export function isPastTheCache(config: InternalAxiosRequestConfig): boolean {
  for (const name of PAST_THE_CACHE) if (config[name] !== undefined && config[name] !== null) return true
  // Its own network says that this is no number.
  return config.timeout !== undefined && Number.isNaN(Number.parseInt(String(config.timeout), 10))
}
