// Hashes key parts into keys. Credentials enter as an HMAC under the store's secret, never in clear.
import { createHash, createHmac } from 'node:crypto'
import type { KeyParts } from '../decide/key-parts.js'

/** Bytes of a key: 128 bits, written as 32 hexadecimal digits, which no command line takes for an option. */
const KEY_BYTES = 16

/** Bump when keys come to be made differently, so that old ones are never taken for new ones. */
const KEY_VERSION = 1

/** What a key is made from, beside the key parts. */
export interface KeySource {
  readonly service: string
  readonly method: string
  readonly parts: KeyParts
  readonly body: Uint8Array | undefined
}

/** A key, and its parts as tools show them. */
export interface HashedKey {
  readonly key: string
  readonly shown: Readonly<Record<string, string>>
  /** Whose credentials the request carries, as a keyed hash; undefined where it carries none. */
  readonly identity: string | undefined
}

/** Makes keys under one secret. */
export interface KeyHasher {
  hash(source: KeySource): HashedKey
  /** The key of one variant of a response that varies on headers outside the key. */
  variant(key: string, names: readonly string[], valueOf: (name: string) => string | undefined): string
}

/** Makes a hasher. */
export function createKeyHasher(secret: Uint8Array): KeyHasher {
  const digestCredential = (value: string): string =>
    createHmac('sha256', secret).update(value).digest('base64url').slice(0, 32)
  return {
    hash({ service, method, parts, body }) {
      const identity = parts.identity.map(({ name, value }) => [name, digestCredential(value)] as const)
      const bodyDigest = body === undefined ? '' : createHash('sha256').update(body).digest('base64url')
      const text = JSON.stringify([
        KEY_VERSION,
        service,
        method,
        parts.keyUrl,
        parts.keyHeaders,
        identity,
        bodyDigest,
      ])
      const shown: Record<string, string> = { service, method, url: parts.keyUrl }
      for (const [name, value] of parts.keyHeaders) shown[`header ${name}`] = value
      for (const [name, digest] of identity) shown[`identity ${name}`] = digest
      if (bodyDigest !== '') shown.body = bodyDigest
      return { key: digest(text), shown, identity: identityDigest(identity) }
    },
    variant(key, names, valueOf) {
      const values = names.map((name) => {
        const value = valueOf(name)
        return [name, value === undefined ? null : digestCredential(value)]
      })
      return digest(JSON.stringify([KEY_VERSION, key, values]))
    },
  }
}

function identityDigest(identity: readonly (readonly [string, string])[]): string | undefined {
  return identity.length === 0 ? undefined : digest(JSON.stringify(identity))
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest().subarray(0, KEY_BYTES).toString('hex')
}
