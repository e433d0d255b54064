// Every way in which an origin can fail, before callers who have an older answer and callers who have none.
import type { Behaviour, FaultOrigin } from '../stage/fault-origin.js'
import type { Drill } from '../stage/drill.js'
import type { Scene } from '../stage/scene.js'
import type { Stage } from '../stage/stage.js'
import type { Caller, Load } from '../stage/start-caller.js'
import { type Tally, sumOf } from '../stage/tally.js'

const HOUR_MS = 3_600_000
const PATHS = 5
const PROCESSES = 2
/** After so many hard timeouts callers give up on what seems never to end. */
const GIVE_UP_TIMES = 4

/** A fault, and what is special about it. */
interface Fault {
  readonly title: string
  readonly behaviour: Behaviour
  /** True where one answer of the origin ends all calls for a while. */
  readonly isCoolDown?: boolean
  readonly service?: Readonly<Record<string, unknown>>
  /** Which callers are played; both where it is left out. */
  readonly door?: 'service' | 'fetch' | 'both'
  /** URLs with an older answer, and as many without; 5 where it is left out. */
  readonly paths?: number
}

const FAULTS: readonly Fault[] = [
  { title: 'refuses connections', behaviour: { kind: 'refuses' } },
  { title: 'hangs', behaviour: { kind: 'hangs' } },
  { title: 'resets connections', behaviour: { kind: 'resets' } },
  { title: 'resets in the middle of the body', behaviour: { kind: 'resets-mid-body' } },
  { title: 'sends a body that is too short', behaviour: { kind: 'short-body' } },
  { title: 'answers 500', behaviour: { kind: 'status', status: 500 } },
  {
    title: '429 with Retry-After: 1',
    behaviour: { kind: 'status', status: 429, headers: { 'retry-after': '1' } },
  },
  { title: '429 without Retry-After', behaviour: { kind: 'status', status: 429 } },
  {
    title: '429 with Retry-After: 20000',
    behaviour: { kind: 'status', status: 429, headers: { 'retry-after': '20000' } },
    isCoolDown: true,
  },
  {
    title: '200 with an error page',
    behaviour: { kind: 'error-page' },
    service: { validate: 'content' },
  },
  {
    title: '200 with an error as JSON',
    behaviour: { kind: 'error-in-200' },
    service: { classify: 'success-flag' },
  },
]

/** What comes without end and keeps the machine busy is played alone. */
const DRIP: Behaviour = { kind: 'drips', bytesPerSecond: 10_000_000 }
const DRIPS: readonly Fault[] = [
  {
    title: 'drips 10 MB/s of JSON without end, callers of the service class',
    behaviour: DRIP,
    door: 'service',
    paths: 2,
  },
  { title: 'drips 10 MB/s of JSON without end, callers of fetch', behaviour: DRIP, door: 'fetch', paths: 2 },
]

/** One fault with the origin and the service that have it. */
interface Case extends Fault {
  readonly origin: FaultOrigin
  readonly service: Readonly<Record<string, unknown>>
  readonly name: string
  readonly giveUpMs: number
}

/** The drill. */
export const originDrill: Drill = {
  name: 'origin',
  title: 'The origin fails, hangs, lies or asks to be left alone',
  promise:
    'Callers get the older answer (`rescued`) or a typed error, never later than the hard timeout. Nothing bad is stored.',
  async play(stage) {
    const timeoutMs = stage.pick(1_000, 3_000)
    const cases: Case[] = []
    for (const [index, fault] of [...FAULTS, ...DRIPS].entries()) {
      const origin = await stage.origin()
      const service = { baseURL: origin.url, ttl: '1h', timeout: `${timeoutMs}ms`, ...fault.service }
      cases.push({ ...fault, origin, service, name: `fault_${index}`, giveUpMs: GIVE_UP_TIMES * timeoutMs })
    }
    const callers = await stage.callers(PROCESSES, {
      store: `lmdb:${stage.folder()}/store`,
      services: Object.fromEntries(cases.map(({ name, service }) => [name, service])),
    })
    // All warm answers are there before any clock is moved, since the programs have one clock each for all services.
    for (const each of cases) await askAll(callers, loadOf(each, 'warm', 1))
    for (const caller of callers) await caller.move({ wallMs: 2 * HOUR_MS, monotonicMs: 2 * HOUR_MS })
    const playing = { stage, callers, timeoutMs, callersEach: stage.pick(4, 20) }
    const quiet = cases.slice(0, FAULTS.length)
    if (stage.form === 'short') await Promise.all(quiet.map((each) => playFault(playing, each)))
    else for (const each of quiet) await playFault(playing, each)
    for (const each of cases.slice(FAULTS.length)) await playFault(playing, each)
    for (const caller of callers) await caller.move({ wallMs: 6 * HOUR_MS, monotonicMs: 6 * HOUR_MS })
    await stage.scene('all origins are well again, six hours later', async (scene) => {
      await checkRecovery(scene, playing, cases)
    })
  },
}

