// From the options of one call to the engine's request. Wrong options are refused before anything is asked.
import { suggestName } from '../../config/nearest-name.js'
import { configError } from '../../errors/cachette-error.js'
import type { CacheRequest, CallOptions } from '../../model/cache-request.js'
import type { ServiceConnection } from './connection.js'
import type { ExternalOptions } from './external-options.js'

const HOUR_MS = 3_600_000
const KNOWN: readonly (keyof ExternalOptions)[] = [
  'method',
  'params',
  'headers',
  'body',
  'json',
  'ttlHours',
  'fallback',
  'mutable',
  'signal',
  'tags',
  'refresh',
]
const KNOWN_SET: ReadonlySet<string> = new Set(KNOWN)
const NO_OPTIONS: CallOptions = Object.freeze({})

/**
 * Translates one call.
 *
 * @throws CachetteError `CACHETTE_CONFIG` for an unknown or ill-formed option, or a relative URL without a base
 */
export function serviceRequest(
  service: string,
  url: string,
  options: ExternalOptions | undefined,
  connection: ServiceConnection,
): CacheRequest {
  if (typeof url !== 'string') throw configError(`${service}: the URL is ${String(url)}; expected a string`)
  const absolute = connection.resolveUrl(service, url)
  const { transport } = connection
  if (options === undefined) {
    return {
      door: 'service',
      service,
      method: 'GET',
      url: absolute,
      options: NO_OPTIONS,
      wants: 'json',
      transport,
    }
  }
  checkOptions(service, options)
  const request: { -readonly [Name in keyof CacheRequest]: CacheRequest[Name] } = {
    door: 'service',
    service,
    method: options.method?.toUpperCase() ?? 'GET',
    url: absolute,
    options: callOptions(options),
    wants: 'json',
    transport,
  }
  const body = bodyOf(service, options)
  if (options.params !== undefined) request.params = options.params
  if (options.headers !== undefined || options.json !== undefined) request.headers = headersOf(options)
  if (body !== undefined) request.body = body
  return request
}

function checkOptions(service: string, options: ExternalOptions): void {
  for (const name in options) {
    if (!KNOWN_SET.has(name))
      throw configError(`${service}: unknown option "${name}"${suggestName(name, KNOWN)}`)
  }
  const { ttlHours, method, headers, params } = options
  if (ttlHours !== undefined && !(typeof ttlHours === 'number' && ttlHours >= 0 && ttlHours < Infinity)) {
    throw configError(`${service}: ttlHours is ${String(ttlHours)}; expected a number of hours, 0 or more`)
  }
  if (method !== undefined && !/^[!#$%&'*+.^_`|~\w-]+$/.test(method)) {
    throw configError(
      `${service}: method is ${JSON.stringify(method)}; expected an HTTP method such as "GET"`,
    )
  }
  if (headers !== undefined) checkHeaders(service, headers)
  if (params !== undefined && (typeof params !== 'object' || params === null)) {
    throw configError(`${service}: params is ${String(params)}; expected an object of names and values`)
  }
}

function checkHeaders(service: string, headers: Record<string, string>): void {
  for (const name in headers) {
    const isName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)
    const value: unknown = headers[name]
    const isValue = typeof value === 'string' && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
    if (isName && isValue) continue
    throw configError(
      isName
        ? `${service}: the value of header "${name}" is not text that a header can carry`
        : `${service}: ${JSON.stringify(name)} is not a header name`,
    )
  }
}

function callOptions({ ttlHours, tags, refresh, signal }: ExternalOptions): CallOptions {
  if (ttlHours === undefined && tags === undefined && refresh === undefined && signal === undefined) {
    return NO_OPTIONS
  }
  const options: { -readonly [Name in keyof CallOptions]: CallOptions[Name] } = {}
  if (ttlHours !== undefined) options.ttlMs = ttlHours * HOUR_MS
  if (tags !== undefined) options.tags = tags
  if (refresh !== undefined) options.isRefresh = refresh
  if (signal !== undefined) options.signal = signal
  return options
}

function bodyOf(service: string, { body, json, method }: ExternalOptions): Uint8Array | undefined {
  if (body === undefined && json === undefined) return undefined
  if (body !== undefined && json !== undefined) throw configError(`${service}: give body or json, not both`)
  if (method === undefined) throw configError(`${service}: a body needs a method, such as method: "POST"`)
  const text = json === undefined ? body : JSON.stringify(json)
  return typeof text === 'string' ? new TextEncoder().encode(text) : text
}

function headersOf({ headers = {}, json }: ExternalOptions): Record<string, string> {
  const hasType = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  return json === undefined || hasType ? headers : { ...headers, 'content-type': 'application/json' }
}
