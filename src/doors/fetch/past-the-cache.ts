// Which calls the cache has no part in.
import { canRequest } from './dispatcher-transport.js'
import type { CachedFetchInit, FetchInput } from './fetch-call.js'

/**
 * True for URLs that are not http, for calls that have the body checked against a hash, which the platform does, and for
 * dispatchers that only the platform can use.
 */
export function goesPast(input: FetchInput, init: CachedFetchInit | undefined): boolean {
  const integrity = init?.integrity ?? (input instanceof Request ? input.integrity : '')
  if (integrity !== '') return true
  const dispatcher: unknown = init?.dispatcher
  if (dispatcher !== undefined && dispatcher !== null && !canRequest(dispatcher)) return true
  const text = input instanceof Request ? input.url : String(input)
  return URL.canParse(text) && !/^https?:$/.test(new URL(text).protocol)
}
