// fetch over the cache: a call in, a Response out. Caching is the engine's.
import { noInstance } from '../../errors/no-instance.js'
import type { CacheAnswer } from '../../model/cache-answer.js'
import type { CallOptions } from '../../model/cache-request.js'
import { type Connectable, connectionIn } from '../../model/connection.js'
import { type CachedResponse, respond } from './cached-response.js'
import { withDefaultHeaders } from './default-headers.js'
import type { CachedFetchInit, FetchCall, FetchInput } from './fetch-call.js'
import { fetchError } from './fetch-error.js'
import { goesPast } from './past-the-cache.js'
import { plainCall } from './plain-call.js'
import { readCall } from './read-call.js'
import { credentialsError, hasCredentials, withoutRedirectCredentials } from './redirect-credentials.js'

export type { CachedFetchInit } from './fetch-call.js'

/** fetch, with a Response that tells what the cache did. */
export type CachedFetch = (input: FetchInput, init?: CachedFetchInit) => Promise<CachedResponse>

const PLAIN: CallOptions = Object.freeze({ isHttp: true })
/** https://fetch.spec.whatwg.org/#redirect-status */
const REDIRECTS = new Set([301, 302, 303, 307, 308])

/**
 * Makes a fetch that answers from the cache of an instance.
 *
 * It takes what Node's fetch takes and rejects as it does: with a TypeError whose `cause` is the CachetteError, and
 * below it the network's. `cache` modes are obeyed. What is not http, and calls with a `dispatcher`, `integrity` or
 * `referrer` of their own go past the cache.
 *
 * ```ts
 * const cachedFetch = createCachedFetch(cachette)
 * const response = await cachedFetch('https://api.example.com/data')
 * const data = await response.json()
 * ```
 *
 * @throws CachetteError `CACHETTE_CONFIG` where it is given no instance
 */
export function createCachedFetch(cachette: Connectable): CachedFetch {
  const connection = connectionIn(cachette) ?? noInstance('createCachedFetch')
  const transport = withDefaultHeaders(connection.transport)
  const following = withoutRedirectCredentials(transport)
  const plainFetch = globalThis.fetch

  /** The default makes `fetch.length` what it is elsewhere. */
  return async function fetch(input: FetchInput, init: CachedFetchInit | undefined = undefined) {
    const plain = plainCall(input, init)
    if (plain === undefined && goesPast(input, init)) return plainFetch(input, init)
    const call = plain ?? (await readCall(input, init))
    return answered(call)
  }

  async function answered(call: FetchCall): Promise<CachedResponse> {
    try {
      const given = connection.answer({
        door: 'fetch',
        service: connection.claim(call.url),
        method: call.method,
        url: call.url,
        headers: call.headers,
        body: call.body,
        options: optionsOf(call),
        transport: call.redirect === 'follow' ? following : transport,
      })
      const answer = given instanceof Promise ? await given : given
      refuse(answer, call)
      return respond(answer, call)
    } catch (error) {
      throw fetchError(error, call)
    }
  }
}

function optionsOf({ mode, redirect, signal }: FetchCall): CallOptions {
  if (mode === 'default' && redirect === 'follow' && signal === undefined) return PLAIN
  return {
    isHttp: true,
    ...(mode === 'default' ? {} : { mode }),
    ...(redirect === 'follow' ? {} : { redirects: 'hand-back' }),
    ...(signal === undefined ? {} : { signal }),
  }
}

/** Answers that are errors to a caller of fetch. */
function refuse(answer: CacheAnswer, { mode, redirect, method }: FetchCall): void {
  const { status, because, body, url, redirectedTo } = answer
  if (mode === 'only-if-cached' && status === 504 && because === 'only-if-cached') {
    body.discard()
    throw new Error(`nothing is stored for ${method} ${url}, and the call's cache mode is "only-if-cached"`)
  }
  if (redirect === 'error' && REDIRECTS.has(status)) {
    body.discard()
    throw new Error(`${method} ${url} was redirected, and the call's redirect mode is "error"`)
  }
  // The redirect came out of the cache.
  if (redirectedTo !== undefined && hasCredentials(redirectedTo)) {
    body.discard()
    throw credentialsError()
  }
}
