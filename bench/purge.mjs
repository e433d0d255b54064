// Whether purges make later calls dearer: a hit and a write before and after 10,000 purges by tag, drawn by this process or by
// another one, and what a purge itself costs when there are none and when there are many.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createFolder, openCachette } from './peers/cachette.mjs'
import { asCommand, progress } from './shared/as-command.mjs'
import { createBody } from './shared/body.mjs'
import { createSampler, measure, median, processorUs } from './shared/measure.mjs'
import { startOrigin } from './shared/origin.mjs'
import { purgeTags } from './shared/purge-tags.mjs'
import { reply } from './shared/reply.mjs'
import { formatCount, formatRatio, formatUs } from './shared/tables.mjs'

const PURGES = 10_000
/** The other process draws its purges over this time. */
const SPREAD_MS = 20_000
const PATH = '/3/movie/27205?language=en-GB'
const TAGS = ['movie:27205', 'front page', 'list:7']
const WRITES_AT_ONCE = 100
const PURGES_TIMED = 1_000
/** How much dearer a hit may be afterwards; as little as it may differ with the number of entries. */
const TARGET_RATIO = 1.2

const TIERS = {
  memory: { name: 'memory', open: (options) => openCachette(options) },
  both: { name: 'memory + LMDB', open: (options) => openInFolder(options) },
  lmdb: { name: 'LMDB, `memory: false`', open: (options) => openInFolder({ ...options, memory: false }) },
}

/** Runs the bench and returns its tables and figures. */
export async function purge({ rounds }) {
  const origin = await startOrigin(() => ({ body: createBody() }))
  const contenders = []
  const drawing = []
  const meanwhile = {}
  for (const [tier, { open }] of Object.entries(TIERS)) {
    contenders.push(await contender({ tier, kind: 'none', opened: await open(optionsFor(origin)) }))
    const own = await contender({ tier, kind: 'own', opened: await open(optionsFor(origin)) })
    progress(`purge: ${TIERS[tier].name}, ${formatCount(PURGES)} purges`)
    drawing.push({ tier, ...(await drawOwn(own.cachette)) })
    contenders.push(own)
    if (tier === 'memory') continue
    const others = await contender({ tier, kind: 'others', opened: await open(optionsFor(origin)) })
    progress(`purge: ${TIERS[tier].name}, ${formatCount(PURGES)} purges by another process`)
    meanwhile[tier] = await drawByAnother(others, origin)
    contenders.push(others)
  }
  const calls = origin.calls
  const hits = await measure(contenders, {
    rounds,
    nowUs: processorUs,
    onRound: (round, of) => progress(`purge: hits, round ${round} of ${of}`),
  })
  for (const one of contenders) await proveHit(one)
  if (origin.calls !== calls) throw new Error('A hit that was measured went to the origin.')
  const writes = await measureWrites(contenders, rounds)
  for (const { close } of contenders) await close()
  await origin.stop()
  progress('')
  return {
    tables: [tableOfHits(hits, meanwhile), tableOfWrites(writes), tableOfDrawing(drawing)],
    figures: { hits: Object.fromEntries(hits), meanwhile, writes: Object.fromEntries(writes), drawing },
  }
}

function optionsFor(origin) {
  return { origin, service: { ttl: '1d', tags: () => TAGS } }
}

async function openInFolder(options) {
  const folder = createFolder()
  const opened = await openCachette({ ...options, store: `lmdb:${folder.path}` })
  const close = async () => {
    await opened.close()
    folder.remove()
  }
  return { ...opened, folder: folder.path, close }
}

/** An instance with one entry, stored before any purge: a lookup has to find out that none of them covers it. */
async function contender({ tier, kind, opened }) {
  const { api, cachette } = opened
  const one = { ...opened, tier, kind, name: `${tier} ${kind}`, call: () => api.getExternal(PATH) }
  await api.getExternal(PATH)
  await cachette.list()
  await proveHit(one)
  return one
}

async function proveHit({ api, name }) {
  const { outcome } = await api.fetchExternal(PATH)
  if (outcome !== 'hit') throw new Error(`${name}: the entry is gone (${outcome}).`)
}

/** What a purge costs when there are none yet, and when there are nearly all. */
async function drawOwn(cachette) {
  const firstMs = await purgeTags(cachette, 0, PURGES_TIMED)
  await purgeTags(cachette, PURGES_TIMED, PURGES - 2 * PURGES_TIMED)
  const lastMs = await purgeTags(cachette, PURGES - PURGES_TIMED, PURGES_TIMED)
  const perPurge = 1e3 / PURGES_TIMED
  return { firstUs: firstMs * perPurge, lastUs: lastMs * perPurge }
}

