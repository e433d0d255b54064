// Three sentinels that watch a master and promote its replica when it is gone.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createClient } from '@redis/client'
import { type RedisServer, freePort } from '../../helpers/redis-server.js'

const NAME = 'drill'
const COUNT = 3
const DOWN_AFTER_MS = 300
const LIMIT_MS = 20_000

/** Sentinels under a drill's control. */
export interface Sentinels {
  /** The name of the group that they watch. */
  readonly name: string
  /** Their `host:port`. */
  readonly nodes: readonly string[]
  /** Resolves when the replica has what the master has. */
  untilReplicated(replica: RedisServer): Promise<void>
  /** Resolves when the replica has become the master and most sentinels say so: before, no client can know. */
  untilPromoted(replica: RedisServer): Promise<void>
  dispose(): Promise<void>
}

/** Starts them. */
export async function startSentinels(master: RedisServer): Promise<Sentinels> {
  const folder = mkdtempSync(join(tmpdir(), 'cachette-sentinels-'))
  const ports: number[] = []
  const children: ChildProcess[] = []
  for (let index = 0; index < COUNT; index += 1) {
    const port = await freePort()
    const file = join(folder, `${port}.conf`)
    const lines = [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${folder}`,
      `sentinel monitor ${NAME} 127.0.0.1 ${master.port} 2`,
      `sentinel down-after-milliseconds ${NAME} ${DOWN_AFTER_MS}`,
      `sentinel failover-timeout ${NAME} 3000`,
    ]
    writeFileSync(file, `${lines.join('\n')}\n`)
    children.push(spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' }))
    ports.push(port)
  }
  return {
    name: NAME,
    nodes: ports.map((port) => `127.0.0.1:${port}`),
    untilReplicated: (replica) => until(replica, /role:slave[\s\S]*master_link_status:up/),
    async untilPromoted(replica) {
      await until(replica, /role:master/)
      const endsAtMs = performance.now() + LIMIT_MS
      for (;;) {
        const told = await Promise.all(ports.map(masterPortOf))
        if (told.filter((port) => port === String(replica.port)).length > COUNT / 2) return
        if (performance.now() > endsAtMs) throw new Error(`most sentinels told of ${told.join(', ')}`)
        await pause(5)
      }
    },
    async dispose() {
      await Promise.all(children.map(ended))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The port of the master by the word of one sentinel. */
async function masterPortOf(port: number): Promise<string | undefined> {
  const client = createClient({ url: `redis://127.0.0.1:${port}` })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const reply = await client.sendCommand(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME])
    return Array.isArray(reply) ? String(reply[1]) : undefined
  } finally {
    client.destroy()
  }
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}

async function until(server: RedisServer, wanted: RegExp): Promise<void> {
  const endsAtMs = performance.now() + LIMIT_MS
  // A server that changes its part closes its connections.
  const info = (): Promise<string> => server.command('INFO', 'replication').then(String, () => '')
  while (!wanted.test(await info())) {
    if (performance.now() > endsAtMs)
      throw new Error(`the replica did not say ${wanted.source} within ${LIMIT_MS} ms`)
    await pause(20)
  }
}
