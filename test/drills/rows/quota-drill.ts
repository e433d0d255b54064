// A budget of calls that all processes share, spent as fast as they can.
import type { Drill } from '../stage/drill.js'
import { type Scene, checkStoreWasThere } from '../stage/scene.js'
import { sharedStores } from '../stage/shared-stores.js'
import type { Stage } from '../stage/stage.js'
import type { Load } from '../stage/start-caller.js'
import { sumOf } from '../stage/tally.js'

const PROCESSES = 4
const BUDGET = 100

/** The drill. */
export const quotaDrill: Drill = {
  name: 'quota',
  title: 'A budget of 100 calls, shared by four processes at full speed',
  promise: 'The origin is called 100 times and never 101; whoever comes later gets `CACHETTE_QUOTA`.',
  async play(stage) {
    for (const { name, openStore } of sharedStores(stage)) {
      await stage.scene(`spent at once, on ${name}`, async (scene) =>
        spend(stage, scene, await openStore(scene)),
      )
      await stage.scene(`a process is killed while it is spent, on ${name}`, async (scene) =>
        spendAndKill(stage, scene, await openStore(scene)),
      )
    }
  },
}

async function spend(stage: Stage, scene: Scene, store: string | object): Promise<void> {
  const times = stage.pick(1, 5)
  const counts: number[] = []
  scene.usedProcesses(PROCESSES)
  scene.hardTimeout(10_000)
  scene.did(`${PROCESSES} × 20 callers, each URL asked for once; ${times} budgets one after another`)
  for (let time = 0; time < times; time += 1) {
    const { origin, callers, load } = await start(stage, { store, service: `api_${time}` })
    const tallies = await Promise.all(callers.map((caller, index) => caller.walk(load(index))))
    const tally = sumOf(tallies)
    scene.saw(tally)
    counts.push(origin.calls())
    scene.originWasCalled(origin.calls())
    const codes = Object.keys(tally.errors)
    const isTyped = codes.length === 1 && codes[0] === 'CACHETTE_QUOTA'
    scene.check('all others were told that it is spent', isTyped, tally.errors)
    await checkStoreWasThere(scene, callers)
    for (const caller of callers) caller.kill()
  }
  scene.check(
    `exactly ${BUDGET} calls`,
    counts.every((count) => count === BUDGET),
    counts.join(', '),
  )
}

async function spendAndKill(stage: Stage, scene: Scene, store: string | object): Promise<void> {
  const { origin, callers, load } = await start(stage, { store, service: 'api' })
  scene.usedProcesses(PROCESSES)
  scene.hardTimeout(10_000)
  scene.did('one of the processes is killed once the origin has been called')
  const [victim, ...others] = callers
  const walking = callers.map((caller, index) => caller.walk(load(index)))
  const lost = walking[0]?.catch(() => undefined)
  await origin.untilCalled()
  victim?.kill()
  await lost
  const tally = sumOf(await Promise.all(walking.slice(1)))
  scene.saw(tally)
  scene.originWasCalled(origin.calls())
  const calls = origin.calls()
  scene.check(`${BUDGET} calls at most`, calls <= BUDGET, calls)
  // What the victim had reserved and not sent is gone: one call for each of its callers at most.
  scene.check('the others spent the rest', calls >= BUDGET - 20, calls)
  await checkStoreWasThere(scene, others)
}

async function start(
  stage: Stage,
  { store, service }: { readonly store: string | object; readonly service: string },
): Promise<{
  readonly origin: Awaited<ReturnType<Stage['origin']>>
  readonly callers: Awaited<ReturnType<Stage['callers']>>
  load(index: number): Load
}> {
  const origin = await stage.origin()
  const settings = { baseURL: origin.url, ttl: '1h', timeout: '10s', quota: `${BUDGET}/1h` }
  const callers = await stage.callers(PROCESSES, { store, services: { [service]: settings } })
  return {
    origin,
    callers,
    load: (index) => {
      const paths = { prefix: `/${index}/`, paths: 'unique', count: 5, rounds: 1 } as const
      return { service, baseURL: origin.url, ...paths, callers: 20, door: 'both' }
    },
  }
}
