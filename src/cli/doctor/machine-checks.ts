// What the doctor asks of the machine: Node's version, the clock, the lmdb module, the store's folder.
import { statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { any } from 'empathic/find'
import { formatBytes } from '../format/figures.js'
import { formatInstant } from '../format/duration.js'
import { fail, ok, warn, type Check } from './check.js'

const OLDEST_NODE = [20, 19] as const
const EARLIEST_SANE_MS = Date.UTC(2025, 0, 1)
const LATEST_SANE_MS = Date.UTC(2100, 0, 1)
/** Two machines that share a store may be this far apart. */
const CLOCK_TOLERANCE_MS = 60_000
const LEAST_FREE_BYTES = 100_000_000

/** Pure. */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  const isNewEnough = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])
  const oldest = OLDEST_NODE.join('.')
  if (isNewEnough) return ok('node', `${version}, at least ${oldest}`)
  return fail('node', `${version} is older than ${oldest}`, `install Node.js ${oldest} or newer`)
}

/** Compares the clock with common sense and with what the store was told. Pure. */
export function checkClock(nowMs: number, storeInstantsMs: readonly number[]): Check {
  const advice = 'set the clock of this machine, best by NTP: entries would live too long or too short'
  if (nowMs < EARLIEST_SANE_MS || nowMs > LATEST_SANE_MS) {
    return fail('clock', `it says ${formatInstant(nowMs)}`, advice)
  }
  const latestMs = Math.max(0, ...storeInstantsMs)
  if (latestMs <= nowMs + CLOCK_TOLERANCE_MS) return ok('clock', formatInstant(nowMs))
  return warn(
    'clock',
    `it says ${formatInstant(nowMs)}, but the store was written at ${formatInstant(latestMs)}`,
    advice,
  )
}

/** The names that a config file may have, the preferred one first. */
const CONFIG_NAMES = ['ts', 'js', 'mjs', 'json'].map((ending) => `cachette.config.${ending}`)

/** For a configuration that was read without complaint: from which file it came. */
export function checkConfiguration(folder: string): Check {
  const file = any(CONFIG_NAMES, { cwd: folder })
  const detail = file === undefined ? 'no cachette.config file: defaults and environment' : `from ${file}`
  return ok('configuration', `valid, ${detail}`)
}

export async function checkLmdb(): Promise<Check> {
  try {
    await import('lmdb')
    return ok('lmdb', 'the module loads')
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    const advice = "run 'npm rebuild lmdb'; until it loads, nothing outlives a process"
    return fail('lmdb', `the module does not load (${reason})`, advice)
  }
}

/** Whether only its owner may read the store's folder. */
export function checkPermissions(folder: string): Check {
  const mode = statSync(folder).mode & 0o777
  const shown = `0${mode.toString(8).padStart(3, '0')}`
  if ((mode & 0o077) === 0) return ok('permissions', `${shown}: only its owner reads the store`)
  return warn(
    'permissions',
    `${shown}: other users of this machine may read the store`,
    `run 'chmod 700 ${folder}'`,
  )
}

/** Whether the store can grow to its bound. */
export async function checkDisk(folder: string, missingBytes: number): Promise<Check> {
  const { bavail, bsize } = await statfs(folder)
  const freeBytes = bavail * bsize
  const detail = `${formatBytes(freeBytes)} free at ${folder}`
  if (freeBytes < LEAST_FREE_BYTES) {
    return fail('disk', detail, 'free some space, or move the store with CACHETTE_STORE')
  }
  if (freeBytes >= missingBytes) return ok('disk', detail)
  const advice = `free some space, or lower the store's maxBytes: it may still grow by ${formatBytes(missingBytes)}`
  return warn('disk', detail, advice)
}
