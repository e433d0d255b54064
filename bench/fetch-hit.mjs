// What a hit of the fetch door costs, `await response.json()` included, beside parsing alone, other fetches, and undici.
import { fetchDoor, undiciFetchDoor, undiciRequestDoor } from './peers/cachette-doors.mjs'
import { openCachette, openCachetteOnLmdb } from './peers/cachette.mjs'
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

const PEERS = [undiciRequest, undiciFetch, nodeFetchCache, fetchHappen]
const PATH = '/3/search/movie?language=en-GB&page=1&query=inception'
const FLOOR = '`JSON.parse` of the body as text'
const DAY_MS = 86_400_000
const HOSTS = [
  ['undeclared host', false],
  ['declared service', true],
]
/** The most that a hit may cost, in `JSON.parse` of the body as text. */
const TARGET_PARSES = 1.5
/** How many times faster than each of undici's two it must be. */
const TARGET_FASTER = 8

/** Runs the bench and returns its table and figures. */
export async function fetchHit({ rounds }) {
  const body = createBody()
  const origin = await startOrigin(() => ({ body, headers: { 'cache-control': 'public, max-age=86400' } }))
  const instances = await openInstances(origin)
  const contenders = [...floors(body), ...peers(origin), ...ours(instances, origin)]
  await proveHits(contenders, origin, body)
  const callsWhenWarm = origin.calls
  const figures = await measure(contenders, {
    rounds,
    onRound: (round, of) => progress(`fetch hit: round ${round} of ${of}`),
  })
  if (origin.calls !== callsWhenWarm) throw new Error('A call reached the origin while hits were measured.')

  for (const { close } of [...contenders, ...instances]) await close?.()
  await origin.stop()
  progress('')
  return { tables: [tableOf(contenders, figures)], figures: Object.fromEntries(figures) }
}

/** What no cache of bytes can be below, and what the platform's own Response costs. */
function floors(body) {
  const bytes = Buffer.from(body)
  const headers = { 'content-type': 'application/json' }
  const version = process.version
  return [
    { name: FLOOR, version, call: async () => JSON.parse(body) },
    {
      name: '`JSON.parse` of its bytes, decoded first',
      version,
      call: async () => JSON.parse(bytes.toString()),
    },
    { name: '`new Response(text).json()`', version, call: () => new Response(body, { headers }).json() },
  ]
}

function peers(origin) {
  return PEERS.map((peer) => {
    const { ask, close } = peer.open({ ttlMs: DAY_MS })
    return {
      name: peer.name,
      version: versionOf(peer.packages[0]),
      call: () => ask(origin.url + PATH),
      close,
    }
  })
}

/** An entry keeps the form that was asked for last, so those who read it as JSON and as bytes have instances of their own. */
async function openInstances(origin) {
  const instances = []
  for (const [host, isDeclared] of HOSTS) {
    instances.push({ host, isJson: true, tiers: 'memory', ...(await openCachette({ origin, isDeclared })) })
    const onLmdb = await openCachetteOnLmdb({ origin, isDeclared })
    instances.push({ host, isJson: true, tiers: 'memory + LMDB', ...onLmdb })
    instances.push({ host, isJson: false, tiers: 'memory', ...(await openCachette({ origin, isDeclared })) })
  }
  return instances
}

function ours(instances, origin) {
  const url = origin.url + PATH
  const version = cachetteVersion()
  const contender = (name, open, { cachette, host, tiers }) => {
    const { ask, close } = open(cachette)
    return { name: `**Cachette** ${name}, ${host}, ${tiers}`, version, call: () => ask(url), close }
  }
  const forJson = instances.filter(({ isJson }) => isJson)
  const forBytes = instances.filter(({ isJson }) => !isJson)
  return [
    ...forJson.map((each) => ({ ...contender('`cachette.fetch`', fetchDoor, each), isJudged: true })),
    ...forBytes.map((each) => contender('interceptor, `request`', undiciRequestDoor, each)),
    ...forBytes.map((each) => contender('interceptor, `fetch`', undiciFetchDoor, each)),
  ]
}

function tableOf(contenders, figures) {
  const usOf = ({ name }) => figures.get(name).us
  const [parseUs, requestUs, fetchUs] = [{ name: FLOOR }, undiciRequest, undiciFetch].map(usOf)
  const judged = contenders.filter(({ isJudged }) => isJudged).map(usOf)
  return {
    title: 'Cost of a hit through fetch, JSON in hand',
    columns: [
      { name: 'package' },
      { name: 'version' },
      { name: 'µs per hit', isNumber: true },
      { name: 'middle half', isNumber: true },
      { name: '× `JSON.parse`', isNumber: true },
      { name: "faster than undici's `request`", isNumber: true },
      { name: "than undici's `fetch`", isNumber: true },
    ],
    rows: contenders.map(({ name, version }) => {
      const { us, lowUs, highUs } = figures.get(name)
      return [
        name,
        version,
        formatUs(us),
        `${formatUs(lowUs)}–${formatUs(highUs)}`,
        formatRatio(us / parseUs),
        formatRatio(requestUs / us),
        formatRatio(fetchUs / us),
      ]
    }),
    notes: [verdict(Math.max(...judged), { parseUs, requestUs, fetchUs })],
  }
}

function verdict(worstUs, { parseUs, requestUs, fetchUs }) {
  const parses = worstUs / parseUs
  const faster = Math.min(requestUs, fetchUs) / worstUs
  return (
    `Body: ${formatCount(BODY_BYTES)} bytes. Targets for \`cachette.fetch\`, by its slowest row: at most ${TARGET_PARSES} × ${FLOOR}: ` +
    `${parses <= TARGET_PARSES ? 'met' : 'missed'}, at ${formatRatio(parses)}; at least ${TARGET_FASTER} × faster than undici's interceptor, ` +
    `\`request\` and \`fetch\` alike: ${faster >= TARGET_FASTER ? 'met' : 'missed'}, at ${formatRatio(faster)}.`
  )
}

await asCommand(import.meta.url, fetchHit)
