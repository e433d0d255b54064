// An origin on loopback whose answers follow from path and version, and that misbehaves on command.
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { contentOf } from './content.mjs'

/** How the origin takes requests. */
export type Behaviour =
  | { readonly kind: 'good'; readonly delayMs?: number }
  /** No connection is taken. */
  | { readonly kind: 'refuses' }
  /** Connections are taken and nothing is answered. */
  | { readonly kind: 'hangs' }
  /** Connections break before any header. */
  | { readonly kind: 'resets' }
  /** They break in the middle of the body. */
  | { readonly kind: 'resets-mid-body' }
  /** The body is shorter than its Content-Length, and the connection ends in order. */
  | { readonly kind: 'short-body' }
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** 200 and a web page, where JSON is due. */
  | { readonly kind: 'error-page' }
  /** 200 and JSON that tells of an error. */
  | { readonly kind: 'error-in-200' }
  /** JSON that comes at so many bytes in a second and never ends. */
  | { readonly kind: 'drips'; readonly bytesPerSecond: number }

/** The origin, as a drill holds it. */
export interface FaultOrigin {
  /** `http://127.0.0.1:port`. */
  readonly url: string
  /** Calls that came, to paths with a prefix or to all; calls that were refused are not seen. */
  calls(prefix?: string): number
  /** Those since the last time this was asked. */
  newCalls(): number
  /** Resolves when a call has come, since the last `newCalls` or `untilCalled`. */
  untilCalled(): Promise<void>
  behave(behaviour: Behaviour): Promise<void>
  /** Answers have the next version from now on; returns it. */
  moveOn(): number
  version(): number
  /** Connections that are open. */
  connections(): Promise<number>
  close(): Promise<void>
}

const GOOD: Behaviour = { kind: 'good' }
const TICK_MS = 10
const ERROR_PAGE = '<!doctype html><title>502</title><h1>Something went wrong</h1>'

/** Starts one. It behaves well until it is told otherwise. */
export async function startFaultOrigin(): Promise<FaultOrigin> {
  const paths = new Map<string, number>()
  let all = 0
  let told = 0
  let version = 1
  const waiting: (() => void)[] = []
  let behaviour = GOOD
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    all += 1
    for (const tell of waiting.splice(0)) tell()
    paths.set(path, (paths.get(path) ?? 0) + 1)
    response.on('error', () => undefined)
    void reply({ behaviour, path, version }, response)
  })
  server.keepAliveTimeout = 2_000
  await listen(0)
  const { port } = server.address() as AddressInfo

  function listen(onPort: number): Promise<void> {
    return new Promise((resolve) => server.listen(onPort, '127.0.0.1', 1_024, resolve))
  }

  async function stop(): Promise<void> {
    if (!server.listening) return
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  }

  return {
    url: `http://127.0.0.1:${port}`,
    calls(prefix) {
      if (prefix === undefined) return all
      return [...paths].reduce((sum, [path, count]) => (path.startsWith(prefix) ? sum + count : sum), 0)
    },
    newCalls() {
      const since = all - told
      told = all
      return since
    },
    async untilCalled() {
      if (all === told) await new Promise<void>((resolve) => waiting.push(resolve))
      told = all
    },
    async behave(next) {
      behaviour = next
      if (next.kind === 'refuses') await stop()
      else if (!server.listening) await listen(port)
    },
    moveOn: () => (version += 1),
    version: () => version,
    connections: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
      ),
    close: stop,
  }
}

async function reply(
  { behaviour, path, version }: { behaviour: Behaviour; path: string; version: number },
  response: ServerResponse,
): Promise<void> {
  const body = Buffer.from(JSON.stringify(contentOf(path, version)))
  const json = { 'content-type': 'application/json' }
  const half = body.subarray(0, body.length / 2)
  switch (behaviour.kind) {
    case 'good':
      if (behaviour.delayMs !== undefined) await pause(behaviour.delayMs)
      return void response.writeHead(200, { ...json, 'content-length': body.length }).end(body)
    case 'refuses':
    case 'resets':
      return void response.socket?.resetAndDestroy()
    case 'hangs':
      return
    case 'resets-mid-body':
      response.writeHead(200, { ...json, 'content-length': body.length })
      return void response.write(half, () => setImmediate(() => response.socket?.resetAndDestroy()))
    case 'short-body':
      response.writeHead(200, { ...json, 'content-length': body.length })
      return void response.write(half, () => response.socket?.end())
    case 'status':
      response.writeHead(behaviour.status, { 'content-type': 'text/plain', ...behaviour.headers })
      return void response.end('not now')
    case 'error-page':
      return void response.writeHead(200, { 'content-type': 'text/html' }).end(ERROR_PAGE)
    case 'error-in-200':
      response.writeHead(200, json)
      return void response.end(JSON.stringify({ success: false, status_code: 21, status_message: 'Oops' }))
    case 'drips':
      response.writeHead(200, json)
      return drip(response, behaviour.bytesPerSecond)
  }
}

/** Writes at a steady pace for as long as somebody listens. */
function drip(response: ServerResponse, bytesPerSecond: number): void {
  const piece = Buffer.alloc(Math.ceil((bytesPerSecond * TICK_MS) / 1_000), '[')
  const timer = setInterval(() => {
    if (response.destroyed) clearInterval(timer)
    else if (response.writableLength < 4 * piece.length) response.write(piece)
  }, TICK_MS)
  response.once('close', () => clearInterval(timer))
}
