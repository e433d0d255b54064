// The one interface that tools speak: the command line over an instance, and over a gateway. It adds nothing to
// what the cache does; it only names what a tool may ask of it.
import type { Because } from '../model/because.js'
import type { EntryDetails, EntrySummary, Explanation, PurgeRequest } from '../model/entry-summary.js'
import type { ParamValue } from '../model/cache-request.js'
import type { QuotaState } from '../model/limits.js'
import type { Metrics } from '../model/metrics.js'
import type { Outcome } from '../model/outcome.js'
import type { RequestEvent } from '../model/request-event.js'
import type { StoreHealth } from '../model/store.js'
import type { Tier } from '../model/tier.js'
import type { CleanReport, ServiceInfo } from '../model/tool-reports.js'

/** What a tool may ask of a cache, wherever it runs. Methods reject with the library's own errors. */
export interface Admin {
  /** Figures of every process on the store; `history` is a duration such as `'24h'`, at most 7 days. */
  metrics(options?: { readonly history?: string }): Promise<Metrics>
  /** Sets the figures to zero for every process on the store. */
  resetMetrics(): Promise<void>
  /** Removes entries that may not be used any more, and with `stale` also those kept only for rescue. */
  cleanExpired(options?: { readonly stale?: boolean }): Promise<CleanReport>
  /** Draws a purge mark; `removed` is null, since a mark counts nothing. */
  purge(request: PurgeRequest): Promise<PurgeReport>
  list(query?: EntryQuery): Promise<EntryPage>
  /** The entry under a key, under an unambiguous beginning of one, or of a GET of a URL. */
  entry(keyOrUrl: string, call?: CallDescription): Promise<EntryDetails | undefined>
  /** What would be decided for a call now, and why. Nothing is called. */
  explain(url: string, options?: CallDescription): Promise<Explanation>
  /**
   * The name of the service that a URL is asked for as.
   *
   * @throws CachetteError `CACHETTE_CONFIG` for a host that no service claims, or a name that no service can have
   */
  serviceFor(url: string, service?: string): Promise<string>
  /** Asks for a URL through the cache. Resolves with any status; rejects where there is no response. */
  get(url: string, options?: CallDescription & GetOptions): Promise<AdminAnswer>
  /** Declared and shipped services, in a stable order. */
  services(): Promise<readonly ServiceInfo[]>
  /** Budgets of every service of which something is declared or known, their levels and cool-downs. */
  quotas(): Promise<readonly QuotaState[]>
  /** Forgets what was spent and learned, and ends cool-downs, of a service or of all, for every process on the store. */
  resetQuota(service?: string): Promise<void>
  /** Tells of every call answered from now on; the returned function stops it. */
  onRequest(listener: (event: RequestEvent) => void): () => void
  health(): Promise<HealthReport>
  /** Flushes what was counted and lets go of the store. */
  close(): Promise<void>
}

/** What identifies a call besides its URL. */
export interface CallDescription {
  /** Left out: the service that claims the URL's host. */
  readonly service?: string
  readonly params?: Readonly<Record<string, ParamValue>>
  readonly headers?: Readonly<Record<string, string>>
}

export interface GetOptions {
  readonly ttlHours?: number
  /** Ask the origin whatever is stored. */
  readonly refresh?: boolean
  readonly signal?: AbortSignal
}

/** An answer, wherever it came from. */
export interface AdminAnswer {
  /** JSON parsed, text as a string, else bytes; null when empty. */
  readonly data: unknown
  readonly status: number
  /** Header fields by lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly outcome: Outcome
  readonly because: Because
  readonly ageMs: number
  readonly ttlMs: number
  readonly tier: Tier
}

export interface PurgeReport {
  /** Null where a mark was drawn instead of counting. */
  readonly removed: number | null
}

export interface EntryQuery {
  readonly service?: string
  /** A substring of the URL, compared without regard to case. */
  readonly query?: string
  /** At most this many, 1 to 1,000. */
  readonly limit?: number
  /** Where the page before ended. */
  readonly cursor?: string
}

export interface EntryPage {
  readonly entries: readonly EntrySummary[]
  /** Absent on the last page. */
  readonly cursor?: string
}

export interface HealthReport {
  readonly isHealthy: boolean
  /** Nearest first. */
  readonly tiers: readonly StoreHealth[]
}
