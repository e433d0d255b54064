// From undici's dispatch options to what the cache is asked; undefined for what the cache has no part in.
import { stringify } from 'node:querystring'
import type { Dispatcher } from 'undici'
import { fieldValue } from '../../http/header-fields.js'
import { isPlainUrl } from '../../http/plain-url.js'
import type { HeaderList } from '../../model/header-list.js'
import { readBody } from './request-body.js'
import { readHeaders } from './request-headers.js'

/** A call, with the options that it came with. */
export interface NativeRequest {
  readonly options: Dispatcher.DispatchOptions
  readonly method: string
  /** {@link origin} and {@link path}. */
  readonly url: string
  /** Without a slash at its end. */
  readonly origin: string
  /** Query included. */
  readonly path: string
  readonly headers: HeaderList
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | undefined
}

/** Older versions of undici follow redirects below the interceptors. */
type OlderOptions = Dispatcher.DispatchOptions & { readonly maxRedirections?: number }

/** Nothing about these can be stored, purged or shared. */
const PAST_THE_CACHE = new Set(['CONNECT', 'OPTIONS', 'TRACE'])

/** A scheme and an authority, without a name or password. */
const ORIGIN = /^https?:\/\/[^/?#\\@\s]+$/i

/** Reads a call; undefined where it goes straight on, which is also how undici comes to refuse what is ill-formed. */
export function readRequest(options: Dispatcher.DispatchOptions): NativeRequest | undefined {
  if (!isForTheCache(options)) return undefined
  const { method } = options
  const origin = originOf(options.origin)
  const path = pathOf(options)
  if (origin === undefined || path === undefined) return undefined
  const url = `${origin}${path}`
  if (!isPlainUrl(url)) return undefined
  const body = readBody(options.body)
  const headers = readHeaders(options.headers)
  if (headers === undefined || body === 'unknown' || !isForTheHost(headers, origin)) return undefined
  return { options, method, url, origin, path, headers, body }
}

function isForTheCache(options: OlderOptions | undefined): boolean {
  if (typeof options !== 'object' || typeof options.method !== 'string') return false
  if (PAST_THE_CACHE.has(options.method) || options.upgrade || options.expectContinue === true) return false
  // Redirects followed below would be stored as if they had not been there.
  return options.maxRedirections === undefined || options.maxRedirections === 0
}

function originOf(origin: unknown): string | undefined {
  const text = origin instanceof URL ? origin.origin : origin
  if (typeof text !== 'string') return undefined
  const bare = text.endsWith('/') ? text.slice(0, -1) : text
  return ORIGIN.test(bare) ? bare : undefined
}

function pathOf({ path, query }: Dispatcher.DispatchOptions): string | undefined {
  if (typeof path !== 'string' || !path.startsWith('/') || path.includes('#')) return undefined
  if (query === undefined || query === null) return path
  if (path.includes('?')) return undefined
  const text = stringify(query)
  return text === '' ? path : `${path}?${text}`
}

/** The URL names the entry, so a request that names another host in `Host` would be answered from the wrong one. */
function isForTheHost(headers: HeaderList, origin: string): boolean {
  const host = fieldValue(headers, 'host')
  return host === undefined || host.toLowerCase() === origin.slice(origin.indexOf('//') + 2).toLowerCase()
}
