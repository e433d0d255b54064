// From a request and its policy: what is sent, what is keyed, what is a credential. Pure; the engine hashes.
import { canonicalUrl, normalisePercent } from '../http/canonical-url.js'
import {
  type QueryPair,
  joinQuery,
  pairValue,
  queryPair,
  splitQuery,
  writtenValue,
} from '../http/query-string.js'
import type { ParamValue } from '../model/cache-request.js'
import type { HeaderList } from '../model/header-list.js'
import type { Policy } from '../model/policy.js'
import { UNCLAIMED } from '../model/unclaimed.js'
import { isCredentialHeader, isCredentialParam } from './credential-names.js'
import { isTrackingParam, isUnkeyedHeader } from './ignored-names.js'

/** What key parts are made of. */
export interface KeyQuestion {
  readonly url: string
  readonly params: Readonly<Record<string, ParamValue>>
  readonly headers: HeaderList
  readonly policy: Policy
  /** True where the URL is the service's own, so that its headers and parameters are added. */
  readonly isOwnUrl: boolean
  /** True where the service has an authorisation that could be added. */
  readonly hasAuthorization: boolean
}

/** A credential in clear, never to leave the process. */
export interface Credential {
  /** `header authorization` or `param api_key`. */
  readonly name: string
  /** A parameter's is percent-encoded in one form, since decoding would make one of two. */
  readonly value: string
}

/** Everything that a request's key, wire form and redacted form are made from. */
export interface KeyParts {
  /** The caller's URL byte for byte, minus ignored parameters, plus `params` and the service's own. */
  readonly sendUrl: string
  readonly sendHeaders: HeaderList
  /** Without credentials and pass-through parameters. */
  readonly keyUrl: string
  /** What purges by URL compare: {@link keyUrl}. */
  readonly purgeUrl: string
  /** The canonical URL with credentials replaced by `REDACTED`. */
  readonly redactedUrl: string
  /** Names and values of keyed headers, names in lower case, sorted. */
  readonly keyHeaders: HeaderList
  /** Credentials that take part, sorted by name. */
  readonly identity: readonly Credential[]
  /** True where the request says already who sends it, so that the service's own authorisation is not added. */
  readonly isAuthorized: boolean
  /** Every credential value sent, whether it takes part or not. */
  readonly secrets: readonly string[]
}

/** What stands in the place of a service's own authorisation; a session or a cookie goes beside it. */
const AUTHORIZING_HEADERS = new Set(['authorization', 'x-api-key'])
const AUTHORIZING_PARAMS = new Set(['api_key', 'apikey', 'key', 'access_token'])

/** What every URL parser takes out before it reads. https://url.spec.whatwg.org/#url-parsing */
const STRIPPED = /^[\0- ]+|[\0- ]+$|[\t\n\r]+/g

/** Splits a request into what is sent and what is keyed (DESIGN: keys). */
export function keyPartsOf(question: KeyQuestion): KeyParts {
  const { policy } = question
  const text = question.url.replace(STRIPPED, '')
  const url = new URL(text)
  const query = partQuery(question, text)
  const headers = partHeaders(question, url)
  const { equivalentHosts } = policy
  const isQueryKept = keepsQuery(policy)
  const keyUrl = canonicalUrl({ url, pairs: query.keyed, equivalentHosts, isQueryKept })
  const redactedUrl = query.credentials.length === 0 ? keyUrl : redact(url, query, policy)
  const brought = [...headers.credentials, ...query.identity].sort((a, b) =>
    a.name < b.name ? -1 : a.name > b.name ? 1 : 0,
  )
  const identity = brought.length === 0 && isAnonymous(question) ? [ANONYMOUS] : brought
  return {
    sendUrl: `${withoutQuery(text, url)}${joinQuery(query.sent)}`,
    sendHeaders: headers.sent,
    keyUrl,
    purgeUrl: keyUrl,
    redactedUrl,
    keyHeaders: headers.keyed,
    identity,
    isAuthorized:
      headers.sent.some(([name]) => AUTHORIZING_HEADERS.has(name.toLowerCase())) ||
      query.sent.some(({ name }) => AUTHORIZING_PARAMS.has(name)),
    secrets: [...headers.secrets, ...query.secrets],
  }
}

