// Chooses what `warm` asks for without a file: each service's own list of popular requests. Pure.
import { closest } from 'fastest-levenshtein'
import type { ServiceInfo } from '../../model/tool-reports.js'
import { UsageError } from '../usage-error.js'
import type { WarmRequest } from './url-file.js'

/** A service that is left out, and why. */
export interface SkippedService {
  readonly service: string
  readonly because: string
}

export interface PopularList {
  readonly requests: readonly WarmRequest[]
  readonly skipped: readonly SkippedService[]
}

/**
 * The popular requests of all services, or of one.
 *
 * @throws UsageError where the named service does not exist, or nothing is left to ask for.
 */
export function popularList(services: readonly ServiceInfo[], only: string | undefined): PopularList {
  const chosen = only === undefined ? services : [serviceNamed(services, only)]
  const skipped: SkippedService[] = []
  const requests: WarmRequest[] = []
  for (const service of chosen) {
    const because = reasonToSkip(service)
    if (because !== undefined) skipped.push({ service: service.name, because })
    else requests.push(...service.popular.map((path) => requestFor(service, path)))
  }
  if (requests.length === 0) {
    const reasons = skipped.map(({ service, because }) => `${service}: ${because}`).join('; ')
    throw new UsageError(
      `no service is left to warm (${reasons === '' ? 'none is configured' : reasons}); ` +
        'set the credentials, give URLs with --file, or try --demo.',
    )
  }
  return { requests, skipped }
}

/** The service of that name; an unknown one is an error that names the nearest. */
function serviceNamed(services: readonly ServiceInfo[], name: string): ServiceInfo {
  const found = services.find((service) => service.name === name)
  if (found !== undefined) return found
  const names = services.map((service) => service.name)
  const nearest = names.length === 0 ? '' : ` Did you mean '${closest(name, names)}'?`
  throw new UsageError(`there is no service '${name}'; known are: ${names.join(', ')}.${nearest}`)
}

function reasonToSkip(service: ServiceInfo): string | undefined {
  if (!service.hasCredentials) return `no credentials; set ${service.missing.join(' and ')}`
  if (service.popular.length === 0) return 'it has no list of popular requests'
  return service.baseURL === undefined ? 'it has no base URL' : undefined
}

function requestFor(service: ServiceInfo, path: string): WarmRequest {
  const base = (service.baseURL ?? '').replace(/\/+$/, '')
  return { service: service.name, url: `${base}/${path.replace(/^\/+/, '')}` }
}
