// The network of the service class: undici with a pool of its own, so that an app's global dispatcher and hooks
// are never called from inside the cache.
import { Readable } from 'node:stream'
import type { Agent } from 'undici'
import type { HeaderList } from '../model/header-list.js'
import type { OriginRequest, OriginResponse, Transport } from '../model/transport.js'

/** A transport and the way to close its sockets. */
export interface OwnedTransport {
  readonly transport: Transport
  close(): Promise<void>
}

const CONNECT_TIMEOUT_MS = 10_000

/** Makes a transport with a connection pool of its own; undici is loaded with the first request. */
export function createUndiciTransport(): OwnedTransport {
  let opening: Promise<Agent> | undefined
  return {
    async transport(request) {
      opening ??= openAgent()
      return send(await opening, request)
    },
    async close() {
      await (await opening)?.destroy()
    },
  }
}

async function openAgent(): Promise<Agent> {
  const undici = await import('undici')
  return new undici.Agent({ connect: { timeout: CONNECT_TIMEOUT_MS } })
}

async function send(agent: Agent, request: OriginRequest): Promise<OriginResponse> {
  const url = new URL(request.url)
  const response = await agent.request({
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: request.method as 'GET',
    headers: request.headers.flat(),
    body: bodyOf(request),
    signal: request.signal,
    responseHeaders: 'raw',
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  return {
    status: response.statusCode,
    statusText: response.statusText,
    headers: pairs(response.headers as unknown as readonly string[]),
    body: response.body as AsyncIterable<Uint8Array>,
  }
}

function bodyOf({ body }: OriginRequest): Uint8Array | Readable | null {
  if (body === undefined) return null
  return body instanceof Uint8Array ? body : Readable.from(body, { objectMode: false })
}

function pairs(flat: readonly string[]): HeaderList {
  const list: (readonly [string, string])[] = []
  for (let index = 0; index + 1 < flat.length; index += 2)
    list.push([flat[index] ?? '', flat[index + 1] ?? ''])
  return list
}
