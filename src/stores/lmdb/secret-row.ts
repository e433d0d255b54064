// The store's secret: made once, by whichever process asks first.
import { randomBytes } from 'node:crypto'
import type { Tables } from './tables.js'

const SECRET_KEY = Buffer.from('secret')
const SECRET_BYTES = 32

/** The secret in memory of its own; undefined where none was made. */
export function readSecret(tables: Tables): Uint8Array | undefined {
  const sealed = tables.secret.peek(SECRET_KEY)
  if (sealed === undefined) return undefined
  const opened = tables.envelope.open('secret', SECRET_KEY, sealed)
  return opened.state === 'whole' ? Uint8Array.from(opened.payload) : undefined
}

/** The secret, made if there is none, inside a write transaction. */
export function secretInside(tables: Tables): Uint8Array {
  const known = readSecret(tables)
  if (known !== undefined) return known
  const secret = Uint8Array.from(randomBytes(SECRET_BYTES))
  tables.secret.put(SECRET_KEY, tables.envelope.seal('secret', SECRET_KEY, secret))
  return secret
}
