// The 32 secret bytes of a store, made by whichever process asks first and remembered by all that know them.
import { randomBytes } from 'node:crypto'
import type { Envelope } from '../codec/envelope.js'
import type { KeyNames } from './key-names.js'
import type { Link } from './link/link.js'
import { callScript } from './link/script.js'
import type { Session } from './link/session.js'
import { EXCHANGE } from './lock-scripts.js'

const SECRET_BYTES = 32

/** The secret of a store. */
export interface SecretRow {
  read(): Promise<Uint8Array>
  /** Puts back what this process knows, where the server has lost it. */
  restore(session: Session): Promise<void>
  /**
   * The secret of a store that is encrypted, made where there is none or where it was altered. It is always under the present
   * key.
   */
  settle(session: Session, envelope: Envelope): Promise<Uint8Array>
  /** The sealed secret under the present key of an envelope; as it was where that does not open it. */
  sealAnew(envelope: Envelope, raw: Buffer): Buffer
}

/** Each other process that makes one at the same moment costs a try. */
const MAX_TRIES = 8

/** Makes access to the secret. */
export function createSecretRow(link: Link, names: KeyNames, envelope: Envelope): SecretRow {
  const place = Buffer.from('secret')
  let known: Uint8Array | undefined

  function sealed(secret: Uint8Array, by = envelope): Buffer {
    return Buffer.from(by.seal('secret', place, secret))
  }

  function opened(raw: unknown, by = envelope): Uint8Array | undefined {
    const read = Buffer.isBuffer(raw) ? by.open('secret', place, raw) : undefined
    if (read?.state === 'newer')
      throw new Error('the secret of the store belongs to a newer version of Cachette')
    return read?.state === 'whole' ? new Uint8Array(read.payload) : undefined
  }

  return {
    async read() {
      if (known !== undefined) return known
      known = opened(await link.talk('read the secret', ['GET', names.secret]))
      if (known !== undefined) return known
      await link.talk('make a secret', ['SET', names.secret, sealed(randomBytes(SECRET_BYTES)), 'NX'])
      known = opened(await link.talk('read the secret', ['GET', names.secret]))
      if (known === undefined) throw new Error('the secret of the store cannot be read')
      return known
    },
    async restore({ talk }) {
      if (known !== undefined) await talk.send(['SET', names.secret, sealed(known), 'NX'])
    },
    async settle({ talk }, by) {
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        const raw = await talk.send(['GET', names.secret])
        const found = opened(raw, by)
        if (found !== undefined) return (known = found)
        const made = sealed(known ?? randomBytes(SECRET_BYTES), by)
        if (Buffer.isBuffer(raw))
          await callScript(talk.send, EXCHANGE, { keys: [names.secret], args: [raw, made] })
        else await talk.send(['SET', names.secret, made, 'NX'])
      }
      throw new Error('the secret of the store changes whenever it is read')
    },
    sealAnew(by, raw) {
      const secret = opened(raw, by)
      return secret === undefined ? raw : sealed(secret, by)
    },
  }
}
