// Reads any call of fetch as the platform does, through a Request of its own, which refuses what fetch refuses.
import type { CacheMode } from '../../model/demands.js'
import { type CachedFetchInit, type FetchCall, type FetchInput, withoutFragment } from './fetch-call.js'
import { readBody } from './request-body.js'

/**
 * The call, with its body in hand where it is one that can be had at once.
 *
 * @throws TypeError for what fetch refuses: a relative URL, one with a name and password, a GET with a body, …
 */
export async function readCall(input: FetchInput, init: CachedFetchInit | undefined): Promise<FetchCall> {
  const request =
    input instanceof Request && init === undefined && input.body === null
      ? input
      : new Request(input, withoutMode(init))
  return {
    method: request.method,
    url: withoutFragment(request.url),
    headers: [...request.headers],
    body: await readBody(request, init?.body),
    mode: init?.cache ?? modeOf(request),
    redirect: request.redirect,
    signal: signalOf(input, init),
  }
}

/** Request insists on `mode: 'same-origin'` beside `only-if-cached`, which means nothing outside a browser. */
function withoutMode(init: CachedFetchInit | undefined): CachedFetchInit | undefined {
  if (init?.cache !== 'only-if-cached') return init
  const { cache: _cache, ...rest } = init
  return rest
}

function modeOf(request: Request): CacheMode {
  return 'cache' in request ? (request.cache as CacheMode) : 'default'
}

/** The caller's own signal: that of a Request made here would only follow it. */
function signalOf(input: FetchInput, init: CachedFetchInit | undefined): AbortSignal | undefined {
  const given = init?.signal
  if (given !== undefined) return given ?? undefined
  return input instanceof Request ? input.signal : undefined
}
