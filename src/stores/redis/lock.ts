// The lock of a store: what its records are sealed by and its rows named under, once the server has told which key it is under.
// Until then, and where that key is not at hand, nothing is sealed or opened. It is tried whenever the link opens.
import { randomBytes } from 'node:crypto'
import { assertNever } from '../../shared/assert-never.js'
import { createEnvelope, type Envelope } from '../codec/envelope.js'
import { checkKeys, type CheckedKeys, followCheck, type KeyRefusal, wasRotated } from '../codec/key-check.js'
import type { GivenKeys, KeyRing } from '../codec/key-ring.js'
import { createRowNames, type RowNames } from '../codec/row-names.js'
import { keyError, LOCKED } from '../key-error.js'
import { StoreAwayError } from '../store-away-error.js'
import { StoreOpenError } from '../store-open-error.js'
import type { KeyNames } from './key-names.js'
import { failureKind } from './link/reply-failure.js'
import { callScript } from './link/script.js'
import type { Session } from './link/session.js'
import { ROTATE, TURN_ON } from './lock-scripts.js'
import { sealAnew } from './seal-anew.js'
import type { SecretRow } from './secret-row.js'

/** What a lock is made of. */
export interface LockParts {
  readonly names: KeyNames
  /** What the store is to be encrypted under; without them it is not. */
  readonly given: GivenKeys | undefined
  /** Names the store in messages. */
  readonly where: string
  readonly secret: () => SecretRow
  /** Why nothing can be asked of the server. */
  readonly problem: () => string | undefined
  /** Told when a store that was not encrypted has been put under a key: its entries are to be taken out. */
  readonly onTurnedOn: () => void
}

/** The lock of a store. */
export interface Lock {
  /** Throws a StoreAwayError while the store is locked. */
  readonly envelope: Envelope
  /** How a row is named; throws a StoreAwayError while the store is locked. */
  rowNames(): RowNames
  /** A name as keys and fields show it: as it is, or 32 digits of a keyed hash. */
  shown(name: string): string
  /** The store's keys; undefined where it is not encrypted, or locked. */
  keys(): KeyRing | undefined
  /** Whether the store was under other keys before. */
  isRotated(): boolean
  /** What is told on the channel of changes when this process puts the store under a key. */
  readonly message: string
  /**
   * Compares the keys with the check of the store and goes over to what it says.
   *
   * @throws StoreOpenError where the key is not at hand; nothing in the store is changed then
   */
  unlock(session: Session): Promise<void>
}

/** What is known while the store is not locked. */
interface Unlocked {
  readonly envelope: Envelope
  readonly rowNames: RowNames
  readonly keys: KeyRing | undefined
  readonly check: Buffer | undefined
}

/** A key that is to be taken into use. */
type Rotation = Extract<CheckedKeys, { readonly keys: KeyRing; readonly check: Uint8Array }>

/** Each other process that begins or rotates at the same moment costs a try. */
const MAX_TRIES = 32
/** What the message begins with by which others are told. */
const TOLD = 'key '

/** Whether a message of the channel tells that another process put the store under a key. */
export function tellsOfKey(message: Buffer): boolean {
  return message.toString('latin1', 0, TOLD.length) === TOLD
}

