// The folder and files of a store are for their owner alone, whatever the umask.
import { chmodSync, closeSync, fchmodSync, mkdirSync, openSync, readdirSync } from 'node:fs'
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
  for (const name of [DATA_FILE, LOCK_FILE]) {
    const file = openSync(join(folder, name), 'a', FILE_MODE)
    try {
      fchmodSync(file, FILE_MODE)
    } finally {
      closeSync(file)
    }
  }
}

function isOurs(name: string): boolean {
  return name.startsWith(DATA_FILE) || name.startsWith(LOCK_FILE) || name === '.gitignore'
}
