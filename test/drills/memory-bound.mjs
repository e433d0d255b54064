// Sends many distinct calls through a memory tier of 64 MB and says how much memory they leave held, beside what the runtime and
// the program hold of their own. Exits with 1 where that is more than 1.25 times the bound.
// Usage: node --expose-gc test/drills/memory-bound.mjs [--keys 1000000] [--json]
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const BOUND_BYTES = 64 * 1024 ** 2
const MOST = 1.25
const LOOKS = 20
const AT_ONCE = 32
/** Calls that load, compile and connect whatever there is, through a tier that keeps next to nothing. */
const FIRST_CALLS = 4_000
const MEDIAN_BYTES = 1_500
const MOST_BYTES = 200_000

if (process.argv[2] === 'origin') await serve()
else await drill()

/** The origin: films as JSON, and pictures as bytes, each of its own size. */
async function serve() {
  const server = createServer(({ url }, response) => {
    const index = Number(/\d+/.exec(url)[0])
    const bytes = sizeOf(index)
    const isFilm = url.startsWith('/film')
    const body = isFilm ? filmOf(index, bytes) : Buffer.alloc(bytes, index)
    response.writeHead(200, {
      'content-type': isFilm ? 'application/json;charset=utf-8' : 'application/octet-stream',
      'content-length': Buffer.byteLength(body),
      'cache-control': 'public, max-age=21600',
      etag: `"${index.toString(36)}"`,
      'x-request-id': `a1b2c3d4-${index}`,
    })
    response.end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.send(server.address().port)
  process.on('disconnect', () => process.exit(0))
}

/** Log-normal by the index, as sizes of answers are. */
function sizeOf(index) {
  const uniform = (seed) => ((Math.imul(index + seed, 2_654_435_761) >>> 0) + 1) / (2 ** 32 + 1)
  const normal = Math.sqrt(-2 * Math.log(uniform(1))) * Math.cos(2 * Math.PI * uniform(7_919))
  return Math.min(MOST_BYTES, Math.round(MEDIAN_BYTES * Math.exp(normal)))
}

function filmOf(index, bytes) {
  const results = []
  for (let length = 0; length < bytes; length += 190) {
    results.push({
      id: index * 1_000 + results.length,
      title: `Film ${index}.${results.length}`,
      overview: `What film ${index} is about, told at some length and never twice the same: ${length}.`,
      genre_ids: [28, 878, index % 100],
      vote_average: (index % 100) / 10,
    })
  }
  return JSON.stringify({ page: index, results })
}

async function drill() {
  const { values } = parseArgs({
    options: { keys: { type: 'string', default: '1000000' }, json: { type: 'boolean', default: false } },
  })
  const keys = Number(values.keys)
  const origin = fork(fileURLToPath(import.meta.url), ['origin'], { execArgv: [] })
  const [port] = await once(origin, 'message')
  const baseURL = `http://127.0.0.1:${port}`

  const small = await open(baseURL, 1_000_000)
  await askAll(small.api, 0, FIRST_CALLS)
  await small.cachette.close()
  const ownBytes = await heldBytes()

  const { cachette, api } = await open(baseURL, BOUND_BYTES)
  const looks = []
  for (let look = 0; look < LOOKS; look += 1) {
    const from = FIRST_CALLS + Math.floor((keys * look) / LOOKS)
    await askAll(api, from, FIRST_CALLS + Math.floor((keys * (look + 1)) / LOOKS))
    looks.push((await heldBytes()) - ownBytes)
  }
  const last = FIRST_CALLS + keys - 1
  const { outcome } = await api.fetchExternal(urlOf(last))
  const [tier] = (await cachette.health()).tiers
  await cachette.close()
  origin.disconnect()

  const toMib = (bytes) => Math.round((bytes / 1024 ** 2) * 10) / 10
  const ratio = Math.max(...looks) / BOUND_BYTES
  const figures = {
    keys,
    boundMib: toMib(BOUND_BYTES),
    ownMib: toMib(ownBytes),
    mostHeldMib: toMib(Math.max(...looks)),
    lastHeldMib: toMib(looks.at(-1)),
    timesTheBound: Math.round(ratio * 1_000) / 1_000,
    entries: tier.entries,
    chargedMib: toMib(tier.sizeBytes),
    lastOutcome: outcome,
  }
  if (values.json) console.log(JSON.stringify(figures))
  else console.table(figures)
  process.exitCode = ratio <= MOST ? 0 : 1
}

async function open(baseURL, maxBytes) {
  const { createCachette } = await import('../../dist/index.js')
  const cachette = await createCachette({
    store: 'memory:',
    memory: { maxBytes },
    services: { drill: { baseURL, ttl: '1h' } },
    env: {},
  })
  return { cachette, api: cachette.service('drill') }
}

function urlOf(index) {
  return `${index % 4 === 0 ? '/picture' : '/film'}/${index}?language=en-GB`
}

/** Asks for all indices from one up to another, some at a time; films are parsed, pictures stay bytes. */
async function askAll(api, from, to) {
  let next = from
  const asking = Array.from({ length: AT_ONCE }, async () => {
    while (next < to) {
      const index = next
      next += 1
      await api.getExternal(urlOf(index))
    }
  })
  await Promise.all(asking)
}

/** What is held on the heap and beside it once nothing more can be collected. */
async function heldBytes() {
  let least = Infinity
  for (let round = 0; round < 4; round += 1) {
    await new Promise((resolve) => setImmediate(resolve))
    globalThis.gc()
    const { heapUsed, external } = process.memoryUsage()
    least = Math.min(least, heapUsed + external)
  }
  return least
}
