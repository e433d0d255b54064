// Opens the default instance of this folder, or one of its own, for the command line.
import { notInThisVersion } from '../errors/cachette-error.js'
import type { Admin } from './admin.js'

/** An instance that reads neither the process's environment nor a config file. */
export interface IsolatedInstance {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly store: string
}

/** Opens the default instance: environment, config file, and the store beside it; or an isolated one. */
export async function openLocalAdmin(isolated?: IsolatedInstance): Promise<Admin> {
  throw notInThisVersion(isolated === undefined ? 'the default instance' : isolated.store)
}
