// Cachette as a user sees it: the built package, through its public names only.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCachette } from '../../dist/index.js'

/** The service that stands for the API; the environment is left out so that no setting of this machine takes part. */
export const SERVICE = 'bench'

/**
 * An instance whose service `bench` claims the origin; `service` holds that service's other options. With `isDeclared`
 * false no service is declared: the origin is a host like any other, and `http` holds the options for those. With
 * `isEncrypted` the store is under a key.
 */
export async function openCachette({
  origin,
  store = 'memory:',
  memory,
  isDeclared = true,
  service = {},
  http = {},
  isEncrypted = false,
}) {
  const cachette = await createCachette({
    store,
    ...(memory === undefined ? {} : { memory }),
    ...(isDeclared
      ? { services: { [SERVICE]: { baseURL: origin.url, ...service } } }
      : { defaults: { http } }),
    env: isEncrypted ? { CACHETTE_ENCRYPTION_KEY: randomBytes(32).toString('hex') } : {},
  })
  const close = () => cachette.close()
  return isDeclared ? { cachette, api: cachette.service(SERVICE), close } : { cachette, close }
}

/** A folder that `remove` takes away again. */
export function createFolder() {
  const path = mkdtempSync(join(tmpdir(), 'cachette-bench-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** The same on LMDB in a folder of its own. */
export async function openCachetteOnLmdb(options) {
  const folder = createFolder()
  const opened = await openCachette({ ...options, store: `lmdb:${folder.path}` })
  return {
    ...opened,
    async close() {
      await opened.close()
      folder.remove()
    },
  }
}
