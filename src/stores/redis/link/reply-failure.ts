// What a failed command means: the server is away, refuses what it was asked, or does not know who asks.
import { ErrorReply } from '@redis/client'

/** Why a command failed. */
export type FailureKind =
  /** The connection, or the server behind it, is not there: it is to be asked no more for a while. */
  | 'away'
  /** It is there, but another server has the data by now: it has to be looked for anew. */
  | 'moved'
  /** It is out of memory. */
  | 'full'
  /** It takes no writes: a replica, or one that cannot save. */
  | 'read-only'
  /** It does not let this user do that. */
  | 'denied'
  /** The data set is not the one that this process knows. */
  | 'lost'
  /** Anything else: the command is at fault, not the server. */
  | 'other'

/** What scripts answer where the data set is not the one that the caller knows. */
export const LOST = 'CACHETTELOST'

const KINDS: readonly (readonly [RegExp, FailureKind])[] = [
  [/^(LOADING|CLUSTERDOWN|MASTERDOWN|TRYAGAIN|BUSY|UNBLOCKED)\b/, 'away'],
  [/^(MOVED|ASK)\b/, 'moved'],
  [/^READONLY\b/, 'read-only'],
  [/^(MISCONF|NOREPLICAS)\b/, 'read-only'],
  [/^OOM\b/, 'full'],
  [/^(NOPERM|NOAUTH|WRONGPASS)\b|^ERR .*\bAUTH\b/, 'denied'],
  [new RegExp(`^${LOST}\\b`), 'lost'],
]

/** Tells what a rejection means. Errors from inside a script tell of their cause at their beginning, or after `ERR`. */
export function failureKind(error: unknown): FailureKind {
  if (!(error instanceof ErrorReply)) return 'away'
  const message = error.message.replace(/^ERR Error running script.*?: (?:@\S+: )?(?:\d+: )?-?/, '')
  for (const [pattern, kind] of KINDS) if (pattern.test(message)) return kind
  return 'other'
}
