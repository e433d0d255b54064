// The services of an instance, as tools see them.
import type { ResolvedConfig } from '../config/resolve-config.js'
import { configError } from '../errors/cachette-error.js'

/** A service as tools see it. */
export interface ServiceInfo {
  readonly name: string
  readonly baseURL?: string
  /** More hosts that belong to it. */
  readonly hosts: readonly string[]
  readonly hasCredentials: boolean
  /** Variables to set where credentials are missing. */
  readonly missing: readonly string[]
  /** Paths below the base URL that warm-up asks for, most popular first. */
  readonly popular: readonly string[]
}

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

/**
 * The name of the service that claims a URL's host.
 *
 * @throws CachetteError `CACHETTE_CONFIG` where none does
 */
export function claimingService(config: ResolvedConfig, url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  const claiming = [...config.services.values()].find(
    (service) => parsed !== undefined && service.claims(parsed),
  )
  if (claiming !== undefined) return claiming.name
  throw configError(`no service claims ${parsed?.host ?? 'that URL'}; name the service of the call`)
}
