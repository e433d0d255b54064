// Calls of axios that only its own network can honour: they go to it directly, past the cache.
import type { InternalAxiosRequestConfig } from 'axios'
import { builtIn } from '../../shared/built-in.js'
import { isPlainTls, type TlsOptions } from '../../shared/plain-tls.js'

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

/** An agent that goes elsewhere than the request says. */
const REROUTES = ['host', 'hostname', 'port', 'socketPath'] as const

/** What newer versions of axios know besides. */
type NewerConfig = InternalAxiosRequestConfig & { readonly http2Options?: unknown }

/** True for a call that the cache cannot take. */
export function isPastTheCache(config: NewerConfig): boolean {
  for (const name of PAST_THE_CACHE) if (config[name] !== undefined && config[name] !== null) return true
  if (!isPlainAgent(config.httpAgent) || !isPlainAgent(config.httpsAgent ?? builtIn('https').globalAgent))
    return true
  const { http2Options } = config
  if (typeof http2Options === 'object' && http2Options !== null && !isPlainTls(http2Options as TlsOptions))
    return true
  // Its own network says that this is no number.
  return config.timeout !== undefined && Number.isNaN(Number.parseInt(String(config.timeout), 10))
}

/**
 * True where an agent reaches what everyone reaches, on the terms of everyone. Both agents count, whatever the scheme: a
 * redirect may change it. One that does not show its options is taken for one that has something in them.
 */
function isPlainAgent(agent: unknown): boolean {
  if (typeof agent !== 'object' || agent === null) return true
  const options: unknown = 'options' in agent ? agent.options : undefined
  if (typeof options !== 'object' || options === null) return false
  const settings = options as TlsOptions
  return (
    isPlainTls(settings) && !REROUTES.some((name) => settings[name] !== undefined && settings[name] !== null)
  )
}
