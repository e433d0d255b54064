// Moves a data file that cannot be used, and its lock file, out of the way. Several processes may find the same file at
// once: one moves it, the others wait and look again, so that nobody moves the fresh store that took its place.
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { judgeDataFile, type DataFileVerdict } from './data-file.js'
import { DATA_FILE, LOCK_FILE } from './private-files.js'

/** Held while files are moved; its holder needs milliseconds. */
const GUARD_FILE = `${LOCK_FILE}.moving`
const GUARD_STALE_MS = 5_000
const WAIT_MS = 20

/** Where a data file went, and why. */
export interface SetAside {
  readonly movedTo: string
  readonly why: string
}

/** Judges the store's data file and moves it aside if it is bad. */
export async function setAsideIfBad(folder: string, nowMs: number): Promise<SetAside | undefined> {
  const path = join(folder, DATA_FILE)
  if ((await judgePatiently(path)).state !== 'bad') return undefined
  const judge = (): string | undefined => {
    const verdict = judgeDataFile(path)
    return verdict.state === 'bad' ? verdict.why : undefined
  }
  return setAside(folder, { nowMs, label: 'bad', judge })
}

/** Moves the store's data file aside for the reason that `judge` gives; undefined where there is none any more. */
export async function setAside(
  folder: string,
  { nowMs, label, judge }: { nowMs: number; label: string; judge: () => string | undefined },
): Promise<SetAside | undefined> {
  const path = join(folder, DATA_FILE)
  for (;;) {
    if (judge() === undefined) return undefined
    if (!takeGuard(folder)) {
      await sleep(WAIT_MS)
      continue
    }
    try {
      const why = judge()
      if (why === undefined) return undefined
      const movedTo = freeName(`${path}.${label}-${new Date(nowMs).toISOString().replaceAll(/[:.]/g, '-')}`)
      // The lock goes first: whoever comes between finds the bad file and waits.
      const lock = join(folder, LOCK_FILE)
      if (existsSync(lock)) renameSync(lock, movedTo.replace(DATA_FILE, LOCK_FILE))
      renameSync(path, movedTo)
      return { movedTo, why }
    } finally {
      rmSync(join(folder, GUARD_FILE), { recursive: true, force: true })
    }
  }
}

/** Removes a file that was moved aside, with its lock file. */
export function removeFile(movedTo: string): void {
  for (const path of [movedTo, movedTo.replace(DATA_FILE, LOCK_FILE)]) rmSync(path, { force: true })
}

/** A file that another process is just writing to may look bad for an instant. */
async function judgePatiently(path: string): Promise<DataFileVerdict> {
  const verdict = judgeDataFile(path)
  if (verdict.state !== 'bad') return verdict
  await sleep(WAIT_MS)
  return judgeDataFile(path)
}

function takeGuard(folder: string): boolean {
  const guard = join(folder, GUARD_FILE)
  try {
    mkdirSync(guard)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const madeAtMs = statSync(guard, { throwIfNoEntry: false })?.mtimeMs
  if (madeAtMs !== undefined && Date.now() - madeAtMs > GUARD_STALE_MS) {
    rmSync(guard, { recursive: true, force: true })
  }
  return false
}

function freeName(wanted: string): string {
  let name = wanted
  for (let number = 2; existsSync(name); number += 1) name = `${wanted}-${number}`
  return name
}
