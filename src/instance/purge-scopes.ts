// From what people ask to purge to the marks that do it.
import * as v from 'valibot'
import { checkShape, optionsObject } from '../config/check-shape.js'
import type { PolicyResolver } from '../config/policy-resolver.js'
import type { ResolvedConfig } from '../config/resolve-config.js'
import type { ResolvedService } from '../config/resolve-service.js'
import { UNCLAIMED } from '../model/unclaimed.js'
import { keyPartsOf } from '../decide/key-parts.js'
import { configError } from '../errors/cachette-error.js'
import type { PurgeRequest } from '../model/entry-summary.js'
import type { MarkScope } from '../model/mark.js'
import { shownUrl } from '../shared/shown-url.js'

/** What to mark, and how. */
export interface PurgePlan {
  /** Usually one; several where services that share a host write the same URL in different ways. */
  readonly scopes: readonly MarkScope[]
  readonly isSoft: boolean
}

/** What planning takes. */
export interface PurgeRules {
  readonly config: ResolvedConfig
  readonly policyOf: PolicyResolver
}

const purgeSchema = optionsObject({
  service: v.optional(v.pipe(v.string('a service name'), v.nonEmpty('a service name'))),
  url: v.optional(v.pipe(v.string('a URL'), v.nonEmpty('a URL'))),
  tag: v.optional(v.pipe(v.string('a tag'), v.nonEmpty('a tag'))),
  all: v.optional(v.boolean('true or false')),
  soft: v.optional(v.boolean('true or false')),
})

/**
 * Plans a purge.
 *
 * @throws CachetteError `CACHETTE_CONFIG` for an unknown field, for none, and for a URL that is none
 */
export function planPurge(request: PurgeRequest, rules: PurgeRules): PurgePlan {
  const { soft = false, service, url, tag, all } = checkShape(purgeSchema, request, 'purge')
  if (service === undefined && url === undefined && tag === undefined && all !== true) {
    throw configError('purge: say what to purge: service, url, tag or all')
  }
  const scope: MarkScope = {
    ...(all === true ? { all } : {}),
    ...(service === undefined ? {} : { service }),
    ...(tag === undefined ? {} : { tag }),
  }
  if (url === undefined) return { scopes: [scope], isSoft: soft }
  const scopes = url.includes('*')
    ? prefixesOf(parse(withoutStar(url)), service, rules)
    : formsOf(parse(url), service, rules).map((form) => ({ url: form }))
  return { scopes: scopes.map((form) => ({ ...scope, ...form })), isSoft: soft }
}

function parse(url: string): URL {
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) return new URL(url)
  throw configError(`purge: url is ${JSON.stringify(shownUrl(url))}; expected an absolute http or https URL`)
}

/** What stands before the star, up to and with a slash of the path; the host's own is the first. */
function withoutStar(url: string): string {
  const prefix = /^(https?:\/\/[^*/?#\\]+\/(?:[^*?#]*\/)?)\*$/i.exec(url.trim())?.[1]
  if (prefix !== undefined) return prefix
  throw configError(
    `purge: url is ${JSON.stringify(shownUrl(url))}; a star stands at the end alone, after a slash of the path and without ` +
      "a query: 'https://api.example.com/v1/movie/*' is all that lies below /v1/movie/",
  )
}

/** The forms in which entries keep a URL: by the key rules of each service that may have stored it. */
function formsOf(url: URL, name: string | undefined, rules: PurgeRules): readonly string[] {
  const { config } = rules
  const services = name === undefined ? claiming(url, config) : [config.service(name)]
  return [...new Set(services.map((service) => formFor(url, service, rules)))]
}

/**
 * What the forms of all URLs begin with that begin with this one. Where a service writes one host for another, what lies
 * below that one is purged of this service alone.
 */
function prefixesOf(url: URL, name: string | undefined, rules: PurgeRules): readonly MarkScope[] {
  const { config } = rules
  const prefixFor = (service: ResolvedService): string => formFor(url, service, rules).replace(/\?.*$/s, '')
  const plain = prefixFor(config.service(name ?? UNCLAIMED))
  if (name !== undefined) return [{ urlPrefix: plain }]
  const folded = [...config.services.values()]
    .map((service) => ({ service: service.name, urlPrefix: prefixFor(service) }))
    .filter(({ urlPrefix }) => urlPrefix !== plain)
  return [{ urlPrefix: plain }, ...folded]
}

function formFor(url: URL, service: ResolvedService, { policyOf }: PurgeRules): string {
  const policy = policyOf({ service, url, callTtlMs: undefined, isHttp: true })
  const isOwnUrl = service.ownsUrl(url)
  return keyPartsOf({ url: url.href, params: {}, headers: [], policy, isOwnUrl, hasAuthorization: false })
    .purgeUrl
}

/** Those that claim it, one that nobody declared, whose rules are the defaults, and that of hosts that none claims. */
function claiming(url: URL, config: ResolvedConfig): readonly ResolvedService[] {
  return [
    ...[...config.services.values()].filter((service) => service.claims(url)),
    config.service('undeclared'),
    config.service(UNCLAIMED),
  ]
}
