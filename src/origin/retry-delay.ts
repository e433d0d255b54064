// Whether a call that failed may be sent once more, and how long to wait before. Pure but for the randomness that is handed in.
import { noJitterGenerator } from 'cockatiel/dist/backoff/ExponentialBackoffGenerators.js'
import { CachetteError } from '../errors/cachette-error.js'
import { firstValue } from '../http/header-fields.js'
import { retryAtMs } from '../http/retry-after.js'
import type { Because } from '../model/because.js'
import type { OriginCall, OriginReply } from './origin-call.js'

/** Methods that have the same effect when they come twice. https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2 */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])

/** Statuses that pass. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504])
/** Statuses of servers that will say the same again. */
const LASTING = new Set([501, 505])

const BACKOFF = Object.freeze({
  generator: noJitterGenerator,
  initialDelay: 200,
  maxDelay: 10_000,
  exponent: 2,
})

/** True where sending it twice does no harm and is possible. */
export function isRepeatable({ method, body }: Pick<OriginCall, 'method' | 'body'>): boolean {
  return IDEMPOTENT.has(method) && (body === undefined || body instanceof Uint8Array)
}

/** Why a reply is worth another try; undefined where it is not. */
export function passingReply(call: OriginCall, { status, headers }: OriginReply): Because | undefined {
  const verdict = call.classify({ status, headers })
  const isSaidToPass = verdict === 'transient' && !LASTING.has(status)
  const passes = PASSING.has(status) && verdict !== 'permanent' && verdict !== 'auth'
  if (!isSaidToPass && !passes) return undefined
  return status === 429 || verdict === 'quota' ? 'origin-quota' : 'origin-transient'
}

/** Why a failure without a reply is worth another try; undefined where it is not. */
export function passingFailure(error: unknown): Because | undefined {
  if (!CachetteError.is(error)) return undefined
  if (error.code === 'CACHETTE_ORIGIN_UNREACHABLE') return 'origin-unreachable'
  return error.code === 'CACHETTE_TIMEOUT' ? 'origin-timeout' : undefined
}

/**
 * How long to wait before the next try: a random part of a time that doubles with each (200 ms, 400 ms … 10 s), after what
 * the origin, or the cool-down that it began, asked for.
 *
 * @param retry 0 for the first retry
 * @param chance 0 up to 1
 */
export function retryDelayMs(
  retry: number,
  reply: Pick<OriginReply, 'headers' | 'retryAtMs'> | undefined,
  { nowMs, chance }: { readonly nowMs: number; readonly chance: number },
): number {
  const [backoffMs] = noJitterGenerator(retry, BACKOFF)
  const askedMs = Math.max(saidMs(reply, nowMs), (reply?.retryAtMs ?? nowMs) - nowMs)
  return Math.max(0, askedMs) + Math.floor(chance * backoffMs)
}

function saidMs(reply: Pick<OriginReply, 'headers'> | undefined, nowMs: number): number {
  if (reply === undefined) return 0
  return (retryAtMs(firstValue(reply.headers, 'retry-after'), nowMs) ?? nowMs) - nowMs
}
