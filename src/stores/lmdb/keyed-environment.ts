// Opens the environment of a store under the keys that were given: compares them with the store's key check, begins a store
// under a key, takes a new key into use. A store that is not encrypted gives way to one that is: nothing that somebody may
// have put there in clear is trusted, and nothing stays in the file to be read.
import { randomBytes } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { assertNever } from '../../shared/assert-never.js'
import { createEnvelope } from '../codec/envelope.js'
import { checkKeys, type CheckedKeys, followCheck } from '../codec/key-check.js'
import type { GivenKeys, KeyRing } from '../codec/key-ring.js'
import { createRowNames, type RowNames } from '../codec/row-names.js'
import { keyError, LOCKED } from '../key-error.js'
import { StoreOpenError } from '../store-open-error.js'
import { type Environment, type EnvironmentOptions, openEnvironment } from './environment.js'
import { keyCheckOf, putKeyCheck } from './key-row.js'
import { DATA_FILE } from './private-files.js'
import { sealAnew } from './seal-anew.js'
import { readSecret, secretInside } from './secret-row.js'
import { removeFile, setAside } from './set-aside.js'
import { isBegun, LAYOUT_VERSION, readState } from './state-record.js'
import { plainTables, type Tables } from './tables.js'

/** What opening needs to know. */
export interface KeyedEnvironmentOptions extends EnvironmentOptions {
  /** What the store is to be encrypted under; without them it is not. */
  readonly keys: GivenKeys | undefined
}

/** An environment whose records can be read and written. */
export interface KeyedEnvironment extends Environment {
  readonly tables: Tables
  /** The store's keys; undefined where it is not encrypted. */
  readonly keys: KeyRing | undefined
  /**
   * Goes over to the key that another process took into use meanwhile.
   *
   * @returns false where that key is not at hand: then nothing may be read or written any more
   */
  isUnlocked(): boolean
}

/** Each other process that begins, replaces or rotates the store at the same moment costs a try. */
const MAX_TRIES = 32

/**
 * Opens or makes the store in a folder.
 *
 * @throws StoreOpenError with the reason `key-missing` or `wrong-key` where the keys do not fit; the store is as it was then
 */
export async function openKeyedEnvironment(options: KeyedEnvironmentOptions): Promise<KeyedEnvironment> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    // Noted first: what stands here still when it is to be moved is the file that was opened.
    const file = inodeOf(join(options.folder, DATA_FILE))
    const environment = await openEnvironment(options)
    try {
      refuseNewerLayout(plainTables(environment.tables), options.folder)
      const checked = checkKeys(options.keys, keyCheckOf(environment.tables))
      const opened = unlock(environment, checked, options.folder)
      if (opened !== undefined) {
        refuseNewerLayout(opened.tables, options.folder)
        return opened
      }
      if (isToBeReplaced(environment, checked)) await replace(options, checked, file)
    } catch (error) {
      await environment.root.close()
      throw error
    }
    await environment.root.close()
  }
  throw new StoreOpenError('not-openable', `The store in ${options.folder} changes whenever it is opened.`)
}

/** The environment under its keys; undefined where it has to be opened again. */
function unlock(
  environment: Environment,
  checked: CheckedKeys,
  folder: string,
): KeyedEnvironment | undefined {
  const { tables, isReadOnly } = environment
  switch (checked.state) {
    case 'plain':
      return {
        ...environment,
        tables: plainTables(tables),
        keys: undefined,
        isUnlocked: follower(tables, undefined),
      }
    case 'refused':
      if (checked.because === 'damaged-check' && !isReadOnly) return undefined
      throw keyError(checked.because, `the store in ${folder}`)
    case 'begun':
      if (isReadOnly) throw notEncrypted(folder)
      if (!isBegun(tables)) begin(environment, checked.check)
      return undefined
    case 'rotated':
      return isReadOnly || rotate(environment, checked) ? withKeys(environment, checked.keys) : undefined
    case 'known':
      return withKeys(environment, checked.keys)
    default:
      return assertNever(checked)
  }
}

