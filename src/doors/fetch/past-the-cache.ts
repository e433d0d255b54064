// Which calls the cache has no part in.
import type { CachedFetchInit, FetchInput } from './fetch-call.js'

/**
 * True for URLs that are not http, and for what the platform alone can see to: a body that is checked against a hash, a
 * page that referred to the URL, and a network of the caller's own, which may reach another server under the same name,
 * or show it another certificate.
 */
export function goesPast(input: FetchInput, init: CachedFetchInit | undefined): boolean {
  const integrity = init?.integrity ?? (input instanceof Request ? input.integrity : '')
  if (integrity !== '' || hasReferrer(input, init)) return true
  const dispatcher: unknown = init?.dispatcher
  if (dispatcher !== undefined && dispatcher !== null) return true
  const text = input instanceof Request ? input.url : String(input)
  return URL.canParse(text) && !/^https?:$/.test(new URL(text).protocol)
}

/** The page that fetch would name by itself is `about:client`, of which there is none here. */
function hasReferrer(input: FetchInput, init: CachedFetchInit | undefined): boolean {
  const referrer = String(init?.referrer ?? (input instanceof Request ? input.referrer : ''))
  return referrer !== '' && !/^about:client/i.test(referrer)
}