interface Playing {
  readonly stage: Stage
  readonly callers: readonly Caller[]
  readonly timeoutMs: number
  /** Callers in each program. */
  readonly callersEach: number
}

function loadOf(
  { name, origin, door = 'both', paths: count = PATHS, giveUpMs }: Case,
  kind: 'warm' | 'cold',
  callers: number,
): Load {
  const paths = { prefix: `/${kind}/`, count, rounds: 1 }
  return { service: name, baseURL: origin.url, ...paths, callers, door, limitMs: giveUpMs }
}

async function askAll(callers: readonly Caller[], load: Load): Promise<Tally> {
  return sumOf(await Promise.all(callers.map((caller) => caller.walk(load))))
}

async function playFault({ stage, callers, timeoutMs, callersEach }: Playing, each: Case): Promise<void> {
  const { origin, behaviour, title, isCoolDown = false, name, paths = PATHS } = each
  await stage.scene(title, async (scene) => {
    scene.usedProcesses(callers.length)
    scene.hardTimeout(timeoutMs)
    scene.did(`${paths} answers that had expired an hour ago, ${paths} that were never had`)
    scene.did(`${2 * callersEach} callers at once in each program`)
    origin.newCalls()
    await origin.behave(behaviour)
    if (isCoolDown) {
      scene.saw(await firstCall(callers[0], each))
      scene.originWasCalled(origin.newCalls())
    }
    const [warm, cold] = await Promise.all([
      askAll(callers, loadOf(each, 'warm', callersEach)),
      askAll(callers, loadOf(each, 'cold', callersEach)),
    ])
    scene.saw(warm, cold)
    const calls = origin.newCalls()
    scene.originWasCalled(calls)
    if (isCoolDown) scene.check('after the first 429 no process asked again', calls === 0, `${calls} calls`)
    const entries = await callers[0]?.inspect({ service: name })
    const bad = entries?.filter(({ status, fault }) => status !== 200 || fault !== undefined) ?? []
    scene.check('every stored entry is a good answer', bad.length === 0, bad)
    scene.check(`the ${paths} older answers are still there`, entries?.length === paths, entries?.length)
  })
}

async function firstCall(caller: Caller | undefined, { name, origin }: Case): Promise<Tally> {
  const asked = await caller?.ask({ service: name, baseURL: origin.url, path: '/first' })
  return asked?.tally ?? sumOf([])
}

async function checkRecovery(scene: Scene, { callers }: Playing, cases: readonly Case[]): Promise<void> {
  scene.usedProcesses(callers.length)
  for (const { origin } of cases) {
    origin.moveOn()
    await origin.behave({ kind: 'good' })
  }
  const late: string[] = []
  for (const each of cases) {
    for (const kind of ['warm', 'cold'] as const) {
      const tally = await askAll(callers, loadOf(each, kind, 1))
      scene.saw(tally)
      if (Object.keys(tally.errors).length > 0 || tally.outcomes['rescued'] !== undefined)
        late.push(`${each.title}: ${JSON.stringify({ ...tally.outcomes, ...tally.errors })}`)
    }
    for (const { path, version, fault } of (await callers[0]?.inspect({ service: each.name })) ?? []) {
      if (version !== 2 || fault !== undefined) late.push(`${each.title}: ${path} is ${fault ?? version}`)
    }
  }
  scene.check('every call is answered by the origin or by what it said now', late.length === 0, late)
}
