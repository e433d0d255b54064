// Opens the stores that a configuration names.
import type { ResolvedConfig } from '../config/resolve-config.js'
import { configError } from '../errors/cachette-error.js'
import { type OpenedStores, openStores, type OpenStoreParts } from './open-store.js'

/** The share of the memory bound that is for the memo of calls. */
export const MEMO_SHARE = 1 / 4

/**
 * Opens them; relative folders are below `folder`.
 *
 * @throws CachetteError `CACHETTE_CONFIG` where there is nowhere to keep entries, or a key does not fit
 */
export async function openConfigured(
  config: ResolvedConfig,
  folder: string,
  tell: Pick<OpenStoreParts, 'warn' | 'onFrontFailure'>,
): Promise<OpenedStores> {
  const { stores: plans, clock, encryptionKeys: keys } = config
  const [plan] = plans
  if (plan === undefined) throw configError('store is empty')
  if (plan.type === 'memory' && config.memory === false) {
    throw configError(
      "store is 'memory:' and memory is false: there is nowhere to keep entries; set one of them",
    )
  }
  const memory =
    config.memory === false
      ? false
      : { ...config.memory, maxBytes: Math.ceil(config.memory.maxBytes * (1 - MEMO_SHARE)) }
  return openStores({ plans, memory, clock, keys, folder, ...tell })
}
