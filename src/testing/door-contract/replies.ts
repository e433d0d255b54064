// How an origin may answer, well and badly.
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { OutgoingHttpHeaders } from 'node:http'
import type { Gate } from '../gate.js'
import type { Reply } from './scripted-origin.js'

/** A reply that comes whole, with its length. */
export function whole(
  body: string | Uint8Array,
  { status = 200, headers = {} }: { readonly status?: number; readonly headers?: OutgoingHttpHeaders } = {},
): Reply {
  return (response, { method }) => {
    const bytes = Buffer.from(body)
    response.writeHead(status, {
      'content-type': 'text/plain',
      'content-length': bytes.byteLength,
      ...headers,
    })
    response.end(method === 'HEAD' ? undefined : bytes)
  }
}

/** Answers of a path in turn; the last one stays. */
export function inTurn(...replies: readonly [Reply, ...Reply[]]): Reply {
  return (response, request) => (replies[request.nth - 1] ?? replies.at(-1))?.(response, request)
}

/** A body that says which request to its path this was: `call 1`, `call 2`. */
export function counted(headers: OutgoingHttpHeaders = {}): Reply {
  return (response, request) => whole(`call ${request.nth}`, { headers })(response, request)
}

/** Waits before it answers. */
export function after({ opened }: Gate, reply: Reply): Reply {
  return async (response, request) => {
    await opened
    await reply(response, request)
  }
}

/** The first piece at once and the rest later, without a length. */
export function inPieces(first: string | Uint8Array, { opened }: Gate, rest: string | Uint8Array): Reply {
  return async (response) => {
    response.writeHead(200, { 'content-type': 'text/plain' })
    response.write(first)
    await opened
    response.end(rest)
  }
}

/** A body that never ends, as fast as it is read. */
export const endless: Reply = (response) => {
  const piece = Buffer.alloc(64 * 1024, 'a')
  const pour = (): void => {
    while (!response.destroyed && response.write(piece));
    if (!response.destroyed) response.once('drain', pour)
  }
  response.writeHead(200, { 'content-type': 'text/plain' })
  pour()
}

/** The connection breaks before any header. */
export const resetAtOnce: Reply = (response) => void response.socket?.resetAndDestroy()

/** The connection breaks in the middle of the body. */
export const resetMidBody: Reply = (response) => {
  response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 1_000 })
  response.write('the beginning', () => setImmediate(() => response.socket?.resetAndDestroy()))
}

/** The same after three of four megabytes. */
export const resetMidLargeBody: Reply = (response) => {
  response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 4_000_000 })
  response.write('x'.repeat(3_000_000), () => setImmediate(() => response.socket?.resetAndDestroy()))
}

/** The body is shorter than was said, and the connection ends. */
export const tooShort: Reply = (response) => {
  response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 1_000 })
  response.write('the beginning', () => response.socket?.end())
}

/** A coded body; `isWrong` makes it one that does not decode. */
export function coded(text: string, coding: 'gzip' | 'br', isWrong = false): Reply {
  const packed = coding === 'br' ? brotliCompressSync(text) : gzipSync(text)
  if (isWrong) packed.fill(0xff, 10)
  return whole(packed, { headers: { 'content-encoding': coding } })
}
