// The options of one service as people write them, and the schema that checks them.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import * as v from 'valibot'
import type { Classify, KeyOptions, TagFunction } from '../model/policy.js'
import { BUDGET_FORM, type BudgetOption, readBudgets } from './budgets.js'
import { namedValues, optionsObject, readable } from './check-shape.js'
import {
  DURATION_FORM,
  type Duration,
  POSITIVE_DURATION_FORM,
  readDuration,
  readPositiveDuration,
} from './durations.js'
import { SIZE_FORM, type Size, readSize } from './sizes.js'

/** Everything a rule may set: the service options that a single request can have. */
export interface RequestSettings {
  /**
   * How answers stay fresh: `'ttl'` by the times given here, `'http'` as the origin says (RFC 9111). Default `'ttl'`; hosts
   * that no service claims go by `'http'`.
   */
  freshness?: 'ttl' | 'http'
  /** `http` only: whether answers are kept for one user or for all. Default `'shared'`; unclaimed hosts `'private'`. */
  cacheType?: 'private' | 'shared'
  /** `http` only: the freshness of answers that say nothing of their own. Default none. */
  defaultTtl?: Duration
  /** `http` only: no storable answer is fresh for less; `maxTtl` wins over it. Default none. */
  minTtl?: Duration
  /** How long a good answer stays fresh. Default 4 h. `CACHE_TTL_<SERVICE>_HOURS` wins over it. */
  ttl?: Duration
  /** How long a 404 or 410 stays fresh. Default 1 minute. */
  negativeTtl?: Duration
  /** No answer is ever older than this, rescue included, counted from when its body came. Default none. */
  maxTtl?: Duration
  /** How long past its freshness an entry is served at once and refreshed behind the caller. Default 0. */
  staleWhileRevalidate?: Duration
  /** True, or a share: an entry is refreshed behind the caller from that share of its TTL on. True is 0.8. Default false. */
  eagerRefresh?: boolean | number
  /** By how much of itself a TTL may be shortened at random, 0 to 1, so that entries do not expire together. Default 0. */
  jitter?: number
  /** How long past its freshness an entry may stand in for a failing origin. Default 7 days. */
  staleIfError?: Duration
  /** True stores answers that the origin marks `no-store`. Default false. */
  ignoreNoStore?: boolean
  /** Whether credentials that the caller brings part the cache. Default `'per-credential'`. */
  identity?: 'per-credential' | 'shared'
  /** What takes part in the key. Lists add to those of the profile. */
  key?: KeyOptions
  /** Headers sent with every request to the service's own hosts; those with credentials take no part in the key. */
  headers?: Record<string, string>
  /** Parameters sent with every request to the service's own hosts; credentials among them take no part in the key. */
  params?: Record<string, string | number | boolean>
  /** Whether Cachette adds the service's credentials. Default: the service class does, other doors do not. */
  injectCredentials?: boolean
  /** After this a caller gets the older entry, where there is one, and the call goes on behind. Default none. */
  softTimeout?: Duration
  /** After this the call is given up, body included; more than 0. Default 10 s. */
  timeout?: Duration
  /** Tries in all, 1 to 10, for methods that may be repeated. Default 3. */
  retry?: { attempts?: number }
  /**
   * When a failing origin is left alone: after so many failures in a row, for so long. Default 5 failures, 10 s; false for
   * never.
   */
  breaker?: boolean | { failures?: number; openFor?: Duration }
  /** The most calls in a window, for all processes on the store; more of them wait. `'40/1s'`, or a list. Default none, or the profile's. */
  rateLimit?: BudgetOption | BudgetOption[]
  /** The most calls in a window, for all processes on the store; more of them are refused. `'1000/1d'`, or a list. Default none. */
  quota?: BudgetOption | BudgetOption[]
  /** Whose limits and cool-downs they are. Default `'service'`. */
  limitsPer?: 'service' | 'identity'
  /**
   * The Standard Schema (of zod, valibot, arktype, …) that the data of a good answer must meet; what does not is a failure of
   * the origin. The data itself is handed on as it came, not as the schema would change it.
   */
  validate?: StandardSchemaV1
  /** A larger body passes unstored. Default 16 MB. */
  maxBodyBytes?: Size
  /** Judges a response before it may replace an entry; undefined leaves it to the profile and the status. */
  classify?: Classify
  /** Names under which answers can be purged. */
  tags?: TagFunction
}

