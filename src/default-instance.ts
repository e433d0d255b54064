// The instance that service objects use when they are given none: made on first use from the environment and the
// config file, its store beside that file or beside the nearest package.json.
import { dirname, join } from 'node:path'
import { up } from 'empathic/find'
import { loadConfigFile } from './config/config-file.js'
import { checkServiceName } from './config/resolve-service.js'
import { resolveConfig } from './config/resolve-config.js'
import { type Cachette, type InstanceOrigin, PROFILES, openCachette } from './create-cachette.js'
import type { DefaultInstance } from './doors/service/default-instance.js'
import { configError } from './errors/cachette-error.js'

/** The variable that names the store of the default instance. */
const STORE_VARIABLE = 'CACHETTE_STORE'

/** The folder of the default store. */
const STORE_FOLDER = '.cachette'

let opening: Promise<Cachette> | undefined
let opened: Cachette | undefined

/** How the default instance may be opened otherwise than usual. */
export type DefaultOpening = Pick<InstanceOrigin, 'defaultJitter'>

/** Opens the default instance, or gives the one that is open. */
export function openDefaultCachette(how: DefaultOpening = {}): Promise<Cachette> {
  if (opening !== undefined) return opening
  const mine = open(how).then(
    (cachette) => {
      if (opening === mine) opened = cachette
      return cachette
    },
    (error: unknown) => {
      if (opening === mine) opening = undefined
      throw error
    },
  )
  opening = mine
  return mine
}

/** The default instance, as the service class asks for it. */
export const defaultCachette: DefaultInstance = {
  checkNow(service) {
    const config = resolveConfig({
      ...environmentStore(),
      options: {},
      profiles: PROFILES,
      from: 'file',
      root: 'environment',
    })
    checkServiceName(service)
    config.service(service)
  },
  current: () => opened,
  open: () => openDefaultCachette(),
  async close() {
    const closing = opening
    opening = undefined
    opened = undefined
    // One that could not be opened has nothing to close, and its own caller has been told.
    const instance = await closing?.catch(() => undefined)
    await instance?.close()
  },
}

async function open(how: DefaultOpening): Promise<Cachette> {
  const workingFolder = process.cwd()
  const file = await loadConfigFile(workingFolder)
  if (file === undefined) {
    const manifest = up('package.json', { cwd: workingFolder })
    const folder = manifest === undefined ? workingFolder : dirname(manifest)
    return openCachette(
      {},
      {
        ...how,
        ...environmentStore(),
        from: 'file',
        root: 'environment',
        folder: workingFolder,
        defaultStore: `lmdb:${join(folder, STORE_FOLDER)}`,
      },
    )
  }
  if (typeof file.options !== 'object' || file.options === null || Array.isArray(file.options)) {
    throw configError(`${file.path} exports no options; expected export default defineConfig({ … })`)
  }
  const fromEnvironment = environmentStore()
  return openCachette(file.options, {
    ...how,
    ...fromEnvironment,
    from: 'file',
    root: file.path,
    folder: 'environmentStore' in fromEnvironment ? workingFolder : file.folder,
    defaultStore: `lmdb:${join(file.folder, STORE_FOLDER)}`,
  })
}

/** `CACHETTE_STORE` takes the strings that `store` takes, and wins over the file. */
function environmentStore(): Pick<InstanceOrigin, 'environmentStore'> {
  const value = process.env[STORE_VARIABLE]
  return value === undefined || value === '' ? {} : { environmentStore: { variable: STORE_VARIABLE, value } }
}
