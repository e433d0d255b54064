// What tells calls of one service and URL apart: method, TTL, parameters and headers as one string, so that the memo
// is asked instead of building a URL and hashing. Every part carries its length, so that no two different calls share
// a signature.
import type { CacheRequest } from '../model/cache-request.js'

/** The signature of a plain GET. */
const PLAIN = ''

/** The signature of a call beside its service and URL, or undefined where it has a body and is not remembered. */
export function signatureOf(request: CacheRequest): string | undefined {
  const { params, headers, options, method } = request
  if (request.body !== undefined) return undefined
  let signature = method === 'GET' ? PLAIN : `${method}\n`
  if (options.ttlMs !== undefined) signature += `@${options.ttlMs}\n`
  if (params !== undefined) {
    for (const name in params) {
      const value = params[name]
      if (value === null || value === undefined) continue
      if (typeof value === 'object') for (const item of value) signature += part('?', name, String(item))
      else signature += part('?', name, String(value))
    }
  }
  if (headers !== undefined) for (const name in headers) signature += part(':', name, headers[name] ?? '')
  return signature
}

function part(kind: string, name: string, value: string): string {
  return `${kind}${name.length} ${value.length} ${name}${value}`
}