/** Settings for hosts that no service claims. */
export interface HttpSettings {
  /** Whether answers are kept for one user or for all. Default `'private'`. */
  cacheType?: 'private' | 'shared'
  /** The freshness of answers that say nothing of their own. Default none. */
  defaultTtl?: Duration
  /** No storable answer is fresh for less. Default none. */
  minTtl?: Duration
  /** No answer is ever older than this. Default none. */
  maxTtl?: Duration
}

/** Settings for every service, and for hosts that no service claims. */
export interface DefaultSettings extends RequestSettings {
  /** For hosts that no service claims; wins over the same settings beside it. */
  http?: HttpSettings
}

/** Options of one service. */
export interface ServiceOptions extends RequestSettings {
  /** Where relative URLs point; claims the origin for the service. */
  baseURL?: string
  /** More hosts that are the service: `host`, `host:port` or `*.example.com`. */
  hosts?: string[]
  /** Settings by URL Pattern on the path below `baseURL`; a later match wins over an earlier one. */
  rules?: (RequestSettings & { match: string })[]
}

/** Names that later versions bring, with the value that asks for nothing. */
const LATER: ReadonlyMap<string, unknown> = new Map<string, unknown>([['forwardHeaders', undefined]])

/** Messages about headers and parameters do not show the value, which may be a credential. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
const HEADER_FORM = '!expected text that a header can carry'
const PARAM_FORM = '!expected a string, a number, true or false'

/** Where an eager refresh begins that is only asked for with `true`. */
const EAGER_FROM = 0.8

const flag = v.boolean('true or false')
const names = v.array(v.string('a name'), 'a list of names')
const duration = readable(readDuration, DURATION_FORM)
const size = readable(readSize, SIZE_FORM)

const keyOptions = optionsObject({
  ignoreParams: v.optional(names),
  ignoreHeaders: v.optional(names),
  passThrough: v.optional(names),
  credentialParams: v.optional(names),
  body: v.optional(flag),
})

const HTTP_ENTRIES = {
  cacheType: v.optional(v.picklist(['private', 'shared'], "'private' or 'shared'")),
  defaultTtl: v.optional(duration),
  minTtl: v.optional(duration),
  maxTtl: v.optional(duration),
}

const breakerRule = optionsObject(
  {
    failures: v.optional(readable(readCount, 'a whole number, 1 or more')),
    openFor: v.optional(readable(readPositiveDuration, POSITIVE_DURATION_FORM)),
  },
  { form: 'true, false, or an object of failures and openFor' },
)
const breaker = v.lazy((value) => (typeof value === 'boolean' ? flag : breakerRule))
const budgets = readable(readBudgets, BUDGET_FORM)

const REQUEST_ENTRIES = {
  freshness: v.optional(v.picklist(['ttl', 'http'], "'ttl' or 'http'")),
  cacheType: v.optional(v.picklist(['private', 'shared'], "'private' or 'shared'")),
  defaultTtl: v.optional(duration),
  minTtl: v.optional(duration),
  staleWhileRevalidate: v.optional(duration),
  ttl: v.optional(duration),
  negativeTtl: v.optional(duration),
  maxTtl: v.optional(duration),
  staleIfError: v.optional(duration),
  eagerRefresh: v.optional(
    readable(readEagerRefresh, 'true, false, or a share of the TTL greater than 0 and less than 1'),
  ),
  jitter: v.optional(readable(readShare, 'a share of the TTL, 0 to 1')),
  ignoreNoStore: v.optional(flag),
  identity: v.optional(v.picklist(['per-credential', 'shared'], "'per-credential' or 'shared'")),
  key: v.optional(keyOptions),
  headers: v.optional(
    v.pipe(
      namedValues(v.pipe(v.string(HEADER_FORM), v.regex(HEADER_VALUE, HEADER_FORM)), 'an object of headers'),
      v.check(hasHeaderNames, '!a name in it is not a header name'),
    ),
  ),
  params: v.optional(
    namedValues(v.union([v.string(), v.number(), v.boolean()], PARAM_FORM), 'an object of parameters'),
  ),
  injectCredentials: v.optional(flag),
  timeout: v.optional(readable(readPositiveDuration, POSITIVE_DURATION_FORM)),
  softTimeout: v.optional(readable(readPositiveDuration, POSITIVE_DURATION_FORM)),
  retry: v.optional(
    optionsObject({ attempts: v.optional(readable(readAttempts, 'a whole number, 1 to 10')) }),
  ),
  breaker: v.optional(breaker),
  rateLimit: v.optional(budgets),
  quota: v.optional(budgets),
  limitsPer: v.optional(v.picklist(['service', 'identity'], "'service' or 'identity'")),
  validate: v.optional(
    v.custom<StandardSchemaV1>(
      isStandardSchema,
      "a Standard Schema, such as one of zod's, valibot's or arktype's",
    ),
  ),
  maxBodyBytes: v.optional(size),
  classify: v.optional(v.custom<Classify>(isFunction, 'a function')),
  tags: v.optional(v.custom<TagFunction>(isFunction, 'a function that returns names')),
}

