// From the options of one call to the engine's request. Wrong options are refused before anything is asked.
import { describeValue } from '../../config/check-shape.js'
import { suggestName } from '../../config/nearest-name.js'
import { configError } from '../../errors/cachette-error.js'
import type { CacheRequest, CallOptions } from '../../model/cache-request.js'
import type { Connection } from '../../model/connection.js'
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
  connection: Connection,
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
      transport,
    }
  }
  checkOptions(service, options)
  // One literal with every field, so that all requests have one shape.
  return {
    door: 'service',
    service,
    method: options.method?.toUpperCase() ?? 'GET',
    url: absolute,
    params: options.params,
    headers: headersOf(options),
    body: bodyOf(service, options),
    options: callOptions(options),
    transport,
  }
}

/** Everything but the values of headers and parameters, which are looked at when a call is new. */
function checkOptions(service: string, options: ExternalOptions): void {
  if (typeof options !== 'object' || (options as unknown) === null)
    refuse(service, 'options', options, 'an object')
  for (const name in options) {
    if (!KNOWN_SET.has(name))
      throw configError(`${service}: unknown option "${name}"${suggestName(name, KNOWN)}`)
  }
  const { ttlHours, method, headers, params, body, tags, refresh, mutable, signal } = options
  if (ttlHours !== undefined && !(typeof ttlHours === 'number' && ttlHours >= 0 && ttlHours < Infinity)) {
    refuse(service, 'ttlHours', ttlHours, 'a number of hours, 0 or more')
  }
  if (method !== undefined && !/^[!#$%&'*+.^_`|~\w-]+$/.test(method)) {
    refuse(service, 'method', method, 'an HTTP method such as "GET"')
  }
  if (headers !== undefined && !isPlain(headers))
    refuse(service, 'headers', headers, 'an object of names and texts')
  if (params !== undefined && !isPlain(params))
    refuse(service, 'params', params, 'an object of names and values')
  if (body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array)) {
    refuse(service, 'body', body, 'text or bytes; for JSON use the option json')
  }
  if (tags !== undefined && !(Array.isArray(tags) && tags.every((tag) => typeof tag === 'string'))) {
    refuse(service, 'tags', tags, 'a list of names')
  }
  if (refresh !== undefined && typeof refresh !== 'boolean')
    refuse(service, 'refresh', refresh, 'true or false')
  if (mutable !== undefined && typeof mutable !== 'boolean')
    refuse(service, 'mutable', mutable, 'true or false')
  if (signal !== undefined && !(signal instanceof AbortSignal))
    refuse(service, 'signal', signal, 'an AbortSignal')
}

function isPlain(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refuse(service: string, name: string, value: unknown, expected: string): never {
  throw configError(`${service}: ${name} is ${describeValue(value)}; expected ${expected}`)
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

function headersOf({ headers, json }: ExternalOptions): Record<string, string> | undefined {
  if (json === undefined) return headers
  const hasType = Object.keys(headers ?? {}).some((name) => name.toLowerCase() === 'content-type')
  return hasType ? headers : { ...headers, 'content-type': 'application/json' }
}
