// One origin call across processes: the leader of a flight takes the lease of its name first. Where another process has it,
// the answer is waited for and found in the store; a failure, or a small answer that is not stored, is told in the lease's row.
// A holder that dies is replaced. A store that cannot be asked costs the sharing, never the answer.
import { timedOut } from '../errors/timed-out.js'
import type { EventBus } from '../events/event-bus.js'
import { withoutFields } from '../http/header-fields.js'
import { repeatsSecret } from '../decide/repeated-secret.js'
import { EntryBody } from '../model/entry-body.js'
import type { LeaseAnswer, LeaseEnd, Leases, SharedAnswer, SharedFailure } from '../model/leases.js'
import { assertNever } from '../shared/assert-never.js'
import type { Clock } from '../shared/clock.js'
import type { AskOrigin, Errand } from './ask-origin.js'
import { failureOf, isOwnAffair, isRefusal, sharedFailure } from './failure-reason.js'
import { type Fate, type FlightResult, wholeResult } from './flight-result.js'
import type { FlightWork } from './flights.js'
import { Unanswered, answerFromOrigin } from './hop.js'
import type { Interest } from './interest.js'
import { createSecretScanner } from './secret-scanner.js'
import { secretsOf } from './secrets-of.js'

/** What this takes. */
export interface LeasedAskParts {
  readonly clock: Clock
  readonly bus: EventBus
  readonly leases: Leases
  readonly askOrigin: AskOrigin
  /** True where what was told by a call that began at a number may be from before a purge. */
  readonly isPurgedSince: (errand: Errand, sequence: number) => boolean
  /** True where something in the store has changed since the errand began: another process may have had the lease just before. */
  readonly hasChanged: (errand: Errand) => Promise<boolean>
  /** What the store has by now that came after a moment of the wall clock, or is fresh. */
  readonly findNews: (errand: Errand, sinceMs: number) => Promise<FlightResult | undefined>
  /** Told of a store that could not be asked. */
  readonly onStoreFailure: (error: unknown) => void
}

/** Carries out an errand under the lease of a name. */
export type LeasedAsk = (
  errand: Errand,
  interest: Interest,
  name: string,
) => Promise<FlightWork<FlightResult>>

/** A lease that this process holds, with its name. */
type Held = Extract<LeaseAnswer, { state: 'taken' }> & { readonly name: string }

/** Answers that are told in a lease's row, at most. */
const MAX_TOLD_BYTES = 8 * 1024
/** What stands in a row, in characters: cells hold 32 KiB. */
const MAX_ROW_LENGTH = 24 * 1024
const MAX_MESSAGE_LENGTH = 2_000
/** How long others wait for an answer to be in the store once it is there for its own callers. */
const COMMIT_WITHIN_MS = 1_000
/** How far clocks of machines may differ: what came longer before a call began is not what that call waited for. */
const CLOCK_SKEW_MS = 1_000
/** What is meant for the leader alone. */
const LEADERS_OWN: ReadonlySet<string> = new Set(['set-cookie', 'set-cookie2'])
/** How long an origin is left alone after its first failure; twice as long after each further one in a row. */
const REST_MS = 1_000
const LONGEST_REST_MS = 30_000
/** A refusal may last for long; failures in a row are not remembered for longer than this. */
const LONGEST_REFUSAL_MS = 3_600_000

