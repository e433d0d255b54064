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

/** Purges, and resolves with what callers are held to. */
export async function purgeAndWatch({
  by,
  callers,
  origin,
  path,
  fromMs,
}: PurgeToWatch): Promise<{ readonly prefix: string; readonly version: number; readonly fromMs: number }> {
  const version = origin.moveOn()
  const url = `${origin.url}${path}${path.endsWith('/') ? '*' : ''}`
  const { acknowledgedAtMs } = await by.purge({ url })
  const floor = { prefix: path, version, fromMs: fromMs ?? acknowledgedAtMs + SEEN_WITHIN_MS }
  await Promise.all(callers.map((caller) => caller.floor(floor)))
  return floor
}
