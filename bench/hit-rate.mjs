// How many requests a cache answers when memory is short: recorded and synthetic traces, played to the memory tier's map, to
// lru-cache, and to a cache that knows the future, bounded in entries and in bytes.
import { optimumByEntries, boundByBytes } from './hit-rate/optimum.mjs'
import { CACHES, play, time } from './hit-rate/play.mjs'
import { prepareTrace } from './hit-rate/prepare-trace.mjs'
import { recordedTraces } from './hit-rate/recorded-traces.mjs'
import { syntheticTraces } from './hit-rate/synthetic-traces.mjs'
import { asCommand, progress } from './shared/as-command.mjs'
import { formatCount } from './shared/tables.mjs'

const SHARES = [0.001, 0.01, 0.1]
const ROUNDS = 5
/** Points above LRU: the mean by entries, the worst trace and size by entries, the mean by bytes; and the speed, in lru-cache's. */
const TARGETS = { entries: 3, worst: -0.5, bytes: 5, speed: 0.8 }
const GROUPS = [
  { name: 'recorded', isIn: ({ group }) => group === 'recorded' },
  { name: 'synthetic, looked at while the policy was made', isIn: ({ group }) => group === 'looked-at' },
  { name: 'synthetic, written afterwards', isIn: ({ group }) => group === 'held-out' },
  { name: '**all**', isIn: () => true },
]

/** Runs the bench and returns its tables and figures. */
export async function hitRate({ rounds = ROUNDS, traces: folder }) {
  const traces = [...recordedTraces(folder), ...syntheticTraces()].map(prepareTrace)
  const cells = []
  for (const trace of traces) {
    progress(`hit rate: ${trace.name}`)
    for (const share of SHARES) cells.push(cellOf(trace, share, rounds))
  }
  progress('')
  const groups = GROUPS.map(({ name, isIn }) => ({ name, ...summary(cells.filter(isIn)) }))
  const tables = [
    summaryTable(groups),
    tableOf(traces, cells, 'byEntries'),
    tableOf(traces, cells, 'byBytes'),
  ]
  return { tables, figures: { groups, cells } }
}

/** One trace at one size, by entries and by bytes; rates in percent. */
function cellOf(trace, share, rounds) {
  const distinct = trace.names.length
  const bytes = sum(trace.sizes)
  const byEntries = { maxEntries: Math.max(1, Math.round(distinct * share)), maxSize: Infinity }
  const byBytes = { maxEntries: distinct, maxSize: Math.floor(bytes * share) }
  const bound = boundByBytes(trace, byBytes.maxSize)
  const rates = ratesIn(trace)
  const played = (name, bounds, options) => rates(play(trace, CACHES[name](bounds), options))
  return {
    trace: trace.name,
    group: trace.group,
    share,
    byEntries: {
      lru: played('lru', byEntries),
      ours: played('ours', byEntries),
      most: rates({ hits: optimumByEntries(trace, byEntries.maxEntries) }),
      ns: time(trace, byEntries, rounds),
    },
    byBytes: {
      lru: played('lru', byBytes),
      ours: played('ours', byBytes),
      byCost: played('ours', byBytes, { isByCost: true }),
      most: rates(bound),
      ns: time(trace, byBytes, rounds),
    },
  }
}

function ratesIn({ requests, sizes, costs }) {
  const bytes = requests.reduce((total, key) => total + sizes[key], 0)
  const ms = requests.reduce((total, key) => total + costs[key], 0)
  return ({ hits, hitBytes = 0, savedMs = 0 }) => ({
    hits: (100 * hits) / requests.length,
    bytes: (100 * hitBytes) / bytes,
    time: (100 * savedMs) / ms,
  })
}

function summary(cells) {
  if (cells.length === 0) return { cells: 0 }
  const gains = cells.map(({ byEntries }) => byEntries.ours.hits - byEntries.lru.hits)
  const mean = (rate) => sum(cells.map(rate)) / cells.length
  const speed = (kind) =>
    sum(cells.map((cell) => cell[kind].ns.lru)) / sum(cells.map((cell) => cell[kind].ns.ours))
  const worst = cells[gains.indexOf(Math.min(...gains))]
  return {
    cells: cells.length,
    entries: {
      lru: mean(({ byEntries }) => byEntries.lru.hits),
      ours: mean(({ byEntries }) => byEntries.ours.hits),
      most: mean(({ byEntries }) => byEntries.most.hits),
      worst: { gain: Math.min(...gains), trace: worst.trace, share: worst.share },
      speed: speed('byEntries'),
    },
    bytes: {
      lru: meanRates(cells, 'lru'),
      ours: meanRates(cells, 'ours'),
      byCost: meanRates(cells, 'byCost'),
      most: meanRates(cells, 'most'),
      speed: speed('byBytes'),
    },
  }
}

