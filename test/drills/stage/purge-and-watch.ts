// A purge whose effect every caller watches: the origin has something newer, and from 100 ms after the acknowledgement on nobody
// may get anything older.
import type { FaultOrigin } from './fault-origin.js'
import type { Caller } from './start-caller.js'

/** How soon other processes must know of a purge. */
const SEEN_WITHIN_MS = 100

/** What to purge, and who watches. */
export interface PurgeToWatch {
  readonly by: Caller
  /** Whose callers are held to it. */
  readonly callers: readonly Caller[]
  readonly origin: FaultOrigin
  /** One URL's path, or a folder of them that ends with a slash. */
  readonly path: string
  readonly service: string
  /** From when on callers are held to it, where that is later than 100 ms after the acknowledgement. */
  readonly fromMs?: number
}

/** A purge that was made. */
export interface WatchedPurge {
  readonly prefix: string
  readonly version: number
  readonly fromMs: number
  /** What the program was told where it could not be written. */
  readonly refused: string | undefined
}

/** Purges, and resolves with what callers are held to. */
export async function purgeAndWatch(purge: PurgeToWatch): Promise<WatchedPurge> {
  const { by, callers, origin, path } = purge
  const version = origin.moveOn()
  const url = `${origin.url}${path}${path.endsWith('/') ? '*' : ''}`
  const { acknowledgedAtMs, refused } = await by.purge({ url })
  const floor = { prefix: path, version, fromMs: purge.fromMs ?? acknowledgedAtMs + SEEN_WITHIN_MS }
  await Promise.all(callers.map((caller) => caller.floor(floor)))
  return { ...floor, refused }
}
