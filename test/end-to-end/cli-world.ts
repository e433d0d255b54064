// A folder with a config file, an origin on loopback, and the built command line as a child process.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createCachette } from '../../src/create-cachette.js'

export const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

export interface CliResult {
  readonly exitCode: number | null
  readonly out: string
  /** stdout, byte by byte. */
  readonly bytes: Buffer
  readonly err: string
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Called with everything printed so far; returning true sends SIGINT, once. */
  readonly interruptWhen?: (out: string) => boolean
}

export interface CliWorld {
  readonly folder: string
  readonly store: string
  /** `http://127.0.0.1:port`. */
  readonly origin: string
  /** Request lines that the origin saw, in order. */
  readonly seen: string[]
  /** Headers of the last request. */
  lastHeaders(): IncomingMessage['headers']
  run(args: readonly string[], options?: RunOptions): Promise<CliResult>
  json(args: readonly string[], options?: RunOptions): Promise<{ exitCode: number | null; value: Json }>
  write(name: string, text: string): Promise<string>
  /** Gets paths of the origin into the store, from this process. */
  fill(paths: readonly string[]): Promise<void>
  /** Refuses connections from now on. */
  stopOrigin(): Promise<void>
  close(): Promise<void>
}

/** Parsed output, to be looked into by tests. */
export type Json = { readonly [name: string]: Json } & readonly Json[] & string & number

/** `/status/404` answers so, `/slow` after 200 ms, `/text` and `/bytes` not in JSON, everything else `{ path }`. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://origin')
  const status = Number(/^\/status\/(\d+)/.exec(url.pathname)?.[1] ?? 200)
  if (url.pathname === '/text') {
    response.writeHead(200, { 'content-type': 'text/plain' }).end('plain \u001b[31mtext')
  } else if (url.pathname === '/bytes') {
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(Buffer.from([0, 255, 10, 13]))
  } else {
    const send = (): void =>
      void response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify({ path: url.pathname, query: url.search }))
    if (url.pathname.startsWith('/slow')) setTimeout(send, 200)
    else send()
  }
}

export async function createCliWorld(): Promise<CliWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'cachette-cli-'))
  const store = join(folder, 'store')
  const seen: string[] = []
  let headers: IncomingMessage['headers'] = {}
  const server = createServer((request, response) => {
    seen.push(`${request.method ?? ''} ${request.url ?? ''}`)
    headers = request.headers
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const stopOrigin = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  const write = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text)
    return join(folder, name)
  }
  await write('package.json', '{}')
  await write(
    'cachette.config.mjs',
    `export default { services: { my_service: { baseURL: ${JSON.stringify(origin)}, ttl: '6h' } } }\n`,
  )
  const run = (args: readonly string[], options: RunOptions = {}): Promise<CliResult> =>
    runCli(args, { ...options, folder, env: { CACHETTE_STORE: `lmdb:${store}`, ...options.env } })
  return {
    folder,
    store,
    origin,
    seen,
    lastHeaders: () => headers,
    run,
    async json(args, options) {
      const { exitCode, out, err } = await run([...args, '--json'], options)
      try {
        return { exitCode, value: JSON.parse(out) as Json }
      } catch {
        throw new Error(`no JSON on stdout: '${out}', stderr: '${err}', exit code ${exitCode ?? 'none'}`)
      }
    },
    write,
    async fill(paths) {
      const services = { my_service: { baseURL: origin, ttl: '6h' } } as const
      const cachette = await createCachette({ env: {}, store: `lmdb:${store}`, services })
      for (const path of paths) await cachette.service('my_service').getExternal(path)
      await cachette.close()
    },
    stopOrigin,
    async close() {
      await stopOrigin().catch(() => undefined)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function runCli(
  args: readonly string[],
  { folder, env = {}, interruptWhen }: RunOptions & { readonly folder: string },
): Promise<CliResult> {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: folder,
    env: { PATH, HOME, TZ: 'UTC', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const chunks: Buffer[] = []
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  const poll = setInterval(() => {
    if (interruptWhen?.(Buffer.concat(chunks).toString()) !== true) return
    clearInterval(poll)
    child.kill('SIGINT')
  }, 20)
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  return new Promise((resolve) => {
    child.on('close', (exitCode) => {
      clearInterval(poll)
      const bytes = Buffer.concat(chunks)
      resolve({ exitCode, bytes, out: bytes.toString(), err })
    })
  })
}

/** Whether the `script` of Linux is there to make a terminal. */
export const canMakeTerminal =
  process.platform === 'linux' && spawnSync('script', ['--version'], { stdio: 'ignore' }).status === 0

/**
 * The same on a terminal of the given width, by way of `script`; both streams come as `out`, with CR LF line ends.
 * Linux only: the `script` of macOS takes other options.
 */
export function runOnTerminal(world: CliWorld, args: readonly string[], columns: number): Promise<CliResult> {
  const command = [process.execPath, CLI, ...args].map((word) => `'${word}'`).join(' ')
  const { PATH = '', HOME = '' } = process.env
  const child = spawn('script', ['-qec', `stty cols ${columns} rows 40; ${command}`, '/dev/null'], {
    cwd: world.folder,
    env: { PATH, HOME, TZ: 'UTC', TERM: 'xterm-256color', CACHETTE_STORE: `lmdb:${world.store}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  return new Promise((resolve) => {
    child.on('close', (exitCode) => {
      const bytes = Buffer.concat(chunks)
      resolve({ exitCode, bytes, out: bytes.toString(), err: '' })
    })
  })
}