/** Makes the way to ask that all processes on a store share. */
export function createLeasedAsk(parts: LeasedAskParts): LeasedAsk {
  const { clock, bus, leases, askOrigin } = parts
  /** Leases of this process that are being given back. */
  const releasing = new Map<string, Promise<void>>()

  return async function leasedAsk(errand, interest, name) {
    const { call } = errand
    const { endsAtMs = clock.monotonicMs() + call.policy.timeoutMs } = errand
    // A call that begins late has a timeout of its own: the caller whose time is over leaves it to the others, and to the store.
    const late: Errand = { ...errand, endsAtMs: undefined }
    const sinceMs = clock.nowMs() - CLOCK_SKEW_MS
    const facts = { key: call.key, service: call.service.name }
    let mustAsk = name !== call.key || !askOrigin.canRescue(errand)
    for (let hasWaited = false; ;) {
      const answer = await tryTaking(name, mustAsk)
      const asking = hasWaited ? late : errand
      if (answer === undefined) return askOrigin.ask(asking, interest)
      if (answer.state === 'resting') {
        const rescued = restOrAsk(errand, answer.failure)
        if (rescued !== undefined) return atOnce(rescued)
        mustAsk = true
        continue
      }
      if (answer.state === 'taken') {
        const mayBeThere = hasWaited || (name === call.key && (await parts.hasChanged(errand)))
        const news = mayBeThere ? await parts.findNews(errand, sinceMs) : undefined
        if (news === undefined) return askHolding({ ...answer, name }, asking, interest)
        await release({ ...answer, name }, STORED)
        return atOnce(news)
      }
      bus.emit('lease', { ...facts, state: 'waited' })
      interest.holdUp()
      const end = await waitForEnd(answer, endsAtMs)
      hasWaited = true
      if (end === 'too-late') return atOnce(askOrigin.rescueOrThrow(errand, tooLateFor(errand)))
      const told = end === undefined ? undefined : await takeEnd(end, { errand: late, sinceMs }, interest)
      if (told !== undefined) return told
      const news = await parts.findNews(errand, sinceMs)
      if (news !== undefined) return atOnce(news)
      if (end === undefined) bus.emit('lease', { ...facts, state: 'taken-over' })
    }
  }

  /** The older entry in place of a call; undefined where it may not stand in for that failure. */
  function restOrAsk(errand: Errand, failure: SharedFailure): FlightResult | undefined {
    try {
      return askOrigin.rescueOrThrow(errand, failure, 'refresh-resting')
    } catch {
      return undefined
    }
  }

  async function tryTaking(name: string, mustAsk: boolean): Promise<LeaseAnswer | undefined> {
    try {
      await within(releasing.get(name), COMMIT_WITHIN_MS)
      return await leases.take(name, { mustAsk })
    } catch (error) {
      parts.onStoreFailure(error)
      return undefined
    }
  }

  async function askHolding(
    taken: Held,
    errand: Errand,
    interest: Interest,
  ): Promise<FlightWork<FlightResult>> {
    try {
      const work = await askOrigin.ask(errand, interest)
      const giving = releaseAfter(taken, errand, { result: work.result, answeredAtMs: clock.nowMs() })
      const given = giving.finally(() => {
        if (releasing.get(taken.name) === given) releasing.delete(taken.name)
      })
      releasing.set(taken.name, given)
      // The flight stays until its entry can be found here; that others can find it is not waited for by anybody.
      return { ...work, released: given }
    } catch (error) {
      await releaseFailed(taken, errand, error)
      throw error
    }
  }

  async function releaseAfter(
    taken: Held,
    { call, beganSequence }: Errand,
    { result, answeredAtMs }: { readonly result: FlightResult; readonly answeredAtMs: number },
  ): Promise<void> {
    const { fate } = result
    const isThere =
      fate.kind === 'stored' &&
      result.isShareable &&
      (await within(fate.committed, COMMIT_WITHIN_MS)) === true
    const end = isThere
      ? STORED
      : endOf(fate, result, { secrets: secretsOf(call), beganSequence, answeredAtMs })
    await release(taken, end, fate.kind === 'rescued' ? fate.failure : undefined)
  }

  /** The result, or undefined where it fails or takes longer: a body that is still coming keeps nobody waiting. */
  function within<Result>(work: Promise<Result> | undefined, limitMs: number): Promise<Result | undefined> {
    if (work === undefined) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      const cancel = clock.setTimer(() => resolve(undefined), limitMs)
      work.then(resolve, () => resolve(undefined)).finally(cancel)
    })
  }

  async function releaseFailed(taken: Held, { beganSequence }: Errand, error: unknown): Promise<void> {
    const reason = error instanceof Unanswered ? error.error : error
    const failure = sharedFailure(reason)
    // What is this process' own affair, such as being closed, is nobody else's failure.
    const end = failure === undefined ? PASSED_ON : failedEnd(failure, beganSequence)
    await release(taken, end, failureOf(reason))
  }

  async function release({ lease, failures }: Held, end: LeaseEnd, failure?: SharedFailure): Promise<void> {
    const restMs = end.kind === 'failed' ? restAfter(failures, end.failure) : 0
    await lease.release(end, { restMs, rememberMs: rememberedFor(failure) }).catch(parts.onStoreFailure)
  }

  /** Failures in a row are remembered until calls are sent again, and a while longer. */
  function rememberedFor(failure: SharedFailure | undefined): number {
    const { retryAtMs } = failure ?? {}
    const isRefused = failure !== undefined && isRefusal(failure) && retryAtMs !== undefined
    const refusedMs = isRefused ? Math.max(0, retryAtMs - clock.nowMs()) : 0
    return Math.min(refusedMs, LONGEST_REFUSAL_MS) + 2 * LONGEST_REST_MS
  }

  function restAfter(failures: number, { retryAtMs }: SharedFailure): number {
    const untilRetryMs = retryAtMs === undefined ? 0 : retryAtMs - clock.nowMs()
    const restMs = Math.max(REST_MS * 2 ** Math.min(failures, 10), untilRetryMs)
    return Math.min(restMs, LONGEST_REST_MS)
  }

  async function waitForEnd(
    held: Extract<LeaseAnswer, { state: 'held' }>,
    endsAtMs: number,
  ): Promise<LeaseEnd | 'too-late' | undefined> {
    const tooLate = new AbortController()
    const cancelTimer = clock.setTimer(() => tooLate.abort(), Math.max(0, endsAtMs - clock.monotonicMs()))
    try {
      const end = await held.ended(tooLate.signal)
      return end === undefined && tooLate.signal.aborted ? 'too-late' : end
    } catch (error) {
      parts.onStoreFailure(error)
      return { kind: 'alone' }
    } finally {
      cancelTimer()
    }
  }

  /** What another process told of its work; undefined where it is to be looked for in the store. */
  async function takeEnd(
    end: LeaseEnd,
    { errand, sinceMs }: { readonly errand: Errand; readonly sinceMs: number },
    interest: Interest,
  ): Promise<FlightWork<FlightResult> | undefined> {
    switch (end.kind) {
      case 'stored':
      case 'passed-on':
        return undefined
      case 'alone':
        return askOrigin.ask(errand, interest)
      case 'failed':
        if (parts.isPurgedSince(errand, end.beganSequence)) return undefined
        return atOnce(askOrigin.rescueOrThrow(errand, end.failure))
      case 'answered':
        if (!(end.answer.answeredAtMs >= sinceMs)) return undefined
        if (parts.isPurgedSince(errand, end.beganSequence)) return undefined
        return atOnce(toldResult(errand, end.answer))
      default:
        return assertNever(end)
    }
  }

  function tooLateFor({ call }: Errand): SharedFailure {
    const { service, parts: keyParts, request, policy } = call
    const { redactedUrl } = keyParts
    const error = timedOut({ service: service.name, method: request.method, redactedUrl, policy }, 0)
    return { code: error.code, message: error.message, because: 'origin-timeout' }
  }
}

