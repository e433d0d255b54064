// A real HTTP server on 127.0.0.1 that answers as a test scripts it, counts requests and keeps what it was sent.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'

/** One request as the origin got it. */
export interface SeenRequest {
  readonly method: string
  /** Path and query as sent. */
  readonly url: string
  readonly path: string
  readonly query: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** 1 for the first request to its path. */
  readonly nth: number
}

/** How a reply ends, where it is not simply sent whole. */
export type Ending =
  | 'whole'
  /** Nothing comes, not even headers. */
  | 'hang'
  /** Headers and the body come, the end never does. */
  | 'drip'
  /** The connection breaks before any header. */
  | 'reset'
  /** The connection breaks in the middle of the body. */
  | 'reset-mid-body'
  /** The body is shorter than Content-Length says, and the connection ends. */
  | 'short'
  /** The body never ends and never pauses. */
  | 'endless'

/** One reply. */
export interface ScriptedReply {
  /** Default 200. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** Sent as JSON with its content type. */
  readonly json?: unknown
  readonly body?: string | Uint8Array
  readonly encoding?: 'gzip' | 'br' | 'corrupt-gzip'
  readonly ending?: Ending
  /** The reply starts when this resolves. */
  readonly after?: Promise<unknown>
}

/** What to answer: a reply, or a function of the request. */
export type Script = ScriptedReply | ((request: SeenRequest) => ScriptedReply)

/** A scripted origin. */
export interface LoopbackOrigin {
  /** `http://127.0.0.1:port`. */
  readonly url: string
  /** `127.0.0.1:port`. */
  readonly host: string
  readonly requests: readonly SeenRequest[]
  /** Answers a path (without its query) by a script; the latest one counts. */
  on(path: string, script: Script): void
  /** Requests so far, to one path or to all. */
  count(path?: string): number
  /** The last request. */
  last(): SeenRequest
  /** Refuses connections from now on. */
  stop(): Promise<void>
  /** Takes connections again, on the same port. */
  start(): Promise<void>
}

/** Starts an origin. A path without a script answers 200 with JSON that names the request and counts. */
export async function startLoopbackOrigin(): Promise<LoopbackOrigin> {
  const scripts = new Map<string, Script>()
  const counts = new Map<string, number>()
  const requests: SeenRequest[] = []
  const server = createServer((request, response) => {
    void receive(request).then((body) => {
      const [path = '', query = ''] = (request.url ?? '').split(/\?(.*)/s)
      const nth = (counts.get(path) ?? 0) + 1
      counts.set(path, nth)
      const { method = '', url = '', headers } = request
      const seen = { method, url, path, query, headers, body, nth }
      requests.push(seen)
      const script = scripts.get(path) ?? { json: { path, query, nth } }
      void reply(typeof script === 'function' ? script(seen) : script, request, response)
    })
  })
  server.keepAliveTimeout = 1_000
  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
  await listen(0)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    requests,
    on: (path, script) => void scripts.set(path, script),
    count: (path) => (path === undefined ? requests.length : (counts.get(path) ?? 0)),
    last: () => requests.at(-1)!,
    async stop() {
      if (!server.listening) return
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
    start: () => listen(port),
  }
}

async function receive(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer)
  } catch {
    // The client left: what came until then is kept.
  }
  return Buffer.concat(chunks).toString()
}

async function reply(
  script: ScriptedReply,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { status = 200, ending = 'whole', after } = script
  response.on('error', () => undefined)
  await after
  if (ending === 'hang') return
  if (ending === 'reset') return void request.socket.resetAndDestroy()
  const { body, headers } = wireForm(script)
  if (ending === 'short' || ending === 'reset-mid-body') headers['content-length'] = String(body.length + 100)
  else if (
    ending === 'whole' &&
    status !== 204 &&
    status !== 304 &&
    headers['transfer-encoding'] === undefined
  )
    headers['content-length'] ??= String(body.length)
  response.writeHead(status, headers as Record<string, string>)
  switch (ending) {
    case 'whole':
      return void response.end(request.method === 'HEAD' ? undefined : body)
    case 'drip':
      return void response.write(body)
    case 'short':
      return void response.write(body, () => request.socket.end())
    case 'reset-mid-body':
      return void response.write(body, () => setImmediate(() => request.socket.resetAndDestroy()))
    case 'endless':
      return pour(response)
  }
}

function wireForm({ json, body, encoding, headers = {} }: ScriptedReply): {
  readonly body: Buffer
  readonly headers: Record<string, string | readonly string[]>
} {
  const plain = Buffer.from(json === undefined ? (body ?? '') : JSON.stringify(json))
  const type = json === undefined ? {} : { 'content-type': 'application/json' }
  if (encoding === undefined) return { body: plain, headers: { ...type, ...headers } }
  const coding = encoding === 'br' ? 'br' : 'gzip'
  const packed = coding === 'br' ? brotliCompressSync(plain) : gzipSync(plain)
  if (encoding === 'corrupt-gzip') packed.fill(0xff, 12, packed.length - 4)
  return { body: packed, headers: { ...type, 'content-encoding': coding, ...headers } }
}

function pour(response: ServerResponse): void {
  const chunk = Buffer.alloc(64 * 1024, 'a')
  const write = (): void => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once('drain', write)
  }
  write()
}
