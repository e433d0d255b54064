// The record by which a store tells which keys it is under, readable without one: a salt, and a proof for each key that
// was current, the present one last. The store decides: a process that was given that key seals under it, wherever in
// its settings the key stands, and one that was not stays out. So processes may be given a new key one after another.
import { randomBytes } from 'node:crypto'
import { createByteReader } from './byte-reader.js'
import { createByteWriter } from './byte-writer.js'
import { createEnvelope } from './envelope.js'
import { createKeyRing, type GivenKeys, type KeyRing, PROOF_BYTES, type StoreKey } from './key-ring.js'

/** Why a store cannot be used with the keys at hand: it is under a key and none was given, under another, … */
export type KeyRefusal = 'key-missing' | 'wrong-key' | 'damaged-check' | 'newer-check'

/**
 * What a tier does about keys when it opens; `stored` is its check, or undefined.
 *
 * - `plain`: no key on either side. Use `createEnvelope()`.
 * - `begun`: a key, and no check. An empty store keeps `check`, first of all and only if there is still none (`SET NX`, a
 *   transaction), and starts again from what is kept then. A store that holds records nobody can vouch for is emptied first.
 * - `known`: use `createEnvelope(keys)`.
 * - `rotated`: a new key was given, and the store's present one beside it. In one step, if the check is still the same: seal
 *   anew under `keys` what must outlive the old key, and keep `check`.
 * - `refused`: change nothing; say so by the name of the setting.
 *
 * While a tier is open it calls {@link followCheck} with the check now and then: another process may have rotated.
 */
export type CheckedKeys =
  | { readonly state: 'plain' }
  | { readonly state: 'begun' | 'rotated'; readonly keys: KeyRing; readonly check: Uint8Array }
  | { readonly state: 'known'; readonly keys: KeyRing }
  | { readonly state: 'refused'; readonly because: KeyRefusal }

interface Check {
  readonly salt: Uint8Array
  /** The present key's last. */
  readonly proofs: readonly Buffer[]
}

const PLACE = Buffer.from('key-check')
const SALT_BYTES = 16
/** Proofs of more keys than these are forgotten, the oldest first. */
const PROOFS_KEPT = 16

/** Compares the keys that were given with the check of a store. */
export function checkKeys(given: GivenKeys | undefined, stored: Uint8Array | undefined): CheckedKeys {
  if (given === undefined) {
    return stored === undefined ? { state: 'plain' } : { state: 'refused', because: 'key-missing' }
  }
  if (stored === undefined) {
    const salt = randomBytes(SALT_BYTES)
    const keys = createKeyRing(given, salt)
    return { state: 'begun', keys, check: encodeCheck({ salt, proofs: [keys.current().proof] }) }
  }
  const check = decodeCheck(stored)
  if (check === 'damaged-check' || check === 'newer-check') return { state: 'refused', because: check }
  const keys = createKeyRing(given, check.salt)
  const wanted = keys.current()
  const present = presentKey(check, keys)
  if (present === undefined) return { state: 'refused', because: 'wrong-key' }
  if (check.proofs.some((proof) => proof.equals(wanted.proof))) {
    keys.use(present)
    return { state: 'known', keys }
  }
  const proofs = [...check.proofs, wanted.proof].slice(-PROOFS_KEPT)
  return { state: 'rotated', keys, check: encodeCheck({ ...check, proofs }) }
}

/**
 * Goes over to the key that a store is under by now.
 *
 * @returns false where that key is not at hand, or the check is gone or damaged: the store is to be left alone
 */
export function followCheck(keys: KeyRing | undefined, stored: Uint8Array | undefined): boolean {
  if (keys === undefined || stored === undefined) return keys === undefined && stored === undefined
  const check = decodeCheck(stored)
  if (check === 'damaged-check' || check === 'newer-check') return false
  const present = presentKey(check, keys)
  if (present !== undefined) keys.use(present)
  return present !== undefined
}

/** Whether a store was ever under another key than the present one. */
export function wasRotated(stored: Uint8Array): boolean {
  const check = decodeCheck(stored)
  return typeof check === 'object' && check.proofs.length > 1
}

function presentKey({ proofs }: Check, { keys }: KeyRing): StoreKey | undefined {
  const last = proofs.at(-1)
  return last === undefined ? undefined : keys.find(({ proof }) => proof.equals(last))
}

function encodeCheck({ salt, proofs }: Check): Uint8Array {
  const writer = createByteWriter()
  writer.integer(proofs.length)
  writer.strings([salt, ...proofs].map((bytes) => Buffer.from(bytes).toString('hex')))
  return createEnvelope().seal('key-check', PLACE, writer.finish())
}

function decodeCheck(stored: Uint8Array): Check | 'damaged-check' | 'newer-check' {
  const opened = createEnvelope().open('key-check', PLACE, stored)
  if (opened.state !== 'whole') return opened.state === 'newer' ? 'newer-check' : 'damaged-check'
  try {
    const reader = createByteReader(opened.payload)
    const [salt = '', ...proofs] = reader.strings(1 + reader.integer())
    const check = { salt: Buffer.from(salt, 'hex'), proofs: proofs.map((proof) => Buffer.from(proof, 'hex')) }
    const isWhole =
      check.salt.length === SALT_BYTES && check.proofs.every(({ length }) => length === PROOF_BYTES)
    return isWhole && proofs.length > 0 ? check : 'damaged-check'
  } catch (error) {
    if (error instanceof RangeError) return 'damaged-check'
    throw error
  }
}
