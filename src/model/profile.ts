// What ships for a known API: data and pure functions, reachable from the wiring.
import type { Classify, KeyOptions, ResponseFacts } from './policy.js'

/** How a request proves who sends it. */
export type Authorization =
  | { readonly kind: 'none' }
  | { readonly kind: 'header'; readonly name: string; readonly value: string }
  | { readonly kind: 'param'; readonly name: string; readonly value: string }
  | {
      readonly kind: 'client-credentials'
      readonly tokenUrl: string
      readonly clientId: string
      readonly clientSecret: string
    }
  /** Nothing to go by: the error names the variables to set, all of them; alternatives stand as `A or B`. */
  | { readonly kind: 'missing'; readonly variables: readonly string[] }

/** The environment, as `process.env` has it. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Settings that a profile may give, in the form people write them (`'6h'`, `'16MB'`). */
export interface ProfileSettings {
  readonly ttl?: string | number
  readonly negativeTtl?: string | number
  readonly maxTtl?: string | number
  readonly staleIfError?: string | number
  readonly timeout?: string | number
  readonly rateLimit?: string | readonly string[]
  readonly key?: KeyOptions
}

/** What ships for a known API. */
export interface Profile extends ProfileSettings {
  readonly name: string
  readonly baseURL: string
  /** The variable that moves the base URL. */
  readonly baseURLVariable: string
  /** Other variables that hold a URL, checked with the rest. */
  readonly urlVariables: readonly string[]
  /** More hosts that are the same service. */
  readonly hosts: readonly string[]
  /** Each host maps to the one that stands for it in keys. */
  readonly equivalentHosts: Readonly<Record<string, string>>
  /** Settings by URL pattern below the base URL; the last match wins. */
  readonly rules: readonly ({ readonly match: string } & ProfileSettings)[]
  /** URL patterns below the base URL that are never cached, joined or rescued. */
  readonly neverCache: readonly string[]
  readonly authorization: (environment: Environment) => Authorization
  readonly classify: Classify
  /**
   * When a spent quota renews, in wall-clock milliseconds, where a response without `Retry-After` or the provider's custom tells;
   * undefined where nothing does.
   */
  readonly quotaRenewsAtMs?: (response: ResponseFacts, nowMs: number) => number | undefined
  /** Paths with parameters that warm-up asks for, most popular first. */
  readonly popular: readonly string[]
  /** What the provider's terms ask to be shown beside the content. */
  readonly attribution: string
}
