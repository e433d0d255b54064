// One connection of the official client to one server, with nothing left to its own devices: it neither queues while it is
// offline nor connects again by itself.
import { createClient, RESP_TYPES } from '@redis/client'
import type { Address, Endpoint } from './endpoint.js'
import type { Words } from './script.js'

/** How long a connection may take to come about, in milliseconds. */
const CONNECT_WITHIN_MS = 2_000

/** Replies hold bytes, and maps are lists of names and values. */
export const AS_BYTES = { [RESP_TYPES.BLOB_STRING]: Buffer, [RESP_TYPES.MAP]: Array } as const

/** Options that every connection has, whatever the topology. */
export interface NodeOptions {
  readonly RESP: 3
  readonly username?: string
  readonly password?: string
  readonly name: string
  readonly disableOfflineQueue: true
  readonly disableClientInfo: true
  readonly maintNotifications: 'disabled'
  readonly commandOptions: { readonly timeout: 0 }
}

/** Options of a socket that is never opened again. */
export interface SocketOptions {
  readonly host: string
  readonly port: number
  readonly connectTimeout: number
  readonly reconnectStrategy: false
  readonly tls?: true
}

/** One connection. */
export interface NodeClient {
  send(words: Words): Promise<unknown>
  /** Hears a channel; resolves once it does. */
  subscribe(channel: string, listener: (message: Buffer) => void): Promise<void>
  unsubscribe(channel: string): Promise<void>
  /** Whether an idle connection keeps the process alive. */
  hold(isHeld: boolean): void
  /** Resolves with the reason once the connection has ended. */
  readonly ended: Promise<Error>
  destroy(): void
}

/** The options of a connection with the credentials of an endpoint. */
export function nodeOptions({ username, password }: Pick<Endpoint, 'username' | 'password'>): NodeOptions {
  return {
    RESP: 3,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    name: 'cachette',
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    commandOptions: { timeout: 0 },
  }
}

/** Where a socket goes. */
export function socketOptions({ host, port }: Address, isTls: boolean): SocketOptions {
  const base = { host, port, connectTimeout: CONNECT_WITHIN_MS, reconnectStrategy: false } as const
  return isTls ? { ...base, tls: true } : base
}

/** How to connect. */
export interface Connecting {
  readonly endpoint: Endpoint
  /** Aborts where nobody waits for it any more. */
  readonly signal: AbortSignal
  /** True where somebody waits for it: the process then stays alive meanwhile. */
  readonly isHeld: boolean
}

/**
 * Connects to the server of an endpoint, or to another one with its credentials.
 *
 * @throws Error where it refuses, does not answer in time or does not know the user
 */
export async function connectNode(
  { endpoint, signal, isHeld }: Connecting,
  address: Address = endpoint,
): Promise<NodeClient> {
  signal.throwIfAborted()
  const client = createClient({
    ...nodeOptions(endpoint),
    database: endpoint.database,
    socket: socketOptions(address, endpoint.isTls),
  })
  let tellEnd: (reason: Error) => void = () => undefined
  const ended = new Promise<Error>((resolve) => (tellEnd = resolve))
  const onAbort = (): void => client.destroy()
  client.on('error', (error: Error) => tellEnd(error))
  client.on('end', () => tellEnd(new Error('the connection was closed')))
  signal.addEventListener('abort', onAbort, { once: true })
  if (!isHeld) client.unref()
  try {
    await client.connect()
  } catch (error) {
    client.destroy()
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
  client.unref()
  return {
    ended,
    send: (words) => client.sendCommand([...words], { typeMapping: AS_BYTES }),
    subscribe: (channel, listener) => client.subscribe(channel, listener, true),
    unsubscribe: (channel) => client.unsubscribe(channel),
    hold(isNeeded) {
      if (isNeeded) client.ref()
      else client.unref()
    },
    destroy: () => client.destroy(),
  }
}
