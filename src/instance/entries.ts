// What tools ask of the entries of an instance: list, look at, clean, purge.
import { checkShape, optionsObject } from '../config/check-shape.js'
import type { PolicyResolver } from '../config/policy-resolver.js'
import type { ResolvedConfig } from '../config/resolve-config.js'
import type { ResolvedService } from '../config/resolve-service.js'
import { keyPartsOf } from '../decide/key-parts.js'
import { answerData } from '../doors/service/answer-data.js'
import { summaryOf } from '../engine/entry-summaries.js'
import type { Tiers } from '../engine/tiers.js'
import { configError, notInThisVersion } from '../errors/cachette-error.js'
import { shownUrl } from '../shared/shown-url.js'
import type { EventBus } from '../events/event-bus.js'
import type { EntryHead } from '../model/cache-entry.js'
import type { EntryDetails, EntrySummary, PurgeRequest } from '../model/entry-summary.js'
import type { CleanReport } from '../model/tool-reports.js'
import type { MarkScope } from '../model/mark.js'
import type { Clock } from '../shared/clock.js'
import * as v from 'valibot'

/** What to list. */
export interface ListOptions {
  readonly service?: string
  /** A substring of the URL, compared without regard to case. */
  readonly query?: string
  /** At most this many, 1 to 1,000. Default 100. */
  readonly limit?: number
  /** Where the page before ended. */
  readonly cursor?: string
}

/** The entries of an instance. */
export interface Entries {
  list(
    options?: ListOptions,
  ): Promise<{ readonly entries: readonly EntrySummary[]; readonly cursor?: string }>
  entry(key: string): Promise<EntryDetails | undefined>
  cleanExpired(options?: { readonly stale?: boolean }): Promise<CleanReport>
  purge(request: PurgeRequest): Promise<{ readonly removed: number | null }>
}

/** What this is made of. */
export interface EntriesParts {
  readonly config: ResolvedConfig
  readonly policyOf: PolicyResolver
  readonly tiers: Tiers
  readonly bus: EventBus
  readonly clock: Clock
}

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 1_000

const purgeSchema = optionsObject({
  service: v.optional(v.pipe(v.string('a service name'), v.nonEmpty('a service name'))),
  url: v.optional(v.pipe(v.string('a URL'), v.nonEmpty('a URL'))),
  tag: v.optional(v.pipe(v.string('a tag'), v.nonEmpty('a tag'))),
  all: v.optional(v.boolean('true or false')),
  soft: v.optional(v.boolean('true or false')),
})

/** Makes the tools' view of an instance's entries. */
export function createEntries({ config, policyOf, tiers, bus, clock }: EntriesParts): Entries {
  const { shared } = tiers

  function isGone(head: EntryHead): boolean {
    return head.removeAtMs <= clock.nowMs() || tiers.marks.stateOf(head) === 'hard'
  }

  return {
    async list({ limit = DEFAULT_LIMIT, ...query } = {}) {
      if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
        throw configError(`list: limit is ${String(limit)}; expected a whole number from 1 to ${MAX_LIMIT}`)
      }
      await tiers.lookNow()
      const page = await shared.list({ ...query, limit })
      const entries = page.entries.filter((head) => !isGone(head)).map((head) => summaryOf(head, shared.tier))
      return page.cursor === undefined ? { entries } : { entries, cursor: page.cursor }
    },
    async entry(key) {
      await tiers.lookNow()
      const found = await tiers.find(key)
      if (found?.record.kind !== 'entry') return undefined
      const { record } = found
      const { status, headers, body } = record
      const data = answerData(
        { status, headers, body, outcome: 'hit', because: 'fresh', ageMs: 0, ttlMs: 0, tier: found.tier },
        false,
      )
      const isPurged = tiers.marks.stateOf(record) === 'hard'
      return { ...summaryOf(record, found.tier), headers, data, isPurged }
    },
    async cleanExpired({ stale = false } = {}) {
      await tiers.lookNow()
      let staleKept = 0
      const isRemovable = (head: EntryHead): boolean => {
        const isStale = head.staleAtMs <= clock.nowMs()
        if (isGone(head) || (stale && isStale)) return true
        if (isStale) staleKept += 1
        return false
      }
      const removed = await shared.clean(isRemovable)
      const kept = staleKept
      if (tiers.near !== undefined && tiers.near !== shared) await tiers.near.clean(isRemovable)
      return { removed, staleKept: kept }
    },
    async purge(request) {
      const { soft = false, ...asked } = checkShape(purgeSchema, request, 'purge')
      const scope = scopeOf(asked, config, policyOf)
      await tiers.addMark(scope, { isSoft: soft })
      bus.emit('purged', { scope: { ...scope }, isSoft: soft })
      return { removed: null }
    },
  }
}

function scopeOf(
  { service, url, tag, all }: v.InferOutput<typeof purgeSchema>,
  config: ResolvedConfig,
  policyOf: PolicyResolver,
): MarkScope {
  if (service === undefined && url === undefined && tag === undefined && all !== true) {
    throw configError('purge: say what to purge: service, url, tag or all')
  }
  return {
    ...(all === true ? { all } : {}),
    ...(service === undefined ? {} : { service }),
    ...(tag === undefined ? {} : { tag }),
    ...(url === undefined ? {} : { url: purgeUrlOf(url, service, config, policyOf) }),
  }
}

/** The URL in the form in which entries keep it, by the key rules of the service that claims it. */
function purgeUrlOf(
  url: string,
  serviceName: string | undefined,
  config: ResolvedConfig,
  policyOf: PolicyResolver,
): string {
  if (url.endsWith('*')) throw notInThisVersion('purge by URL prefix')
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    throw configError(
      `purge: url is ${JSON.stringify(shownUrl(url))}; expected an absolute http or https URL`,
    )
  }
  const parsed = new URL(url)
  const service = serviceName === undefined ? claiming(parsed, config) : config.service(serviceName)
  const isOwnUrl = service.ownsUrl(parsed)
  const policy = policyOf({ service, url: parsed, callTtlMs: undefined })
  return keyPartsOf({ url, params: {}, headers: {}, policy, isOwnUrl }).purgeUrl
}

function claiming(url: URL, config: ResolvedConfig): ResolvedService {
  const claims = [...config.services.values()].find((service) => service.claims(url))
  return claims ?? config.service('unclaimed')
}
