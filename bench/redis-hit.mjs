// What a hit from a Redis server costs, JSON in hand, beside a bare GET of the same client. The server is started here.
import { deepStrictEqual } from 'node:assert'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createClient, RESP_TYPES } from '@redis/client'
import { EntryBody } from '../dist/model/entry-body.js'
import { systemClock } from '../dist/shared/clock.js'
import { createRedisStore } from '../dist/stores/redis/redis-store.js'
import { createFolder, openCachette } from './peers/cachette.mjs'
import { asCommand, progress } from './shared/as-command.mjs'
import { BODY_BYTES, createBody } from './shared/body.mjs'
import { cachetteVersion, packageVersion } from './shared/machine.mjs'
import { measure } from './shared/measure.mjs'
import { startOrigin } from './shared/origin.mjs'
import { formatCount, formatRatio, formatUs } from './shared/tables.mjs'

const PATH = '/3/search/movie?language=en-GB&page=1&query=inception'
const BARE = 'bare `GET`, bytes only'
const FLOOR = 'bare `GET` + `JSON.parse`'
const TIER = "the tier's own `read`, bytes in hand"
const OURS = '**Cachette** `getExternal(url)`, Redis, `memory: false`'
const PURGED = `${OURS}, after 10,000 purges by tag`
const PURGES = 10_000
/** The most that a hit may cost, in bare GETs with `JSON.parse`. */
const TARGET_RATIO = 1.5

/** Runs the bench and returns its table and figures. */
export async function redisHit({ rounds }) {
  const body = createBody()
  const origin = await startOrigin(() => ({ body }))
  const server = await startServer()
  const contenders = [
    ...(await bareGets(server, body)),
    await tierAlone(server, body),
    await ours(OURS, origin, { type: 'redis', url: server.url, prefix: 'plain' }),
    await ours(PURGED, origin, { type: 'redis', url: server.url, prefix: 'purged' }, purgeOften),
  ]
  for (const { name, call, isBytes } of contenders) {
    await call()
    if (!isBytes) deepStrictEqual(await call(), JSON.parse(body), `${name} answers with another body`)
  }
  const figures = await measure(contenders, {
    rounds,
    onRound: (round, of) => progress(`Redis hit: round ${round} of ${of}`),
  })
  if (origin.calls !== 2) throw new Error(`The origin was called ${origin.calls} times instead of twice.`)

  for (const { close } of contenders) await close?.()
  await server.stop()
  await origin.stop()
  progress('')
  return { tables: [tableOf(contenders, figures)], figures: Object.fromEntries(figures) }
}

/** A server of its own on a free port, which saves nothing. */
async function startServer() {
  const folder = createFolder()
  const port = await freePort()
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder.path, '--save', '']
  const child = spawn('redis-server', settings, { stdio: 'ignore' })
  const exited = once(child, 'exit')
  for (let tries = 0; ; tries += 1) {
    try {
      await withClient(port, (client) => client.ping())
      break
    } catch (error) {
      if (tries > 200) throw error
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGKILL')
      await exited
      folder.remove()
    },
  }
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address()
  probe.close()
  await once(probe, 'close')
  return port
}

async function withClient(port, work) {
  const client = createClient({ socket: { host: '127.0.0.1', port, reconnectStrategy: false } })
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    client.destroy()
  }
}

/** The same client with its own settings, asked for the body alone. */
async function bareGets({ port }, body) {
  const client = await createClient({ socket: { host: '127.0.0.1', port } }).connect()
  const version = packageVersion('@redis/client')
  const bytes = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
  await client.set(PATH, body)
  return [
    { name: BARE, version, call: () => bytes.get(PATH), isBytes: true },
    {
      name: FLOOR,
      version,
      call: async () => JSON.parse((await bytes.get(PATH)).toString()),
      close: () => client.close(),
    },
  ]
}

/** The store without an engine in front of it: what the record's own work costs. */
async function tierAlone({ url }, body) {
  const store = await createRedisStore({ url, prefix: 'tier', clock: systemClock })
  const nowMs = Date.now()
  const bytes = new EntryBody(Buffer.from(body))
  const instants = {
    storedAtMs: nowMs,
    confirmedAtMs: nowMs,
    initialAgeMs: 0,
    staleAtMs: nowMs + 3_600_000,
    removeAtMs: nowMs + 3_600_000,
  }
  const urls = { url: `https://api.example.com${PATH}`, purgeUrl: `https://api.example.com${PATH}` }
  const facts = { service: 'bench', method: 'GET', status: 200, tags: [], hasCallTtl: false, originMs: 1 }
  const headers = [['content-type', 'application/json']]
  const entry = {
    kind: 'entry',
    key: 'bench:1',
    ...facts,
    ...urls,
    ...instants,
    headers,
    bodyId: 'b',
    sequence: 0,
  }
  await store.write({ ...entry, body: bytes, sizeBytes: bytes.sizeBytes }, 0)
  const call = async () => {
    const found = await store.read('bench:1')
    if (found === undefined) throw new Error('The tier has lost its record.')
    return found
  }
  return { name: TIER, version: cachetteVersion(), call, isBytes: true, close: () => store.close() }
}

async function ours(name, origin, store, prepare) {
  const { cachette, api, close } = await openCachette({ origin, memory: false, store })
  await prepare?.(cachette)
  const url = origin.url + PATH
  return { name, version: cachetteVersion(), call: () => api.getExternal(url), close }
}

async function purgeOften(cachette) {
  for (let index = 0; index < PURGES; index += 100) {
    await Promise.all(
      Array.from({ length: 100 }, (_, more) => cachette.purge({ tag: `tag-${index + more}` })),
    )
  }
}

function tableOf(contenders, figures) {
  const floorUs = figures.get(FLOOR).us
  const ratio = figures.get(OURS).us / floorUs
  const tierRatio = figures.get(TIER).us / figures.get(BARE).us
  return {
    title: 'Cost of a hit in Redis',
    columns: [
      { name: 'what' },
      { name: 'version' },
      { name: 'µs per hit', isNumber: true },
      { name: 'middle half', isNumber: true },
      { name: '× bare GET + parse', isNumber: true },
    ],
    rows: contenders.map(({ name, version }) => {
      const { us, lowUs, highUs } = figures.get(name)
      return [
        name,
        version,
        formatUs(us),
        `${formatUs(lowUs)}–${formatUs(highUs)}`,
        formatRatio(us / floorUs),
      ]
    }),
    notes: [
      `Body: ${formatCount(BODY_BYTES)} bytes; the server is on this machine. Target: Cachette at most ${TARGET_RATIO} × a bare GET + parse: ${ratio <= TARGET_RATIO ? 'met' : 'missed'}, at ${formatRatio(ratio)}. The tier alone is at ${formatRatio(tierRatio)} of a bare GET; the rest is parsing, and the engine, which compares what it parsed with the bytes.`,
    ],
  }
}

await asCommand(import.meta.url, redisHit)
