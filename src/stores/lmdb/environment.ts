// Opens an LMDB environment with its tables: checked, private, shared by many processes, read-only if need be.
import { statSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import type * as Lmdb from 'lmdb'
import type { RootDatabase } from 'lmdb'
import { StoreOpenError } from '../store-open-error.js'
import { judgeDataFile } from './data-file.js'
import { DATA_FILE, LOCK_FILE, makePrivate } from './private-files.js'
import { setAsideIfBad } from './set-aside.js'
import { type BareTables, openTables, TABLE_OPTIONS } from './tables.js'

/** An open environment. */
export interface Environment {
  readonly root: RootDatabase<Buffer, Buffer>
  readonly tables: BareTables
  readonly isReadOnly: boolean
}

/** What opening needs to know. */
export interface EnvironmentOptions {
  readonly folder: string
  /** How large the live data may grow, in bytes; the map starts at twice that and grows when it must. */
  readonly maxBytes: number
  readonly nowMs: number
  readonly onWarning: (message: string) => void
}

/** Whoever makes the lock file decides; every process and worker takes one. */
const MAX_READERS = 512
const MAX_TABLES = 24
/** What a new store may need before anything is kept in it. */
const FIRST_BYTES = 512 * 1024
const MIN_MAP_BYTES = 64 * 1024 * 1024
const MAP_STEP_BYTES = 1024 * 1024
const NO_WRITING = new Set(['EACCES', 'EROFS', 'EPERM'])

/** Opens or makes the store in a folder. */
export async function openEnvironment(options: EnvironmentOptions): Promise<Environment> {
  const lmdb = await loadLmdb()
  const { folder, onWarning } = options
  let isReadOnly = false
  try {
    const moved = await setAsideIfBad(folder, options.nowMs)
    if (moved !== undefined) {
      onWarning(
        `The store ${join(folder, DATA_FILE)} cannot be used: ${moved.why}. ` +
          `It was moved to ${moved.movedTo} and a new one begun.`,
      )
    }
    makePrivate(folder)
    refuseFullDisk(folder)
  } catch (error) {
    if (!NO_WRITING.has((error as NodeJS.ErrnoException).code ?? '')) throw notOpenable(folder, error)
    isReadOnly = true
  }
  let root: RootDatabase<Buffer, Buffer> | undefined
  try {
    if (isReadOnly && judgeDataFile(join(folder, DATA_FILE)).state !== 'sound') {
      throw new Error('there is no sound store in it')
    }
    const mapBytes = Math.max(MIN_MAP_BYTES, options.maxBytes * 2)
    root = lmdb.open<Buffer, Buffer>({
      path: folder,
      noSubdir: false,
      maxDbs: MAX_TABLES,
      maxReaders: MAX_READERS,
      mapSize: Math.ceil(mapBytes / MAP_STEP_BYTES) * MAP_STEP_BYTES,
      // A commit is on disk when it is visible: what was acknowledged survives, whoever is killed.
      overlappingSync: false,
      // With it lmdb makes a promise of its own per turn that nobody can catch: a full disk would end the process.
      eventTurnBatching: false,
      readOnly: isReadOnly,
      ...TABLE_OPTIONS,
    })
    const tables = openTables(root)
    if (tables === undefined) throw new Error('it has no tables yet and cannot be written to')
    return { root, tables, isReadOnly }
  } catch (error) {
    await root?.close()
    throw isReadOnly ? notAccessible(folder, error) : notOpenable(folder, error)
  }
}

/** A new store writes its first pages through memory maps, and a disk that has no room for them ends the process. */
function refuseFullDisk(folder: string): void {
  if (statSync(join(folder, DATA_FILE)).size >= FIRST_BYTES && statSync(join(folder, LOCK_FILE)).size > 0)
    return
  const { bavail, bsize } = statfsSync(folder)
  if (bavail * bsize < FIRST_BYTES) throw new Error(`the disk has less than ${FIRST_BYTES} bytes left`)
}

async function loadLmdb(): Promise<typeof Lmdb> {
  try {
    return await import('lmdb')
  } catch (cause) {
    throw new StoreOpenError(
      'module-missing',
      'The lmdb module cannot be loaded on this platform. Reinstall the dependencies, or choose another store.',
      { cause },
    )
  }
}

function notAccessible(folder: string, cause: unknown): StoreOpenError {
  const message =
    `The store in ${folder} can neither be written to nor read: ${textOf(cause)}. ` +
    'Give this user the folder, or choose another one.'
  return new StoreOpenError('not-accessible', message, { cause })
}

function notOpenable(folder: string, cause: unknown): StoreOpenError {
  return new StoreOpenError('not-openable', `The store in ${folder} cannot be opened: ${textOf(cause)}.`, {
    cause,
  })
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