/** Who stands for nobody, where the service's own calls are authorised: its answers are not for everyone. */
const ANONYMOUS: Credential = Object.freeze({ name: 'own authorization', value: 'left out' })

/** True where the service's own authorisation is left out, so that what comes back may be less than what it gets. */
function isAnonymous({ policy, isOwnUrl, hasAuthorization }: KeyQuestion): boolean {
  if (!isOwnUrl || policy.injectCredentials || policy.identity === 'shared') return false
  const { headers, params, key } = policy
  return (
    hasAuthorization ||
    Object.keys(headers).some((name) => isCredentialHeader(name)) ||
    Object.keys(params).some((name) => isCredentialParam(name, key.credentialParams))
  )
}

/** Most calls carry no credential in their query: then one string serves as key and for showing. */
function redact(
  url: URL,
  {
    keyed,
    credentials,
  }: { readonly keyed: readonly QueryPair[]; readonly credentials: readonly QueryPair[] },
  policy: Policy,
): string {
  const redacted = credentials.map(({ name }) => queryPair(name, 'REDACTED'))
  const { equivalentHosts } = policy
  return canonicalUrl({
    url,
    pairs: [...keyed, ...redacted],
    equivalentHosts,
    isQueryKept: keepsQuery(policy),
  })
}

/** Of hosts that nobody declared nothing is known: to them `?a&b` and `?b&a` may be two things. */
function keepsQuery({ service, freshness }: Policy): boolean {
  return service === UNCLAIMED && freshness === 'http'
}

function partQuery(
  { params, policy, isOwnUrl }: KeyQuestion,
  text: string,
): {
  readonly sent: readonly QueryPair[]
  readonly keyed: readonly QueryPair[]
  readonly credentials: readonly QueryPair[]
  readonly identity: readonly Credential[]
  readonly secrets: readonly string[]
} {
  const isKept = ({ name }: QueryPair): boolean => !isIgnoredParam(name, policy)
  const written = writtenPairs(text).filter(isKept)
  const listed = pairsOf(params).filter(isKept)
  const given = [...written, ...listed]
  const names = new Set(given.map(({ name }) => name))
  const added = isOwnUrl ? Object.entries(policy.params).filter(([name]) => !names.has(name)) : []
  const isCredential = (name: string): boolean => isCredentialParam(name, policy.key.credentialParams)
  const addedKeyed = added
    .filter(([name]) => !isCredential(name))
    .map(([name, value]) => queryPair(name, value))
  const addedSecret = policy.injectCredentials
    ? added.filter(([name]) => isCredential(name)).map(([name, value]) => queryPair(name, value))
    : []
  const credentials = given.filter(({ name }) => isCredential(name))
  const leftOut = policy.identity === 'shared' ? policy.key.credentialParams : []
  return {
    sent: append(written, [...listed, ...addedKeyed, ...addedSecret]),
    keyed: [
      ...given.filter(({ name }) => !isCredential(name) && !policy.key.passThrough.includes(name)),
      ...addedKeyed,
    ],
    credentials,
    identity: credentials
      .filter(({ name }) => !leftOut.includes(name))
      .map((pair) => ({ name: `param ${pair.name}`, value: normalisePercent(writtenValue(pair)) })),
    secrets: [...credentials, ...addedSecret].map((pair) => pairValue(pair)),
  }
}

