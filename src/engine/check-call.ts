// The values of a call's headers and parameters, looked at once when a call is new: the memo knows the rest are good.
import { configError } from '../errors/cachette-error.js'
import { type CacheRequest, headerPairs } from '../model/cache-request.js'

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/**
 * Refuses what no request can carry.
 *
 * @throws CachetteError `CACHETTE_CONFIG` naming the header or the parameter, never its value
 */
export function checkCall({ service, headers, params = {} }: CacheRequest): void {
  for (const [name, value] of headerPairs(headers) as readonly (readonly [string, unknown])[]) {
    if (!HEADER_NAME.test(name)) throw configError(`${service}: ${JSON.stringify(name)} is not a header name`)
    if (typeof value === 'string' && HEADER_VALUE.test(value)) continue
    throw configError(`${service}: the value of header "${name}" is not text that a header can carry`)
  }
  for (const [name, value] of Object.entries<unknown>(params)) {
    const items: readonly unknown[] = Array.isArray(value) ? value : [value ?? '']
    if (items.every(isScalar)) continue
    throw configError(
      `${service}: the value of parameter "${name}" is neither text, a number, true or false, nor a list of these`,
    )
  }
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}
