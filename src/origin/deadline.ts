// The hard timeout: whatever the steps below do, the call ends when it says.
import { CachetteError } from '../errors/cachette-error.js'
import { timedOut } from '../errors/timed-out.js'
import type { Clock } from '../shared/clock.js'
import type { Emit } from './emit.js'
import type { OriginCall, OriginReply, OriginStep } from './origin-call.js'

/** What a deadline needs. */
export interface DeadlineParts {
  readonly clock: Clock
  /** Ends all calls at once. */
  readonly closing?: AbortSignal | undefined
  /** Told of each call that was given up. */
  readonly emit?: Emit
}

/** A signal that nobody ever gives. */
const NEVER = new AbortController().signal

/**
 * Ends a call `policy.timeoutMs` after it began, or when its caller's time is over if that comes first, and cancels what is under way. A body that is taken whole is bounded with
 * it, and so is the beginning of a streamed one as far as somebody said so; the rest may take its time, but no piece of it longer
 * than that.
 *
 * @throws CachetteError `CACHETTE_TIMEOUT`; `CACHETTE_CLOSED` where the instance was closed first
 */
export function withDeadline(parts: DeadlineParts, next: OriginStep): OriginStep {
  const { clock } = parts
  return async (call) => {
    const beganMs = clock.monotonicMs()
    const endsAtMs = endOf(call, clock)
    const watch = watchOver(call, endsAtMs, parts)
    try {
      if (endsAtMs !== undefined && endsAtMs <= clock.monotonicMs()) throw timedOut(call, call.attempts.count)
      watch.startForCall()
      const reply = await watch.outcomeOf(next({ ...call, signal: watch.signal, endsAtMs }))
      const { body, dueInTime } = watchedBody(reply.body, { watch, clock, beganMs, takes: call.takes })
      return { ...reply, body, dueInTime, signal: watch.signal, cancel: watch.cancel }
    } catch (error) {
      watch.end()
      throw error
    }
  }
}

function endOf(
  { policy, endsAtMs = Number.POSITIVE_INFINITY }: OriginCall,
  clock: Clock,
): number | undefined {
  const ownMs = clock.monotonicMs() + policy.timeoutMs
  return ownMs === Number.POSITIVE_INFINITY ? undefined : Math.min(ownMs, endsAtMs)
}

type DueInTime = Required<OriginReply>['dueInTime']

/** The signals and the timer that can end one call. */
interface Watch {
  readonly signal: AbortSignal
  cancel(reason: Error): void
  /** Starts the timer of the call, or starts it anew. */
  startForCall(): void
  /** Starts a timer for one piece, or for what is left of it where some of the time is spent. */
  startForPiece(spentMs: number): void
  stop(): void
  /** The result of some work, or the reason for which the call was ended. */
  outcomeOf<Result>(work: Promise<Result>): Promise<Result>
  /** Lets go of everything. */
  end(): void
}

function watchOver(
  call: OriginCall,
  endsAtMs: number | undefined,
  { clock, closing = NEVER, emit }: DeadlineParts,
): Watch {
  const ending = new AbortController()
  const { timeoutMs } = call.policy
  let stopTimer: (() => void) | undefined
  const cancel = (reason: Error): void => {
    end()
    ending.abort(reason)
  }
  const onAbort = (): void => cancel(call.signal.reason as Error)
  const onClosing = (): void => cancel(cutOff(call))
  function stop(): void {
    stopTimer?.()
    stopTimer = undefined
  }
  function end(): void {
    stop()
    call.signal.removeEventListener('abort', onAbort)
    closing.removeEventListener('abort', onClosing)
  }
  function start(forMs: number): void {
    stop()
    if (endsAtMs === undefined || ending.signal.aborted) return
    stopTimer = clock.setTimer(() => {
      const { service, redactedUrl: url } = call
      emit?.('timed-out', { service, url, timeout: 'hard', afterMs: timeoutMs })
      cancel(timedOut(call, call.attempts.count))
    }, forMs)
  }
  if (call.signal.aborted) onAbort()
  else if (closing.aborted) onClosing()
  else {
    call.signal.addEventListener('abort', onAbort, { once: true })
    if (closing !== NEVER) closing.addEventListener('abort', onClosing, { once: true })
  }
  return {
    signal: ending.signal,
    cancel,
    stop,
    end,
    startForCall: () => start(Math.max(0, (endsAtMs ?? 0) - clock.monotonicMs())),
    startForPiece: (spentMs) => start(Math.max(0, timeoutMs - spentMs)),
    outcomeOf: (work) => outcomeOf(work, ending.signal),
  }
}

/** A body whose reader hears of the end of the call at once, whatever the network does. */
function watchedBody(
  body: AsyncIterable<Uint8Array>,
  parts: {
    readonly watch: Watch
    readonly clock: Clock
    readonly beganMs: number
    readonly takes: OriginCall['takes']
  },
): { readonly body: AsyncIterable<Uint8Array>; readonly dueInTime: DueInTime } {
  const { watch, clock, beganMs, takes } = parts
  /** So much is bounded by the deadline of the call; beyond it each piece has a timer of its own. */
  let dueBytes = takes === 'whole' ? Number.POSITIVE_INFINITY : 0
  let sizeBytes = 0
  let isOver = false
  /** What was waited since the call began, but for pauses of the reader beyond what is due, where one timeout is for all pieces. */
  let waitedMs = 0
  let isOneWait = false
  const isTimedByPiece = (): boolean => sizeBytes >= dueBytes
  if (isTimedByPiece()) watch.stop()

  const dueInTime: DueInTime = (firstBytes, { isOneWait: isForAll = false } = {}) => {
    isOneWait = isForAll
    if (isOneWait) waitedMs = clock.monotonicMs() - beganMs
    if (isOver || firstBytes <= dueBytes) return
    dueBytes = firstBytes
    if (!isTimedByPiece()) watch.startForCall()
  }

  const watched: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]() {
      const pieces = body[Symbol.asyncIterator]()
      return {
        async next() {
          const sinceMs = clock.monotonicMs()
          const isTimed = isTimedByPiece()
          if (isTimed) watch.startForPiece(waitedMs)
          try {
            const piece = await watch.outcomeOf(pieces.next())
            sizeBytes += piece.done === true ? 0 : piece.value.byteLength
            if (isOneWait)
              waitedMs = isTimed ? waitedMs + clock.monotonicMs() - sinceMs : clock.monotonicMs() - beganMs
            isOver = piece.done === true
            if (isOver) watch.end()
            else if (isTimedByPiece()) watch.stop()
            return piece
          } catch (error) {
            isOver = true
            watch.end()
            throw error
          }
        },
        async return() {
          isOver = true
          watch.cancel(new Error('the body was let go of'))
          void pieces.return?.()?.catch(() => undefined)
          return { done: true, value: undefined }
        },
      }
    },
  }
  return { body: watched, dueInTime }
}

function outcomeOf<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error)
    if (signal.aborted) {
      work.catch(() => undefined)
      return onAbort()
    }
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

function cutOff({ service, method, redactedUrl: url, attempts }: OriginCall): CachetteError {
  return new CachetteError(
    'CACHETTE_CLOSED',
    `${method} ${url} was under way when this cachette instance was closed; close it later, or call again on another one`,
    { service, url, attempts: attempts.count },
  )
}
