// The keys that stores are encrypted under, from the environment. They are held as KeyObjects, which show nothing of
// themselves when they are printed or made JSON of; no message repeats what was given.
import { createSecretKey, type KeyObject } from 'node:crypto'
import { configError } from '../errors/cachette-error.js'
import type { Environment } from '../model/profile.js'

/** The keys of all stores of an instance. */
export interface EncryptionKeys {
  /** `CACHETTE_ENCRYPTION_KEY`: what is stored from now on is encrypted under it. */
  readonly current: KeyObject
  /** `CACHETTE_ENCRYPTION_KEY_PREVIOUS`: others under which records may be stored still. Default none. */
  readonly previous: readonly KeyObject[]
}

const KEY = 'CACHETTE_ENCRYPTION_KEY'
const PREVIOUS = 'CACHETTE_ENCRYPTION_KEY_PREVIOUS'
const KEY_BYTES = 32
const HEX = /^[0-9a-f]{64}$/i
/** 32 bytes in base64, of either alphabet; the last digit has two bits to spare, which must be 0. */
const BASE64 = /^[\w+/-]{42}[AEIMQUYcgkosw048]=?$/
const FORM = `expected ${KEY_BYTES} bytes as 64 hex digits or base64, such as 'openssl rand -hex ${KEY_BYTES}' makes`

/**
 * Reads both variables; undefined where neither is set.
 *
 * @throws CachetteError `CACHETTE_CONFIG` naming the variable, for what is not a key; the value is never shown
 */
export function readEncryptionKeys(environment: Environment): EncryptionKeys | undefined {
  const { [KEY]: text, [PREVIOUS]: previous } = environment
  if (text === undefined) {
    if (previous === undefined) return undefined
    throw configError(`${PREVIOUS} is set, but ${KEY} is not; set that to the key to encrypt under`)
  }
  return Object.freeze({ current: readKey(text, KEY), previous: readPrevious(previous) })
}

function readPrevious(text: string | undefined): readonly KeyObject[] {
  if (text === undefined || text.trim() === '') return []
  const parts = text.split(',')
  return parts.map((part, index) =>
    readKey(part, parts.length === 1 ? PREVIOUS : `${PREVIOUS}, number ${index + 1} of ${parts.length},`),
  )
}

function readKey(text: string, name: string): KeyObject {
  const digits = text.trim()
  if (HEX.test(digits)) return createSecretKey(Buffer.from(digits, 'hex'))
  if (BASE64.test(digits)) return createSecretKey(Buffer.from(digits, 'base64'))
  throw configError(
    digits === ''
      ? `${name} is empty; ${FORM}`
      : `${name} is no key: it has ${digits.length} characters; ${FORM}`,
  )
}
