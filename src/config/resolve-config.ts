// Options, profiles and environment in; one frozen configuration out. The only place that applies defaults.
import { configError, notInThisVersion } from '../errors/cachette-error.js'
import type { Environment, Profile } from '../model/profile.js'
import { type Clock, systemClock } from '../shared/clock.js'
import { cachetteOptionsSchema } from './cachette-options.js'
import { checkShape } from './check-shape.js'
import { type EncryptionKeys, readEncryptionKeys } from './encryption-keys.js'
import { DEFAULT_MEMORY } from './default-settings.js'
import { type ResolvedService, resolveService } from './resolve-service.js'
import { UNCLAIMED } from '../model/unclaimed.js'
import { settingsOfServices, unclaimedService } from './unclaimed-service.js'
import { type StorePlan, readStoreOption } from './store-options.js'
import { readTtlEnvironment } from './ttl-environment.js'

/** An instance's configuration. */
export interface ResolvedConfig {
  readonly clock: Clock
  readonly environment: Environment
  /** Told of work that goes on after callers were answered. */
  readonly waitUntil: (work: Promise<unknown>) => void
  readonly memory: { readonly maxBytes: number; readonly maxEntries: number } | false
  readonly stores: readonly StorePlan[]
  /** The text of `CACHETTE_SECRET`, where set. */
  readonly secretText: string | undefined
  /** What stores are encrypted under, where set. */
  readonly encryptionKeys: EncryptionKeys | undefined
  /** Declared services and those that ship a profile. */
  readonly services: ReadonlyMap<string, ResolvedService>
  /** Any service by name; one that nobody declared gets the defaults, and `other` is that of hosts that none claims. */
  service(name: string): ResolvedService
}

/** What a configuration is made of. */
export interface ConfigSources {
  readonly options: unknown
  readonly profiles: readonly Profile[]
  /** `code` or `file`: what messages and `explain` call the options. */
  readonly from: 'code' | 'file'
  /** What messages call the whole: `createCachette` or the config file's name. */
  readonly root: string
  /** A variable that names the store, over the options. */
  readonly environmentStore?: { readonly variable: string; readonly value: string }
  /** The jitter of services that set none, 0 to 1. Default 0. */
  readonly defaultJitter?: number
  /** Used where nothing names a store. */
  readonly defaultStore?: unknown
}

const MIN_SECRET_LENGTH = 16

/** Variables that later versions bring: refused, since whoever sets one expects something of it. */
const LATER_VARIABLES = ['CACHETTE_ADMIN_TOKEN']

/**
 * Checks everything and applies every default.
 *
 * @throws CachetteError `CACHETTE_CONFIG` naming the setting or variable, its value and what was expected
 */
export function resolveConfig(sources: ConfigSources): ResolvedConfig {
  const { profiles, from, root } = sources
  const options = checkShape(cachetteOptionsSchema, sources.options ?? {}, root)
  const environment = options.env ?? process.env
  const ttls = readTtlEnvironment(environment)
  refuseLaterVariables(environment)
  const written = options.services ?? {}
  const make = (name: string): ResolvedService =>
    resolveService({
      name,
      options: Object.hasOwn(written, name) ? (written[name] ?? {}) : {},
      defaults: { ...jitterOf(sources), ...settingsOfServices(options.defaults) },
      from,
      profile: profiles.find((profile) => profile.name === name),
      environment,
      ttls,
    })
  const names = new Set([...profiles.map(({ name }) => name), ...Object.keys(written)])
  const services = new Map([...names].map((name) => [name, make(name)]))
  const undeclared = new Map<string, ResolvedService>()
  const unclaimed = unclaimedService({ defaults: options.defaults ?? {}, from, environment, ttls })
  return Object.freeze({
    clock: options.clock ?? systemClock,
    environment,
    waitUntil: options.waitUntil ?? (() => undefined),
    memory: options.memory === false ? false : withoutUndefined({ ...DEFAULT_MEMORY, ...options.memory }),
    stores: storesOf(sources, options.store),
    secretText: readSecret(environment),
    encryptionKeys: readEncryptionKeys(environment),
    services,
    service(name: string): ResolvedService {
      if (name === UNCLAIMED) return unclaimed
      const known = services.get(name) ?? undeclared.get(name)
      if (known !== undefined) return known
      const made = make(name)
      undeclared.set(name, made)
      return made
    },
  })
}

function jitterOf({ defaultJitter }: ConfigSources): { jitter?: number } {
  return defaultJitter === undefined ? {} : { jitter: defaultJitter }
}

function storesOf(
  { environmentStore, defaultStore, root }: ConfigSources,
  written: unknown,
): readonly StorePlan[] {
  if (environmentStore !== undefined)
    return readStoreOption(environmentStore.value, environmentStore.variable)
  return readStoreOption(written === undefined ? (defaultStore ?? 'memory:') : written, `${root}: store`)
}

function withoutUndefined(memory: { maxBytes?: number | undefined; maxEntries?: number | undefined }): {
  maxBytes: number
  maxEntries: number
} {
  return {
    maxBytes: memory.maxBytes ?? DEFAULT_MEMORY.maxBytes,
    maxEntries: memory.maxEntries ?? DEFAULT_MEMORY.maxEntries,
  }
}

function refuseLaterVariables(environment: Environment): void {
  for (const name of LATER_VARIABLES) if (environment[name] !== undefined) throw notInThisVersion(name)
}

function readSecret(environment: Environment): string | undefined {
  const text = environment.CACHETTE_SECRET
  if (text !== undefined && text.length < MIN_SECRET_LENGTH) {
    throw configError(
      `CACHETTE_SECRET has ${text.length} characters; expected at least ${MIN_SECRET_LENGTH}, or leave it unset`,
    )
  }
  return text
}
