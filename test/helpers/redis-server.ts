// Real redis-servers for tests, each in a folder of its own on a free port: started, stopped, hung, flushed.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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

/** What runs still; a test that is cut off does not leave servers behind. */
const running = new Set<ChildProcess>()
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')))

/** Starts a process that ends with this one. */
function start(args: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<void> } {
  const child = spawn('redis-server', args, { stdio: 'ignore' })
  running.add(child)
  const ended = new Promise<void>((resolve) =>
    child.once('exit', () => {
      running.delete(child)
      resolve()
    }),
  )
  return { child, ended }
}

const READY_WITHIN_MS = 20_000
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

/** The same where redis-server can do TLS. */
export function describeWithRedisTls(title: string, body: () => void): void {
  const hint = 'redis-server is not installed, or was built without TLS (make BUILD_TLS=yes)'
  if (isInstalled() && isBuiltWithTls()) return void describe(title, body)
  if (process.env['CI'] !== undefined) throw new Error(hint)
  describe.skip(`${title} (${hint})`, body)
}

/** One that was built with it asks for a certificate and ends; any other does not know the setting. */
function isBuiltWithTls(): boolean {
  const { stdout, stderr } = spawnSync('redis-server', ['--port', '0', '--tls-port', '1', '--save', ''], {
    encoding: 'utf8',
    timeout: READY_WITHIN_MS,
  })
  return /tls-cert-file/.test(stdout + stderr)
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

  async function begin(): Promise<void> {
    const started = start(args)
    child = started.child
    ended = started.ended
    await isAnswering(port)
  }

  async function stop(): Promise<void> {
    child?.kill('SIGKILL')
    await ended
  }

  await begin()
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    command: (...words) => commandOn(port, words),
    stop,
    restart: begin,
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

/** Three servers that are one cluster. */
export interface RedisCluster {
  readonly nodes: readonly RedisServer[]
  /** `host:port` of each. */
  readonly addresses: readonly string[]
  dispose(): Promise<void>
}

const SLOTS = 16_384

/** Starts a cluster of three servers, each with a third of the slots. */
export async function startRedisCluster(settings: readonly string[] = []): Promise<RedisCluster> {
  const own = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000', ...settings]
  const nodes = [await startRedis(own), await startRedis(own), await startRedis(own)]
  const [first] = nodes
  for (const [index, node] of nodes.entries()) {
    const from = Math.floor((index * SLOTS) / nodes.length)
    const to = Math.floor(((index + 1) * SLOTS) / nodes.length) - 1
    await node.command('CLUSTER', 'ADDSLOTSRANGE', String(from), String(to))
    await node.command('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1))
    if (index > 0) await node.command('CLUSTER', 'MEET', '127.0.0.1', String(first?.port))
  }
  for (const node of nodes) {
    await untilTrue(async () => String(await node.command('CLUSTER', 'INFO')).includes('cluster_state:ok'))
    await untilTrue(async () =>
      String(await node.command('CLUSTER', 'INFO')).includes('cluster_known_nodes:3'),
    )
  }
  return {
    nodes,
    addresses: nodes.map(({ port }) => `127.0.0.1:${port}`),
    dispose: async () => void (await Promise.all(nodes.map((node) => node.dispose()))),
  }
}

/** A server, its replica, and a sentinel that watches them. */
export interface RedisSentinel {
  readonly name: string
  readonly master: RedisServer
  readonly replica: RedisServer
  /** `host:port` of the sentinel. */
  readonly addresses: readonly string[]
  dispose(): Promise<void>
}

/** Starts a server with a replica and one sentinel, whose word is enough for a failover. */
export async function startRedisSentinel(): Promise<RedisSentinel> {
  const name = 'main'
  const master = await startRedis()
  const replica = await startRedis([
    ...['--replicaof', '127.0.0.1', String(master.port)],
    ...['--repl-diskless-sync-delay', '0'],
  ])
  await untilTrue(async () =>
    String(await replica.command('INFO', 'replication')).includes('master_link_status:up'),
  )
  const folder = mkdtempSync(join(tmpdir(), 'cachette-sentinel-'))
  const file = join(folder, 'sentinel.conf')
  const port = await freePort()
  writeFileSync(
    file,
    [
      `port ${port}`,
      `dir ${folder}`,
      `sentinel monitor ${name} 127.0.0.1 ${master.port} 1`,
      `sentinel down-after-milliseconds ${name} 500`,
      `sentinel failover-timeout ${name} 2000`,
    ].join('\n'),
  )
  const { child: sentinel, ended } = start([file, '--sentinel'])
  await isAnswering(port)
  await untilTrue(async () =>
    JSON.stringify(await commandOn(port, ['SENTINEL', 'REPLICAS', name])).includes(String(replica.port)),
  )
  return {
    name,
    master,
    replica,
    addresses: [`127.0.0.1:${port}`],
    async dispose() {
      sentinel.kill('SIGKILL')
      await ended
      await Promise.all([master.dispose(), replica.dispose()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function untilTrue(holds: () => Promise<boolean>): Promise<void> {
  const endsAtMs = performance.now() + READY_WITHIN_MS
  while (!(await holds())) {
    if (performance.now() > endsAtMs) throw new Error('the servers do not come together')
    await delay(LOOK_EVERY_MS)
  }
}
