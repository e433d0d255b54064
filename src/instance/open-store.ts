// Opens the store that the configuration names. One that cannot be opened costs a warning: memory takes its place.
import { resolve } from 'node:path'
import type { EncryptionKeys } from '../config/encryption-keys.js'
import type { StorePlan } from '../config/store-options.js'
import { configError, notInThisVersion } from '../errors/cachette-error.js'
import type { FrontStore, NearStore, Store } from '../model/store.js'
import type { Clock } from '../shared/clock.js'
import type { FrontFailure } from '../stores/layered/layered-store.js'
import type { TierStateListener } from '../stores/tier-state.js'
import type { StoreOpenReason } from '../stores/store-open-error.js'
import { assertNever } from '../shared/assert-never.js'

/** Bounds of a memory store. */
export interface MemoryBounds {
  readonly maxBytes: number
  readonly maxEntries: number
}

/** What opening takes. */
export interface OpenStoreParts {
  /** One store, or an embedded one and the shared one behind it; none for memory alone. */
  readonly plans: readonly StorePlan[]
  /** Bounds of the memory tier, or false for none. */
  readonly memory: MemoryBounds | false
  readonly clock: Clock
  /** What the tiers that outlive the process encrypt under; each compares them with its own key check. */
  readonly keys: EncryptionKeys | undefined
  /** What relative folders are relative to. */
  readonly folder: string
  readonly warn: (message: string) => void
  /** Told when a remote store goes away, and when it is back. */
  readonly onState?: TierStateListener
  /** Told of each failure of an embedded store that stands in front of a remote one. */
  readonly onFrontFailure: (failure: FrontFailure) => void
}

/** The tiers to work with. */
export interface OpenedStores {
  readonly near: NearStore | undefined
  readonly shared: Store
}

/** Opens the store and the memory tier in front of it. */
export async function openStores(parts: OpenStoreParts): Promise<OpenedStores> {
  const { plans, memory } = parts
  const [plan, behind] = plans
  if (plan === undefined || plan.type === 'memory') {
    const store = await memoryStore(parts, memory || undefined)
    return { near: store, shared: store }
  }
  const near = memory === false ? undefined : await memoryStore(parts, memory)
  const shared = behind === undefined ? await openShared(parts, plan) : await openLayers(parts, plan, behind)
  if (shared !== undefined) return { near, shared }
  const instead = near ?? (await memoryStore(parts, undefined))
  return { near: instead, shared: instead }
}

/** An embedded store in front of another one, which goes on alone where the front cannot be opened. */
async function openLayers(
  parts: OpenStoreParts,
  near: StorePlan,
  behind: StorePlan,
): Promise<Store | undefined> {
  if (near.type !== 'lmdb' || behind.type === 'memory') {
    throw new Error(`a ${near.type} store does not stand in front of a ${behind.type} store`)
  }
  const front = await openLmdb(parts, near, `entries are kept in memory and ${behind.type}`)
  const back = await openShared(parts, behind).catch(async (error: unknown) => {
    await front?.close()
    throw error
  })
  if (front === undefined || back === undefined) return back ?? front
  const { warn, onFrontFailure } = parts
  const { createLayeredStore } = await import('../stores/layered/layered-store.js')
  return createLayeredStore({
    front,
    back,
    onFrontFailure(failure) {
      const { operation, error } = failure
      warn(`the ${near.type} tier could not ${operation} (${error.message}); the ${back.tier} tier goes on`)
      onFrontFailure(failure)
    },
  })
}

async function openLmdb(
  { clock, folder, keys, warn }: OpenStoreParts,
  plan: Extract<StorePlan, { type: 'lmdb' }>,
  instead: string,
): Promise<FrontStore | undefined> {
  try {
    const { createLmdbStore } = await import('../stores/lmdb/lmdb-store.js')
    const { maxBytes, compressAboveBytes } = plan
    return await createLmdbStore({
      path: resolve(folder, plan.path),
      maxBytes,
      compressAboveBytes,
      clock,
      keys,
      onWarning: warn,
    })
  } catch (error) {
    if (isKeyError(error)) throw configError(error.message, error)
    const reason = error instanceof Error ? error.message : String(error)
    warn(`the store lmdb:${plan.path} could not be opened (${reason}); ${instead}`)
    return undefined
  }
}

async function openShared(
  parts: OpenStoreParts,
  plan: Exclude<StorePlan, { type: 'memory' }>,
): Promise<Store | undefined> {
  const { clock, keys, onState } = parts
  switch (plan.type) {
    case 'given':
      return plan.store
    case 'lmdb':
      return openLmdb(parts, plan, 'entries are kept in memory alone')
    case 'keyv': {
      if (keys !== undefined) throw notInThisVersion('CACHETTE_ENCRYPTION_KEY with a keyv store')
      const { createKeyvStore } = await import('../stores/keyv/keyv-store.js')
      return createKeyvStore({ keyv: plan.keyv, clock, ...(onState === undefined ? {} : { onState }) })
    }
    case 'redis': {
      const { type: _type, ...options } = plan
      return openRedis(parts, options)
    }
    default:
      return assertNever(plan)
  }
}

async function openRedis(
  { clock, keys, warn, onState }: OpenStoreParts,
  options: Omit<Extract<StorePlan, { type: 'redis' }>, 'type'>,
): Promise<Store> {
  const { createRedisStore } = await import('../stores/redis/redis-store.js')
  const heard = onState === undefined ? {} : { onState }
  try {
    return await createRedisStore({ ...options, clock, keys, onWarning: warn, ...heard })
  } catch (error) {
    throw isKeyError(error) ? configError(error.message, error) : error
  }
}

/** A wrong key is a wrong setting: nobody is to find out later that nothing was kept, or that it was kept in clear. */
function isKeyError(error: unknown): error is Error {
  return error instanceof Error && 'reason' in error && KEY_REASONS.includes(error.reason)
}

const KEY_REASONS: readonly unknown[] = ['key-missing', 'wrong-key'] satisfies StoreOpenReason[]

/** Bounds of the memory that stands in for a store where the memory tier itself is off. */
const STAND_IN: MemoryBounds = { maxBytes: 64 * 1024 ** 2, maxEntries: 100_000 }

async function memoryStore({ clock }: OpenStoreParts, bounds: MemoryBounds = STAND_IN): Promise<NearStore> {
  const { createMemoryStore } = await import('../stores/memory-store.js')
  return createMemoryStore({ ...bounds, clock })
}
