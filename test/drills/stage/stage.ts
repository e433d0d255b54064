// What drills are played on: origins, programs and folders that are all let go of at the end, and the scenes so far.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Drill, DrillReport, Form, SceneReport } from './drill.js'
import type { RedisServer } from '../../helpers/redis-server.js'
import { type FaultOrigin, startFaultOrigin } from './fault-origin.js'
import { type Scene, playScene } from './scene.js'
import { type Caller, type CallerStart, startCaller } from './start-caller.js'

/** A drill's surroundings. */
export interface Stage {
  readonly form: Form
  /** How long a soak is to take in the long form. */
  readonly soakMinutes: number
  /** A limit of time, as strict as the drill is played. */
  limit(ms: number): number
  /** One of two values, by the form. */
  pick<Value>(short: Value, long: Value): Value
  /** An empty folder. */
  folder(): string
  origin(): Promise<FaultOrigin>
  /** A redis-server with more settings; ends the scene where none is installed. */
  redis(scene: Scene, settings?: readonly string[]): Promise<RedisServer>
  /** A program with an instance of its own. */
  caller(options: object, start?: CallerStart): Promise<Caller>
  /** Several of them. */
  callers(count: number, options: object, start?: CallerStart): Promise<readonly Caller[]>
  /** Plays one fault and writes it down. */
  scene(fault: string, play: (scene: Scene) => Promise<void>): Promise<void>
  /** Lets go of something when the drill is over. */
  onEnd(undo: () => unknown): void
}

/** How a drill is played. */
export interface Playing {
  readonly form: Form
  /** How long a soak is to take in the long form. Default 5. */
  readonly minutes?: number
  /** By how much limits of time are stretched, for machines that do something else meanwhile. Default 1. */
  readonly leeway?: number
  /** Hears of each scene. */
  readonly say?: (line: string) => void
  /** Is given what lets go of everything, for whoever breaks a drill off. */
  readonly hold?: (letGo: () => Promise<void>) => void
}

/** What a call may take beyond its hard timeout, and beyond the time for which its program stood still, in milliseconds. */
const GRACE_MS = 300

/** Plays a drill from beginning to end. */
export async function playDrill(
  drill: Drill,
  { form, minutes = 5, leeway = 1, say = () => undefined, hold = () => undefined }: Playing,
): Promise<DrillReport> {
  const scenes: SceneReport[] = []
  let begun = 0
  const undoing: (() => unknown)[] = []
  async function letGo(): Promise<void> {
    for (const undo of undoing.splice(0).reverse()) await undo()
  }

  hold(letGo)
  const stage: Stage = {
    form,
    soakMinutes: minutes,
    limit: (ms) => ms * leeway,
    pick: (short, long) => (form === 'short' ? short : long),
    folder() {
      const folder = mkdtempSync(join(tmpdir(), 'cachette-drill-'))
      stage.onEnd(() => rmSync(folder, { recursive: true, force: true }))
      return folder
    },
    async origin() {
      const origin = await startFaultOrigin()
      stage.onEnd(() => origin.close())
      return origin
    },
    async redis(scene, settings = []) {
      // Only drills that need a server wait for the test runner that its module brings along.
      const { startRedis } = await import('../../helpers/redis-server.js')
      const server = await startRedis(settings).catch((error: Error & { code?: string }) => {
        if (error.code === 'ENOENT') return scene.cannotPlay('redis-server is not installed')
        throw error
      })
      stage.onEnd(() => server.dispose())
      return server
    },
    async caller(options, start = {}) {
      const starting = startCaller(start)
      stage.onEnd(async () => {
        const started = await starting.catch(() => undefined)
        started?.kill()
        await started?.ended
      })
      const caller = await starting
      await caller.open(options)
      return caller
    },
    callers: (count, options, start) =>
      Promise.all(Array.from({ length: count }, () => stage.caller(options, start))),
    async scene(fault, play) {
      const place = (begun += 1) - 1
      const before = undoing.length
      const report = await playScene(fault, play, stage.limit(GRACE_MS))
      // What a scene made goes with it.
      for (const undo of undoing.splice(before).reverse()) await undo()
      scenes[place] = report
      say(`  ${fault}: ${lineOf(report)}`)
    },
    onEnd: (undo) => void undoing.push(undo),
  }
  try {
    await drill.play(stage)
  } finally {
    await letGo()
  }
  const { name, title, promise } = drill
  return { name, title, promise, form, scenes }
}

function lineOf({ checks, notPlayed, tally, seconds }: SceneReport): string {
  if (notPlayed !== undefined) return `not played: ${notPlayed}`
  const unmet = checks.filter(({ isMet }) => !isMet).map(({ what, seen }) => `${what}: ${seen}`)
  const calls = tally.calls > 0 ? `${tally.calls} calls, ` : ''
  return `${calls}${seconds.toFixed(1)} s, ${unmet.length === 0 ? 'all checks met' : `NOT MET: ${unmet.join(' | ')}`}`
}
