// A real HTTP server on loopback that answers as a test scripts it, and remembers what it was asked.
import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request as the origin got it. */
export interface SeenRequest {
  readonly method: string
  /** Path and query as sent. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** 1 for the first request to its path. */
  readonly nth: number
}

/** Answers one request. */
export type Reply = (response: ServerResponse, request: SeenRequest) => void | Promise<void>

/** The server. */
export interface ScriptedOrigin {
  /** `http://127.0.0.1:port`. */
  readonly url: string
  readonly requests: readonly SeenRequest[]
  /** Answers a path (without its query) from now on. */
  on(path: string, reply: Reply): void
  /** Requests to a path so far. */
  count(path: string): number
  /** Responses on a path that whoever asked closed before they were whole. */
  abandoned(path: string): number
  /** Refuses connections from now on. */
  stop(): Promise<void>
  /** Takes them again, on the same port. */
  start(): Promise<void>
}

/** Starts one. A path without a script is a 500. */
export async function startScriptedOrigin(): Promise<ScriptedOrigin> {
  const replies = new Map<string, Reply>()
  const requests: SeenRequest[] = []
  const paths: string[] = []
  const abandoned: string[] = []
  const countOf = (path: string): number => paths.filter((one) => one === path).length
  const server = createServer((incoming, response) => {
    void readBody(incoming).then((body) => {
      const { method = '', url = '', headers } = incoming
      const path = url.replace(/\?.*$/s, '')
      paths.push(path)
      const seen = { method, url, headers, body, nth: countOf(path) }
      requests.push(seen)
      response.on('error', () => undefined)
      response.on('close', () => void (response.writableFinished || abandoned.push(path)))
      const reply = replies.get(path) ?? ((unscripted) => void unscripted.writeHead(500).end())
      return reply(response, seen)
    })
  })
  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
  await listen(0)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    on: (path, reply) => void replies.set(path, reply),
    count: countOf,
    abandoned: (path) => abandoned.filter((one) => one === path).length,
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

async function readBody(incoming: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  try {
    for await (const piece of incoming) pieces.push(piece as Buffer)
  } catch {
    // Whoever asked has left: what came until then is kept.
  }
  return Buffer.concat(pieces).toString()
}