function meanRates(cells, name) {
  const mean = (kind) => sum(cells.map(({ byBytes }) => byBytes[name][kind])) / cells.length
  return { hits: mean('hits'), bytes: mean('bytes'), time: mean('time') }
}

function summaryTable(groups) {
  const present = groups.filter(({ cells }) => cells > 0)
  const rows = present.flatMap(({ name, cells, entries, bytes }) => [
    [
      name,
      String(cells),
      'entries',
      ...[entries.lru, entries.ours, entries.most].map(points),
      signed(entries.ours - entries.lru),
      signed(entries.worst.gain),
      '',
      '',
      `${entries.speed.toFixed(2)} ×`,
    ],
    [
      '',
      '',
      'bytes',
      ...[bytes.lru.hits, bytes.ours.hits, bytes.most.hits].map(points),
      signed(bytes.ours.hits - bytes.lru.hits),
      '',
      `${points(bytes.lru.bytes)} → ${points(bytes.ours.bytes)}`,
      `${points(bytes.lru.time)} → ${points(bytes.byCost.time)}`,
      `${bytes.speed.toFixed(2)} ×`,
    ],
  ])
  return {
    title: 'When memory is short: means over traces and sizes',
    columns: [
      { name: 'traces' },
      { name: 'traces × sizes', isNumber: true },
      { name: 'bounded in' },
      ...['lru-cache', 'Cachette', 'most possible', 'gain', 'worst gain'].map(number),
      number('byte hit rate'),
      number('origin time saved'),
      number('speed'),
    ],
    rows,
    notes: [verdict(present.at(-1)), NOTE],
  }
}

const NOTE =
  'Rates in percent of all requests, gains in points over lru-cache. Most possible: by entries Belady’s optimum, by bytes an upper bound. Origin time ' +
  'saved: lru-cache → Cachette where it is told what each miss costs. Speed: of `get`, and `set` after a miss, in a tight loop, as a share of that of lru-cache.'

function verdict({ entries, bytes }) {
  const { gain, trace, share } = entries.worst
  const met = (isMet) => (isMet ? 'met' : 'missed')
  const slowest = Math.min(entries.speed, bytes.speed)
  return (
    `Targets: by entries ${TARGETS.entries} points above lru-cache on average: ${met(entries.ours - entries.lru >= TARGETS.entries)}; nowhere more than ` +
    `${-TARGETS.worst} below: ${met(gain >= TARGETS.worst)} (worst ${signed(gain)}: ${trace}, ${100 * share} %); by bytes ${TARGETS.bytes} points above: ` +
    `${met(bytes.ours.hits - bytes.lru.hits >= TARGETS.bytes)}; at least ${TARGETS.speed} × the speed: ${met(slowest >= TARGETS.speed)}, at ${slowest.toFixed(2)} ×.`
  )
}

function tableOf(traces, cells, kind) {
  const bound = kind === 'byEntries' ? 'entries' : 'bytes'
  return {
    title: `By trace, bounded in ${bound}: lru-cache / Cachette / most possible`,
    columns: [
      { name: 'trace' },
      number('requests'),
      number('distinct'),
      ...SHARES.map((share) => number(`${100 * share} %`)),
    ],
    rows: traces.map(({ name, group, requests, names, hasRecordedSizes }) => [
      group === 'recorded' ? `**${name}**${hasRecordedSizes ? ', own sizes' : ''}` : name,
      formatCount(requests.length),
      formatCount(names.length),
      ...cells
        .filter(({ trace }) => trace === name)
        .map((cell) => ['lru', 'ours', 'most'].map((who) => points(cell[kind][who].hits)).join(' / ')),
    ]),
  }
}

function number(name) {
  return { name, isNumber: true }
}

function points(rate) {
  return rate.toFixed(1)
}

function signed(gain) {
  return `${gain < 0 ? '−' : '+'}${Math.abs(gain).toFixed(1)}`
}

function sum(numbers) {
  return numbers.reduce((total, each) => total + each, 0)
}

await asCommand(import.meta.url, hitRate)
