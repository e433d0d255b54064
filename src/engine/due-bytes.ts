// How much of a body that a caller may read as a stream is due within the call's timeout all the same. Pure.
import { bodyForm } from '../http/content-type.js'
import { firstValue } from '../http/header-fields.js'
import type { PreparedCall } from './prepared-call.js'
import type { ReplyHead } from './judge-reply.js'

/**
 * Up to here a body that is kept is read at the origin's pace, whatever its callers do; what comes later waits for them, and how
 * long that takes is no fault of the origin's.
 */
const READ_AHEAD_BYTES = 1024 ** 2

/** What is read bit by bit, for as long as it goes on. */
const EVENTS = /^\s*text\/event-stream\s*(;|$)/i

/** A reply before its body has come. */
export interface ComingReply {
  readonly call: Pick<PreparedCall, 'policy'>
  readonly reply: Pick<ReplyHead, 'headers'>
  /** True where the answer waits for the body. */
  readonly isJudged: boolean
  /** True where it would be stored. */
  readonly isStored: boolean
}

/**
 * What an answer waits for is due in time up to `maxBodyBytes`, beyond which it no longer waits. JSON and text that would be stored
 * are due for their first MiB. All else is a stream, and may go on.
 */
export function dueBytes({ call, reply, isJudged, isStored }: ComingReply): number {
  const { maxBodyBytes } = call.policy
  if (isJudged) return maxBodyBytes + 1
  const type = firstValue(reply.headers, 'content-type')
  const isDocument = bodyForm(type) !== 'bytes' && !EVENTS.test(type ?? '')
  return isStored && isDocument ? Math.min(READ_AHEAD_BYTES, maxBodyBytes) : 0
}

/** JSON is of no use to anybody before its end: who reads it waits for all of it, however large it is. */
export function isOfUseWhole({ headers }: Pick<ReplyHead, 'headers'>): boolean {
  return bodyForm(firstValue(headers, 'content-type')) === 'json'
}
