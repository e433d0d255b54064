// Real redis-servers for tests, each in a folder of its own on a free port: started, stopped, hung, flushed.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe } from 'vitest'
import { createClient } from '@redis/client'

/** A server under a test's control. */
export interface RedisServer {
  readonly port: number
  /** `redis://127.0.0.1:port`. */
  readonly url: string
  /** Runs one command as the default user and gives its reply. */
  command(...args: string[]): Promise<unknown>
  /** Ends it at once, as `kill -9` would; nothing is saved. */
  stop(): Promise<void>
  /** Starts it again on the same port, empty unless it persists. */
  restart(): Promise<void>
  /** Hangs it: connections stay, nothing is answered. */
  pause(): void
  resume(): void
  /** Ends it and removes its folder. */
  dispose(): Promise<void>
}

const READY_WITHIN_MS = 10_000
const LOOK_EVERY_MS = 20

/** Whether redis-server is installed. */
function isInstalled(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** `describe` where redis-server is installed; elsewhere the suite is skipped, or fails where CI is set. */
export function describeWithRedis(title: string, body: () => void): void {
  const hint = 'redis-server is not installed: apt-get install redis-server, or brew install redis'
  if (isInstalled()) return void describe(title, body)
  if (process.env['CI'] !== undefined) throw new Error(hint)
  describe.skip(`${title} (${hint})`, body)
}

/** A port that nobody listens on; one whose neighbour 10,000 higher is free too, which nodes of a cluster talk on. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = await portOf(0)
    if (port < 55_000 && (await isFree(port + 10_000))) return port
  }
}

function portOf(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

function isFree(port: number): Promise<boolean> {
  return portOf(port).then(
    () => true,
    () => false,
  )
}

/** Starts a server with more settings, each as on the command line: `['--maxmemory', '5mb']`. */
export async function startRedis(settings: readonly string[] = []): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'cachette-redis-'))
  const port = await freePort()
  const args = [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder],
    ...['--save', '', '--appendonly', 'no', '--daemonize', 'no', '--loglevel', 'warning'],
    ...settings,
  ]
  let child: ChildProcess | undefined
  let ended: Promise<void> = Promise.resolve()

  async function start(): Promise<void> {
    const started = spawn('redis-server', args, { stdio: 'ignore' })
    child = started
    ended = new Promise((resolve) => started.once('exit', () => resolve()))
    await isAnswering(port)
  }

  async function stop(): Promise<void> {
    child?.kill('SIGKILL')
    await ended
  }

  await start()
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    command: (...words) => commandOn(port, words),
    stop,
    restart: start,
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async dispose() {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Runs one command on a connection of its own. */
async function commandOn(port: number, words: readonly string[]): Promise<unknown> {
  const client = createClient({
    socket: { host: '127.0.0.1', port, reconnectStrategy: false },
    disableClientInfo: true,
    maintNotifications: 'disabled',
  })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await client.sendCommand(words)
  } finally {
    client.destroy()
  }
}

/** Waits until a server answers, whatever it says: one that wants a password is up as well. */
async function isAnswering(port: number): Promise<void> {
  const endsAtMs = performance.now() + READY_WITHIN_MS
  for (;;) {
    try {
      await commandOn(port, ['PING'])
      return
    } catch (error) {
      if (/NOAUTH|WRONGPASS/.test(String(error))) return
      if (performance.now() > endsAtMs) throw error
      await delay(LOOK_EVERY_MS)
    }
  }
}