/** Has another process purge, and samples hits all the while. */
async function drawByAnother({ folder, call }, origin) {
  const path = fileURLToPath(new URL('shared/purging-process.mjs', import.meta.url))
  const child = fork(path, [folder, origin.url, String(PURGES), String(SPREAD_MS)])
  await reply(child)
  const sample = await createSampler(call, processorUs)
  const before = []
  for (let round = 0; round < 20; round += 1) before.push(await sample())
  let isDone = false
  const done = reply(child).finally(() => (isDone = true))
  child.send('begin')
  const samples = []
  while (!isDone) {
    samples.push(await sample())
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { beforeUs: median(before), us: median(samples), tookMs: (await done).tookMs }
}

/** New answers, a hundred at a time: asked for, judged against the marks and committed. */
async function measureWrites(contenders, rounds = 21) {
  const samples = new Map(contenders.map(({ name }) => [name, []]))
  let number = 0
  for (let round = 0; round < rounds; round += 1) {
    progress(`purge: writes, round ${round + 1} of ${rounds}`)
    for (const { name, api, cachette } of contenders) {
      const began = performance.now()
      const asking = Array.from({ length: WRITES_AT_ONCE }, () => api.getExternal(`/3/new/${(number += 1)}`))
      await Promise.all(asking)
      // Waits for what is being written.
      await cachette.list({ limit: 1 })
      samples.get(name).push(((performance.now() - began) * 1e3) / WRITES_AT_ONCE)
    }
  }
  return new Map([...samples].map(([name, all]) => [name, { us: median(all), samples: all }]))
}

const PURGED = {
  none: 'no purge',
  own: `after ${formatCount(PURGES)} by this process`,
  others: `after ${formatCount(PURGES)} by another process`,
}

/** How much dearer than without purges: the middle of the ratios within the rounds, which a busy machine moves least. */
function ratioOf(figures, tier, kind) {
  const { samples } = figures.get(`${tier} none`)
  return median(figures.get(`${tier} ${kind}`).samples.map((us, round) => us / samples[round]))
}

function rowsOf(figures) {
  return Object.entries(TIERS).flatMap(([tier, { name }]) =>
    Object.entries(PURGED)
      .filter(([kind]) => figures.has(`${tier} ${kind}`))
      .map(([kind, when]) => {
        const { us } = figures.get(`${tier} ${kind}`)
        return [name, when, formatUs(us), formatRatio(ratioOf(figures, tier, kind))]
      }),
  )
}

function columnsOf(what) {
  return [
    { name: 'tiers' },
    { name: 'purges by tag' },
    { name: `µs per ${what}`, isNumber: true },
    { name: '× none', isNumber: true },
  ]
}

function tableOfHits(hits, meanwhile) {
  const rows = rowsOf(hits)
  for (const [tier, { beforeUs, us }] of Object.entries(meanwhile)) {
    const at = rows.findLastIndex(([name]) => name === TIERS[tier].name)
    rows.splice(at, 0, [
      TIERS[tier].name,
      `while another process draws them, over ${SPREAD_MS / 1e3} s`,
      formatUs(us),
      formatRatio(us / beforeUs),
    ])
  }
  const worst = Math.max(...[...hits.keys()].map((name) => ratioOf(hits, ...name.split(' '))))
  return {
    title: 'Cost of a hit before and after purges',
    columns: columnsOf('hit'),
    rows,
    notes: [
      `The entry, with ${TAGS.length} tags, was stored before the purges, none of which covers it. Target: at most ` +
        `${formatRatio(TARGET_RATIO)} of before: ${worst <= TARGET_RATIO ? 'met' : 'missed'}, at ${formatRatio(worst)}. "While" is compared ` +
        'with the same instance just before. Microseconds of processor time, so that the disk and other programs do not count.',
    ],
  }
}

function tableOfWrites(writes) {
  return {
    title: 'Cost of a miss that is stored, before and after purges',
    columns: columnsOf('answer'),
    rows: rowsOf(writes),
    notes: [
      `${WRITES_AT_ONCE} at a time, until all are committed; the origin on loopback, and the disk, are most of it.`,
    ],
  }
}

function tableOfDrawing(drawing) {
  const count = formatCount(PURGES_TIMED)
  return {
    title: 'Cost of a purge itself',
    columns: [
      { name: 'tiers' },
      { name: `the first ${count}, µs each`, isNumber: true },
      { name: `the last ${count} of ${formatCount(PURGES)}, µs each`, isNumber: true },
    ],
    rows: drawing.map(({ tier, firstUs, lastUs }) => [TIERS[tier].name, formatUs(firstUs), formatUs(lastUs)]),
  }
}

await asCommand(import.meta.url, purge)
