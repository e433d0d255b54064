// What tools ask of the entries of an instance: list, look at, clean, purge.
import { checkShape, optionsObject, readable } from '../config/check-shape.js'
import type { PolicyResolver } from '../config/policy-resolver.js'
import type { ResolvedConfig } from '../config/resolve-config.js'
import { answerData } from '../doors/service/answer-data.js'
import { summaryOf } from '../engine/entry-summaries.js'
import type { Tiers } from '../engine/tiers.js'
import { CachetteError } from '../errors/cachette-error.js'
import type { EventBus } from '../events/event-bus.js'
import type { EntryHead } from '../model/cache-entry.js'
import type { EntryDetails, EntrySummary, PurgeRequest } from '../model/entry-summary.js'
import type { CleanReport } from '../model/tool-reports.js'
import type { Clock } from '../shared/clock.js'
import { planPurge } from './purge-scopes.js'
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

const listSchema = optionsObject({
  service: v.optional(v.string('a service name')),
  query: v.optional(v.string('a part of a URL')),
  limit: v.optional(readable(readLimit, `a whole number from 1 to ${MAX_LIMIT}`)),
  cursor: v.optional(v.string('the cursor of the page before')),
})

const cleanSchema = optionsObject({ stale: v.optional(v.boolean('true or false')) })

/** Makes the tools' view of an instance's entries. */
export function createEntries({ config, policyOf, tiers, bus, clock }: EntriesParts): Entries {
  const { shared } = tiers

  function isGone(head: EntryHead): boolean {
    return head.removeAtMs <= clock.nowMs() || tiers.marks.stateOf(head) === 'hard'
  }

  return {
    async list(options = {}) {
      const { limit = DEFAULT_LIMIT, service, query, cursor } = checkShape(listSchema, options, 'list')
      await tiers.settled()
      await tiers.lookNow()
      const page = await shared.list({
        limit,
        ...(service === undefined ? {} : { service }),
        ...(query === undefined ? {} : { query }),
        ...(cursor === undefined ? {} : { cursor }),
      })
      const entries = page.entries
        .filter((head) => !isGone(head))
        .map((head) => summaryOf(head, shared.tierOf?.(head) ?? shared.tier))
      return page.cursor === undefined ? { entries } : { entries, cursor: page.cursor }
    },
    async entry(key) {
      await tiers.lookNow()
      const found = await tiers.find(key)
      if (found?.record.kind !== 'entry') return undefined
      const { record } = found
      const { headers } = record
      const data = answerData(record, false)
      const isPurged = tiers.marks.stateOf(record) === 'hard'
      return { ...summaryOf(record, found.tier), headers, data, isPurged }
    },
    async cleanExpired(options = {}) {
      const { stale = false } = checkShape(cleanSchema, options, 'cleanExpired')
      await tiers.settled()
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
      const { scopes, isSoft } = planPurge(request, { config, policyOf })
      for (const scope of scopes) {
        await tiers.addMark(scope, { isSoft }).catch(rethrowTyped)
        bus.emit('purged', { scope: { ...scope }, isSoft })
      }
      return { removed: null }
    },
  }
}

function readLimit(value: unknown): number | undefined {
  const isLimit = typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_LIMIT
  return isLimit ? value : undefined
}

/** A purge that the store did not take holds in this process, and is drawn in the store when that is back. */
function rethrowTyped(cause: unknown): never {
  if (CachetteError.is(cause)) throw cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  throw new CachetteError(
    'CACHETTE_STORE',
    `the purge is in force in this process alone until the store takes it, which it is asked again as soon as it can be reached (${reason})`,
    { cause },
  )
}
