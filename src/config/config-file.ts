// Finds and loads cachette.config.{ts,js,mjs,json}, from the working folder upwards.
import { dirname, parse } from 'node:path'
import { lilconfig } from 'lilconfig'
import { configError } from '../errors/cachette-error.js'

/** A config file's content and where it stands. */
export interface LoadedConfigFile {
  readonly path: string
  readonly folder: string
  /** The default export, unchecked. */
  readonly options: unknown
}

const NAMES = ['cachette.config.ts', 'cachette.config.js', 'cachette.config.mjs', 'cachette.config.json']

/**
 * The nearest config file at or above a folder, or undefined.
 *
 * @throws CachetteError `CACHETTE_CONFIG` where the file cannot be read, naming it
 */
export async function loadConfigFile(from: string): Promise<LoadedConfigFile | undefined> {
  const explorer = lilconfig('cachette', {
    searchPlaces: NAMES,
    stopDir: parse(from).root,
    loaders: {
      '.ts': named(loadModule),
      '.js': named(loadModule),
      '.mjs': named(loadModule),
      '.json': named((_, text) => JSON.parse(text)),
    },
  })
  const found = await explorer.search(from)
  if (found === null) return undefined
  return { path: found.filepath, folder: dirname(found.filepath), options: found.config }
}

type Loader = (path: string, text: string) => unknown

/** The loader, with failures that name the file. */
function named(load: Loader): Loader {
  return async (path, text) => {
    try {
      return await load(path, text)
    } catch (error) {
      throw configError(`${path} could not be loaded: ${reasonOf(error)}`, error)
    }
  }
}

/** Loads the loader only where there is something to load. */
async function loadModule(path: string): Promise<unknown> {
  const { createJiti } = await import('jiti')
  return createJiti(path, { moduleCache: false }).import(path, { default: true })
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.split('\n', 1).join('') : String(error)
}
