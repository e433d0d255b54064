// The options of an instance as people write them, and the schema that checks them.
import * as v from 'valibot'
import type { Environment } from '../model/profile.js'
import type { Clock } from '../shared/clock.js'
import { namedValues, optionsObject, readable } from './check-shape.js'
import {
  type DefaultSettings,
  type ServiceOptions,
  defaultSettingsSchema,
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
  /** Settings for every service, the weakest level; `http` ones count for hosts that no service claims. */
  defaults?: DefaultSettings
  /** Settings by service. */
  services?: Record<string, ServiceOptions>
  /** The environment to read. Default `process.env`. */
  env?: Environment
  /**
   * Told of work that goes on after a caller was answered: refreshes, writes, calls past a soft timeout. For platforms that stop
   * a process once it has answered, whose own `waitUntil` goes here. Default none.
   */
  waitUntil?: (work: Promise<unknown>) => void
  /** Time. Default the system's; tests give one that they move. */
  clock?: Clock | undefined
}

const boundsSchema = optionsObject(
  {
    maxBytes: v.optional(readable(readSize, SIZE_FORM)),
    maxEntries: v.optional(readable(readCount, 'a whole number, 1 or more')),
  },
  { form: 'an object of bounds, or false' },
)

const memorySchema = v.lazy((value) => (value === false ? v.literal(false) : boundsSchema))

/** Checks the options of an instance. */
export const cachetteOptionsSchema = optionsObject({
  store: v.optional(v.unknown()),
  memory: v.optional(memorySchema),
  defaults: v.optional(defaultSettingsSchema),
  services: v.optional(namedValues(serviceOptionsSchema, 'an object of services')),
  env: v.optional(v.custom<Environment>(isEnvironment, 'an object of variables, each of them text')),
  waitUntil: v.optional(
    v.custom<NonNullable<CachetteOptions['waitUntil']>>((value) => typeof value === 'function', 'a function'),
  ),
  clock: v.optional(v.custom<Clock>(isClock, 'an object with nowMs, monotonicMs and setTimer')),
})

/** An identity function that gives a config file its types. */
export function defineConfig(options: CachetteOptions): CachetteOptions {
  return options
}

function readCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 ? value : undefined
}

function isEnvironment(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.values(value).every((text) => text === undefined || typeof text === 'string')
}

function isClock(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const clock = value as Readonly<Record<string, unknown>>
  return ['nowMs', 'monotonicMs', 'setTimer'].every((name) => typeof clock[name] === 'function')
}
