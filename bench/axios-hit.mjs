// What a cache adds to axios's own cost of a call, per hit: axios-cache-interceptor's interceptors and Cachette's adapter.
import axios from './peers/axios.mjs'
import { axiosCacheInterceptor } from './peers/axios-cache-interceptor.mjs'
import { axiosDoor } from './peers/cachette-doors.mjs'
import { openCachette } from './peers/cachette.mjs'
import { asCommand, progress } from './shared/as-command.mjs'
import { BODY_BYTES, createBody } from './shared/body.mjs'
import { cachetteVersion, versionOf } from './shared/machine.mjs'
import { measure, medianDifference } from './shared/measure.mjs'
import { startOrigin } from './shared/origin.mjs'
import { proveHits } from './shared/prove-hits.mjs'
import { formatCount, formatRatio, formatUs } from './shared/tables.mjs'

const PATH = '/3/search/movie?language=en-GB&page=1&query=inception'
const READY = 'axios, a constant adapter that gives the parsed object'
const TEXT = 'axios, a constant adapter that gives the text'
const DAY_MS = 86_400_000
/** The most that a frozen hit may add, as a share of what axios-cache-interceptor adds. */
const TARGET_SHARE = 1 / 5

/** Runs the bench and returns its table and figures. */
export async function axiosHit({ rounds }) {
  const body = createBody()
  const origin = await startOrigin(() => ({ body, headers: { 'cache-control': 'public, max-age=86400' } }))
  const hosts = await openHosts(origin)
  const contenders = [...(await constants(origin, body)), peer(origin), ...ours(hosts, origin)]
  await proveHits(contenders, origin, body)
  const callsWhenWarm = origin.calls
  const figures = await measure(contenders, {
    rounds,
    onRound: (round, of) => progress(`axios hit: round ${round} of ${of}`),
  })
  if (origin.calls !== callsWhenWarm) throw new Error('A call reached the origin while hits were measured.')

  const instances = hosts.flatMap(({ parsing, shared }) => [parsing, shared])
  for (const { close } of [...contenders, ...instances]) await close?.()
  await origin.stop()
  progress('')
  return { tables: [tableOf(contenders, figures)], figures: Object.fromEntries(figures) }
}

/** axios itself: adapters that answer at once with what the origin once said, its body in one of the forms a cache may have. */
async function constants(origin, body) {
  const url = origin.url + PATH
  const { headers, status, statusText } = await axios.get(url, { proxy: false })
  const contender = (name, data) => {
    const adapter = async (config) => ({ data, status, statusText, headers, config })
    const client = axios.create({ adapter })
    return { name, version: axios.VERSION, call: async () => (await client.get(url)).data }
  }
  return [contender(READY, JSON.parse(body)), contender(TEXT, body)]
}

function peer(origin) {
  const { name, packages, open } = axiosCacheInterceptor
  const { ask, close } = open({ ttlMs: DAY_MS })
  return { name, version: versionOf(packages[0]), baseline: READY, call: () => ask(origin.url + PATH), close }
}

/** The adapter as it is, and with `frozen`. */
function ours(hosts, origin) {
  const contender = ({ cachette }, host, options) => {
    const { ask, close } = axiosDoor(cachette, options)
    const call =
      options === undefined ? 'createCachedAdapter(cachette)' : 'createCachedAdapter(…, { frozen: true })'
    return {
      name: `**Cachette** \`${call}\`, ${host}`,
      version: cachetteVersion(),
      baseline: options === undefined ? TEXT : READY,
      isJudged: options !== undefined,
      call: () => ask(origin.url + PATH),
      close,
    }
  }
  return hosts.flatMap(({ host, shared, parsing }) => [
    contender(parsing, host, undefined),
    contender(shared, host, { frozen: true }),
  ])
}

/** An entry keeps the form that was asked for last, so those who parse and those who share have instances of their own. */
async function openHosts(origin) {
  const open = (isDeclared) => openCachette({ origin, isDeclared })
  return [
    { host: 'undeclared host', parsing: await open(false), shared: await open(false) },
    { host: 'declared service', parsing: await open(true), shared: await open(true) },
  ]
}

function tableOf(contenders, figures) {
  const addedUs = ({ name, baseline }) => medianDifference(figures.get(name), figures.get(baseline))
  const peerUs = addedUs(contenders.find(({ name }) => name === axiosCacheInterceptor.name))
  const judged = contenders.filter(({ isJudged }) => isJudged).map((each) => addedUs(each) / peerUs)
  return {
    title: 'What a hit adds to a call of axios',
    columns: [
      { name: 'package' },
      { name: 'version' },
      { name: 'µs per hit', isNumber: true },
      { name: 'middle half', isNumber: true },
      { name: 'added, µs', isNumber: true },
      { name: 'of what axios-cache-interceptor adds', isNumber: true },
    ],
    rows: contenders.map((contender) => {
      const { us, lowUs, highUs } = figures.get(contender.name)
      const added = contender.baseline === undefined ? undefined : addedUs(contender)
      return [
        contender.name,
        contender.version,
        formatUs(us),
        `${formatUs(lowUs)}–${formatUs(highUs)}`,
        added === undefined ? '' : added.toFixed(1),
        added === undefined ? '' : formatRatio(added / peerUs),
      ]
    }),
    notes: [
      `Body: ${formatCount(BODY_BYTES)} bytes. Who parses at every hit is measured against the constant text, who hands out one object against the ` +
        `constant object; what is added is the median of the differences within the rounds. ${verdict(Math.max(...judged))}`,
    ],
  }
}

function verdict(share) {
  const word = share <= TARGET_SHARE ? 'met' : 'missed'
  return `Target: \`frozen\` adds at most ${formatRatio(TARGET_SHARE)} what axios-cache-interceptor adds: ${word}, at ${formatRatio(share)}.`
}

await asCommand(import.meta.url, axiosHit)
