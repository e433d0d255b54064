// From what people ask to purge to the marks that do it.
import * as v from 'valibot'
import { checkShape, optionsObject } from '../config/check-shape.js'
import type { PolicyResolver } from '../config/policy-resolver.js'
import type { ResolvedConfig } from '../config/resolve-config.js'
import type { ResolvedService } from '../config/resolve-service.js'
import { UNCLAIMED } from '../model/unclaimed.js'
import { keyPartsOf } from '../decide/key-parts.js'
import { configError, notInThisVersion } from '../errors/cachette-error.js'
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
  const scopes = formsOf(parse(url), service, rules).map((form) => ({ ...scope, url: form }))
  return { scopes, isSoft: soft }
}

function parse(url: string): URL {
  if (url.endsWith('*')) throw notInThisVersion('purge by URL prefix')
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) return new URL(url)
  throw configError(`purge: url is ${JSON.stringify(shownUrl(url))}; expected an absolute http or https URL`)
}

/** The forms in which entries keep a URL: by the key rules of each service that may have stored it. */
function formsOf(url: URL, name: string | undefined, { config, policyOf }: PurgeRules): readonly string[] {
  const services = name === undefined ? claiming(url, config) : [config.service(name)]
  const forms = services.map((service) => {
    const policy = policyOf({ service, url, callTtlMs: undefined, isHttp: true })
    const isOwnUrl = service.ownsUrl(url)
    return keyPartsOf({ url: url.href, params: {}, headers: [], policy, isOwnUrl, hasAuthorization: false })
      .purgeUrl
  })
  return [...new Set(forms)]
}

/** Those that claim it, one that nobody declared, whose rules are the defaults, and that of hosts that none claims. */
function claiming(url: URL, config: ResolvedConfig): readonly ResolvedService[] {
  return [
    ...[...config.services.values()].filter((service) => service.claims(url)),
    config.service('undeclared'),
    config.service(UNCLAIMED),
  ]
}
