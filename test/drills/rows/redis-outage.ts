// One outage of Redis: programs with and without a memory tier call all the while, purges are made before, during and after.
import { setTimeout as pause } from 'node:timers/promises'
import type { FaultOrigin } from '../stage/fault-origin.js'
import { purgeAndWatch } from '../stage/purge-and-watch.js'
import { type Scene, checkNoErrors } from '../stage/scene.js'
import type { Stage } from '../stage/stage.js'
import type { Caller, Load } from '../stage/start-caller.js'
import { type Tally, sumOf, waitWithin } from '../stage/tally.js'

/** How soon Redis must be used again. */
const RECOVERY_MS = 1_000
/** What an outage may add to a call. */
const OVERHEAD_MS = 50
/** The rest is left to whatever else the machine does. */
const COMMON_SHARE = 0.95
const PATHS = 40

/** How Redis goes away and comes back. */
export interface Outage {
  /** How long it is away, in milliseconds. */
  readonly awayMs: number
  /** The `store` option. */
  readonly store: unknown
  begin(): unknown
  end(): unknown
  /** True where what was acknowledged a moment before may be lost by the way in which servers copy each other. */
  readonly isReplicated?: boolean
}

/** Plays one. */
export async function playOutage(stage: Stage, scene: Scene, outage: Outage): Promise<void> {
  const origin = await stage.origin()
  const services = { api: { baseURL: origin.url, ttl: '1h', timeout: '5s' } }
  const bare = await stage.caller({ store: outage.store, memory: false, services })
  const near = await stage.caller({ store: outage.store, services })
  const callers = [bare, near]
  scene.usedProcesses(callers.length)
  scene.hardTimeout(5_000)
  const load: Load = {
    service: 'api',
    baseURL: origin.url,
    prefix: '/item/',
    count: PATHS,
    callers: 6,
    pauseMs: 5,
  }
  const walks = await Promise.all(callers.map((caller) => caller.walk({ ...load, rounds: 1 })))
  scene.saw(...walks)
  const cold = waitWithin(sumOf(walks), COMMON_SHARE)
  for (const caller of callers) await caller.start('load', load)
  const purge = (by: Caller, path: string): ReturnType<typeof purgeAndWatch> =>
    purgeAndWatch({ by, callers, origin, path, service: 'api' })
  await purge(bare, '/item/1')
  await purge(near, '/item/2')
  await pause(outage.isReplicated === true ? 500 : 100)
  const before = await laps(callers)

  const isAway = outage.awayMs > 0 || outage.isReplicated === true
  const beganMs = performance.now()
  await outage.begin()
  const unseen = isAway ? await purgeWhileAway(scene, near, origin) : undefined
  await pause(outage.awayMs)
  const during = isAway ? await laps(callers) : sumOf([])
  await outage.end()
  const returnedMs = performance.now()
  const awaySeconds = ((returnedMs - beganMs) / 1_000).toFixed(1)
  scene.did(
    `one program with a memory tier, one without; ${PATHS} URLs; away for ${awaySeconds} s; purges before, meanwhile, after`,
  )
  const recoveryMs = await untilUsed(bare, origin, returnedMs)
  await pause(Math.max(0, RECOVERY_MS - recoveryMs))
  // What was purged while it was away counts in the other program too, once it is back.
  if (unseen !== undefined) await bare.floor({ ...unseen, fromMs: Date.now() })
  await purge(near, '/item/3')
  await purge(bare, '/item/4')
  await pause(stage.pick(500, 5_000))
  const after = sumOf(await Promise.all(callers.map((caller) => caller.stop('load'))))

  const tally = sumOf([before, during, after])
  scene.saw(tally)
  scene.originWasCalled(origin.calls())
  checkNoErrors(scene, tally)
  if (isAway) {
    const took = waitWithin(during, COMMON_SHARE)
    const seen = `${took.toFixed(1)} ms, ${cold.toFixed(1)} ms when everything was fetched for the first time`
    const more = stage.limit(OVERHEAD_MS)
    scene.check(`19 of 20 calls meanwhile took ${more} ms more at most`, took <= cold + more, seen)
  }
  const back = `after ${Math.round(recoveryMs)} ms; programs stood still for ${Math.round(after.stalledMs)} ms at most`
  const withinMs = stage.limit(RECOVERY_MS)
  scene.check(`it is used again within ${withinMs / 1_000} s`, recoveryMs <= withinMs + after.stalledMs, back)
  const isUsed = (after.tiers['redis'] ?? 0) > 0
  scene.check('answers come out of it afterwards', isUsed, after.tiers)
  for (const caller of callers) await checkWarnings(scene, caller)
}

/** Once for each outage: a busy machine can make several of one. */
async function checkWarnings(scene: Scene, caller: Caller): Promise<void> {
  const warnings = await caller.warnings()
  const { 'tier-recovered': recovered } = await caller.events()
  const outages = (recovered?.count ?? 0) + 1
  const counts = warnings.map((warning) => warnings.filter((other) => other === warning).length)
  const most = Math.max(0, ...counts)
  const seen = `${most} times at most, in ${outages - 1} outages and returns`
  scene.check('nothing was said more than once for each outage', most <= outages, seen)
}

interface Floor {
  readonly prefix: string
  readonly version: number
}

/** A purge that cannot be written yet: in force at once in the program that makes it, and in the others on its return. */
async function purgeWhileAway(scene: Scene, by: Caller, origin: FaultOrigin): Promise<Floor> {
  const { refused = 'taken', ...floor } = await purgeAndWatch({
    by,
    callers: [by],
    origin,
    path: '/item/5',
    service: 'api',
  })
  const isTyped = refused === 'taken' || refused.startsWith('CACHETTE_STORE')
  scene.check('a purge meanwhile is taken, or refused with a typed error', isTyped, refused)
  return floor
}

async function laps(callers: readonly Caller[]): Promise<Tally> {
  return sumOf(await Promise.all(callers.map((caller) => caller.lap('load'))))
}

/** How long after its return an answer comes out of it, in milliseconds. */
async function untilUsed(caller: Caller, origin: FaultOrigin, returnedMs: number): Promise<number> {
  for (;;) {
    const { ends } = await caller.ask({ service: 'api', baseURL: origin.url, path: '/item/0' })
    const tookMs = performance.now() - returnedMs
    if (ends[0]?.tier === 'redis' || tookMs > 30_000) return tookMs
    await pause(10)
  }
}
