// The link to a server: it asks while the server answers, and stops asking at the first sign that it does not. Whoever asks
// then is told so at once, until a probe of the link's own has found the server again and what was missed is known.
//
// A command is never queued for later. What was written to a socket before the server hung may still be carried out when
// it goes on, though its caller was told that it failed; every script is made so that this does no harm.
import type { Clock } from '../../../shared/clock.js'
import { StoreAwayError } from '../../store-away-error.js'
import { StoreOpenError } from '../../store-open-error.js'
import type { TierStateListener } from '../../tier-state.js'
import { connectHint } from './connect-hint.js'
import type { Endpoint } from './endpoint.js'
import { createPatience } from './patience.js'
import { failureKind } from './reply-failure.js'
import { callScript, type Script, type ScriptCall, type Words } from './script.js'
import { openSession, type Session, type Topology } from './session.js'

/** How long what nobody waits for may take, in milliseconds. */
const BEHIND_MS = 1_000

/** What a link is made of. */
export interface LinkParts {
  readonly endpoint: Endpoint
  readonly topology: Topology
  readonly stateKey: string
  /** How long a read may take, in milliseconds. */
  readonly timeoutMs: number
  readonly clock: Clock
  readonly onState: TierStateListener
  readonly onWarning: (message: string) => void
  /** A sentence on what a user must be allowed to do, for warnings. */
  readonly neededRights: string
  /** Finds out what was missed, and hears from then on; the link opens when it is done. */
  readonly catchUp: (session: Session) => Promise<void>
  /** Told that the store is not to be used, such as for want of its key; it is looked at again now and then. */
  readonly onRefused: (error: StoreOpenError) => void
}

/** A command about one key. */
export interface DataCommand {
  /** What is being done, for messages. */
  readonly operation: string
  readonly key: string
  readonly words: Words
  /** True where it changes nothing. */
  readonly isReading?: boolean
  /** How long it may take, in milliseconds; the link's own for reads where it is left out. */
  readonly limitMs?: number
}

/** The link to a server. */
export interface Link {
  isOpen(): boolean
  /**
   * Sends a command about an entry or a body.
   *
   * @throws StoreAwayError where the server is away, or goes away meanwhile; ErrorReply for what it refuses
   */
  data(command: DataCommand): Promise<unknown>
  /** Calls a script about an entry. */
  dataScript(operation: string, script: Script, call: ScriptCall): Promise<unknown>
  /** Sends a command about the shared state. */
  talk(operation: string, words: Words): Promise<unknown>
  /** Calls a script over the shared state. */
  talkScript(operation: string, script: Script, call: ScriptCall): Promise<unknown>
  /** Asks every server the same. */
  askAll(operation: string, words: Words): Promise<readonly unknown[]>
  /** The session, while the link is open. */
  session(): Session | undefined
  /** Says that the server is not to be trusted until what was missed is known. */
  distrust(operation: string, error: Error): void
  /** Why it is away. */
  problem(): string | undefined
  /** Why it took no write lately; undefined where the last one was taken. */
  refusal(): string | undefined
  /** Resolves when it is open for the first time, or its first try has failed. */
  readonly begun: Promise<void>
  close(): Promise<void>
}

type State =
  | { readonly kind: 'open'; readonly session: Session }
  | {
      readonly kind: 'away'
      readonly sinceMs: number
      readonly reason: string
      readonly session: Session | undefined
    }
  | { readonly kind: 'closed' }

/** How often a server that is away is looked for. */
const PROBE_EVERY_MS = 250
/** A server that fails so soon after it was found is not looked for again at once. */
const STEADY_AFTER_MS = 1_000
/** The same where it does not know this user, or its key is not at hand: only an operator can help. */
const ASK_AGAIN_MS = 2_000
/** How long one look may take. */
const PROBE_WITHIN_MS = 2_000
/** The most operations under way at a time. */
const MAX_PENDING = 4_000
/** How long after the last operation a connection keeps the process alive, in milliseconds. */
const RELEASE_AFTER_MS = 20
/** How often a server that takes no writes is given up for the one that may have taken its place. */
const LOOK_FOR_MASTER_EVERY_MS = 30_000

