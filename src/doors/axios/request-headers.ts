// The header fields of a call, as axios would send them.
import type { InternalAxiosRequestConfig } from 'axios'
import type { RequestHeaders } from '../../model/cache-request.js'

/** `basic` is `user:password` out of the URL; the option `auth` wins over it, and either over a field of the caller's. */
export function requestHeaders(
  config: InternalAxiosRequestConfig,
  basic: string | undefined,
): RequestHeaders {
  const given: Readonly<Record<string, unknown>> = config.headers
  const user = config.auth ? `${config.auth.username || ''}:${config.auth.password || ''}` : basic
  const record: Record<string, string> = {}
  let hasRepeated = false
  for (const name of Object.keys(given)) {
    const value = given[name]
    if (value === undefined || value === null || value === false) continue
    if (user !== undefined && name.toLowerCase() === 'authorization') continue
    if (Array.isArray(value)) hasRepeated = true
    record[name] = typeof value === 'string' ? value : String(value)
  }
  if (user !== undefined) record['Authorization'] = `Basic ${Buffer.from(user).toString('base64')}`
  return hasRepeated ? asList(record, given) : record
}

function asList(
  record: Readonly<Record<string, string>>,
  given: Readonly<Record<string, unknown>>,
): readonly (readonly [string, string])[] {
  return Object.entries(record).flatMap(([name, value]) => {
    const repeated = given[name]
    return Array.isArray(repeated)
      ? repeated.map((one) => [name, String(one)] as const)
      : [[name, value] as const]
  })
}
