// A request with its service, policy and key: everything that can be worked out before looking anything up.
import type { PolicyResolver } from '../config/policy-resolver.js'
import type { ResolvedService } from '../config/resolve-service.js'
import { unkeyedVaryNames } from '../decide/decide-after-response.js'
import { decideBypass } from '../decide/decide-bypass.js'
import { type KeyParts, keyPartsOf } from '../decide/key-parts.js'
import { CachetteError } from '../errors/cachette-error.js'
import { demandsOf } from '../http/request-demands.js'
import { selectingValue } from '../http/selecting-value.js'
import { shownUrl } from '../shared/shown-url.js'
import type { Because } from '../model/because.js'
import { type CacheRequest, headerPairs } from '../model/cache-request.js'
import { type Demands, NO_DEMANDS } from '../model/demands.js'
import type { HeaderList } from '../model/header-list.js'
import type { Policy } from '../model/policy.js'
import { UNCLAIMED } from '../model/unclaimed.js'
import { checkCall } from './check-call.js'
import type { KeyHasher } from './key-hasher.js'

/** What the memo keeps of a call. */
export interface KnownCall {
  readonly key: string
  readonly service: ResolvedService
  readonly policy: Policy
  /** Why the call goes past the cache, or undefined. */
  readonly bypass: Because | undefined
  /** What the request itself asks of the cache. */
  readonly demands: Demands
  /** The headers that `Vary` may name. */
  readonly sendHeaders: HeaderList
  /** Whose budgets the call counts under; undefined for those of the whole service. */
  readonly identity: string | undefined
}

/** A call ready to be sent. */
export interface PreparedCall extends KnownCall {
  readonly request: CacheRequest
  readonly parts: KeyParts
  readonly shownKey: Readonly<Record<string, string>>
  readonly isOwnUrl: boolean
}

/** What calls are prepared with. */
export interface CallPreparer {
  readonly serviceOf: (name: string) => ResolvedService
  readonly policyOf: PolicyResolver
  readonly hasher: KeyHasher
}

/**
 * Works out service, policy and key.
 *
 * @throws CachetteError `CACHETTE_CONFIG` for a URL that is not http or https
 */
export function prepareCall(request: CacheRequest, preparer: CallPreparer): PreparedCall {
  checkCall(request)
  const service = preparer.serviceOf(request.service)
  const url = parseUrl(request)
  const isOwnUrl = service.ownsUrl(url)
  const { ttlMs: callTtlMs, mode = 'default', isHttp = false } = request.options
  const policy = preparer.policyOf({ service, url, callTtlMs, isHttp })
  const headers = headerPairs(request.headers)
  const parts = keyPartsOf({
    url: request.url,
    params: request.params ?? {},
    headers,
    policy,
    isOwnUrl,
    hasAuthorization: service.authorization.kind !== 'none' && service.authorization.kind !== 'missing',
  })
  const { sendHeaders } = parts
  const demands = isHttp ? demandsOf(sendHeaders, mode) : NO_DEMANDS
  const { method, body } = request
  const isReadable = body === undefined || body instanceof Uint8Array
  const bypass = decideBypass({
    method,
    hasBody: body !== undefined,
    canBeKeyed: isReadable,
    headers: sendHeaders,
    policy,
    demands,
    isHttp,
  })
  const hashed = preparer.hasher.hash({
    service: service.name,
    method,
    parts,
    body: isReadable ? body : undefined,
  })
  const { key, shown: shownKey } = hashed
  const identity = policy.limitsPer === 'identity' ? hashed.identity : undefined
  return {
    request,
    service,
    policy,
    parts,
    isOwnUrl,
    bypass,
    demands,
    sendHeaders,
    key,
    shownKey,
    identity,
  }
}

function parseUrl({ url, service }: CacheRequest): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol === 'http:' || parsed?.protocol === 'https:') return parsed
  throw new CachetteError(
    'CACHETTE_CONFIG',
    `${JSON.stringify(shownUrl(url))} is not an http or https URL; give an absolute one${service === UNCLAIMED ? '' : `, or set services.${service}.baseURL for relative ones`}`,
    { service },
  )
}

/** The key of the variant that a call asks for. */
export function variantKey(
  hasher: KeyHasher,
  { key, sendHeaders }: Pick<KnownCall, 'key' | 'sendHeaders'>,
  names: readonly string[],
): string {
  return hasher.variant(key, names, (name) => selectingValue(sendHeaders, name))
}

/** The variant that a response with these fields is, of those that the URL leads to; undefined where it does not vary. */
export function variantOf(
  hasher: KeyHasher,
  call: PreparedCall,
  headers: HeaderList,
): { readonly names: readonly string[]; readonly key: string } | undefined {
  const names = unkeyedVaryNames(headers, call.policy)
  return names.length === 0 ? undefined : { names, key: variantKey(hasher, call, names) }
}

/** Where a part of a response is kept. */
export function partialKey(hasher: KeyHasher, { key }: KnownCall): string {
  return hasher.variant(key, ['range'], () => 'partial')
}
