// A call as one string: what the memo looks up instead of building a URL and hashing. Every part carries its
// length, so that no two different calls share a signature.
import type { CacheRequest } from '../model/cache-request.js'

/** The signature of a call, or undefined where it has a body and is not worth remembering. */
export function signatureOf(request: CacheRequest): string | undefined {
  const { params, headers, options } = request
  if (request.body !== undefined) return undefined
  let signature = `${request.service} ${request.method} ${options.ttlMs ?? ''} ${request.url}`
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
  return `\n${kind}${name.length} ${value.length} ${name}${value}`
}
