// The options of an instance as people write them, and the schema that checks them.
import * as v from 'valibot'
import type { Environment } from '../model/profile.js'
import type { Clock } from '../shared/clock.js'
import { optionsObject, readable } from './check-shape.js'
import {
  type RequestSettings,
  type ServiceOptions,
  requestSettingsSchema,
  serviceOptionsSchema,
} from './service-options.js'
import { SIZE_FORM, type Size, readSize } from './sizes.js'
import type { StoreOption } from './store-options.js'

/** The memory tier's bounds. */
export interface MemoryOptions {
  /** Bound of keys, heads and bodies together. Default 64 MB. */
  maxBytes?: Size
  /** Bound of entries. Default 100,000. */
  maxEntries?: number
}

/** Options of `createCachette` and of the config file. */
export interface CachetteOptions {
  /** Where entries are kept beyond this process. Default `'memory:'`. */
  store?: StoreOption
  /** The memory tier in front of the store, or false for none. */
  memory?: MemoryOptions | false
  /** Settings for every service; the weakest level. */
  defaults?: RequestSettings
  /** Settings by service. */
  services?: Record<string, ServiceOptions>
  /** The environment to read. Default `process.env`. */
  env?: Environment
  /** Time. Default the system's; tests give one that they move. */
  clock?: Clock | undefined
}

const memorySchema = v.union(
  [
    v.literal(false),
    optionsObject({
      maxBytes: v.optional(readable(readSize, SIZE_FORM)),
      maxEntries: v.optional(readable(readCount, 'a whole number, 1 or more')),
    }),
  ],
  (issue) => {
    const inner = issue.issues?.find(
      ({ message }) => message.startsWith('!') || message.includes('size') || message.includes('whole'),
    )
    return inner?.message ?? 'an object of bounds, or false'
  },
)

/** Checks the options of an instance. */
export const cachetteOptionsSchema = optionsObject({
  store: v.optional(v.unknown()),
  memory: v.optional(memorySchema),
  defaults: v.optional(requestSettingsSchema),
  services: v.optional(v.record(v.string(), serviceOptionsSchema, 'an object of services')),
  env: v.optional(v.custom<Environment>(isObject, 'an object of variables')),
  clock: v.optional(v.custom<Clock>(isClock, 'an object with nowMs, monotonicMs and setTimer')),
})

/** An identity function that gives a config file its types. */
export function defineConfig(options: CachetteOptions): CachetteOptions {
  return options
}

function readCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 ? value : undefined
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

function isClock(value: unknown): boolean {
  return isObject(value) && ['nowMs', 'monotonicMs', 'setTimer'].every((name) => name in (value as object))
}