/** Makes the lock of a store. */
export function createLock(parts: LockParts): Lock {
  const { names, given, where, secret, problem, onTurnedOn } = parts
  const message = TOLD + randomBytes(9).toString('base64url')
  let now: Unlocked | undefined
  /** What this process goes on with where the server lost its check. */
  let lastCheck: Buffer | undefined
  let wasOpen = false

  function unlocked(): Unlocked {
    if (now === undefined)
      throw new StoreAwayError('redis', problem() ?? 'it is not known which key it is under')
    return now
  }

  async function turnOn({ talk }: Session, check: Uint8Array): Promise<void> {
    const { state, changes, marks, ledger, ledgerMinutes, ledgerServices, cellNames } = names
    const keys = [state, changes, marks, names.secret, ledger, ledgerMinutes, ledgerServices, cellNames]
    const prefixes = [names.cell(''), names.ledgerMinutePrefix]
    const args = [Buffer.from(check), newName(), names.channel, message, ...prefixes]
    const done = await callScript(talk.send, TURN_ON, { keys, args })
    if (done === 2) onTurnedOn()
  }

  /** Does nothing where another process was first. */
  async function rotate({ talk }: Session, stored: Buffer, { keys, check }: Rotation): Promise<void> {
    const before = await talk.send(['GET', names.secret])
    const isThere = Buffer.isBuffer(before)
    const after = isThere ? secret().sealAnew(createEnvelope(keys), before) : ''
    const secrets = [isThere ? before : '', after]
    const args = [stored, Buffer.from(check), ...secrets, newName(), names.channel, message]
    await callScript(talk.send, ROTATE, { keys: [names.state, names.changes, names.secret], args })
  }

  async function useKeys(session: Session, keys: KeyRing, check: Buffer): Promise<void> {
    const envelope = createEnvelope(keys)
    const rowNames = createRowNames(await secret().settle(session, envelope))
    now = { envelope, rowNames, keys, check }
    lastCheck = check
    if (!wasRotated(check)) return
    const parts = { talk: session.talk, names, envelope, keyId: keys.current().id }
    await sealAnew(parts).catch((error: unknown) => {
      if (!isReadOnly(error)) throw error
    })
  }

  function refuse(because: KeyRefusal): never {
    if (because === 'wrong-key' && wasOpen) throw new StoreOpenError(because, `${where} is locked: ${LOCKED}`)
    throw keyError(because, where)
  }

  /** A store that is not encrypted, or that nobody began yet. */
  async function tryWithout(session: Session): Promise<boolean> {
    const checked = checkKeys(given, undefined)
    if (checked.state === 'begun') await turnOn(session, lastCheck ?? checked.check)
    else now = { envelope: createEnvelope(), rowNames: createRowNames(), keys: undefined, check: undefined }
    return checked.state !== 'begun'
  }

  async function tryUnder(session: Session, stored: Buffer): Promise<boolean> {
    const checked = checkKeys(given, stored)
    switch (checked.state) {
      case 'refused':
        return refuse(checked.because)
      case 'known':
        await useKeys(session, checked.keys, stored)
        return true
      case 'rotated':
        return tryRotating(session, stored, checked)
      case 'plain':
      case 'begun':
        return false
      default:
        return assertNever(checked)
    }
  }

  /** A server that takes no writes stays under its key, and can be read under it. */
  async function tryRotating(session: Session, stored: Buffer, rotation: Rotation): Promise<boolean> {
    try {
      await rotate(session, stored, rotation)
      return false
    } catch (error) {
      if (!isReadOnly(error) || !followCheck(rotation.keys, stored)) throw error
      await useKeys(session, rotation.keys, stored)
      return true
    }
  }

  /** One try; false where the store has to be looked at again. */
  async function tryOnce(session: Session): Promise<boolean> {
    const stored = await session.talk.send(['HGET', names.state, 'check'])
    const before = now
    now = undefined
    if (!Buffer.isBuffer(stored)) return tryWithout(session)
    if (before?.keys === undefined || before.check?.equals(stored) !== true) return tryUnder(session, stored)
    await useKeys(session, before.keys, stored)
    return true
  }

  return {
    envelope: {
      seal: (...record) => unlocked().envelope.seal(...record),
      open: (...record) => unlocked().envelope.open(...record),
    },
    rowNames: () => unlocked().rowNames,
    shown(name) {
      const { rowNames } = unlocked()
      return rowNames.isHidden ? rowNames.of(name).toString('hex') : name
    },
    keys: () => now?.keys,
    isRotated: () => now?.check !== undefined && wasRotated(now.check),
    message,
    async unlock(session) {
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        if (!(await tryOnce(session))) continue
        wasOpen = true
        return
      }
      throw new Error('the key of the store changes whenever it is looked at')
    },
  }
}

function newName(): string {
  return randomBytes(12).toString('base64url')
}

function isReadOnly(error: unknown): boolean {
  return failureKind(error) === 'read-only'
}
