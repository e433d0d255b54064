// The settings in force for one request, after precedence: one frozen object.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { HeaderList } from './header-list.js'
import type { BudgetRule } from './limits.js'

/** How an origin response is judged before it may replace an entry. */
export type Classification = 'ok' | 'quota' | 'auth' | 'transient' | 'permanent'

/** What a classifier sees. */
export interface ResponseFacts {
  readonly status: number
  readonly headers: HeaderList
  /** The parsed JSON body, or undefined where it is not JSON. */
  readonly json: unknown
}

/** Judges a response; undefined leaves it to the default by status. */
export type Classify = (response: ResponseFacts) => Classification | undefined

/** What takes part in the key. Header and parameter names; header names in any case. */
export interface KeyOptions {
  /** Parameters neither keyed nor sent. */
  readonly ignoreParams?: readonly string[]
  /** Headers neither keyed nor sent. */
  readonly ignoreHeaders?: readonly string[]
  /** Parameters sent and unkeyed. */
  readonly passThrough?: readonly string[]
  /** More parameters that carry credentials. */
  readonly credentialParams?: readonly string[]
  /** True caches POST and the like by the digest of the body. */
  readonly body?: boolean
}

/** When a breaker opens, and for how long. */
export interface BreakerRule {
  /** Failures in a row. */
  readonly failures: number
  readonly openForMs: number
}

/** The settings for one request. Durations are milliseconds; `Infinity` is none. */
export interface Policy {
  readonly service: string
  readonly freshness: 'ttl' | 'http'
  /** `http` only: whether answers serve one user or all. https://www.rfc-editor.org/rfc/rfc9111#section-1.1 */
  readonly cacheType: 'private' | 'shared'
  readonly ttlMs: number
  /** True when `ttlMs` came with the call. */
  readonly hasCallTtl: boolean
  readonly negativeTtlMs: number
  readonly maxTtlMs: number
  /** `http` only: the freshness of what says nothing of its own; undefined leaves it to the standard's heuristics. */
  readonly defaultTtlMs: number | undefined
  /** `http` only: no storable answer is fresh for less. */
  readonly minTtlMs: number
  readonly staleWhileRevalidateMs: number
  readonly staleIfErrorMs: number
  /** The share of its freshness after which an entry is refreshed behind the caller, 0 to 1; 1 is never. */
  readonly eagerRefreshFrom: number
  /** By how much of itself a TTL may be shortened at random, 0 to 1. */
  readonly jitter: number
  readonly ignoreNoStore: boolean
  readonly identity: 'per-credential' | 'shared'
  readonly key: Required<KeyOptions>
  /** Hosts that are one for the key: each name maps to the one that stands for it. */
  readonly equivalentHosts: Readonly<Record<string, string>>
  /** True for a request that the profile forbids to cache, such as a GET that creates state. */
  readonly isNeverCached: boolean
  readonly headers: Readonly<Record<string, string>>
  readonly params: Readonly<Record<string, string>>
  readonly injectCredentials: boolean
  /** After this a caller gets the older entry, where there is one, and the call goes on behind; `Infinity` for none. */
  readonly softTimeoutMs: number
  /** `Infinity` for none. */
  readonly timeoutMs: number
  /** Tries in all, 1 or more. */
  readonly retryAttempts: number
  /** When the origin is left alone for a while; undefined for never. */
  readonly breaker: BreakerRule | undefined
  /** Budgets that make callers wait. */
  readonly rateLimits: readonly BudgetRule[]
  /** Budgets that refuse when they are spent. */
  readonly quotas: readonly BudgetRule[]
  /** Whose budgets, and cool-downs, they are. */
  readonly limitsPer: 'service' | 'identity'
  /** What a good answer's data must look like before it may be stored or served. https://standardschema.dev */
  readonly validate: StandardSchemaV1 | undefined
  readonly maxBodyBytes: number
  readonly classify: Classify | undefined
  readonly tags: TagFunction | undefined
  /** Where each value came from, for `explain`. */
  readonly sources: Readonly<Record<string, string>>
}

/** Names under which an entry can be purged. */
export type TagFunction = (
  request: { readonly method: string; readonly url: string },
  response: ResponseFacts,
) => readonly string[]
