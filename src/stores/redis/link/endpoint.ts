// What a Redis URL says: where the server is and who asks. Pure.

/** A server, and the credentials for it. */
export interface Endpoint {
  readonly host: string
  readonly port: number
  readonly isTls: boolean
  readonly username: string | undefined
  readonly password: string | undefined
  readonly database: number
  /** The URL without its password, for messages. */
  readonly shown: string
}

/** A host and a port. */
export interface Address {
  readonly host: string
  readonly port: number
}

const DEFAULT_PORT = 6379

/**
 * Reads `redis://user:password@host:port/database`, or `rediss://` for TLS; `valkey://` and `valkeys://` are the same.
 *
 * @throws TypeError for what is no such URL; the message holds no part of it, which may be a password
 */
export function readEndpoint(given: string): Endpoint {
  const text = given.replace(/^valkey(s?):/, 'redis$1:')
  if (!/^rediss?:\/\//.test(text) || !URL.canParse(text)) {
    throw new TypeError('The URL of the Redis store is not of the form redis://user:password@host:6379/0.')
  }
  const url = new URL(text)
  if (url.hostname === '' || !/^(\/\d*)?$/.test(url.pathname)) {
    throw new TypeError(
      'The URL of the Redis store must name a host, and a database by its number or not at all.',
    )
  }
  const shown = new URL(text)
  if (shown.password !== '') shown.password = '***'
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? DEFAULT_PORT : Number(url.port),
    isTls: url.protocol === 'rediss:',
    username: decoded(url.username),
    password: decoded(url.password),
    database: Number(url.pathname.slice(1)),
    shown: shown.href,
  }
}

function decoded(text: string): string | undefined {
  if (text === '') return undefined
  try {
    return decodeURIComponent(text)
  } catch {
    throw new TypeError(
      'The user or password in the URL of the Redis store has a % that must be written as %25.',
    )
  }
}

/** Reads `host:port`; the host may be an IPv6 address. */
export function readAddress(text: string): Address {
  const at = text.lastIndexOf(':')
  return { host: text.slice(0, at).replace(/^\[(.*)\]$/, '$1'), port: Number(text.slice(at + 1)) }
}
