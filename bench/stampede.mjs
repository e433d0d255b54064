// How caches behave when it matters: 50 callers at once, cold and expired; no cache headers; two users; a failing origin.
import { isDeepStrictEqual } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import { axiosCacheInterceptor } from './peers/axios-cache-interceptor.mjs'
import { bentocache, cacheable, cachified } from './peers/bring-your-own-fetch.mjs'
import { cacheableNet } from './peers/cacheable-net.mjs'
import { datasourceRest } from './peers/datasource-rest.mjs'
import { everyDoor } from './peers/every-door.mjs'
import { got } from './peers/got.mjs'
import { fetchHappen } from './peers/make-fetch-happen.mjs'
import { nodeFetchCache } from './peers/node-fetch-cache.mjs'
import { undiciDeduplicate, undiciRequest } from './peers/undici.mjs'
import { asCommand, progress } from './shared/as-command.mjs'
import { versionOf } from './shared/machine.mjs'
import { startOrigin } from './shared/origin.mjs'

const PEERS = [
  undiciRequest,
  undiciDeduplicate,
  axiosCacheInterceptor,
  cacheableNet,
  got,
  fetchHappen,
  nodeFetchCache,
  datasourceRest,
  cacheable,
  cachified,
  bentocache,
]
const CALLERS = 50
const ORIGIN_MS = 100
/** Where it is told who waits for the origin, it takes longer: 50 calls at once take a process that has just begun a while. */
const SLOW_ORIGIN_MS = 1000
const PATH = '/3/search/movie?page=1&query=inception'
const TURNED = '/3/search/movie?query=inception&page=1'
/** Freshness that lasts as long as a column needs it, and freshness that is over after `EXPIRY_MS`. */
const LONG_MS = 60_000
const SHORT_MS = 1000
/** Caches that count whole seconds need two of them, and a little, to see one pass. */
const EXPIRY_MS = 2300
/** Background refreshes and entries written behind the answer are there after this time. */
const SETTLE_MS = 400
const FRESH = { 'cache-control': `max-age=${LONG_MS / 1000}` }
const BRIEF = { 'cache-control': `max-age=${SHORT_MS / 1000}` }
const BRIEF_THEN_STALE = { 'cache-control': `max-age=${SHORT_MS / 1000}, stale-while-revalidate=60` }

const COLUMNS = [
  { name: `cold, ${CALLERS} callers`, measure: cold },
  { name: `expired, ${CALLERS} callers`, measure: expired },
  { name: 'no cache headers', measure: noHeaders },
  { name: '`?x&y` = `?y&x`', measure: turnedParameters },
  { name: 'two users, same URL', measure: twoUsers },
  { name: 'then 503 / 429 / down', measure: failures },
  { name: `404, ${CALLERS} callers`, measure: (peer) => unfortunate(peer, 404) },
  { name: `503, ${CALLERS} callers`, measure: (peer) => unfortunate(peer, 503) },
]

/** Runs the bench and returns its table and figures. */
export async function stampede() {
  const rows = []
  for (const peer of [...PEERS, ...everyDoor]) {
    progress(`stampede: ${peer.name}`)
    // Each column has an origin and a cache of its own, so that all can run, and wait for expiry, together.
    const cells = await Promise.all(COLUMNS.map(({ measure }) => measure(peer)))
    rows.push([peer.name, peer.version ?? versionOf(peer.packages[0]), ...cells])
  }
  progress('')
  return {
    tables: [tableOf(rows)],
    figures: Object.fromEntries(rows.map(([name, , ...cells]) => [name, cells])),
  }
}

async function cold(peer) {
  return withPeer(peer, { ttlMs: LONG_MS, headers: FRESH }, async ({ crowd, origin }) => {
    const { failed } = await crowd(PATH)
    return `${origin.calls}${failedOf(failed)}`
  })
}

async function expired(peer) {
  const settings = { ttlMs: SHORT_MS, headers: BRIEF_THEN_STALE, mayServeStale: true }
  return withPeer(peer, settings, async ({ ask, crowd, origin }) => {
    await ask(PATH)
    await sleep(EXPIRY_MS)
    const before = origin.calls
    const { answer } = origin
    origin.answer = (request) => ({ ...answer(request), delayMs: SLOW_ORIGIN_MS })
    const { failed, medianMs } = await crowd(PATH)
    await sleep(SETTLE_MS)
    const wait = medianMs < SLOW_ORIGIN_MS / 2 ? 'no wait' : 'all wait'
    return `${origin.calls - before}, ${wait}${failedOf(failed)}`
  })
}

