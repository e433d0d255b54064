// Hit and miss figures, as the public surface shows them.
import type { Outcome } from './outcome.js'

/** Latencies in milliseconds, read off log-scaled buckets; 0 where nothing was counted. */
export interface Percentiles {
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

/** Figures of one service. */
export interface ServiceMetrics {
  readonly hits: number
  readonly misses: number
  /** `hits + misses`; bypassed requests are in neither. */
  readonly totalRequests: number
  /** `100 * hits / totalRequests`, 0 when there were none. */
  readonly hitRate: number
  readonly outcomes: Readonly<Record<Outcome, number>>
  /** Calls made to an origin: failed ones and token calls included. */
  readonly originCalls: number
  /** Origin time that hits saved, in milliseconds. */
  readonly savedMs: number
  /** Body bytes that hits saved. */
  readonly savedBytes: number
  /** Answers that were not what they should be: a failed `validate`, an error that calls itself 200, a web page where JSON was due. */
  readonly drifts: number
  readonly latencyMs: { readonly hit: Percentiles; readonly miss: Percentiles }
}

/** One minute of history. */
export interface MinuteFigures {
  /** The minute's start. */
  readonly atMs: number
  readonly hits: number
  readonly misses: number
  readonly originCalls: number
  readonly outcomes: Readonly<Record<Outcome, number>>
  readonly services: Readonly<
    Record<string, { readonly hits: number; readonly misses: number; readonly originCalls: number }>
  >
}

/** Figures of all services, of every process that shares the store. */
export interface Metrics extends ServiceMetrics {
  readonly services: Readonly<Record<string, ServiceMetrics>>
  /** When counting began: the last reset, or the store's making. */
  readonly sinceMs: number
  /** Oldest first; only where history was asked for. */
  readonly history?: readonly MinuteFigures[]
}