function withKeys(environment: Environment, keys: KeyRing): KeyedEnvironment {
  const sealed = { ...plainTables(environment.tables), envelope: createEnvelope(keys) }
  const isUnlocked = follower(environment.tables, keys)
  return {
    ...environment,
    tables: { ...sealed, names: namesOf(environment, sealed, isUnlocked) },
    keys,
    isUnlocked,
  }
}

/** Rows are named under the store's secret, which is made here where there is none. */
function namesOf({ root, isReadOnly }: Environment, tables: Tables, isUnlocked: () => boolean): RowNames {
  const secret = readSecret(tables)
  if (secret !== undefined) return createRowNames(secret)
  if (isReadOnly) return createRowNames(randomBytes(32))
  return createRowNames(
    root.transactionSync(() => {
      if (!isUnlocked()) throw new StoreOpenError('wrong-key', LOCKED)
      return secretInside(tables)
    }),
  )
}

/** Puts the first key check, unless another process was first. */
function begin({ root, tables }: Environment, check: Uint8Array): void {
  root.transactionSync(() => {
    if (keyCheckOf(tables) === undefined && !isBegun(tables)) putKeyCheck(tables, check)
  })
  root.resetReadTxn()
}

/** Takes a new key into use; false where another process changed the check meanwhile. */
function rotate(
  { root, tables }: Environment,
  { keys, check }: Extract<CheckedKeys, { readonly state: 'begun' | 'rotated' }>,
): boolean {
  const before = keyCheckOf(tables)
  const isDone = root.transactionSync(() => {
    const now = keyCheckOf(tables)
    if (now === undefined || before?.equals(now) !== true) return false
    sealAnew(tables, createEnvelope(keys))
    putKeyCheck(tables, check)
    return true
  })
  root.resetReadTxn()
  return isDone
}

function isToBeReplaced({ tables }: Environment, checked: CheckedKeys): boolean {
  return checked.state === 'refused' || (checked.state === 'begun' && isBegun(tables))
}

/** Moves the file away that was opened; one that is not encrypted is removed, a damaged one kept. */
async function replace(
  { folder, nowMs, onWarning }: KeyedEnvironmentOptions,
  checked: CheckedKeys,
  file: number | undefined,
): Promise<void> {
  const isDamaged = checked.state === 'refused'
  const path = join(folder, DATA_FILE)
  const moved = await setAside(folder, {
    nowMs,
    label: isDamaged ? 'bad' : 'plain',
    judge: () =>
      file !== undefined && inodeOf(path) === file ? 'what it says of its key is damaged' : undefined,
  })
  if (moved === undefined) return
  if (isDamaged) {
    onWarning(
      `The store ${path} cannot be used: ${moved.why}. It was moved to ${moved.movedTo} and a new one begun.`,
    )
  } else {
    removeFile(moved.movedTo)
    onWarning(
      `The store in ${folder} was not encrypted. It was removed, and a new one begun under CACHETTE_ENCRYPTION_KEY.`,
    )
  }
}

/** Which file stands at a path. */
function inodeOf(path: string): number | undefined {
  try {
    return statSync(path).ino
  } catch {
    return undefined
  }
}

/** Looks at the key check only where it has changed. */
function follower(tables: Environment['tables'], keys: KeyRing | undefined): () => boolean {
  let seen: Buffer | undefined
  let isFollowed = keys === undefined
  return () => {
    const check = keyCheckOf(tables)
    const isSame = check === undefined || seen === undefined ? check === seen : seen.equals(check)
    if (isSame) return isFollowed
    seen = check
    isFollowed = followCheck(keys, check)
    return isFollowed
  }
}

function refuseNewerLayout(tables: Tables, folder: string): void {
  const layout = readState(tables)?.layout ?? LAYOUT_VERSION
  if (layout > LAYOUT_VERSION)
    throw new StoreOpenError('newer-layout', `The store in ${folder} belongs to a newer version of Cachette.`)
}

function notEncrypted(folder: string): StoreOpenError {
  const message =
    `The store in ${folder} is not encrypted, and cannot be written to either. ` +
    'Give this user the folder, or choose another one.'
  return new StoreOpenError('not-accessible', message)
}