async function noHeaders(peer) {
  const isCached = (byOption) =>
    withPeer(peer, { ttlMs: LONG_MS, headers: {}, byOption }, async ({ ask, origin }) => {
      await ask(PATH)
      await sleep(SETTLE_MS)
      await ask(PATH)
      return origin.calls === 1
    })
  if (await isCached(false)) return 'cached'
  return peer.hasOption && (await isCached(true)) ? 'by option' : 'no'
}

async function turnedParameters(peer) {
  if (peer.keysAreTheCallers) return '–'
  return withPeer(peer, { ttlMs: LONG_MS, headers: FRESH }, async ({ ask, origin }) => {
    await ask(PATH)
    await sleep(SETTLE_MS)
    await ask(TURNED)
    return origin.calls === 1 ? 'yes' : 'no'
  })
}

async function twoUsers(peer) {
  if (peer.keysAreTheCallers) return '–'
  return withPeer(peer, { ttlMs: LONG_MS, headers: FRESH }, async ({ ask, origin }) => {
    let isMixedUp = false
    for (const user of ['ann', 'bob', 'ann', 'bob']) {
      const answer = await ask(PATH, { authorization: `Bearer ${user}` })
      isMixedUp ||= answer.user !== `Bearer ${user}`
      await sleep(SETTLE_MS)
    }
    if (isMixedUp) return "**the other's body**"
    return origin.calls === 2
      ? 'isolated, cached'
      : origin.calls === 4
        ? 'never cached'
        : `${origin.calls} calls of 4`
  })
}

async function failures(peer) {
  const isRescued = (fail) =>
    withPeer(peer, { ttlMs: SHORT_MS, headers: BRIEF }, async ({ ask, origin }) => {
      const good = await ask(PATH)
      await sleep(EXPIRY_MS)
      await fail(origin)
      return isDeepStrictEqual(await ask(PATH).catch(() => undefined), good)
    })
  const answerWith = (status) => (origin) => {
    origin.answer = () => ({ status, body: '{"error":true}', delayMs: ORIGIN_MS })
  }
  const rescued = await Promise.all([
    isRescued(answerWith(503)),
    isRescued(answerWith(429)),
    isRescued((origin) => origin.stop()),
  ])
  if (rescued.every(Boolean)) return 'stale served'
  const names = ['503', '429', 'down'].filter((_, index) => rescued[index])
  return names.length === 0 ? 'error' : `${names.join(' and ')} only`
}

async function unfortunate(peer, status) {
  return withPeer(peer, { ttlMs: LONG_MS, headers: FRESH, status }, async ({ crowd, origin }) => {
    await crowd(PATH)
    return String(origin.calls)
  })
}

/** Gives the work an origin that takes 100 ms and a fresh cache before it, and closes both afterwards. */
async function withPeer(peer, { headers, status = 200, ...settings }, work) {
  const origin = await startOrigin((request) => ({
    status,
    headers,
    body: JSON.stringify({ path: request.url, user: request.headers.authorization ?? null }),
    delayMs: ORIGIN_MS,
  }))
  const { ask, close } = await peer.open({ origin, ...settings })
  const askFor = async (path, callHeaders) => ask(origin.url + path, callHeaders)
  try {
    return await work({ origin, ask: askFor, crowd: (path) => crowd(askFor, path) })
  } finally {
    await close()
    await origin.stop()
  }
}

/** All callers at once: how many failed, and how long the middle one waited. */
async function crowd(ask, path) {
  const began = performance.now()
  const calls = Array.from({ length: CALLERS }, () =>
    ask(path).then(
      () => ({ isOk: true, ms: performance.now() - began }),
      () => ({ isOk: false, ms: performance.now() - began }),
    ),
  )
  const results = await Promise.all(calls)
  const sorted = results.map(({ ms }) => ms).sort((one, other) => one - other)
  return { failed: results.filter(({ isOk }) => !isOk).length, medianMs: sorted[CALLERS >> 1] }
}

function failedOf(failed) {
  return failed === 0 ? '' : `, ${failed} failed`
}

function tableOf(rows) {
  return {
    title: 'Under a crowd, and when the origin fails',
    columns: [{ name: 'package' }, { name: 'version' }, ...COLUMNS.map(({ name }) => ({ name }))],
    rows,
    notes: [
      `${CALLERS} callers at once, an origin that takes ${ORIGIN_MS} ms; a number is the origin calls. The origin answers \`max-age\`, in the ` +
        'second column with `stale-while-revalidate`, in the sixth without any leave to serve stale. "no wait": the middle caller was answered in ' +
        `less than ${SLOW_ORIGIN_MS / 2} ms by an origin that then took ${SLOW_ORIGIN_MS}. "–": the caller makes the key.`,
    ],
  }
}

await asCommand(import.meta.url, stampede)
