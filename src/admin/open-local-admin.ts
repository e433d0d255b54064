// Opens the default instance of this folder, or one apart from it, for the command line.
import type { Admin } from './admin.js'
import { createLocalAdmin } from './local-admin.js'

/** An instance that reads neither the process's environment nor a config file. */
export interface IsolatedInstance {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly store: string
}

/** The default instance, with another default for a setting. */
export interface DefaultInstanceOf {
  /** The jitter of services that set none, 0 to 1. */
  readonly jitter?: number
}

/** Opens the default instance: environment, config file, and the store beside it; or an isolated one. */
export async function openLocalAdmin(which: IsolatedInstance | DefaultInstanceOf = {}): Promise<Admin> {
  // Loaded on demand, so that help and usage errors wait for no store.
  if (!('environment' in which)) {
    const { openDefaultCachette } = await import('../default-instance.js')
    const { jitter } = which
    return createLocalAdmin(await openDefaultCachette(jitter === undefined ? {} : { defaultJitter: jitter }))
  }
  const { createCachette } = await import('../create-cachette.js')
  const { environment: env, store } = which
  return createLocalAdmin(await createCachette({ env, store }))
}
