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

/** Reads `redis://user:password@host:port/database`, or `rediss://` for TLS. */
export function readEndpoint(text: string): Endpoint {
  const url = new URL(text)
  const shown = new URL(text)
  if (shown.password !== '') shown.password = '***'
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? DEFAULT_PORT : Number(url.port),
    isTls: url.protocol === 'rediss:',
    username: url.username === '' ? undefined : decodeURIComponent(url.username),
    password: url.password === '' ? undefined : decodeURIComponent(url.password),
    database: Number(url.pathname.slice(1)),
    shown: shown.href,
  }
}

/** Reads `host:port`; the host may be an IPv6 address. */
export function readAddress(text: string): Address {
  const at = text.lastIndexOf(':')
  return { host: text.slice(0, at).replace(/^\[(.*)\]$/, '$1'), port: Number(text.slice(at + 1)) }
}
