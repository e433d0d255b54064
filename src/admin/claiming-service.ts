// Finds the service that claims a URL, for tools that were given none. Pure.
import { configError } from '../errors/cachette-error.js'
import type { ServiceInfo } from './admin.js'

/**
 * The name of the service whose base URL or hosts cover the URL; of several, the one with the longest base URL.
 *
 * @throws CachetteError `CACHETTE_CONFIG` where no service does
 */
export function claimingService(services: readonly ServiceInfo[], url: string): string {
  const { host } = new URL(url)
  const claiming = services
    .filter((service) => hostsOf(service).some((pattern) => coversHost(pattern, host)))
    .sort((one, other) => matchLength(other, url) - matchLength(one, url))
  const name = claiming[0]?.name
  if (name !== undefined) return name
  throw configError(
    `no service claims the host ${host}; name the service to call it as (--service my_service), ` +
      'or declare one with that baseURL or host',
  )
}

function hostsOf({ baseURL, hosts }: ServiceInfo): readonly string[] {
  return baseURL === undefined ? hosts : [new URL(baseURL).host, ...hosts]
}

function coversHost(pattern: string, host: string): boolean {
  const wanted = pattern.toLowerCase()
  return wanted.startsWith('*.') ? host.endsWith(wanted.slice(1)) : host === wanted
}

function matchLength({ baseURL }: ServiceInfo, url: string): number {
  return baseURL !== undefined && url.startsWith(baseURL) ? baseURL.length : 0
}
