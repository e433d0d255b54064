// Opens the default instance of this folder, or one apart from it, for the command line.
import type { Admin } from './admin.js'
import { createLocalAdmin } from './local-admin.js'

/** An instance that reads neither the process's environment nor a config file. */
export interface IsolatedInstance {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly store: string
}

/** Opens the default instance: environment, config file, and the store beside it; or an isolated one. */
export async function openLocalAdmin(isolated?: IsolatedInstance): Promise<Admin> {
  // Loaded on demand, so that help and usage errors wait for no store.
  if (isolated === undefined) {
    const { openDefaultCachette } = await import('../default-instance.js')
    return createLocalAdmin(await openDefaultCachette())
  }
  const { createCachette } = await import('../create-cachette.js')
  const { environment: env, store } = isolated
  return createLocalAdmin(await createCachette({ env, store }))
}
