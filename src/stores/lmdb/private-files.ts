// The folder and files of a store are for their owner alone, whatever the umask.
import { accessSync, chmodSync, constants, closeSync, mkdirSync, openSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** The names that LMDB gives its two files. */
export const DATA_FILE = 'data.mdb'
export const LOCK_FILE = 'lock.mdb'

const FOLDER_MODE = 0o700
const FILE_MODE = 0o600

/**
 * Makes the folder and both files where they are missing, empty and private before LMDB writes to them. A folder
 * that holds anything but a store keeps its permissions.
 */
export function makePrivate(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: FOLDER_MODE })
  if (readdirSync(folder).every(isOurs)) chmodSync(folder, FOLDER_MODE)
  for (const name of [DATA_FILE, LOCK_FILE]) makeFile(join(folder, name))
}

/**
 * A file that is there is not opened: closing any descriptor of the lock file would drop the locks that another
 * instance in this process holds on it, and other processes would take the store for unused.
 */
function makeFile(path: string): void {
  try {
    closeSync(openSync(path, 'ax', FILE_MODE))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    // One that may not be written to was made so on purpose, and stays so.
    accessSync(path, constants.R_OK | constants.W_OK)
  }
  chmodSync(path, FILE_MODE)
}

function isOurs(name: string): boolean {
  return name.startsWith(DATA_FILE) || name.startsWith(LOCK_FILE) || name === '.gitignore'
}
