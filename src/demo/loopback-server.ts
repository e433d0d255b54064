// One HTTP server on 127.0.0.1 that hands requests to a function and writes what it answers, raw headers and all.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { HeaderList } from '../model/header-list.js'

/** A request as the origin sees it. */
export interface LoopbackRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** `http://127.0.0.1:<port>`. */
  readonly origin: string
}

/** What the origin says; framing headers are added when it is written. */
export interface LoopbackReply {
  readonly status: number
  readonly headers: HeaderList
  readonly body: Uint8Array | string
  /** True leaves `Date` out unless the headers carry one. */
  readonly omitDate?: boolean
}

/** A running server. */
export interface LoopbackServer {
  readonly origin: string
  /** Cuts every connection and refuses new ones from now on; safe to call again. */
  close(): Promise<void>
}

/** Starts a server on a free port. */
export async function startLoopbackServer(
  answer: (request: LoopbackRequest) => Promise<LoopbackReply>,
): Promise<LoopbackServer> {
  let origin = ''
  const server = createServer((incoming, outgoing) => {
    // A caller that left, or a server that is closing: there is nobody to tell.
    incoming.on('error', () => undefined)
    outgoing.on('error', () => undefined)
    readRequest(incoming, origin)
      .then(answer)
      .catch((error: unknown): LoopbackReply => ({ status: 500, headers: [], body: String(error) }))
      .then((reply) => writeReply(incoming, outgoing, reply))
      .catch(() => outgoing.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  let closing: Promise<void> | undefined
  return {
    origin,
    close() {
      closing ??= new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
      return closing
    },
  }
}

async function readRequest(incoming: IncomingMessage, origin: string): Promise<LoopbackRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const url = new URL(incoming.url ?? '/', origin)
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    body: Buffer.concat(chunks).toString('utf8'),
    origin,
  }
}

function writeReply(incoming: IncomingMessage, outgoing: ServerResponse, reply: LoopbackReply): void {
  if (outgoing.destroyed) return
  const body = typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body
  const hasNoBody = reply.status === 304 || reply.status === 204
  const framing = hasNoBody ? [] : ['Content-Length', String(body.byteLength)]
  outgoing.sendDate = reply.omitDate !== true
  outgoing.writeHead(reply.status, [...reply.headers.flat(), ...framing])
  if (hasNoBody || incoming.method === 'HEAD') outgoing.end()
  else outgoing.end(body)
}
