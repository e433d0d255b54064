// AES-256-GCM for records. Random nonces under one key would be safe for 2^32 records, which a busy store passes within
// weeks; so each process draws 16 random bytes, its session, derives a key of its own from them, and counts its records.
//
//   0  session, 16 bytes    16  number of the record in its session, 4 bytes    20  ciphertext    end  tag, 16 bytes
import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto'

/** Bytes of the tag, at the end. */
export const TAG_BYTES = 16

const SESSION_BYTES = 16
const PREFIX_BYTES = SESSION_BYTES + 4

/** What encryption adds to a payload, in bytes. */
export const CIPHER_BYTES = PREFIX_BYTES + TAG_BYTES

const ALGORITHM = 'aes-256-gcm'
const NONCE_BYTES = 12
const KEY_BYTES = 32
/** Records under one session's key; then another session begins. */
const RECORDS_PER_SESSION = 2 ** 20
/** Keys of sessions that are remembered, for reading. */
const SESSIONS_KEPT = 1_024

/** Encrypts and decrypts under one key of a store. */
export interface RecordCipher {
  /** Writes `CIPHER_BYTES` more than the payload has into `target`; `covered` is vouched for by the tag. */
  encrypt(payload: Uint8Array, covered: Uint8Array, target: Buffer): void
  /** The payload, in memory of its own; undefined where anything was altered. */
  decrypt(encrypted: Buffer, covered: Uint8Array): Buffer | undefined
}

/** Makes the cipher of a key; `recordsPerSession` is for tests. */
export function createRecordCipher(key: KeyObject, recordsPerSession = RECORDS_PER_SESSION): RecordCipher {
  const keys = new Map<string, KeyObject>()
  const options = { authTagLength: TAG_BYTES }
  const nonce = Buffer.alloc(NONCE_BYTES)
  let session: { readonly id: Buffer; readonly key: KeyObject } | undefined
  let records = 0

  function begin(): { readonly id: Buffer; readonly key: KeyObject } {
    const id = randomBytes(SESSION_BYTES)
    records = 0
    return { id, key: keyOf(id) }
  }

  function keyOf(id: Buffer): KeyObject {
    const name = id.toString('latin1')
    const known = keys.get(name)
    if (known !== undefined) return known
    const [oldest] = keys.keys()
    if (keys.size >= SESSIONS_KEPT && oldest !== undefined) keys.delete(oldest)
    const made = createSecretKey(Buffer.from(hkdfSync('sha256', key, id, 'cachette session', KEY_BYTES)))
    keys.set(name, made)
    return made
  }

  return {
    encrypt(payload, covered, target) {
      if (session === undefined || records >= recordsPerSession) session = begin()
      nonce.writeUInt32BE(records, NONCE_BYTES - 4)
      records += 1
      session.id.copy(target)
      nonce.copy(target, SESSION_BYTES, NONCE_BYTES - 4)
      const cipher = createCipheriv(ALGORITHM, session.key, nonce, options)
      cipher.setAAD(covered)
      target.set(cipher.update(payload), PREFIX_BYTES)
      cipher.final()
      target.set(cipher.getAuthTag(), PREFIX_BYTES + payload.byteLength)
    },

    decrypt(encrypted, covered) {
      const end = encrypted.length - TAG_BYTES
      if (end < PREFIX_BYTES) return undefined
      encrypted.copy(nonce, NONCE_BYTES - 4, SESSION_BYTES, PREFIX_BYTES)
      const decipher = createDecipheriv(
        ALGORITHM,
        keyOf(encrypted.subarray(0, SESSION_BYTES)),
        nonce,
        options,
      )
      decipher.setAAD(covered)
      decipher.setAuthTag(encrypted.subarray(end))
      try {
        const payload = decipher.update(encrypted.subarray(PREFIX_BYTES, end))
        decipher.final()
        return payload
      } catch {
        return undefined
      }
    },
  }
}
