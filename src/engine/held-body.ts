// The origin's body while an answer is made of it: a live body, held from its first byte until callers have taken their
// tickets, so that it is not cancelled in between.
import { CachetteError } from '../errors/cachette-error.js'
import type { AnswerBody } from '../model/answer-body.js'
import type { EntryBody } from '../model/entry-body.js'
import type { BodyWriter } from '../model/store.js'
import type { OriginReply } from '../origin/origin-call.js'
import type { Clock } from '../shared/clock.js'
import type { Interest } from './interest.js'
import { type BodyEnd, openLiveBody } from './live-body.js'
import type { PreparedCall } from './prepared-call.js'
import { createSecretScanner } from './secret-scanner.js'
import { secretsOf } from './secrets-of.js'

/** A body on hold. */
export interface HeldBody {
  readonly bodyId: string
  /** Waits until it is whole; undefined once it is too large to be kept. Rejects where it is cut short. */
  wholeOrLarge(): Promise<EntryBody | undefined>
  /** The body for one more caller; undefined where its beginning is gone. */
  take(): AnswerBody | undefined
  /** Says that it is not to be stored after all. */
  keepOutOfStore(): void
  /** How it ended; resolves once. */
  readonly end: Promise<BodyEnd>
  /** Resolves when it has ended and nobody reads it any more. */
  readonly left: Promise<void>
  /** True while the next piece was asked for and has not come for a while. */
  isStalled(): boolean
  /** True where it repeats a credential of its call. */
  repeatsSecret(): boolean
  letGo(): void
}

/** What holding takes. */
export interface Holding {
  readonly call: PreparedCall
  readonly reply: OriginReply
  readonly interest: Interest
  readonly isStored: boolean
  readonly isShared: boolean
  /** True where it is waited for before it is judged. */
  readonly isJudged: boolean
  readonly bodyId: string
  readonly openWriter: (bodyId: string) => BodyWriter | undefined
  readonly clock: Clock
}

/** Begins to read a reply's body, for as long as there is interest in it. */
export function holdBody({ call, reply, interest, ...facts }: Holding): HeldBody {
  const { policy } = call
  const isKept = facts.isStored || facts.isShared || facts.isJudged
  const scan = createSecretScanner(secretsOf(call))
  let isFound = false
  let isForStore = facts.isStored
  const live = openLiveBody({
    source: reply.body,
    signal: reply.signal,
    monotonicMs: () => facts.clock.monotonicMs(),
    setTimer: (callback, delayMs) => facts.clock.setTimer(callback, delayMs),
    sizeBytes: reply.sizeBytes,
    keepBytes: isKept ? policy.maxBodyBytes : 0,
    isStored: facts.isStored,
    mayBeWritten(piece) {
      isFound ||= scan(piece)
      return !isFound
    },
    openWriter: () => facts.openWriter(facts.bodyId),
    cancel(reason) {
      interest.giveUp()
      reply.cancel(reason)
    },
    errorOf: (what) => bodyError(call, what),
  })
  const guard = live.ticket()
  const release = (): void => guard?.discard()
  interest.onUnwanted(release)
  if (!interest.isWanted()) release()
  void live.end.then((end) => {
    if (end.kind === 'written' && !isForStore)
      void live.left.then(() => end.writer.abandon()).catch(() => undefined)
  })
  return {
    bodyId: facts.bodyId,
    wholeOrLarge: live.wholeOrLarge,
    take: live.ticket,
    end: live.end,
    left: live.left,
    isStalled: live.isStalled,
    keepOutOfStore() {
      isForStore = false
    },
    repeatsSecret: () => isFound,
    letGo: release,
  }
}

const WHAT_HAPPENED = {
  left: 'was no longer wanted',
  'too-slow': 'was read more slowly than it can be held; read it faster, or apart from other callers',
  'too-large': 'answered with more than can be gathered; read it as a stream, or ask for less',
}

/** What became of a body, as an error for whoever wanted it. */
export function bodyError(
  { request, parts, service }: PreparedCall,
  what: keyof typeof WHAT_HAPPENED,
): CachetteError {
  const url = parts.redactedUrl
  const code = what === 'left' ? 'CACHETTE_ORIGIN_UNREACHABLE' : 'CACHETTE_BODY_TOO_LARGE'
  return new CachetteError(code, `${request.method} ${url} ${WHAT_HAPPENED[what]}`, {
    service: service.name,
    url,
  })
}
