// Reads the calls that nearly everybody makes, a URL with a few plain options, without building a Request, Headers or
// URL. Whatever is not plain, right or wrong, is left to the platform's own Request.
import type { RequestHeaders } from '../../model/cache-request.js'
import type { CacheMode } from '../../model/demands.js'
import type { HeaderList } from '../../model/header-list.js'
import type { CachedFetchInit, FetchCall, FetchInput } from './fetch-call.js'

/** Printable ASCII without a fragment, a backslash, or a name and password before the host. */
const PLAIN_URL = /^https?:\/\/[!"$-.0-9:;<=>A-Z[\]_a-z{|}~]+(?:[/?][!"$-[\]-~]*)?$/
const FIELD_NAME = /^[!#$%&'*+.^_`|~\w-]+$/
/** Printable ASCII that needs no trimming. */
const FIELD_VALUE = /^(?:[!-~](?:[ -~\t]*[!-~])?)?$/
const MODES: ReadonlySet<unknown> = new Set<CacheMode>([
  'default',
  'no-store',
  'reload',
  'no-cache',
  'force-cache',
  'only-if-cached',
])
const CREDENTIALS: ReadonlySet<unknown> = new Set(['omit', 'same-origin', 'include'])

/** The call, where it is a plain one. */
export function plainCall(input: FetchInput, init: CachedFetchInit | undefined): FetchCall | undefined {
  const url = typeof input === 'string' ? input : input instanceof URL ? input.href : undefined
  if (url === undefined || !PLAIN_URL.test(url)) return undefined
  let method = 'GET'
  let headers: RequestHeaders | undefined
  let mode: CacheMode = 'default'
  let signal: AbortSignal | undefined
  for (const name in init) {
    const value = init[name as keyof CachedFetchInit] as unknown
    if (value === undefined) continue
    if (name === 'headers') {
      headers = plainHeaders(value)
      if (headers === undefined) return undefined
    } else if (name === 'signal') {
      if (value === null) continue
      if (!(value instanceof AbortSignal)) return undefined
      signal = value
    } else if (name === 'method') {
      if (value !== 'GET' && value !== 'HEAD') return undefined
      method = value
    } else if (name === 'cache') {
      if (!MODES.has(value)) return undefined
      mode = value as CacheMode
    } else if (!changesNothing(name, value)) return undefined
  }
  // One literal with every field, so that all calls have one shape.
  return { method, url, headers, body: undefined, mode, redirect: 'follow', signal }
}

/** True for an option at a value that makes no difference to a GET from Node. */
function changesNothing(name: string, value: unknown): boolean {
  if (name === 'body') return value === null
  if (name === 'redirect') return value === 'follow'
  if (name === 'credentials') return CREDENTIALS.has(value)
  if (name === 'mode') return value === 'cors' || value === 'same-origin'
  return name === 'keepalive' && typeof value === 'boolean'
}

function plainHeaders(given: unknown): RequestHeaders | undefined {
  if (typeof given !== 'object' || given === null) return undefined
  if (Array.isArray(given)) return given.every(isPlainPair) ? (given as unknown as HeaderList) : undefined
  const prototype: unknown = Object.getPrototypeOf(given)
  if (prototype === Object.prototype || prototype === null) return plainRecord(given)
  return given instanceof Headers ? [...given] : undefined
}

function plainRecord(given: object): RequestHeaders | undefined {
  const record = given as Readonly<Record<string, unknown>>
  for (const name in record) {
    const value = record[name]
    if (typeof value !== 'string' || !FIELD_VALUE.test(value) || !FIELD_NAME.test(name)) return undefined
  }
  return record as Readonly<Record<string, string>>
}

function isPlainPair(pair: unknown): boolean {
  if (!Array.isArray(pair) || pair.length !== 2) return false
  const [name, value] = pair as readonly unknown[]
  if (typeof name !== 'string' || typeof value !== 'string') return false
  return FIELD_NAME.test(name) && FIELD_VALUE.test(value)
}
