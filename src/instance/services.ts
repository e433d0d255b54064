// The services of an instance, as tools see them.
import type { ResolvedConfig } from '../config/resolve-config.js'
import type { ResolvedService } from '../config/resolve-service.js'
import { UNCLAIMED } from '../model/unclaimed.js'
import type { ServiceInfo } from '../model/tool-reports.js'
import { configError } from '../errors/cachette-error.js'

/** Declared services and those that ship a profile, by name. */
export function servicesOf(config: ResolvedConfig): readonly ServiceInfo[] {
  return [...config.services.values()].map(({ name, baseURL, hosts, authorization, profile }) => ({
    name,
    ...(baseURL === undefined ? {} : { baseURL }),
    hosts,
    hasCredentials: authorization.kind !== 'missing',
    missing: authorization.kind === 'missing' ? authorization.variables : [],
    popular: profile?.popular ?? [],
  }))
}

/** Names of claiming services by URL, forgotten when there are many. */
const MAX_KEPT_CLAIMS = 10_000

/** Makes the function that names the service that claims a URL, of several the one with the longest base URL; `other` where none does. */
export function createClaim(config: ResolvedConfig): (url: string) => string {
  const kept = new Map<string, string>()
  return (url) => {
    const known = kept.get(url)
    if (known !== undefined) return known
    if (kept.size >= MAX_KEPT_CLAIMS) kept.clear()
    const name = claimed(config, url) ?? UNCLAIMED
    kept.set(url, name)
    return name
  }
}

/**
 * The name of the service that claims a URL; of several, the one with the longest base URL.
 *
 * @throws CachetteError `CACHETTE_CONFIG` where none does
 */
export function claimingService(config: ResolvedConfig, url: string): string {
  const name = claimed(config, url)
  if (name !== undefined) return name
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  throw configError(
    `no service claims ${parsed === undefined ? 'that URL' : `the host ${parsed.host}`}; name the service of the call (--service my_service), or declare one with that baseURL or host`,
  )
}

function claimed(config: ResolvedConfig, url: string): string | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  const claiming = [...config.services.values()]
    .filter((service) => parsed !== undefined && service.claims(parsed))
    .sort((one, other) => matchLength(other, url) - matchLength(one, url))
  return claiming[0]?.name
}

function matchLength({ baseURL }: ResolvedService, url: string): number {
  return baseURL !== undefined && url.startsWith(baseURL) ? baseURL.length : 0
}