function partHeaders(
  { headers, policy, isOwnUrl }: KeyQuestion,
  url: URL,
): {
  readonly sent: HeaderList
  readonly keyed: HeaderList
  readonly credentials: readonly Credential[]
  readonly secrets: readonly string[]
} {
  const ignored = new Set(policy.key.ignoreHeaders.map((name) => name.toLowerCase()))
  const given = [...headers, ...userinfoHeader(url, headers)].filter(
    ([name]) => !ignored.has(name.toLowerCase()),
  )
  const names = new Set(given.map(([name]) => name.toLowerCase()))
  const own = isOwnUrl
    ? Object.entries(policy.headers).filter(([name]) => !names.has(name.toLowerCase()))
    : []
  const added = own.filter(([name]) => policy.injectCredentials || !isCredentialHeader(name))
  const secretHeaders = given.filter(([name]) => isCredentialHeader(name))
  // In `http` mode `Vary` says which headers count; `Host` is a part of what is asked for.
  const isInKey = (name: string): boolean =>
    policy.freshness === 'http' ? /^host$/i.test(name) : !isCredentialHeader(name)
  const keyed = [...given, ...added]
    .filter(([name]) => isInKey(name))
    .map(([name, value]) => [name.toLowerCase(), trimmed(value)] as const)
    .filter(([name, value]) => !isUnkeyedHeader(name) && !saysNothing(name, value, url))
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return {
    sent: [...given, ...added],
    keyed,
    credentials:
      policy.identity === 'shared'
        ? []
        : secretHeaders.map(([name, value]) => ({
            name: `header ${name.toLowerCase()}`,
            value: trimmed(value),
          })),
    secrets: [...secretHeaders, ...added.filter(([name]) => isCredentialHeader(name))].flatMap(([, value]) =>
      secretsIn(value),
    ),
  }
}

/** What clients send of their own accord, and what means the same as sending nothing. */
function saysNothing(name: string, value: string, { host }: URL): boolean {
  if (name === 'host') return value.toLowerCase() === host
  return (name === 'accept' && value === '*/*') || (name === 'accept-language' && value === '*')
}

/** `https://user:password@host/` is sent, and keyed, as the Authorization that it stands for. */
function userinfoHeader(url: URL, headers: HeaderList): [string, string][] {
  const hasOwn = headers.some(([name]) => name.toLowerCase() === 'authorization')
  if ((url.username === '' && url.password === '') || hasOwn) return []
  const bytes = `${url.username}:${url.password}`.replace(/%([0-9a-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  )
  return [['Authorization', `Basic ${btoa(bytes)}`]]
}

/** Without the white space that HTTP does not count. https://www.rfc-editor.org/rfc/rfc9110#section-5.5 */
function trimmed(value: string): string {
  return value.replace(/^[ \t]+|[ \t]+$/g, '')
}

/** The value itself, and what follows its scheme (`Bearer …`). */
function secretsIn(value: string): readonly string[] {
  const token = /^\S+ +(\S+)$/.exec(value)?.[1]
  return token === undefined ? [value] : [value, token]
}

function isIgnoredParam(name: string, policy: Policy): boolean {
  return policy.key.ignoreParams.includes(name) || (!keepsQuery(policy) && isTrackingParam(name))
}

function pairsOf(params: Readonly<Record<string, ParamValue>>): readonly QueryPair[] {
  return Object.entries(params).flatMap(([name, value]) => {
    if (value === null || value === undefined) return []
    const values = Array.isArray(value) ? (value as readonly (string | number)[]) : [value]
    return values.map((item) => queryPair(name, String(item)))
  })
}

/** The pairs of a URL as written; none where it has no query. */
function writtenPairs(text: string): readonly QueryPair[] {
  const bare = text.split('#', 1)[0] ?? ''
  const start = bare.indexOf('?')
  return start < 0 ? [] : splitQuery(bare.slice(start + 1))
}

/** More pairs after those written, in the place of an empty last one. */
function append(written: readonly QueryPair[], more: readonly QueryPair[]): readonly QueryPair[] {
  const isOpen = more.length > 0 && written.at(-1)?.text === ''
  return [...(isOpen ? written.slice(0, -1) : written), ...more]
}

/** The URL as written up to its query, without userinfo. */
function withoutQuery(text: string, url: URL): string {
  const bare = text.split(/[?#]/, 1)[0] ?? ''
  return url.username === '' && url.password === '' ? bare : `${url.protocol}//${url.host}${url.pathname}`
}
