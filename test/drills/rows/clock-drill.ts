// Wall clocks that jump by a day, while the monotonic side of time goes on as ever, and neighbours whose clocks disagree.
import type { Drill } from '../stage/drill.js'
import type { FaultOrigin } from '../stage/fault-origin.js'
import { type Scene, checkNoErrors } from '../stage/scene.js'
import type { Stage } from '../stage/stage.js'
import type { CallEnd, Caller } from '../stage/start-caller.js'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const PATHS = 20

/** The drill. */
export const clockDrill: Drill = {
  name: 'clock',
  title: 'The clock jumps by a day',
  promise:
    'A jump costs a revalidation, never a wrong answer: what has expired on the monotonic side is not fresh, and no age is negative.',
  async play(stage) {
    for (const memory of stage.pick([undefined], [undefined, false]) as readonly (undefined | false)[]) {
      const kept = memory === undefined ? 'memory and LMDB' : 'LMDB alone'
      await stage.scene(`a day ahead, ${kept}`, (scene) => jump(stage, scene, { byMs: DAY_MS, memory }))
      await stage.scene(`a day back, ${kept}`, (scene) => jump(stage, scene, { byMs: -DAY_MS, memory }))
    }
    await stage.scene('back by a day while an answer expires', (scene) => expiring(stage, scene))
    await stage.scene('processes whose clocks are a day apart', (scene) => neighbours(stage, scene))
  },
}

interface Jump {
  readonly byMs: number
  readonly memory: false | undefined
}

interface World {
  readonly origin: FaultOrigin
  readonly callers: readonly Caller[]
}

async function open(stage: Stage, scene: Scene, memory: false | undefined): Promise<World> {
  const origin = await stage.origin()
  const callers = await stage.callers(2, {
    store: `lmdb:${stage.folder()}/store`,
    ...(memory === false ? { memory } : {}),
    services: { api: { baseURL: origin.url, ttl: '1h', timeout: '5s' } },
  })
  scene.usedProcesses(callers.length)
  scene.hardTimeout(5_000)
  return { origin, callers }
}

/** All paths, through one program; one caller after another. */
async function askAll(scene: Scene, caller: Caller, origin: FaultOrigin): Promise<readonly CallEnd[]> {
  const ends: CallEnd[] = []
  for (let path = 0; path < PATHS; path += 1) {
    const asked = await caller.ask({ service: 'api', baseURL: origin.url, path: `/item/${path}` })
    ends.push(...asked.ends)
    scene.saw(asked.tally)
    if (Object.keys(asked.tally.errors).length > 0) checkNoErrors(scene, asked.tally)
  }
  return ends
}

async function jump(stage: Stage, scene: Scene, { byMs, memory }: Jump): Promise<void> {
  const { origin, callers } = await open(stage, scene, memory)
  const [first, second] = callers
  if (first === undefined || second === undefined) return
  await askAll(scene, first, origin)
  await askAll(scene, second, origin)
  for (const caller of callers) await caller.move({ wallMs: byMs })
  origin.moveOn()
  origin.newCalls()
  const after = await askAll(scene, first, origin)
  const calls = origin.newCalls()
  const again = await askAll(scene, second, origin)
  const more = origin.newCalls()
  await askAll(scene, first, origin)
  const later = origin.newCalls()
  scene.did(`${PATHS} answers of an hour's freshness, kept by two processes; both clocks jump at once`)
  scene.originWasCalled(origin.calls())
  scene.check(
    'each answer was asked for again once, by one of them',
    calls === PATHS && more === 0,
    `${calls} and ${more} calls`,
  )
  scene.check('and then kept as ever', later === 0, `${later} calls`)
  checkAges(scene, [...after, ...again])
}

/** The answer has expired by the clock that nobody moves; the wall clock says that it has not. */
async function expiring(stage: Stage, scene: Scene): Promise<void> {
  const { origin, callers } = await open(stage, scene, undefined)
  const [first] = callers
  if (first === undefined) return
  await askAll(scene, first, origin)
  origin.moveOn()
  await first.move({ monotonicMs: 2 * HOUR_MS, wallMs: 60_000 })
  const ends = await askAll(scene, first, origin)
  scene.did('two hours pass for answers of an hour; the wall clock says that it was a minute')
  scene.originWasCalled(origin.calls())
  const hits = ends.filter(({ outcome, version }) => outcome === 'hit' || version !== 2)
  scene.check('none of them was taken for fresh', hits.length === 0, hits)
  checkAges(scene, ends)
}

async function neighbours(stage: Stage, scene: Scene): Promise<void> {
  const { origin, callers } = await open(stage, scene, undefined)
  const [ahead, right] = callers
  if (ahead === undefined || right === undefined) return
  await ahead.move({ wallMs: DAY_MS })
  await askAll(scene, ahead, origin)
  origin.newCalls()
  const ends = await askAll(scene, right, origin)
  const calls = origin.newCalls()
  scene.check('answers from the future are asked for again', calls === PATHS, `${calls} calls`)
  checkAges(scene, ends)
  // The process that is ahead begins a call and dies: its lease must not hold the others up for a day.
  await origin.behave({ kind: 'good', delayMs: 300 })
  const asked = ahead.ask({ service: 'api', baseURL: origin.url, path: '/late' }).catch(() => undefined)
  await origin.untilCalled()
  ahead.kill()
  await asked
  const { ends: late, tally } = await right.ask({ service: 'api', baseURL: origin.url, path: '/late' })
  scene.saw(tally)
  scene.did(
    'one of two processes is a day ahead; it is killed in the middle of a call that the other wants to make',
  )
  scene.originWasCalled(origin.calls())
  const [end] = late
  const isAnswered = end?.outcome !== undefined && end.tookMs < 3_500
  scene.check(
    'its lease ended with it',
    isAnswered,
    `${end?.outcome ?? end?.code} after ${Math.round(end?.tookMs ?? 0)} ms`,
  )
}

function checkAges(scene: Scene, ends: readonly CallEnd[]): void {
  const wrong = ends.filter(({ ageMs = 0, ttlMs = 0 }) => ageMs < 0 || ttlMs > HOUR_MS)
  scene.check('no age is negative, no freshness longer than an hour', wrong.length === 0, wrong)
}
