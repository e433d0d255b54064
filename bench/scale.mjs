// Whether a hit costs the same among a thousand entries and among a million, in memory and on LMDB, and how long a store of
// that size takes to open and answer.
import { fork } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createFolder } from './peers/cachette.mjs'
import { asCommand, progress } from './shared/as-command.mjs'
import { fillRawLmdb, fillStore } from './shared/filled-store.mjs'
import { median } from './shared/measure.mjs'
import { reply } from './shared/reply.mjs'
import { formatCount, formatRatio, formatUs } from './shared/tables.mjs'

const SIZES = [1e3, 1e4, 1e5]
const FULL_SIZES = [...SIZES, 1e6]
const ROUNDS = 15
const OPENINGS = 7
/** How far from the smallest size's cost another size may be. */
const TARGET_SPREAD = 0.2
const TARGET_OPEN_MS = 100
const TIERS = {
  memory: { title: 'memory tier', floor: 'raw lru-cache' },
  lmdb: { title: 'LMDB, `memory: false`', floor: 'raw lmdb + parse' },
}

/** Runs the bench and returns its tables and figures. */
export async function scale({ sizes, isFull, rounds = ROUNDS }) {
  const wanted = [...(sizes ?? (isFull ? FULL_SIZES : SIZES))].sort((one, other) => one - other)
  const stores = []
  for (const count of wanted) stores.push(await createStore(count))
  try {
    const figures = {}
    for (const tier of Object.keys(TIERS)) figures[tier] = await measureTier(tier, stores, rounds)
    figures.open = []
    for (const store of stores) figures.open.push(await measureOpening(store))
    progress('')
    const tables = Object.entries(TIERS).map(([tier, about]) => tableOfTier(about, figures[tier]))
    return { tables: [...tables, tableOfOpening(figures.open)], figures }
  } finally {
    for (const { folder, rawFolder } of stores) {
      folder.remove()
      rawFolder.remove()
    }
  }
}

async function createStore(count) {
  const folder = createFolder()
  const rawFolder = createFolder()
  await fillStore(folder.path, count, (done) =>
    progress(`scale: filled ${formatCount(done)} of ${formatCount(count)}`),
  )
  await fillRawLmdb(rawFolder.path, count)
  return { count, folder, rawFolder }
}

/** One process per size, all alive at once, sampled in turn: what slows the machine slows every size. */
async function measureTier(tier, stores, rounds) {
  const workers = []
  for (const { count, folder, rawFolder } of stores) {
    progress(`scale: ${TIERS[tier].title}, ${formatCount(count)} entries, warming`)
    const worker = start('scale-worker.mjs', [tier, folder.path, rawFolder.path, String(count)])
    await reply(worker)
    workers.push({ count, worker, samples: { few: [], all: [], floor: [] } })
  }
  for (let round = 0; round < rounds; round += 1) {
    progress(`scale: ${TIERS[tier].title}, round ${round + 1} of ${rounds}`)
    for (const { worker, samples } of workers) {
      for (const name of Object.keys(samples)) {
        worker.send(name)
        samples[name].push((await reply(worker)).us)
      }
    }
  }
  for (const { worker } of workers) worker.kill()
  return workers.map(({ count, samples }) => ({
    count,
    fewUs: median(samples.few),
    allUs: median(samples.all),
    floorUs: median(samples.floor),
  }))
}

async function measureOpening({ count, folder }) {
  const openings = []
  for (let opening = 0; opening < OPENINGS; opening += 1) {
    progress(`scale: opening ${formatCount(count)} entries`)
    const index = Math.floor((count * (opening + 0.5)) / OPENINGS)
    openings.push(await reply(start('open-worker.mjs', [folder.path, String(index)])))
  }
  return {
    count,
    fileMB: statSync(join(folder.path, 'data.mdb')).size / 1e6,
    loadedMs: median(openings.map(({ loadedMs }) => loadedMs)),
    openMs: median(openings.map(({ openMs }) => openMs)),
    hitMs: median(openings.map(({ hitMs }) => hitMs)),
    worstMs: Math.max(...openings.map(({ openMs, hitMs }) => openMs + hitMs)),
  }
}

function start(file, args) {
  const path = fileURLToPath(new URL(`shared/${file}`, import.meta.url))
  return fork(path, args, { execArgv: ['--max-old-space-size=8192'] })
}

function tableOfTier({ title, floor }, figures) {
  const [smallest] = figures
  const growth = (figure, name) => figure[name] / smallest[name]
  const verdict = (name) => {
    const spread = Math.max(...figures.map((figure) => Math.abs(growth(figure, name) - 1)))
    return `${spread <= TARGET_SPREAD ? 'met' : 'missed'} (at most ${(spread * 100).toFixed(0)} % away)`
  }
  return {
    title: `Cost per hit by number of entries, ${title}`,
    columns: [
      'entries',
      '1,000 of them, µs',
      'growth',
      'all of them, µs',
      'growth',
      `${floor}, all, µs`,
      'growth',
    ].map((name) => ({ name, isNumber: true })),
    rows: figures.map((figure) => [
      formatCount(figure.count),
      ...['fewUs', 'allUs', 'floorUs'].flatMap((name) => [
        formatUs(figure[name]),
        formatRatio(growth(figure, name)),
      ]),
    ]),
    notes: [
      `Keys asked uniformly at random: among 1,000 spread over the store, then among all. Target: every size within ${TARGET_SPREAD * 100} % of the ` +
        `smallest: among 1,000 ${verdict('fewUs')}, among all ${verdict('allUs')}. What ${floor} loses among all is the price of memory that ` +
        "the processor's caches do not hold; no cache can be below it.",
    ],
  }
}

function tableOfOpening(figures) {
  const worstMs = Math.max(...figures.map(({ worstMs }) => worstMs))
  return {
    title: 'Opening an LMDB store and answering the first hit, in a fresh process',
    columns: [
      { name: 'entries', isNumber: true },
      { name: 'file, MB', isNumber: true },
      { name: '`createCachette`, ms', isNumber: true },
      { name: 'first hit, ms', isNumber: true },
      { name: 'slowest of both together, ms', isNumber: true },
      { name: '(importing the package before, ms)', isNumber: true },
    ],
    rows: figures.map((figure) => [
      formatCount(figure.count),
      formatCount(Math.round(figure.fileMB)),
      figure.openMs.toFixed(1),
      figure.hitMs.toFixed(1),
      figure.worstMs.toFixed(1),
      figure.loadedMs.toFixed(0),
    ]),
    notes: [
      `Medians of ${OPENINGS} processes; the file is in the page cache. Target: both together under ${TARGET_OPEN_MS} ms: ${worstMs < TARGET_OPEN_MS ? 'met' : 'missed'}, ${worstMs.toFixed(0)} ms at worst.`,
    ],
  }
}

await asCommand(import.meta.url, scale)
