// The keys of one store: each is derived from a key that the operator gave and from the store's salt, so that two stores
// under one given key have nothing in common.
import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import { createRecordCipher, type RecordCipher } from './record-cipher.js'

/** The keys that an operator gave, 32 bytes each; a KeyObject shows nothing of them when it is printed. */
export interface GivenKeys {
  /** What is stored from now on is encrypted under this one. */
  readonly current: KeyObject
  /** Others, under which records may be stored still. */
  readonly previous: readonly KeyObject[]
}

/** A key of one store. */
export interface StoreKey {
  /** What records under it carry; 1 or more, 3 bytes. */
  readonly id: number
  /** Tells that somebody has the key, and nothing of the key. */
  readonly proof: Buffer
  readonly cipher: RecordCipher
}

/** The keys of a store that are at hand. */
export interface KeyRing {
  /** The one that records are sealed under now. */
  current(): StoreKey
  find(id: number): StoreKey | undefined
  /** Seals under another of the keys from now on. */
  use(key: StoreKey): void
  readonly keys: readonly StoreKey[]
}

/** Bytes of a proof. */
export const PROOF_BYTES = 32
/** Bytes of an id. */
const ID_BYTES = 3
const KEY_BYTES = 32

/** The keys of the store with this salt, the current one first. */
export function createKeyRing(given: GivenKeys, salt: Uint8Array): KeyRing {
  const first = deriveKey(given.current, salt)
  const keys = [first, ...given.previous.map((key) => deriveKey(key, salt))]
  const byId = new Map(keys.toReversed().map((key) => [key.id, key]))
  let current = first
  return {
    current: () => current,
    find: (id) => byId.get(id),
    use(key) {
      current = key
    },
    keys,
  }
}

function deriveKey(given: KeyObject, salt: Uint8Array): StoreKey {
  const bytes = Buffer.from(
    hkdfSync('sha256', given, salt, 'cachette store', KEY_BYTES + PROOF_BYTES + ID_BYTES),
  )
  const proof = bytes.subarray(KEY_BYTES, KEY_BYTES + PROOF_BYTES)
  return {
    id: Math.max(1, bytes.readUIntLE(KEY_BYTES + PROOF_BYTES, ID_BYTES)),
    proof: Buffer.from(proof),
    cipher: createRecordCipher(createSecretKey(bytes.subarray(0, KEY_BYTES))),
  }
}
