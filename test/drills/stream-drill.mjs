// Streams a large body into a store and out again, checks every byte, and says how much memory it took at most.
// Usage: node test/drills/stream-drill.mjs [--mib 200] [--json]
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createLmdbStore } from '../../dist/stores/lmdb/lmdb-store.js'
import { systemClock } from '../../dist/shared/clock.js'
import { drillEntry } from './drill-entry.mjs'

const { values } = parseArgs({
  options: { mib: { type: 'string', default: '200' }, json: { type: 'boolean', default: false } },
})
const MIB = 1024 * 1024
const PIECE_BYTES = 64 * 1024
const sizeBytes = Number(values.mib) * MIB
const folder = mkdtempSync(join(tmpdir(), 'cachette-stream-'))
const figures = { mib: Number(values.mib) }

/** Repeats only far apart, so that it does not compress. */
const noise = randomBytes(PIECE_BYTES * 7)
function pieceAt(at) {
  const start = (at / PIECE_BYTES) % 6
  return noise.subarray(start * PIECE_BYTES + (at % 251), start * PIECE_BYTES + (at % 251) + PIECE_BYTES)
}

/** What the process holds; pages of the mapped file are the system's to take back, and are not counted where it tells. */
function memoryNow() {
  const { arrayBuffers, heapUsed, rss } = process.memoryUsage()
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : ''
  const anonymous = /^RssAnon:\s+(\d+) kB/m.exec(status)?.[1]
  return { arrayBuffers, heapUsed, resident: anonymous === undefined ? rss : Number(anonymous) * 1024 }
}

/** Runs one phase and notes by how much memory grew at most while it ran, and how long it took. */
async function measured(phase, work) {
  globalThis.gc?.()
  const before = memoryNow()
  const most = { arrayBuffers: 0, heapUsed: 0, resident: 0 }
  const look = () => {
    const now = memoryNow()
    for (const name of Object.keys(most)) most[name] = Math.max(most[name], now[name] - before[name])
  }
  const startedMs = performance.now()
  await work(look)
  look()
  const toMib = (bytes) => Math.round((bytes / MIB) * 10) / 10
  figures[phase] = {
    ms: Math.round(performance.now() - startedMs),
    arrayBuffersMib: toMib(most.arrayBuffers),
    heapMib: toMib(most.heapUsed),
    residentMib: toMib(most.resident),
  }
}

async function digestOf(pieces, look) {
  const hash = createHash('sha256')
  let count = 0
  for await (const piece of pieces) {
    hash.update(piece)
    if ((count += 1) % 64 === 0) look()
  }
  return hash.digest('hex')
}

try {
  const store = await createLmdbStore({ path: folder, maxBytes: 4 * sizeBytes, clock: systemClock })
  const { body: _body, ...head } = { ...drillEntry('large', 1), sizeBytes }
  const expected = createHash('sha256')
  const writer = store.writeBody(head.bodyId)
  await measured('in', async (look) => {
    for (let at = 0; at < sizeBytes; at += PIECE_BYTES) {
      const piece = pieceAt(at)
      expected.update(piece)
      await writer.add(piece)
      if (at % (64 * PIECE_BYTES) === 0) look()
    }
  })
  const digest = expected.digest('hex')
  await measured('late', async (look) => {
    figures.isLateSame = (await digestOf(writer.written(), look)) === digest
  })
  figures.isStored = (await writer.finish(head, 0)).isStored
  await measured('out', async (look) => {
    figures.isSame = (await digestOf(store.read('large').body.stream(), look)) === digest
  })
  await measured('copy', async () => {
    const copy = { ...store.read('large'), key: 'copy', bodyId: 'copy' }
    figures.isCopied = (await store.write(copy, 0)).isStored
  })
  await store.close()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(values.json ? JSON.stringify(figures) : figures)