const STORED: LeaseEnd = Object.freeze({ kind: 'stored' })
const PASSED_ON: LeaseEnd = Object.freeze({ kind: 'passed-on' })
const ALONE: LeaseEnd = Object.freeze({ kind: 'alone' })

function endOf(
  fate: Fate,
  result: FlightResult,
  facts: {
    readonly secrets: readonly string[]
    readonly beganSequence: number
    readonly answeredAtMs: number
  },
): LeaseEnd {
  const { secrets, beganSequence, answeredAtMs } = facts
  if (fate.kind === 'stored') return ALONE
  if (fate.kind === 'rescued')
    return isOwnAffair(fate.failure) ? PASSED_ON : failedEnd(fate.failure, beganSequence)
  const told = result.isShareable ? tellable(result, secrets) : undefined
  const answer = told === undefined ? undefined : { ...told, answeredAtMs }
  if (answer === undefined || JSON.stringify(answer).length > MAX_ROW_LENGTH) return ALONE
  return { kind: 'answered', answer, beganSequence }
}

function failedEnd(failure: SharedFailure, beganSequence: number): LeaseEnd {
  const message = failure.message.slice(0, MAX_MESSAGE_LENGTH)
  return { kind: 'failed', failure: { ...failure, message }, beganSequence }
}

/** The answer for a lease's row, where it is whole, small, and repeats no credential. */
function tellable(
  result: FlightResult,
  secrets: readonly string[],
): Omit<SharedAnswer, 'answeredAtMs'> | undefined {
  const taken = result.take()
  const whole = taken?.body.whole
  if (taken === undefined || whole === undefined) {
    taken?.body.discard()
    return undefined
  }
  const { status, statusText, headers, outcome, because } = taken
  // Whose credentials were refused is that process' own affair.
  if ((outcome !== 'miss' && outcome !== 'failed') || because === 'origin-auth') return undefined
  const bytes = whole.sizeBytes > MAX_TOLD_BYTES ? undefined : whole.bytes()
  if (bytes === undefined || createSecretScanner(secrets)(bytes)) return undefined
  const shared = withoutFields(headers, LEADERS_OWN)
  if (shared.some(([, value]) => repeatsSecret(value, secrets))) return undefined
  const body = Buffer.from(bytes).toString('base64')
  return { status, statusText, headers: shared, body, outcome, because }
}

function toldResult({ call }: Errand, told: SharedAnswer): FlightResult {
  const { status, statusText, headers, outcome, because } = told
  const body = new EntryBody(Uint8Array.from(Buffer.from(told.body, 'base64')))
  const isGood = outcome === 'miss'
  const answer = answerFromOrigin(
    { status, statusText, headers, body },
    {
      outcome: isGood ? 'coalesced' : 'failed',
      because: isGood ? 'joined-call' : because,
      url: call.parts.redactedUrl,
      attempts: 0,
      key: call.key,
    },
  )
  return wholeResult(answer, { originMs: 0, variant: undefined, fate: { kind: 'unstored' } })
}

function atOnce(result: FlightResult): FlightWork<FlightResult> {
  return { result, isFindable: undefined, released: undefined }
}