/** Checks the settings of one rule. */
export const requestSettingsSchema = optionsObject(REQUEST_ENTRIES, { later: LATER })

/** Checks `defaults`: settings of every service, and those of hosts that no service claims. */
export const defaultSettingsSchema = optionsObject(
  { ...REQUEST_ENTRIES, http: v.optional(optionsObject(HTTP_ENTRIES)) },
  { later: LATER },
)

/** Checks a base URL. */
export const baseUrlSchema = readable(
  readBaseUrl,
  "an http or https URL without a query, such as 'https://api.example.com/v1'",
)

/** Checks the options of one service. */
export const serviceOptionsSchema = optionsObject(
  {
    ...REQUEST_ENTRIES,
    baseURL: v.optional(baseUrlSchema),
    hosts: v.optional(
      v.array(
        readable(readHost, "a host such as 'api.example.com', 'localhost:8080' or '*.example.com'"),
        'a list of hosts',
      ),
    ),
    rules: v.optional(
      v.array(
        optionsObject(
          { ...REQUEST_ENTRIES, match: v.string("a URL pattern such as '/movie/:id'") },
          { later: LATER },
        ),
        'a list of rules',
      ),
    ),
  },
  { later: LATER },
)

/** Settings as the schema leaves them: milliseconds and bytes. */
export type CheckedSettings = v.InferOutput<typeof requestSettingsSchema>

/** `defaults` as the schema leaves them. */
export type CheckedDefaults = v.InferOutput<typeof defaultSettingsSchema>

/** Service options as the schema leaves them. */
export type CheckedServiceOptions = v.InferOutput<typeof serviceOptionsSchema>

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

function readEagerRefresh(value: unknown): number | undefined {
  if (value === false) return 1
  if (value === true) return EAGER_FROM
  return typeof value === 'number' && value > 0 && value < 1 ? value : undefined
}

function readShare(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= 1 ? value : undefined
}

function readCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 ? value : undefined
}

function readAttempts(value: unknown): number | undefined {
  const count = readCount(value)
  return count !== undefined && count <= 10 ? count : undefined
}

/** https://standardschema.dev: an object, or a function, with a validate function of version 1. */
function isStandardSchema(value: unknown): boolean {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  const standard = (value as Partial<StandardSchemaV1>)['~standard']
  return standard?.version === 1 && typeof standard.validate === 'function'
}

function hasHeaderNames(headers: Readonly<Record<string, string>>): boolean {
  return Object.keys(headers).every((name) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
}

function readBaseUrl(value: unknown): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined
  const url = new URL(value)
  const isHttp = url.protocol === 'https:' || url.protocol === 'http:'
  const isBare = url.search === '' && url.hash === '' && url.username === '' && url.password === ''
  return isHttp && isBare ? url.href.replace(/\/+$/, '') : undefined
}

function readHost(value: unknown): string | undefined {
  const isHost =
    typeof value === 'string' && /^(\*\.)?[a-z0-9_.-]+(:\d{1,5})?$|^\[[0-9a-f:]+\](:\d{1,5})?$/i.test(value)
  return isHost ? value.toLowerCase() : undefined
}
