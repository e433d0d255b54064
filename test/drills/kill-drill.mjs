// Several processes write to one store while one after another is killed with SIGKILL in the middle of it.
// Afterwards the store must open, and every entry whose write was acknowledged must be there and whole.
// Usage: node test/drills/kill-drill.mjs [--kills 100] [--writers 4] [--encrypted] [--json]
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { readEncryptionKeys } from '../../dist/config/encryption-keys.js'
import { createLmdbStore } from '../../dist/stores/lmdb/lmdb-store.js'
import { systemClock } from '../../dist/shared/clock.js'
import { versionOf } from './drill-entry.mjs'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    writers: { type: 'string', default: '4' },
    encrypted: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const kills = Number(values.kills)
// The writers have it from their environment.
if (values.encrypted) process.env.CACHETTE_ENCRYPTION_KEY = randomBytes(32).toString('hex')
const keys = values.encrypted ? readEncryptionKeys(process.env) : undefined
const folder = mkdtempSync(join(tmpdir(), 'cachette-kill-'))
const script = fileURLToPath(new URL('drill-writer.mjs', import.meta.url))
const acknowledged = new Map()
const figures = {
  kills: 0,
  acknowledged: 0,
  lost: 0,
  torn: 0,
  counted: 0,
  countedInStore: 0,
  longestStallMs: 0,
}
const children = new Set()
let lines = 0

function start(index) {
  const name = `writer-${index}`
  const first =
    Math.max(0, ...[...acknowledged].filter(([key]) => key.startsWith(`${name}:`)).map(([, n]) => n)) + 10
  const child = spawn(process.execPath, [script, folder, name, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const writer = { child, index, lines: 0, isClosed: new Promise((resolve) => child.once('close', resolve)) }
  children.add(writer)
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines += 1
    writer.lines += 1
    if (line === 'counted') {
      figures.counted += 1
      return
    }
    const [key, number] = line.split(' ')
    if (number === undefined || !/^\d+$/.test(number)) return
    figures.acknowledged += 1
    acknowledged.set(key, Math.max(acknowledged.get(key) ?? 0, Number(number)))
  })
  return writer
}

async function untilProgress(hasProgress) {
  const startMs = performance.now()
  while (!hasProgress()) {
    if (performance.now() - startMs > 30_000) throw new Error('the writers made no progress for 30 s')
    await sleep(2)
  }
  return performance.now() - startMs
}

async function kill(writer) {
  writer.child.kill('SIGKILL')
  await writer.isClosed
  children.delete(writer)
}

function verify(store) {
  for (const [key, number] of acknowledged) {
    const found = store.read(key)
    const version = versionOf(found)
    if (found === undefined) figures.lost += 1
    else if (Number.isNaN(version)) figures.torn += 1
    else if (version < number) figures.lost += 1
  }
}

const startedMs = performance.now()
try {
  let writers = Array.from({ length: Number(values.writers) }, (_, index) => start(index))
  await untilProgress(() => writers.every((writer) => writer.lines > 3))
  while (figures.kills < kills) {
    const victim = writers[figures.kills % writers.length]
    await untilProgress(() => victim.lines > 3)
    await sleep(20 + Math.random() * 200)
    await kill(victim)
    figures.kills += 1
    // A writer that died with the lock must not hold up the others.
    const before = lines
    figures.longestStallMs = Math.max(
      figures.longestStallMs,
      Math.round(await untilProgress(() => lines > before)),
    )
    writers = writers.map((writer) => (writer === victim ? start(victim.index) : writer))
    if (figures.kills % 25 === 0 && !values.json) console.log(`${figures.kills} of ${kills} kills …`)
  }
  await Promise.all([...children].map(kill))
  const openingMs = performance.now()
  const store = await createLmdbStore({ path: folder, maxBytes: 2_000_000_000, clock: systemClock, keys })
  figures.openedInMs = Math.round(performance.now() - openingMs)
  verify(store)
  const { services } = await store.ledger.figures({})
  figures.countedInStore = services.drill?.outcomes.miss ?? 0
  const { entries } = await store.health()
  figures.keys = acknowledged.size
  figures.entries = entries
  figures.listed = 0
  for (let cursor; ;) {
    const page = await store.list({ limit: 1_000, ...(cursor !== undefined && { cursor }) })
    figures.listed += page.entries.length
    cursor = page.cursor
    if (cursor === undefined) break
  }
  await store.close()
} finally {
  for (const { child } of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
}
figures.seconds = Math.round((performance.now() - startedMs) / 100) / 10
console.log(values.json ? JSON.stringify(figures) : figures)
const isGood =
  figures.lost + figures.torn === 0 &&
  figures.entries === figures.listed &&
  figures.countedInStore >= figures.counted
process.exit(isGood ? 0 : 1)
