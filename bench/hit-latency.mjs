// What one hit costs: a warm entry of 10.7 kB of JSON, asked for in a tight loop, the answer parsed, beside the peers.
import { LRUCache } from 'lru-cache'
import { axiosCacheInterceptor } from './peers/axios-cache-interceptor.mjs'
import { bentocache, bentocacheUnserialised, cacheable, cachified } from './peers/bring-your-own-fetch.mjs'
import { cacheableNet } from './peers/cacheable-net.mjs'
import { openCachette, openCachetteOnLmdb } from './peers/cachette.mjs'
import { datasourceRest } from './peers/datasource-rest.mjs'
import { got } from './peers/got.mjs'
import { fetchHappen } from './peers/make-fetch-happen.mjs'
import { nodeFetchCache } from './peers/node-fetch-cache.mjs'
import { undiciFetch, undiciRequest } from './peers/undici.mjs'
import { asCommand, progress } from './shared/as-command.mjs'
import { BODY_BYTES, createBody } from './shared/body.mjs'
import { cachetteVersion, versionOf } from './shared/machine.mjs'
import { measure } from './shared/measure.mjs'
import { startOrigin } from './shared/origin.mjs'
import { proveHits } from './shared/prove-hits.mjs'
import { formatCount, formatRatio, formatUs } from './shared/tables.mjs'

const PEERS = [
  cachified,
  bentocacheUnserialised,
  bentocache,
  cacheable,
  axiosCacheInterceptor,
  undiciRequest,
  undiciFetch,
  nodeFetchCache,
  datasourceRest,
  cacheableNet,
  got,
  fetchHappen,
]
const PATH = '/3/search/movie'
const QUERY = '?language=en-GB&page=1&query=inception'
const FLOOR = 'lru-cache, raw `get` in an async function'
const PARSE = '`JSON.parse` of the body alone'
const DAY_MS = 86_400_000
/** The most that a memory hit may cost, in raw lru-cache gets. */
const TARGET_RATIO = 8

/** Runs the bench and returns its table and figures. */
export async function hitLatency({ rounds }) {
  const body = createBody()
  const origin = await startOrigin(() => ({ body, headers: { 'cache-control': 'public, max-age=86400' } }))
  const instances = [await openCachette({ origin }), await openCachetteOnLmdb({ origin })]
  const contenders = [
    ...floor(body),
    ...peers(origin),
    ...ours(instances[0].api, origin, 'memory'),
    ...ours(instances[1].api, origin, 'memory + LMDB'),
  ]
  await proveHits(contenders, origin, body)
  const callsWhenWarm = origin.calls
  const figures = await measure(contenders, {
    rounds,
    onRound: (round, of) => progress(`hit latency: round ${round} of ${of}`),
  })
  if (origin.calls !== callsWhenWarm) throw new Error('A call reached the origin while hits were measured.')

  for (const { close } of [...contenders, ...instances]) await close?.()
  await origin.stop()
  progress('')
  return { tables: [tableOf(contenders, figures)], figures: Object.fromEntries(figures) }
}

/** The floor, and what parsing costs: neither is a cache of HTTP answers. */
function floor(body) {
  const cache = new LRUCache({ max: 1000 })
  cache.set(PATH, JSON.parse(body))
  return [
    { name: FLOOR, version: versionOf('lru-cache'), call: async () => cache.get(PATH) },
    { name: PARSE, version: process.version, call: async () => JSON.parse(body) },
  ]
}

function peers(origin) {
  const url = origin.url + PATH + QUERY
  return PEERS.map((peer) => {
    const { ask, close } = peer.open({ ttlMs: DAY_MS })
    return { name: peer.name, version: versionOf(peer.packages[0]), call: () => ask(url), close }
  })
}

/** Cachette's calls on one instance. Each makes its options anew, as callers do. */
function ours(api, origin, tiers) {
  const version = cachetteVersion()
  const bare = origin.url + PATH
  const whole = bare + QUERY
  const calls = {
    'getExternal(url)': () => api.getExternal(whole),
    'getExternal(url, { params })': () =>
      api.getExternal(bare, { params: { language: 'en-GB', page: 1, query: 'inception' } }),
    'getExternal(url, { params, headers })': () =>
      api.getExternal(bare, {
        params: { language: 'en-GB', page: 1, query: 'inception' },
        headers: { Accept: 'application/json', 'Accept-Language': 'en-GB' },
      }),
  }
  return Object.entries(calls).map(([name, call]) => ({
    name: `**Cachette** \`${name}\`, ${tiers}`,
    version,
    call,
    isOurs: true,
  }))
}

function tableOf(contenders, figures) {
  const floorUs = figures.get(FLOOR).us
  return {
    title: 'Cost of a hit, beside the peers',
    columns: [
      { name: 'package' },
      { name: 'version' },
      { name: 'µs per hit', isNumber: true },
      { name: 'middle half', isNumber: true },
      { name: '× raw lru-cache', isNumber: true },
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
    notes: [verdict(contenders, figures)],
  }
}

function verdict(contenders, figures) {
  const worst = Math.max(...contenders.filter(({ isOurs }) => isOurs).map(({ name }) => figures.get(name).us))
  const ratio = worst / figures.get(FLOOR).us
  const word = ratio <= TARGET_RATIO ? 'met' : 'missed'
  return `Body: ${formatCount(BODY_BYTES)} bytes. Target: every Cachette row at most ${TARGET_RATIO} × raw lru-cache: ${word}, the slowest is at ${formatRatio(ratio)}.`
}

await asCommand(import.meta.url, hitLatency)
