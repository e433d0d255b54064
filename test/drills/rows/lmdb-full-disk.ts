// Disks with no room, and folders that may only be read.
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { FaultOrigin } from '../stage/fault-origin.js'
import { type Scene, checkNoErrors } from '../stage/scene.js'
import type { Stage } from '../stage/stage.js'
import type { Caller, CallerStart, Load } from '../stage/start-caller.js'
import { sumOf } from '../stage/tally.js'

const PROGRAMS = 2
const DISK_BYTES = 6 * 1024 ** 2
const NOBODY = 65_534

/** Plays them. */
export async function fullDiskScenes(stage: Stage): Promise<void> {
  await stage.scene('the disk is full (a file system of 6 MiB)', (scene) => fullDisk(stage, scene))
  await stage.scene('files may not grow (a limit of 4 MiB)', (scene) => fileLimit(stage, scene))
  await stage.scene('the folder may only be read', (scene) => readOnly(stage, scene))
}

function loadOf(origin: FaultOrigin, prefix: string, count: number): Load {
  return { service: 'api', baseURL: origin.url, prefix, count, callers: 2, rounds: 1 }
}

function optionsOf(folder: string, origin: FaultOrigin): object {
  const services = { api: { baseURL: origin.url, ttl: '1h', timeout: '10s' } }
  return { store: `lmdb:${folder}`, memory: { maxBytes: '8MB' }, services }
}

async function fullDisk(stage: Stage, scene: Scene): Promise<void> {
  const disk = mountSmall(stage, scene)
  const origin = await stage.origin()
  const options = optionsOf(join(disk, 'store'), origin)
  const callers = await stage.callers(PROGRAMS, options)
  scene.usedProcesses(PROGRAMS)
  scene.hardTimeout(10_000)
  // Each program has answers of its own, in all far more than there is room for.
  const fill = (kind: string): Promise<unknown> =>
    Promise.all(
      callers.map(async (caller, index) => {
        const tally = await caller.walk(loadOf(origin, `/${kind}/${index}/`, stage.pick(500, 2_000)))
        scene.saw(tally)
        checkNoErrors(scene, tally)
      }),
    )
  await fill('first')
  const refused = await Promise.all(callers.map((caller) => caller.health()))
  const isFull = refused.some(({ tiers }) => tiers.some(({ problem }) => problem !== undefined))
  scene.check(
    'the disk was full indeed',
    isFull || statSync(join(disk, 'store/data.mdb')).size > DISK_BYTES / 2,
    refused,
  )
  await checkWarnings(scene, callers)
  execFileSync('mount', ['-o', `remount,size=${DISK_BYTES * 16}`, disk])
  scene.did(
    `answers of ${stage.pick(500, 2_000)} URLs in each of ${PROGRAMS} programs, then again after room was made`,
  )
  await fill('second')
  const [first] = callers
  const entries = (await first?.inspect()) ?? []
  const bad = entries.filter(({ fault }) => fault !== undefined)
  scene.check(
    'every stored entry is whole',
    bad.length === 0,
    bad.length === 0 ? `${entries.length} entries` : bad,
  )
  const late = entries.filter(({ path }) => path.startsWith('/second/'))
  scene.check('entries are stored again once there is room', late.length > 0, `${late.length} entries`)
  scene.originWasCalled(origin.calls())
  for (const caller of callers) await caller.close()
}

async function fileLimit(stage: Stage, scene: Scene): Promise<void> {
  const origin = await stage.origin()
  const folder = join(stage.folder(), 'store')
  const wrap = ['sh', '-c', 'ulimit -f 8192; exec "$0" "$@"']
  const callers = await stage.callers(PROGRAMS, optionsOf(folder, origin), { wrap })
  scene.usedProcesses(PROGRAMS)
  scene.hardTimeout(10_000)
  scene.did('every program may write files of 4 MiB at most')
  const tallies = await Promise.all(
    callers.map((caller, index) => caller.walk(loadOf(origin, `/${index}/`, stage.pick(500, 2_000)))),
  )
  scene.saw(...tallies)
  checkNoErrors(scene, sumOf(tallies))
  scene.originWasCalled(origin.calls())
  const [first] = callers
  const entries = (await first?.inspect()) ?? []
  const bad = entries.filter(({ fault }) => fault !== undefined)
  scene.check(
    'every stored entry is whole',
    bad.length === 0,
    bad.length === 0 ? `${entries.length} entries` : bad,
  )
  const { size } = statSync(join(folder, 'data.mdb'))
  scene.check('the file stayed within its limit', size <= 8192 * 512, `${size} bytes`)
  for (const caller of callers) await caller.close()
}

async function readOnly(stage: Stage, scene: Scene): Promise<void> {
  const origin = await stage.origin()
  const base = stage.folder()
  const folder = join(base, 'store')
  const writer = await stage.caller(optionsOf(folder, origin))
  await writer.walk(loadOf(origin, '/item/', 20))
  await writer.close()
  writer.kill()
  const start = makeReadOnly(base, folder)
  scene.usedProcesses(PROGRAMS)
  scene.did('20 entries, in a folder that belongs to somebody who may read it only; 20 URLs more')
  const before = origin.calls()
  const callers = await stage.callers(PROGRAMS, optionsOf(folder, origin), start)
  for (const prefix of ['/item/', '/more/']) {
    const tallies = await Promise.all(callers.map((caller) => caller.walk(loadOf(origin, prefix, 20))))
    scene.saw(...tallies)
    checkNoErrors(scene, sumOf(tallies))
  }
  scene.hardTimeout(10_000)
  scene.originWasCalled(origin.calls() - before)
  await checkWarnings(scene, callers)
  scene.check('nothing was written', readdirSync(folder).length === 2, readdirSync(folder))
  for (const caller of callers) await caller.close()
  chmodSync(folder, 0o700)
}

/** Answers, figures and shared calls may each have their sentence. */
async function checkWarnings(scene: Scene, callers: readonly Caller[]): Promise<void> {
  for (const caller of callers) {
    const warnings = await caller.warnings()
    const isOnce = warnings.length > 0 && new Set(warnings).size === warnings.length && warnings.length <= 3
    scene.check('the program said so, once for each thing', isOnce, warnings.join(' / '))
  }
}

/** Root may write anything, so its programs run as somebody else. */
function makeReadOnly(base: string, folder: string): CallerStart {
  const isRoot = process.getuid?.() === 0
  if (isRoot) {
    chmodSync(base, 0o755)
    for (const path of [folder, ...readdirSync(folder).map((name) => join(folder, name))])
      chownSync(path, NOBODY, NOBODY)
  }
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o400)
  chmodSync(folder, 0o500)
  return isRoot ? { spawn: { uid: NOBODY, gid: NOBODY } } : {}
}

/** A file system of its own; only root may make one. */
function mountSmall(stage: Stage, scene: Scene): string {
  const disk = stage.folder()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'none', disk], { stdio: 'pipe' })
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n').at(-1) : String(error)
    scene.cannotPlay(`no file system can be mounted here (${why}); the limit on files is played instead`)
  }
  stage.onEnd(() => execFileSync('umount', [disk]))
  return disk
}
