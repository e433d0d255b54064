// A server that speaks bytes, so that it can say what no server of Node's would.
import { type AddressInfo, type Socket, createServer } from 'node:net'
import { onTestFinished } from 'vitest'

/** What a connection does with a request; `nth` counts the requests of all connections from 1. */
export type Act = (socket: Socket, text: string, nth: number) => void

/** One request as it came, in one piece. */
export interface RawRequest {
  readonly text: string
  /** 1 for the first connection. */
  readonly connection: number
}

/** A server, and what it saw. */
export interface RawServer {
  /** By a name that no service claims. */
  readonly url: string
  readonly seen: readonly RawRequest[]
  /** Connections that are open. */
  readonly sockets: ReadonlySet<Socket>
  close(): Promise<void>
}

/** Starts one; each piece of data that comes is taken for a request. */
async function startRawServer(act: Act): Promise<RawServer> {
  const seen: RawRequest[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    const connection = connections
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    socket.on('data', (chunk) => {
      seen.push({ text: chunk.toString('latin1'), connection })
      act(socket, chunk.toString('latin1'), seen.length)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    seen,
    sockets,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** One that ends with the test. */
export async function openRawServer(act: Act): Promise<RawServer> {
  const server = await startRawServer(act)
  onTestFinished(() => server.close())
  return server
}

/** Each request has its own act; the last one stays. */
export function inTurn(...acts: readonly Act[]): Act {
  return (socket, text, nth) => acts[Math.min(nth, acts.length) - 1]?.(socket, text, nth)
}

/** Answers with the very bytes. */
export function says(bytes: string | Uint8Array): Act {
  return (socket) => void socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
}

/** Answers with the very bytes and hangs up. */
export function saysAndEnds(bytes: string | Uint8Array): Act {
  return (socket) => void socket.end(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
}
