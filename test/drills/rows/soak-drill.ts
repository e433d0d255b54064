// Full load for a long time, with expiry, eviction and purges all the while: nothing may grow, nothing may stay open.
import { setTimeout as pause } from 'node:timers/promises'
import type { Drill } from '../stage/drill.js'
import { growthOf } from '../stage/growth.js'
import { purgeAndWatch } from '../stage/purge-and-watch.js'
import { type Scene, checkNoErrors } from '../stage/scene.js'
import type { Stage } from '../stage/stage.js'
import type { Caller, Holds, Load } from '../stage/start-caller.js'
import { type Tally, sumOf } from '../stage/tally.js'

const PROGRAMS = 2
const CALLERS = 16
const MIB = 1024 ** 2
/** What the fitted growth over the second half may come to, beside a share of what is held: collection is not exact. */
const GROWTH_BYTES = 6 * MIB
const GROWTH_SHARE = 0.05
const SAMPLES = { short: 12, long: 60 }

/** The drill. */
export const soakDrill: Drill = {
  name: 'soak',
  title: 'Full load for a long time',
  promise: 'Steady: memory does not grow, no handle, socket or file stays open.',
  async play(stage) {
    await stage.scene('memory and LMDB, with expiry, eviction and purges', (scene) => soak(stage, scene))
  },
}

async function soak(stage: Stage, scene: Scene): Promise<void> {
  const seconds = stage.pick(8, stage.soakMinutes * 60)
  const origin = await stage.origin()
  const options = {
    store: { type: 'lmdb', path: `${stage.folder()}/store`, maxBytes: '32MB' },
    memory: { maxBytes: '8MB' },
    services: { api: { baseURL: origin.url, ttl: '2s', timeout: '10s' } },
  }
  const callers = await stage.callers(PROGRAMS, options, { nodeArgs: ['--expose-gc'] })
  const before = await Promise.all(callers.map((caller) => caller.holds()))
  const load: Load = {
    service: 'api',
    baseURL: origin.url,
    prefix: '/common/',
    count: 2_000,
    callers: CALLERS,
  }
  for (const [index, caller] of callers.entries()) {
    await caller.start('common', load)
    await caller.start('own', { ...load, prefix: `/own/${index}/`, paths: 'unique', callers: 2, pauseMs: 5 })
  }
  const samples: Holds[][] = callers.map(() => [])
  const tallies: Tally[] = []
  const count = SAMPLES[stage.form]
  const everyMs = (seconds * 1_000) / count
  let purges = 0
  const startedMs = performance.now()
  for (let sample = 1; sample <= count; sample += 1) {
    await pause(Math.max(0, startedMs + sample * everyMs - performance.now()))
    const victim = callers[sample % PROGRAMS]
    if (victim !== undefined) {
      await purgeAndWatch({
        by: victim,
        callers,
        origin,
        path: `/common/${(sample * 37) % load.count!}`,
        service: 'api',
      })
      purges += 1
    }
    for (const [index, caller] of callers.entries()) {
      samples[index]?.push(await caller.holds())
      tallies.push(await caller.lap('common'), await caller.lap('own'))
    }
  }
  for (const caller of callers) tallies.push(await caller.stop('common'), await caller.stop('own'))
  const took = (performance.now() - startedMs) / 1_000
  const tally = sumOf(tallies)
  scene.usedProcesses(PROGRAMS)
  scene.did(
    `${CALLERS + 2} callers in each program without a pause, 2,000 URLs and ever new ones, a TTL of 2 s, ${purges} purges`,
  )
  scene.did(`${Math.round(tally.calls / took)} calls in a second`)
  scene.saw(tally)
  scene.hardTimeout(10_000)
  scene.originWasCalled(origin.calls())
  checkNoErrors(scene, tally)
  for (const [index, each] of samples.entries())
    checkGrowth(scene, { each, seconds: took, program: index + 1 })
  const warnings = await Promise.all(callers.map((caller) => caller.warnings()))
  scene.check('nobody warned', warnings.flat().length === 0, warnings.flat())
  await checkClosing(scene, callers, before)
  const connections = await origin.connections()
  scene.check('no connection to the origin stayed open', connections === 0, connections)
}

interface Sampled {
  readonly each: readonly Holds[]
  readonly seconds: number
  readonly program: number
}

/** What is held by JavaScript after collection, and beside it: the second half must be flat. */
function checkGrowth(scene: Scene, { each, seconds, program }: Sampled): void {
  const half = each.slice(each.length / 2)
  const kinds: readonly (readonly [string, (holds: Holds) => number])[] = [
    ['heap', (holds) => holds.heapUsed],
    ['buffers and native memory', (holds) => holds.external],
  ]
  for (const [kind, valueOf] of kinds) {
    const values = half.map(valueOf)
    const { growth, mean } = growthOf(values)
    const perMinute = growth / (seconds / 2 / 60) / MIB
    const seen = `${(growth / MIB).toFixed(1)} MiB over the second half, at ${(mean / MIB).toFixed(1)} MiB; ${perMinute.toFixed(2)} MiB a minute`
    scene.check(
      `${kind} of program ${program} is flat`,
      growth <= Math.max(GROWTH_BYTES, mean * GROWTH_SHARE),
      seen,
    )
  }
  const rss = growthOf(half.map((holds) => holds.rss))
  // Pages of the mapped file count as resident; the file is bounded at 32 MB.
  const seen = `${(rss.growth / MIB).toFixed(1)} MiB over the second half, at ${(rss.mean / MIB).toFixed(0)} MiB`
  scene.check(
    `resident memory of program ${program} is flat`,
    rss.growth <= Math.max(48 * MIB, rss.mean * 0.15),
    seen,
  )
  const files = half.map((holds) => holds.descriptors)
  const spread = `${Math.min(...files)} to ${Math.max(...files)}`
  scene.check(`open files of program ${program} are bounded`, Math.max(...files) < 60 + CALLERS * 2, spread)
}

async function checkClosing(
  scene: Scene,
  callers: readonly Caller[],
  before: readonly Holds[],
): Promise<void> {
  for (const [index, caller] of callers.entries()) {
    await caller.close()
    const after = await caller.holds()
    const { resources = [], descriptors = 0 } = before[index] ?? {}
    const isClosed = after.resources.length <= resources.length && after.descriptors <= descriptors
    const seen = `${after.resources.join(' ')} of ${resources.join(' ')}, ${after.descriptors} of ${descriptors} files`
    scene.check(`program ${index + 1} left nothing open after close`, isClosed, seen)
  }
}