/** Begins to connect. */
export function createLink(parts: LinkParts): Link {
  const { endpoint, clock, timeoutMs } = parts
  const pending = new Set<(error: Error) => void>()
  const patience = createPatience(clock)
  let state: State = {
    kind: 'away',
    sinceMs: clock.monotonicMs(),
    reason: 'it is not connected yet',
    session: undefined,
  }
  let isFirst = true
  let openedAtMs = -Infinity
  let lookedForMasterMs = -Infinity
  let refused: string | undefined
  /** The session that keeps the process alive, since somebody waits for it. */
  let held: Session | undefined
  let isReleasing = false
  let cancelProbe: () => void = () => undefined
  let closing = new AbortController()
  let tellBegun: () => void = () => undefined
  const begun = new Promise<void>((resolve) => (tellBegun = resolve))

  function awayError(reason: string, cause?: unknown): StoreAwayError {
    return new StoreAwayError('redis', `${endpoint.shown} ${reason}`, { cause })
  }

  /** From open to away: whoever waits is told, and the probe begins. */
  function fail(operation: string, cause: Error, { isGone }: { readonly isGone: boolean }): void {
    if (state.kind !== 'open') return
    const { session } = state
    const error = awayError(`could not ${operation}: ${cause.message}`, cause)
    if (isGone) destroy(session)
    state = {
      kind: 'away',
      sinceMs: clock.monotonicMs(),
      reason: cause.message,
      session: isGone ? undefined : session,
    }
    rejectAll(error)
    parts.onState({ state: 'away', operation, error })
    const hasJustOpened = clock.monotonicMs() - openedAtMs < STEADY_AFTER_MS
    probeSoon(hasJustOpened ? PROBE_EVERY_MS : 0)
  }

  function rejectAll(error: Error): void {
    for (const reject of [...pending]) reject(error)
  }

  function probeSoon(delayMs: number): void {
    cancelProbe()
    cancelProbe = clock.setTimer(() => void probe(), delayMs)
  }

  async function probe(): Promise<void> {
    if (state.kind !== 'away') return
    try {
      opened(await connected(state.session))
    } catch (error) {
      stillAway(error)
    }
    tellBegun()
  }

  /** A session that answers and has caught up: the one there was, or a new one. */
  async function connected(known: Session | undefined): Promise<Session> {
    const gaveUp = new AbortController()
    const signal = AbortSignal.any([gaveUp.signal, closing.signal])
    let session = known
    const work = async (): Promise<Session> => {
      session ??= await openSession({ ...parts, signal, isHeld: isFirst })
      await Promise.all([session.data.sendToAll(['PING']), session.talk.send(['PING'])])
      await parts.catchUp(session)
      return session
    }
    const cancel = clock.setTimer(
      () => gaveUp.abort(new Error(`it did not answer within ${PROBE_WITHIN_MS} ms`)),
      PROBE_WITHIN_MS,
    )
    try {
      return await unlessAborted(work(), signal)
    } catch (error) {
      gaveUp.abort(error)
      if (session !== undefined) destroy(session)
      throw error
    } finally {
      cancel()
    }
  }

  function opened(session: Session): void {
    if (state.kind !== 'away') return destroy(session)
    const awayMs = clock.monotonicMs() - state.sinceMs
    const wasAway = !isFirst
    state = { kind: 'open', session }
    openedAtMs = clock.monotonicMs()
    isFirst = false
    for (const { ended } of [session.data, session.talk]) {
      void ended.then((reason) => {
        if (state.kind === 'open' && state.session === session)
          fail('stay connected', reason, { isGone: true })
      })
    }
    if (wasAway) parts.onState({ state: 'back', awayMs })
  }

  function stillAway(error: unknown): void {
    if (state.kind !== 'away') return
    const reason = error instanceof Error ? error.message : String(error)
    const isDenied = failureKind(error) === 'denied'
    const isRefused = error instanceof StoreOpenError
    if (isRefused) parts.onRefused(error)
    if (isFirst) tellOfBeginning(reason, { isDenied, isRefused, hint: connectHint(error) })
    isFirst = false
    state = { ...state, reason, session: undefined }
    probeSoon(isDenied || isRefused ? ASK_AGAIN_MS : PROBE_EVERY_MS)
  }

  function tellOfBeginning(
    reason: string,
    {
      isDenied,
      isRefused,
      hint,
    }: { readonly isDenied: boolean; readonly isRefused: boolean; readonly hint: string },
  ): void {
    const sentence = `the store ${endpoint.shown} cannot be reached (${reason}); requests go on without it until it can${hint}`
    if (!isRefused) parts.onWarning(isDenied ? deniedSentence(reason) : sentence)
    parts.onState({ state: 'away', operation: 'connect', error: awayError(reason) })
  }

  function deniedSentence(reason: string): string {
    return `the store ${endpoint.shown} refuses this user (${reason}); requests go on without it. ${parts.neededRights}`
  }

  /** What a rejection means for those who come after. */
  function judge(operation: string, error: Error): void {
    const kind = failureKind(error)
    if (kind === 'away' || kind === 'moved') fail(operation, error, { isGone: true })
    if (kind === 'lost') fail(operation, error, { isGone: false })
    if (kind === 'denied') parts.onWarning(deniedSentence(error.message))
    if (kind === 'read-only' || kind === 'full') refused = `The server takes no writes: ${error.message}.`
    if (kind === 'read-only') lookForMaster(operation, error)
  }

  /** Behind a name or a sentinel another server may be the one that takes writes by now. */
  function lookForMaster(operation: string, error: Error): void {
    const nowMs = clock.monotonicMs()
    if (!error.message.includes('READONLY') || nowMs - lookedForMasterMs < LOOK_FOR_MASTER_EVERY_MS) return
    lookedForMasterMs = nowMs
    fail(operation, error, { isGone: true })
  }

  function holdNow(session: Session): void {
    held = session
    hold(session, true)
  }

  /** Idle connections let the process end; telling them so at each operation would cost more than the operation. */
  function releaseSoon(): void {
    if (isReleasing) return
    isReleasing = true
    clock.setTimer(() => {
      isReleasing = false
      if (pending.size > 0 || held === undefined) return
      hold(held, false)
      held = undefined
    }, RELEASE_AFTER_MS)
  }

  function ask<Result>(
    operation: string,
    limitMs: number,
    work: (session: Session) => Promise<Result>,
  ): Promise<Result> {
    if (state.kind === 'closed') return Promise.reject(awayError('is closed here'))
    if (state.kind === 'away') return Promise.reject(awayError(state.reason))
    if (pending.size >= MAX_PENDING) return Promise.reject(awayError('has too much to do'))
    const { session } = state
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        stopWaiting()
        pending.delete(giveUp)
        if (pending.size === 0) releaseSoon()
      }
      const giveUp = (error: Error): void => {
        settle()
        reject(error)
      }
      if (held !== session) holdNow(session)
      const working = work(session)
      const stopWaiting = patience.wait(limitMs, () =>
        fail(operation, new Error(`no answer within ${limitMs} ms`), { isGone: false }),
      )
      pending.add(giveUp)
      working.then(
        (result) => {
          if (!pending.has(giveUp)) return
          if (operation === 'write') refused = undefined
          settle()
          resolve(result)
        },
        (error: Error) => {
          if (!pending.has(giveUp)) return
          judge(operation, error)
          if (pending.has(giveUp)) giveUp(error)
        },
      )
    })
  }

  void probe()
  return {
    begun,
    isOpen: () => state.kind === 'open',
    data: ({ operation, key, words, isReading = false, limitMs = isReading ? timeoutMs : BEHIND_MS }) =>
      ask(operation, limitMs, ({ data }) => data.send(key, words, isReading)),
    dataScript: (operation, script, call) =>
      ask(operation, BEHIND_MS, ({ data }) =>
        callScript((words) => data.send(call.keys[0] ?? '', words, false), script, call),
      ),
    talk: (operation, words) => ask(operation, BEHIND_MS, ({ talk }) => talk.send(words)),
    talkScript: (operation, script, call) =>
      ask(operation, BEHIND_MS, ({ talk }) => callScript(talk.send, script, call)),
    askAll: (operation, words) => ask(operation, BEHIND_MS, ({ data }) => data.sendToAll(words)),
    session: () => (state.kind === 'open' ? state.session : undefined),
    distrust: (operation, error) => fail(operation, error, { isGone: false }),
    problem: () => (state.kind === 'away' ? `The server is away: ${state.reason}.` : undefined),
    refusal: () => refused,
    async close() {
      const before = state
      state = { kind: 'closed' }
      cancelProbe()
      closing.abort(new Error('the store was closed'))
      closing = new AbortController()
      rejectAll(awayError('is closed here'))
      if (before.kind !== 'closed' && 'session' in before && before.session !== undefined)
        destroy(before.session)
      tellBegun()
    },
  }
}

function hold({ data, talk }: Session, isHeld: boolean): void {
  data.hold(isHeld)
  talk.hold(isHeld)
}

function destroy({ data, talk }: Session): void {
  data.destroy()
  talk.destroy()
}

function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
