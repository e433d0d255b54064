// Processes that share an embedded store while one after another is killed in the middle of its work.
import { execFile } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Drill } from '../stage/drill.js'
import { type Scene, checkNoErrors } from '../stage/scene.js'
import type { Stage } from '../stage/stage.js'
import type { Caller } from '../stage/start-caller.js'
import { type Tally, sumOf } from '../stage/tally.js'

const WRITERS = 4

/** What `kill-drill.mjs` prints. */
interface KillFigures {
  readonly kills: number
  readonly acknowledged: number
  readonly lost: number
  readonly torn: number
  readonly counted: number
  readonly countedInStore: number
  readonly longestStallMs: number
  readonly openedInMs: number
  readonly entries: number
  readonly listed: number
}

/** The drill. */
export const killDrill: Drill = {
  name: 'kill',
  title: '`kill -9` of one of four processes on one embedded store',
  promise:
    'Callers in the other processes notice nothing. The store opens, and every entry whose write was acknowledged is there and whole.',
  async play(stage) {
    await stage.scene('writers of the store itself are killed', (scene) => killWriters(stage, scene))
    await stage.scene('programs with callers are killed', (scene) => killPrograms(stage, scene))
  },
}

/** The store alone, as fast as it goes: versions and counters are checked too. */
async function killWriters(stage: Stage, scene: Scene): Promise<void> {
  const script = fileURLToPath(new URL('../kill-drill.mjs', import.meta.url))
  const kills = stage.pick(5, 100)
  const run = promisify(execFile)(process.execPath, [script, '--kills', String(kills), '--json'])
  // It exits with 1 where something was lost, and says what all the same.
  const { stdout, stderr } = await run.catch((error: { stdout: string; stderr: string }) => error)
  if (stdout === '') throw new Error(stderr.slice(-500))
  const figures = JSON.parse(stdout) as KillFigures
  scene.usedProcesses(WRITERS)
  scene.did(`${figures.kills} kills; ${figures.acknowledged} writes acknowledged`)
  scene.check('acknowledged entries lost', figures.lost === 0, figures.lost)
  scene.check('entries torn', figures.torn === 0, figures.torn)
  const counts = `${figures.countedInStore} of ${figures.counted}`
  scene.check('acknowledged counts are in the figures', figures.countedInStore >= figures.counted, counts)
  scene.check(
    'the store lists what it counts',
    figures.entries === figures.listed,
    `${figures.listed} entries`,
  )
  scene.check('it opens', figures.openedInMs >= 0, `in ${figures.openedInMs} ms`)
  scene.check(
    'the others went on',
    figures.longestStallMs < 5_000,
    `after ${figures.longestStallMs} ms at most`,
  )
}

/** The public surface: each program asks for URLs of its own and for URLs that all ask for at the same moment. */
async function killPrograms(stage: Stage, scene: Scene): Promise<void> {
  const origin = await stage.origin()
  await origin.behave({ kind: 'good', delayMs: 5 })
  const options = {
    store: `lmdb:${stage.folder()}/store`,
    services: { api: { baseURL: origin.url, ttl: '1h', timeout: '10s' } },
  }
  const stored = new Set<string>()
  const seen: Tally[] = []
  let generation = 0

  async function start(index: number): Promise<Caller> {
    let isStoring: () => void = () => undefined
    const storing = new Promise<void>((resolve) => (isStoring = resolve))
    const onStored = (key: string): void => {
      stored.add(key)
      isStoring()
    }
    const caller = await stage.caller(options, { onStored })
    const load = { service: 'api', baseURL: origin.url, callers: 4 } as const
    const own = `/own/${index}/${(generation += 1)}/`
    await caller.start('own', { ...load, prefix: own, paths: 'unique', pauseMs: 2 })
    await caller.start('common', { ...load, prefix: '/common/', paths: 'moving', pauseMs: 2 })
    await storing
    return caller
  }

  const programs = await Promise.all(Array.from({ length: WRITERS }, (_, index) => start(index)))
  const kills = stage.pick(3, 100)
  for (let kill = 0; kill < kills; kill += 1) {
    const index = kill % WRITERS
    await pause(20 + Math.random() * 150)
    // What the victim's callers had been told by then counts like everybody's.
    if (kill % 2 === 0) seen.push(...(await lapsOf(programs[index])))
    programs[index]?.kill()
    await programs[index]?.ended
    programs[index] = await start(index)
  }
  for (const program of programs) seen.push(await program.stop('own'), await program.stop('common'))
  for (const program of programs) await program.close()
  const tally = sumOf(seen)
  scene.usedProcesses(WRITERS)
  scene.did(
    `${kills} kills, each at a moment of its own; every program asks for URLs of its own and for common ones`,
  )
  scene.saw(tally)
  scene.hardTimeout(10_000)
  scene.originWasCalled(origin.calls())
  checkNoErrors(scene, tally)

  await origin.behave({ kind: 'refuses' })
  const reader = await stage.caller(options)
  const warnings = await reader.warnings()
  scene.check('the store opens without a word', warnings.length === 0, warnings)
  const missing = await reader.missing([...stored])
  const found = `${missing.length} of ${stored.size} missing or torn`
  scene.check('every entry that was said to be stored is there and whole', missing.length === 0, found)
  await reader.close()
}

async function lapsOf(program: Caller | undefined): Promise<readonly Tally[]> {
  return program === undefined ? [] : [await program.lap('own'), await program.lap('common')]
}
