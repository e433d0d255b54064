// One origin on loopback over http and over https, with a certificate for the real hosts, that answers by a function.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { HeaderList } from '../../src/model/header-list.js'
import { createCertificate } from './certificate.js'

/** One request as the origin got it. */
export interface TlsOriginRequest {
  readonly scheme: 'http' | 'https'
  readonly method: string
  /** As the `Host` header names it. */
  readonly host: string
  /** Path and query as sent. */
  readonly url: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** What it answers. The headers' own framing decides between chunks and a length; nothing else of it is sent. */
export interface TlsOriginReply {
  readonly status: number
  readonly headers: HeaderList
  readonly body: Uint8Array | string
}

/** A running origin. */
export interface TlsOrigin {
  /** `http://127.0.0.1:port`. */
  readonly httpUrl: string
  /** `127.0.0.1:port`, of the side without TLS. */
  readonly httpHost: string
  readonly httpsPort: number
  /** The certificate of the authority, as a file for NODE_EXTRA_CA_CERTS. */
  readonly authorityFile: string
  /** Every request so far, in order. */
  readonly requests: readonly TlsOriginRequest[]
  /** Requests so far, to one path or to all. */
  count(path?: string): number
  close(): Promise<void>
}

/** Headers of a connection or of a coding: the origin says its own. */
const FRAMING = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Short, since a program that leaves a body unread lives until its connection is closed. */
const KEEP_ALIVE_MS = 1_000

/** Starts an origin on two free ports of 127.0.0.1. Bodies are sent in gzip to whoever accepts it. */
export async function startTlsOrigin(
  answer: (request: TlsOriginRequest) => TlsOriginReply,
): Promise<TlsOrigin> {
  const requests: TlsOriginRequest[] = []
  const { authority, key, cert } = await createCertificate()
  const folder = await mkdtemp(join(tmpdir(), 'cachette-tls-'))
  const authorityFile = join(folder, 'authority.pem')
  await writeFile(authorityFile, authority)

  const listen = (scheme: 'http' | 'https') => (incoming: IncomingMessage, outgoing: ServerResponse) => {
    readRequest(incoming, scheme)
      .then((request) => {
        requests.push(request)
        writeReply(answer(request), request, outgoing)
      })
      .catch((error: unknown) => {
        // A caller that left hears nothing of it; a fault of the answers shows in what the caller gets.
        if (!outgoing.headersSent) outgoing.writeHead(500)
        outgoing.end(String(error))
      })
  }
  const plain = createServer(listen('http'))
  const secure = createTlsServer({ key, cert }, listen('https'))
  for (const server of [plain, secure]) server.keepAliveTimeout = KEEP_ALIVE_MS
  const [httpPort, httpsPort] = await Promise.all([startOn(plain), startOn(secure)])
  return {
    httpUrl: `http://127.0.0.1:${httpPort}`,
    httpHost: `127.0.0.1:${httpPort}`,
    httpsPort,
    authorityFile,
    requests,
    count: (path) =>
      path === undefined ? requests.length : requests.filter((request) => request.path === path).length,
    async close() {
      plain.closeAllConnections()
      secure.closeAllConnections()
      await Promise.all([stop(plain), stop(secure)])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function readRequest(incoming: IncomingMessage, scheme: 'http' | 'https'): Promise<TlsOriginRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const { method = '', url = '/', headers } = incoming
  const { pathname, searchParams } = new URL(url, 'http://origin')
  return {
    scheme,
    method,
    host: headers.host ?? '',
    url,
    path: pathname,
    query: searchParams,
    headers,
    body: Buffer.concat(chunks).toString(),
  }
}

function writeReply(reply: TlsOriginReply, request: TlsOriginRequest, outgoing: ServerResponse): void {
  const plain = Buffer.from(reply.body)
  const isPacked = plain.length > 0 && acceptsGzip(request.headers['accept-encoding'])
  const body = isPacked ? gzipSync(plain) : plain
  const isChunked = reply.headers.some(([name]) => name.toLowerCase() === 'transfer-encoding')
  const headers = [
    ...reply.headers.filter(([name]) => !FRAMING.has(name.toLowerCase())),
    ...(isPacked ? [['Content-Encoding', 'gzip']] : []),
    ...(isChunked ? [['Transfer-Encoding', 'chunked']] : [['Content-Length', String(body.length)]]),
  ]
  outgoing.writeHead(reply.status, headers.flat())
  outgoing.end(request.method === 'HEAD' ? undefined : body)
}

function acceptsGzip(accepted: string | string[] | undefined): boolean {
  const codings = String(accepted ?? '').split(',')
  return codings.some((coding) => /^gzip(;q=(?!0(\.0*)?$).*)?$/i.test(coding.replaceAll(/\s/g, '')))
}

async function startOn(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return (server.address() as AddressInfo).port
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
  })
}
