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
const PARSED = 'bare `GET` + `JSON.parse`'
const TIER = "the tier's own `read`, bytes in hand"
const CACHETTE = '**Cachette** `getExternal(url)`, Redis, `memory: false`'
const OURS = `${CACHETTE}, one URL`
const PURGED = `${OURS}, after 10,000 purges by tag`
const MANY = 2_000
const BARE_MANY = `bare \`GET\`, ${formatCount(MANY)} keys in turn`
const PARSED_MANY = `bare \`GET\` + \`JSON.parse\`, ${formatCount(MANY)} keys in turn`
const OURS_MANY = `${CACHETTE}, ${formatCount(MANY)} URLs in turn`
const PURGES = 10_000
/** The most that a hit may cost, in bare GETs of the same key. */
const TARGET_RATIO = 1.5
/** A machine that is busy for a moment is not a server that hangs. */
const TIMEOUT_MS = 2_000

/** Runs the bench and returns its table and figures. */
export async function redisHit({ rounds }) {
  const body = createBody()
  const origin = await startOrigin(() => ({ body }))
  const server = await startServer()
  const contenders = [
    ...(await bareGets(server, body)),
    await tierAlone(server, body),
    await ours(OURS, origin, storeOf(server, 'plain'), {}),
    await ours(PURGED, origin, storeOf(server, 'purged'), { prepare: purgeOften }),
    await ours(OURS_MANY, origin, storeOf(server, 'many'), { urls: MANY }),
  ]
  for (const { name, call, isBytes } of contenders) {
    await call()
    if (!isBytes) deepStrictEqual(await call(), JSON.parse(body), `${name} answers with another body`)
  }
  const figures = await measure(contenders, {
    rounds,
    onRound: (round, of) => progress(`Redis hit: round ${round} of ${of}`),
  })
  const wanted = 2 + MANY
  if (origin.calls !== wanted)
    throw new Error(`The origin was called ${origin.calls} times instead of ${wanted}.`)

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
  const parsed = async (key) => JSON.parse((await bytes.get(key)).toString())
  await client.set(PATH, body)
  for (let index = 0; index < MANY; index += 1) await client.set(`${PATH}${index}`, body)
  return [
    { name: BARE, version, call: () => bytes.get(PATH), isBytes: true },
    { name: PARSED, version, call: () => parsed(PATH) },
    { name: BARE_MANY, version, call: inTurn(MANY, (index) => bytes.get(`${PATH}${index}`)), isBytes: true },
    { name: PARSED_MANY, version, call: inTurn(MANY, (index) => parsed(`${PATH}${index}`)) },
  ].map((contender, index) => (index > 0 ? contender : { ...contender, close: () => client.close() }))
}

/** A call that takes one number after the other. */
function inTurn(count, call) {
  let last = 0
  return () => {
    last = (last + 1) % count
    return call(last)
  }
}

/** The store without an engine in front of it: what the record's own work costs. */
async function tierAlone({ url }, body) {
  const store = await createRedisStore({ url, prefix: 'tier', clock: systemClock, timeoutMs: TIMEOUT_MS })
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

function storeOf({ url }, prefix) {
  return { type: 'redis', url, prefix, timeout: TIMEOUT_MS }
}

/** With `urls`, as many of them in turn, each of which is in the store before. */
async function ours(name, origin, store, { prepare, urls = 1 }) {
  const { cachette, api, close } = await openCachette({ origin, memory: false, store })
  await prepare?.(cachette)
  const url = origin.url + PATH
  if (urls === 1) return { name, version: cachetteVersion(), call: () => api.getExternal(url), close }
  for (let index = 0; index < urls; index += 1) await api.getExternal(`${url}${index}`)
  const call = inTurn(urls, (index) => api.getExternal(`${url}${index}`))
  return { name, version: cachetteVersion(), call, close }
}

async function purgeOften(cachette) {
  for (let index = 0; index < PURGES; index += 100) {
    await Promise.all(
      Array.from({ length: 100 }, (_, more) => cachette.purge({ tag: `tag-${index + more}` })),
    )
  }
}

function tableOf(contenders, figures) {
  const usOf = (name) => figures.get(name).us
  const ratio = usOf(OURS) / usOf(BARE)
  const verdict = ratio <= TARGET_RATIO ? 'met' : 'missed'
  const tierRatio = formatRatio(usOf(TIER) / usOf(BARE))
  const manyRatio = formatRatio(usOf(OURS_MANY) / usOf(BARE_MANY))
  const manyParsedRatio = formatRatio(usOf(OURS_MANY) / usOf(PARSED_MANY))
  return {
    title: 'Cost of a hit in Redis',
    columns: [
      { name: 'what' },
      { name: 'version' },
      { name: 'µs per hit', isNumber: true },
      { name: 'middle half', isNumber: true },
      { name: '× bare GET', isNumber: true },
      { name: '× bare GET + parse', isNumber: true },
    ],
    rows: contenders.map(({ name, version }) => {
      const { us, lowUs, highUs } = figures.get(name)
      return [
        name,
        version,
        formatUs(us),
        `${formatUs(lowUs)}–${formatUs(highUs)}`,
        formatRatio(us / usOf(BARE)),
        formatRatio(us / usOf(PARSED)),
      ]
    }),
    notes: [
      `Body: ${formatCount(BODY_BYTES)} bytes; the server is on this machine. Target, by the row of one URL: at most ${TARGET_RATIO} × a bare GET: ${verdict}, at ${formatRatio(ratio)}; the tier alone is at ${tierRatio}. With ${formatCount(MANY)} URLs in turn every hit parses its body: ${manyRatio} of a bare GET of as many keys, ${manyParsedRatio} of a GET + parse of them.`,
    ],
  }
}

await asCommand(import.meta.url, redisHit)
