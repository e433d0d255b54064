// Which store an instance keeps its entries in: strings, objects, Store instances, or a list of them.
import * as v from 'valibot'
import { configError } from '../errors/cachette-error.js'
import type { KeyvLike } from '../model/keyv-like.js'
import type { Store } from '../model/store.js'
import { checkShape, describeValue, optionsObject, readable } from './check-shape.js'
import { type Duration, POSITIVE_DURATION_FORM, readPositiveDuration } from './durations.js'
import { SIZE_FORM, type Size, readSize } from './sizes.js'

/** The embedded store. */
export interface LmdbStoreOptions {
  type: 'lmdb'
  /** The folder that holds it. */
  path: string
  /** Bound of live data. Default 1 GB. */
  maxBytes?: Size
  /** Bodies above this are compressed with LZ4. Default 32 KB. */
  compressAbove?: Size
}

/** A Redis or Valkey server, a cluster of them, or one that sentinels name. */
export interface RedisStoreOptions {
  type: 'redis'
  /**
   * `redis://user:password@host:6379/0`, or `rediss://` for TLS; `valkey://` and `valkeys://` are the same. With `cluster` or
   * `sentinel`, user, password and TLS are taken from it.
   */
  url: string
  /** What the names of all keys begin with. Default `'cachette'`. */
  prefix?: string
  /** How long a request waits for the server before it goes on without. Default 40 ms. */
  timeout?: Duration
  /** A larger answer is kept in the nearer tiers alone. Default 16 MB. */
  maxEntryBytes?: Size
  /** Bodies above this are compressed with LZ4. Default 32 KB. */
  compressAbove?: Size
  /** True for a Redis Cluster; the URL names one of its nodes, or a list more of them. Default false. */
  cluster?: boolean | string[]
  /** The sentinels that name the server: the name of the group, and their `host:port`. Default none. */
  sentinel?: { name: string; nodes: string[] }
}

/** Whatever else Keyv speaks to. */
export interface KeyvStoreOptions {
  type: 'keyv'
  /** A Keyv instance; it is disconnected when the instance closes. */
  keyv: KeyvLike
}

/** One store, in any of its forms. */
type OneStoreOption = string | LmdbStoreOptions | RedisStoreOptions | KeyvStoreOptions | Store

/**
 * `'memory:'`, `'lmdb:./folder'`, `'redis://host:6379/0'`, an object, a Store, or a list of an embedded and a shared one, nearest
 * first.
 */
export type StoreOption = OneStoreOption | readonly OneStoreOption[]

/** How a Redis server is found. */
export type RedisTopology =
  | { readonly kind: 'single' }
  | { readonly kind: 'cluster'; readonly nodes: readonly string[] }
  | { readonly kind: 'sentinel'; readonly name: string; readonly nodes: readonly string[] }

/** A store to be made, or one that is there. */
export type StorePlan =
  | { readonly type: 'memory' }
  | {
      readonly type: 'lmdb'
      readonly path: string
      readonly maxBytes: number
      readonly compressAboveBytes: number
    }
  | {
      readonly type: 'redis'
      readonly url: string
      readonly prefix: string
      readonly timeoutMs: number
      readonly maxEntryBytes: number
      readonly compressAboveBytes: number
      readonly topology: RedisTopology
    }
  | { readonly type: 'keyv'; readonly keyv: KeyvLike }
  | { readonly type: 'given'; readonly store: Store }

const DEFAULT_MAX_BYTES = 1024 ** 3
const DEFAULT_COMPRESS_ABOVE_BYTES = 32 * 1024
const DEFAULT_PREFIX = 'cachette'
const DEFAULT_REDIS_PORT = '6379'
const DEFAULT_REDIS_TIMEOUT_MS = 40
const DEFAULT_MAX_ENTRY_BYTES = 16 * 1024 ** 2
const FORM =
  "'memory:', 'lmdb:./folder', 'redis://host:6379/0', an object such as { type: 'lmdb', path }, a Store, or a list of them"
const REDIS_FORM = "a URL such as 'redis://host:6379/0' or 'rediss://user:password@host:6379/0'"

const lmdbSchema = optionsObject({
  type: v.literal('lmdb', "'lmdb'"),
  path: v.pipe(v.string('a folder'), v.nonEmpty('a folder')),
  maxBytes: v.optional(readable(readSize, SIZE_FORM)),
  compressAbove: v.optional(readable(readSize, SIZE_FORM)),
})

const nodes = v.pipe(
  v.array(v.pipe(v.string('host:port'), v.regex(/^[^\s/@]+:\d{1,5}$/, 'host:port')), "a list of 'host:port'"),
  v.nonEmpty("a list of 'host:port'"),
)
const clusterOption = v.lazy((value) =>
  Array.isArray(value) ? nodes : v.boolean("true, false, or a list of 'host:port'"),
)

const redisSchema = optionsObject({
  type: v.literal('redis', "'redis'"),
  url: readable(readRedisUrl, REDIS_FORM),
  prefix: v.optional(
    v.pipe(
      v.string('text without spaces and braces'),
      v.regex(/^[^\s{}*?[\]\\]{1,100}$/, 'text without spaces and braces'),
    ),
  ),
  timeout: v.optional(readable(readPositiveDuration, POSITIVE_DURATION_FORM)),
  maxEntryBytes: v.optional(readable(readSize, SIZE_FORM)),
  compressAbove: v.optional(readable(readSize, SIZE_FORM)),
  cluster: v.optional(clusterOption),
  sentinel: v.optional(optionsObject({ name: v.pipe(v.string('a name'), v.nonEmpty('a name')), nodes })),
})

const keyvSchema = optionsObject({
  type: v.literal('keyv', "'keyv'"),
  keyv: v.custom<KeyvLike>(isKeyv, 'a Keyv instance'),
})

