// What of an instance the local admin uses; createCachette gives more.
import type { EntryDetails, Explanation, PurgeRequest } from '../model/entry-summary.js'
import type { ParamValue } from '../model/cache-request.js'
import type { Metrics } from '../model/metrics.js'
import type { RequestEvent } from '../model/request-event.js'
import type {
  AdminAnswer,
  CleanReport,
  EntryPage,
  EntryQuery,
  HealthReport,
  PurgeReport,
  ServiceInfo,
} from './admin.js'

/** The part of a call's options that tools set. */
export interface InstanceCallOptions {
  readonly params?: Record<string, ParamValue>
  readonly headers?: Record<string, string>
  readonly ttlHours?: number
  readonly refresh?: boolean
  readonly signal?: AbortSignal
}

/** An instance, as tools need it. */
export interface CachetteInstance {
  service(name: string): {
    fetchExternal(url: string, options?: InstanceCallOptions): Promise<AdminAnswer>
  }
  metrics(options?: { history?: string }): Promise<Metrics>
  resetMetrics(): Promise<void>
  purge(request: PurgeRequest): Promise<PurgeReport>
  cleanExpired(options?: { stale?: boolean }): Promise<CleanReport>
  list(query?: EntryQuery): Promise<EntryPage>
  entry(key: string): Promise<EntryDetails | undefined>
  explain(url: string, options?: InstanceCallOptions & { service?: string }): Promise<Explanation>
  services(): readonly ServiceInfo[]
  on(event: 'request', listener: (event: RequestEvent) => void): () => void
  health(): Promise<HealthReport>
  close(): Promise<void>
}
