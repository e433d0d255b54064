// Files of an embedded store that were cut short, altered, or written by another version.
import { cpSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FaultOrigin } from '../stage/fault-origin.js'
import { checkNoErrors, type Scene } from '../stage/scene.js'
import type { Stage } from '../stage/stage.js'
import type { Load } from '../stage/start-caller.js'
import { errorsIn, sumOf, type Tally } from '../stage/tally.js'
import { alterRecords } from '../stage/alter-records.js'

const PATHS = 60
const PROGRAMS = 2

/** A closed store with known entries, and what is needed to open copies of it. */
interface Filled {
  readonly folder: string
  readonly origin: FaultOrigin
  readonly load: Load
}

/** Plays them. */
export async function damageScenes(stage: Stage): Promise<void> {
  const filled = await fill(stage)
  await stage.scene('the file is cut short', (scene) => cutShort(stage, scene, filled))
  await stage.scene('bytes of entries are flipped', (scene) => flipped(stage, scene, filled))
  await stage.scene('records are of an unknown format version', (scene) =>
    unknownFormat(stage, scene, filled),
  )
}

async function fill(stage: Stage): Promise<Filled> {
  const origin = await stage.origin()
  const folder = join(stage.folder(), 'store')
  const load: Load = {
    service: 'api',
    baseURL: origin.url,
    prefix: '/item/',
    count: PATHS,
    callers: 2,
    rounds: 1,
  }
  const caller = await stage.caller(optionsOf(folder, origin))
  await caller.walk(load)
  await caller.walk({ ...load, prefix: '/large/', count: 3 })
  await caller.close()
  caller.kill()
  return { folder, origin, load }
}

function optionsOf(folder: string, origin: FaultOrigin): object {
  const services = { api: { baseURL: origin.url, ttl: '1h', timeout: '10s' } }
  return { store: `lmdb:${folder}`, memory: false, services }
}

interface Opened {
  readonly tally: Tally
  readonly warnings: readonly (readonly string[])[]
  readonly hits: number
}

/** Two programs at once on a copy of the store, after something was done to its file. */
async function openCopy(stage: Stage, filled: Filled, damage: (folder: string) => unknown): Promise<Opened> {
  const copy = join(stage.folder(), 'store')
  cpSync(filled.folder, copy, { recursive: true })
  await damage(copy)
  const callers = await stage.callers(PROGRAMS, optionsOf(copy, filled.origin))
  const large: Load = { ...filled.load, prefix: '/large/', count: 3 }
  const tallies = await Promise.all(
    callers.flatMap((caller) => [caller.walk({ ...filled.load, rounds: 2 }), caller.walk(large)]),
  )
  const warnings = await Promise.all(callers.map((caller) => caller.warnings()))
  for (const caller of callers) await caller.close()
  for (const caller of callers) caller.kill()
  const tally = sumOf(tallies)
  return { tally, warnings, hits: tally.outcomes['hit'] ?? 0 }
}

async function cutShort(stage: Stage, scene: Scene, filled: Filled): Promise<void> {
  const { size } = statSync(join(filled.folder, 'data.mdb'))
  const lengths = stage
    .pick([0.5], [0.99, 0.9, 0.75, 0.5, 0.25, 0.1])
    .map((share) => Math.floor(size * share))
  if (stage.form === 'long') lengths.push(8_192, 4_096, 100, 1, 0)
  scene.did(`${PATHS} entries of up to 700 kB in ${size} bytes, cut to ${lengths.join(', ')}`)
  scene.usedProcesses(PROGRAMS)
  scene.hardTimeout(10_000)
  const before = filled.origin.calls()
  const most: number[] = []
  for (const length of lengths) {
    const { tally, warnings } = await openCopy(stage, filled, (copy) =>
      truncateSync(join(copy, 'data.mdb'), length),
    )
    scene.saw(tally)
    most.push(...warnings.map((each) => each.length))
    checkNoErrorsOf(scene, tally, `cut to ${length}`)
  }
  scene.originWasCalled(filled.origin.calls() - before)
  scene.check('no program warned more than once', Math.max(...most) <= 1, `at most ${Math.max(...most)}`)
}

async function flipped(stage: Stage, scene: Scene, filled: Filled): Promise<void> {
  const text = readFileSync(join(filled.folder, 'data.mdb'))
  const places = placesOf(text, '/item/')
  const times = stage.pick(1, 20)
  const flips = stage.pick(40, 20)
  scene.did(`${flips} bits of entries flipped, ${times} times over, at random places among ${places.length}`)
  scene.usedProcesses(PROGRAMS)
  const before = filled.origin.calls()
  let hits = 0
  for (let time = 0; time < times; time += 1) {
    const { tally, ...opened } = await openCopy(stage, filled, (copy) => {
      const bytes = Buffer.from(text)
      for (let flip = 0; flip < flips; flip += 1) {
        const place = places[Math.floor(Math.random() * places.length)] ?? 0
        bytes[place] = (bytes[place] ?? 0) ^ (1 << Math.floor(Math.random() * 8))
      }
      writeFileSync(join(copy, 'data.mdb'), bytes)
    })
    scene.saw(tally)
    hits += opened.hits
    checkNoErrorsOf(scene, tally, `time ${time + 1}`)
  }
  const calls = filled.origin.calls() - before
  scene.originWasCalled(calls)
  scene.check('damaged entries were fetched again', calls > 0, `${calls} calls`)
  scene.check('whole ones were used', hits > 0, `${hits} hits`)
}

async function unknownFormat(stage: Stage, scene: Scene, filled: Filled): Promise<void> {
  scene.usedProcesses(PROGRAMS)
  const before = filled.origin.calls()
  let altered = 0
  const { tally, warnings } = await openCopy(stage, filled, async (copy) => {
    altered = await alterRecords(copy, 200)
  })
  scene.did(`${altered} records say that they are of format 200`)
  scene.saw(tally)
  checkNoErrors(scene, tally)
  const calls = filled.origin.calls() - before
  scene.originWasCalled(calls)
  scene.check('records were altered', altered > PATHS, altered)
  scene.check('none of them was used', calls >= PATHS, `${calls} calls for ${PATHS + 3} URLs`)
  scene.check(
    'no program warned more than once',
    warnings.every((each) => each.length <= 1),
    warnings,
  )
}

function checkNoErrorsOf(scene: Scene, tally: Tally, when: string): void {
  if (errorsIn(tally) > 0) scene.check(`no caller got an error (${when})`, false, tally.errors)
}

/** Where in the file the text of entries stands. */
function placesOf(bytes: Buffer, text: string): readonly number[] {
  const places: number[] = []
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) {
    for (let offset = 0; offset < text.length; offset += 1) places.push(at + offset)
  }
  return places
}
