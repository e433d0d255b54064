// Which store an instance keeps its entries in: strings, objects, Store instances, or a list of them.
import * as v from 'valibot'
import { configError, notInThisVersion } from '../errors/cachette-error.js'
import type { Store } from '../model/store.js'
import { checkShape, describeValue, optionsObject, readable } from './check-shape.js'
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

/** `'memory:'`, `'lmdb:./folder'`, an object, a Store, or a list of them, nearest first. */
export type StoreOption = string | LmdbStoreOptions | Store | readonly (string | LmdbStoreOptions | Store)[]

/** A store to be made, or one that is there. */
export type StorePlan =
  | { readonly type: 'memory' }
  | {
      readonly type: 'lmdb'
      readonly path: string
      readonly maxBytes: number
      readonly compressAboveBytes: number
    }
  | { readonly type: 'given'; readonly store: Store }

const DEFAULT_MAX_BYTES = 1024 ** 3
const DEFAULT_COMPRESS_ABOVE_BYTES = 32 * 1024
const FORM =
  "'memory:', 'lmdb:./folder', an object such as { type: 'lmdb', path }, a Store, or a list of them"

const lmdbSchema = optionsObject({
  type: v.literal('lmdb', "'lmdb'"),
  path: v.pipe(v.string('a folder'), v.nonEmpty('a folder')),
  maxBytes: v.optional(readable(readSize, SIZE_FORM)),
  compressAbove: v.optional(readable(readSize, SIZE_FORM)),
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
  if (plans.length > 1) throw notInThisVersion(`${name}: a list of several stores`)
  return plans
}

function readOne(value: unknown, name: string): StorePlan {
  if (typeof value === 'string') return readText(value, name)
  if (isStore(value)) return { type: 'given', store: value }
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined
  if (type === 'memory') return { type: 'memory' }
  if (type === 'redis' || type === 'keyv') throw notInThisVersion(`${name}: a ${type} store`)
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
  if (/^rediss?:|^valkeys?:|^unix:/.test(text)) throw notInThisVersion(`${name}: a redis:// store`)
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