/**
 * Reads a store setting.
 *
 * @param name what messages call it, such as `store` or `CACHETTE_STORE`
 * @throws CachetteError `CACHETTE_CONFIG` for what is not a store, and for stores of later versions
 */
export function readStoreOption(value: unknown, name: string): readonly StorePlan[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (values.length === 0) throw configError(`${name} is an empty list; expected ${FORM}`)
  const plans = values.map((item) => readOne(item, name))
  const behind = plans[0]?.type === 'memory' ? plans.slice(1) : plans
  if (behind.length === 0) return plans
  const [near, far] = behind
  const isOneLayer = behind.length === 1 && near?.type !== 'memory'
  const isLayered =
    behind.length === 2 && near?.type === 'lmdb' && far?.type !== 'lmdb' && far?.type !== 'memory'
  if (isOneLayer || isLayered) return behind
  throw configError(
    `${name} is a list of ${plans.map(({ type }) => type).join(', ')}; expected at most memory, then one lmdb, then one shared store, nearest first`,
  )
}

function readOne(value: unknown, name: string): StorePlan {
  if (typeof value === 'string') return readText(value, name)
  if (isStore(value)) return { type: 'given', store: wholeStore(value, name) }
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined
  if (type === 'memory') return { type: 'memory' }
  if (type === 'redis') return redisPlan(checkShape(redisSchema, value, name), name)
  if (type === 'keyv') return { type: 'keyv', keyv: checkShape(keyvSchema, value, name).keyv }
  if (type !== 'lmdb') throw configError(`${name} is ${describeValue(value)}; expected ${FORM}`)
  const checked = checkShape(lmdbSchema, value, name)
  return {
    type: 'lmdb',
    path: checked.path,
    maxBytes: checked.maxBytes ?? DEFAULT_MAX_BYTES,
    compressAboveBytes: checked.compressAbove ?? DEFAULT_COMPRESS_ABOVE_BYTES,
  }
}

function readText(text: string, name: string): StorePlan {
  if (text === 'memory:') return { type: 'memory' }
  if (/^(redis|valkey)s?:/.test(text)) {
    return redisPlan({ type: 'redis', url: checkShape(readable(readRedisUrl, REDIS_FORM), text, name) }, name)
  }
  const path = /^lmdb:(.+)$/.exec(text)?.[1]
  if (path === undefined) throw configError(`${name} is ${describeValue(text)}; expected ${FORM}`)
  return {
    type: 'lmdb',
    path,
    maxBytes: DEFAULT_MAX_BYTES,
    compressAboveBytes: DEFAULT_COMPRESS_ABOVE_BYTES,
  }
}

function isStore(value: unknown): value is Store {
  return typeof value === 'object' && value !== null && 'tier' in value && 'read' in value && 'write' in value
}

/** Every member that a store must have. */
const STORE_METHODS = [
  ...['read', 'head', 'write', 'confirm', 'remove', 'addMark', 'marks', 'sequence', 'changesSince', 'list'],
  ...['clean', 'secret', 'health', 'close'],
]

/** A store of somebody's own that lacks something would fail at the first call that needs it. */
function wholeStore(store: Store, name: string): Store {
  const members = store as unknown as Readonly<Record<string, unknown>>
  const missing = [
    ...STORE_METHODS.filter((method) => typeof members[method] !== 'function'),
    ...['cells', 'ledger'].filter((part) => typeof members[part] !== 'object' || members[part] === null),
  ]
  if (missing.length === 0) return store
  throw configError(`${name} is a Store without ${missing.join(', ')}; expected all that Store has`)
}

function redisPlan(checked: v.InferOutput<typeof redisSchema>, name: string): StorePlan {
  const { url, cluster = false, sentinel } = checked
  if (cluster !== false && sentinel !== undefined)
    throw configError(`${name} has both cluster and sentinel; choose one`)
  return {
    type: 'redis',
    url,
    prefix: checked.prefix ?? DEFAULT_PREFIX,
    timeoutMs: checked.timeout ?? DEFAULT_REDIS_TIMEOUT_MS,
    maxEntryBytes: checked.maxEntryBytes ?? DEFAULT_MAX_ENTRY_BYTES,
    compressAboveBytes: checked.compressAbove ?? DEFAULT_COMPRESS_ABOVE_BYTES,
    topology: topologyOf(url, cluster, sentinel),
  }
}

function topologyOf(
  url: string,
  cluster: boolean | readonly string[],
  sentinel: { readonly name: string; readonly nodes: readonly string[] } | undefined,
): RedisTopology {
  if (sentinel !== undefined) return { kind: 'sentinel', ...sentinel }
  if (cluster === false) return { kind: 'single' }
  if (cluster !== true) return { kind: 'cluster', nodes: cluster }
  const { hostname, port } = new URL(url)
  return { kind: 'cluster', nodes: [`${hostname}:${port === '' ? DEFAULT_REDIS_PORT : port}`] }
}

/** Valkey speaks the same protocol, under names of its own. */
function readRedisUrl(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const text = value.replace(/^valkey(s?):/, 'redis$1:')
  if (!/^rediss?:\/\//.test(text) || !URL.canParse(text)) return undefined
  const { username, password, hostname, pathname, search, hash } = new URL(text)
  const isPlain = hostname !== '' && /^(\/\d*)?$/.test(pathname) && search === '' && hash === ''
  return isPlain && isDecodable(username) && isDecodable(password) ? text : undefined
}

/** A bare % is no escape: it has to be written as %25. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** A Map has the names as well, but forgets the time to live. */
function isKeyv(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Map) return false
  const keyv = value as Readonly<Record<string, unknown>>
  return ['get', 'set', 'delete'].every((name) => typeof keyv[name] === 'function')
}
