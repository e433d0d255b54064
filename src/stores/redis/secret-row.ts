// The 32 secret bytes of a store, made by whichever process asks first and remembered by all that know them.
import { randomBytes } from 'node:crypto'
import type { Envelope } from '../codec/envelope.js'
import type { KeyNames } from './key-names.js'
import type { Link } from './link/link.js'
import type { Session } from './link/session.js'

const SECRET_BYTES = 32

/** The secret of a store. */
export interface SecretRow {
  read(): Promise<Uint8Array>
  /** Puts back what this process knows, where the server has lost it. */
  restore(session: Session): Promise<void>
}

/** Makes access to the secret. */
export function createSecretRow(link: Link, names: KeyNames, envelope: Envelope): SecretRow {
  const place = Buffer.from('secret')
  let known: Uint8Array | undefined

  function sealed(secret: Uint8Array): Buffer {
    return Buffer.from(envelope.seal('secret', place, secret))
  }

  function opened(raw: unknown): Uint8Array | undefined {
    const read = Buffer.isBuffer(raw) ? envelope.open('secret', place, raw) : undefined
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
  }
}
