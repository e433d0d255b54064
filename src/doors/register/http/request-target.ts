// The URL that a request of node:http asks for, where its answer depends on nothing else that a cache cannot see.
import type { ClientRequest } from 'node:http'
import { isPlainUrl } from '../../../http/plain-url.js'
import { type TlsOptions, isPlainTls } from '../../../shared/plain-tls.js'
import type { Target } from '../instance.js'

/** What an agent is given to reach an origin: everything that the program said, with host and port filled in. */
export type RequestOptions = TlsOptions

/** An agent, as far as it changes what it is given. */
export interface AgentSettings {
  readonly options?: RequestOptions | undefined
}

/** Another way to the origin, or an agent that goes elsewhere than the request says. */
const OWN_ROUTES = ['socketPath', 'createConnection'] as const
const REROUTES = ['host', 'hostname', 'port', 'socketPath'] as const

/** The target, or undefined for a request whose answers must not be shared, or whose URL cannot be told. */
export function targetOf(
  request: ClientRequest,
  options: RequestOptions,
  agent: AgentSettings,
): Target | undefined {
  const settings = agent.options ?? {}
  if (OWN_ROUTES.some((name) => isSet(options[name]))) return undefined
  if (REROUTES.some((name) => isSet(settings[name]))) return undefined
  const { protocol, path } = request
  if (protocol === 'https:' && ![options, settings].every((each) => isPlainTls(each, hostIn(options))))
    return undefined
  if (protocol !== 'http:' && protocol !== 'https:') return undefined
  // A proxy is asked for whole URLs.
  if (/^https?:\/\//i.test(path)) return target(path)
  if (!path.startsWith('/')) return undefined
  return target(`${protocol}//${hostOf(protocol, options)}${path}`)
}

/** The host as URLs have it, so that no other spelling of it passes for another host. */
function target(url: string): Target | undefined {
  return isPlainUrl(url) ? { host: new URL(url).host, url } : undefined
}

function hostIn(options: RequestOptions): string {
  return String(options['host'])
}

function hostOf(protocol: string, options: RequestOptions): string {
  const name = hostIn(options).toLowerCase()
  const port = Number(options['port'])
  const shown = name.includes(':') && !name.startsWith('[') ? `[${name}]` : name
  return port === (protocol === 'https:' ? 443 : 80) ? shown : `${shown}:${port}`
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== ''
}
