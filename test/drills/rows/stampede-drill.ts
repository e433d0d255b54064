// Many callers in several processes who want the same thing at the same moment, and the few calls that the origin gets.
import type { Drill } from '../stage/drill.js'
import type { FaultOrigin } from '../stage/fault-origin.js'
import { type Scene, checkNoErrors, checkStoreWasThere } from '../stage/scene.js'
import type { Stage } from '../stage/stage.js'
import type { Caller } from '../stage/start-caller.js'
import { sharedStores } from '../stage/shared-stores.js'
import { sumOf } from '../stage/tally.js'

const PROCESSES = 4
const CALLERS = 50
const HOUR_MS = 3_600_000

/** The drill. */
export const stampedeDrill: Drill = {
  name: 'stampede',
  title: 'Four processes with 50 callers each want the same URL',
  promise:
    'One origin call for a cold URL; two at most where the process that asks is killed meanwhile; one refresh, and no waiting, where a stale answer is allowed.',
  async play(stage) {
    for (const { name, openStore } of sharedStores(stage)) {
      await stage.scene(`a cold URL, on ${name}`, async (scene) => cold(stage, scene, await openStore(scene)))
      await stage.scene(`the process that asks is killed, on ${name}`, async (scene) =>
        killed(stage, scene, await openStore(scene)),
      )
      await stage.scene(`an expired URL, stale answers allowed, on ${name}`, async (scene) =>
        expired(stage, scene, await openStore(scene)),
      )
    }
  },
}

interface Crowd {
  readonly origin: FaultOrigin
  readonly callers: readonly Caller[]
}

async function crowdOn(stage: Stage, scene: Scene, store: string | object): Promise<Crowd> {
  const origin = await stage.origin()
  const services = { api: { baseURL: origin.url, ttl: '1h', timeout: '10s', staleWhileRevalidate: '6h' } }
  const callers = await stage.callers(PROCESSES, { store, services })
  scene.usedProcesses(PROCESSES)
  scene.hardTimeout(10_000)
  return { origin, callers }
}

function askOne(caller: Caller, origin: FaultOrigin, path: string): ReturnType<Caller['ask']> {
  return caller.ask({ service: 'api', baseURL: origin.url, path, callers: CALLERS })
}

async function cold(stage: Stage, scene: Scene, store: string | object): Promise<void> {
  const { origin, callers } = await crowdOn(stage, scene, store)
  await origin.behave({ kind: 'good', delayMs: 100 })
  const times = stage.pick(2, 20)
  scene.did(
    `${PROCESSES} × ${CALLERS} callers at once, ${times} URLs one after another, an origin that takes 100 ms`,
  )
  const counts: number[] = []
  for (let time = 0; time < times; time += 1) {
    const path = `/cold/${time}`
    const asked = await Promise.all(callers.map((caller) => askOne(caller, origin, path)))
    const tally = sumOf(asked.map((each) => each.tally))
    scene.saw(tally)
    checkOnce(scene, tally.calls === PROCESSES * CALLERS)
    counts.push(origin.calls(path))
    if (Object.keys(tally.errors).length > 0) checkNoErrors(scene, tally)
  }
  scene.originWasCalled(origin.calls())
  await checkStoreWasThere(scene, callers)
  scene.check(
    '1 origin call for each URL',
    counts.every((count) => count === 1),
    counts.join(', '),
  )
}

async function killed(stage: Stage, scene: Scene, store: string | object): Promise<void> {
  const times = stage.pick(1, 10)
  scene.did(`the process that called first is killed while the origin works (600 ms), ${times} times`)
  const counts: number[] = []
  for (let time = 0; time < times; time += 1) {
    const { origin, callers } = await crowdOn(stage, scene, store)
    await origin.behave({ kind: 'good', delayMs: 600 })
    const [first, ...others] = callers
    if (first === undefined) return
    const path = `/killed/${time}`
    const asked = askOne(first, origin, path).catch(() => undefined)
    await origin.untilCalled()
    const waiting = others.map((caller) => askOne(caller, origin, path))
    first.kill()
    await asked
    const ends = await Promise.all(waiting)
    const tally = sumOf(ends.map((each) => each.tally))
    scene.saw(tally)
    if (Object.keys(tally.errors).length > 0) checkNoErrors(scene, tally)
    counts.push(origin.calls(path))
    scene.originWasCalled(origin.calls(path))
    await checkStoreWasThere(scene, others)
    for (const caller of others) caller.kill()
  }
  scene.check(
    '2 origin calls at most',
    counts.every((count) => count <= 2),
    counts.join(', '),
  )
}

async function expired(stage: Stage, scene: Scene, store: string | object): Promise<void> {
  const { origin, callers } = await crowdOn(stage, scene, store)
  const path = '/expired'
  const originMs = 1_000
  for (const caller of callers) scene.saw((await askOne(caller, origin, path)).tally)
  await origin.behave({ kind: 'good', delayMs: originMs })
  const rounds = stage.pick(1, 5)
  scene.did(
    `${PROCESSES} × ${CALLERS} callers once the answer has expired, ${rounds} times, an origin that takes ${originMs} ms`,
  )
  const counts: number[] = []
  const waits: number[] = []
  const outcomes: string[] = []
  for (let round = 0; round < rounds; round += 1) {
    for (const caller of callers) await caller.move({ wallMs: 2 * HOUR_MS, monotonicMs: 2 * HOUR_MS })
    const version = origin.moveOn()
    origin.newCalls()
    const asked = await Promise.all(callers.map((caller) => askOne(caller, origin, path)))
    const tally = sumOf(asked.map((each) => each.tally))
    scene.saw(tally)
    waits.push(tally.slowestMs - tally.stalledMs)
    outcomes.push(...Object.keys(tally.outcomes))
    // Once the refreshed answer can be had everywhere, the calls that brought it are over.
    await Promise.all(callers.map((caller) => untilVersion(caller, { origin, path, version })))
    counts.push(origin.newCalls())
  }
  scene.originWasCalled(origin.calls())
  await checkStoreWasThere(scene, callers)
  scene.check(
    '1 refresh in all processes',
    counts.every((count) => count === 1),
    counts.join(', '),
  )
  const longest = Math.max(...waits)
  scene.check('nobody waited for the origin', longest < originMs, `${Math.round(longest)} ms at most`)
  const words = [...new Set(outcomes)].join(', ')
  scene.check(
    'everybody got the older answer at once',
    outcomes.every((word) => word === 'stale'),
    words,
  )
}

interface Wanted {
  readonly origin: FaultOrigin
  readonly path: string
  readonly version: number
}

/** Asks until the answer is as new as it should be. */
async function untilVersion(caller: Caller, { origin, path, version }: Wanted): Promise<void> {
  const endsAtMs = performance.now() + 10_000
  for (;;) {
    const { ends } = await caller.ask({ service: 'api', baseURL: origin.url, path })
    if ((ends[0]?.version ?? 0) >= version) return
    if (performance.now() > endsAtMs) throw new Error(`the refreshed answer did not come within 10 s`)
  }
}

function checkOnce(scene: Scene, isMet: boolean): void {
  if (!isMet) scene.check('every caller was answered', false, 'some were not')
}
