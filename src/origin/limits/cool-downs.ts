// Since when, and until when, an origin is left alone by every process on the store.
import type { LimitSubject } from '../../model/limits.js'
import type { Awaitable } from '../../model/tier.js'
import type { Emit } from '../emit.js'
import { COOL_DOWN_RECORDS, type CoolDownRecord } from './records.js'
import {
  type LimitStore,
  type RecordChange,
  type SharedRecords,
  createSharedRecords,
} from './shared-records.js'

/** The longest that an origin is left alone at its word. */
const LONGEST_COOL_DOWN_MS = 86_400_000
/** The first one whose length the origin did not say; each in a row is twice as long as the one before. */
const FIRST_MS = 1_000
const LONGEST_GUESS_MS = 300_000
/** For so long after its end a cool-down is remembered, for the next one's length. */
const REMEMBERED_MS = 600_000
/** One that the store did not take is tried again after this time, until it does. */
const HAND_IN_AFTER_MS = 1_000
/** Answers to calls that were under way say the same end a little differently. */
const SAME_END_MS = 1_000

/** Cool-downs of all subjects. */
export interface CoolDowns {
  /** Until when the subject's origin is not to be asked, by the wall clock; undefined where it may be. */
  untilMs(subject: LimitSubject): Awaitable<number | undefined>
  /**
   * Begins one, or makes it longer, and resolves with its end. `saidUntilMs` is when the origin said to come back; left out,
   * it is 1 s, then 2 s, 4 s … up to 5 minutes, for as long as one follows another.
   */
  begin(subject: LimitSubject, saidUntilMs: number | undefined): Promise<number>
  /** Says that the origin answered well: what comes next begins with the shortest. */
  forgive(subject: LimitSubject): Promise<void>
  readonly records: SharedRecords<CoolDownRecord>
}

/** One that holds here and not in the store. */
interface Pending {
  readonly subject: LimitSubject
  /** By the monotonic clock, since the other one may be put back. */
  readonly endsAtMs: number
  readonly record: CoolDownRecord
}

/** Makes the cool-downs of an instance; what the store did not take is handed in when it is back, until `closing`. */
export function createCoolDowns(store: LimitStore, emit: Emit, closing?: AbortSignal): CoolDowns {
  const records = createSharedRecords(COOL_DOWN_RECORDS, store)
  const { clock, onAway } = store
  const pending = new Map<string, Pending>()
  let isHandingIn = false

  function pendingEndOf(key: string): number {
    const leftMs = (pending.get(key)?.endsAtMs ?? 0) - clock.monotonicMs()
    return leftMs > 0 ? clock.nowMs() + Math.ceil(leftMs) : 0
  }

  function forgetEnded(): void {
    for (const [key, { endsAtMs }] of pending) if (endsAtMs <= clock.monotonicMs()) pending.delete(key)
  }

  /** The one that ends last is kept, and returned. */
  function keepPending(subject: LimitSubject, record: CoolDownRecord): Pending {
    forgetEnded()
    const key = pendingKey(subject)
    const endsAtMs = clock.monotonicMs() + record.untilMs - clock.nowMs()
    const kept = { subject, record, endsAtMs: Math.max(endsAtMs, pending.get(key)?.endsAtMs ?? endsAtMs) }
    pending.set(key, kept)
    return kept
  }

  function handInLater(): void {
    forgetEnded()
    if (isHandingIn || pending.size === 0 || closing?.aborted === true) return
    isHandingIn = true
    clock.setTimer(() => {
      void handIn().finally(() => {
        isHandingIn = false
        handInLater()
      })
    }, HAND_IN_AFTER_MS)
  }

  /** That the store is away was told when it began; what it does not take now is tried again, and keeps nothing else from it. */
  async function handIn(): Promise<void> {
    forgetEnded()
    for (const [key, one] of [...pending]) {
      if (closing?.aborted === true) return
      const record = { ...one.record, untilMs: pendingEndOf(key) }
      const isTaken = await records.update(one.subject, joining(record)).then(
        () => true,
        () => false,
      )
      if (isTaken && pending.get(key) === one) pending.delete(key)
    }
  }

  function endOf({ untilMs }: CoolDownRecord, subject: LimitSubject): number | undefined {
    const endMs = Math.max(untilMs, pendingEndOf(pendingKey(subject)))
    return endMs > clock.nowMs() ? endMs : undefined
  }

  async function changed<Result>(
    subject: LimitSubject,
    change: RecordChange<CoolDownRecord, Result>,
    onTaken?: (result: Result) => void,
  ): Promise<Result> {
    try {
      const result = await records.update(subject, change)
      onTaken?.(result)
      return result
    } catch (error) {
      onAway(error as Error)
      return records.updateHere(subject, change)
    }
  }

  /** After the clock was put back, a cool-down is as long as it was, from now. */
  async function broughtBack(subject: LimitSubject): Promise<number | undefined> {
    const record = await changed(subject, (before, nowMs) => {
      const lengthMs = before.untilMs - before.beganAtMs
      const after =
        nowMs < before.beganAtMs - SAME_END_MS
          ? { ...before, beganAtMs: nowMs, untilMs: nowMs + lengthMs }
          : before
      return { after, keepUntilMs: after.untilMs + REMEMBERED_MS, result: after }
    })
    return endOf(record, subject)
  }

  function judged(record: CoolDownRecord, subject: LimitSubject): Awaitable<number | undefined> {
    const endMs = endOf(record, subject)
    const isAhead = clock.nowMs() < record.beganAtMs - SAME_END_MS
    return endMs !== undefined && isAhead ? broughtBack(subject) : endMs
  }

  return {
    records: {
      ...records,
      async forget(service) {
        await records.forget(service)
        for (const key of [...pending.keys()])
          if (service === undefined || key.startsWith(`${service}/`)) pending.delete(key)
      },
    },
    untilMs(subject) {
      const record = records.read(subject)
      return record instanceof Promise
        ? record.then((later) => judged(later, subject))
        : judged(record, subject)
    },
    async begin(subject, saidUntilMs) {
      const key = pendingKey(subject)
      const guess = beginning(saidUntilMs)(records.seen(subject), clock.nowMs())
      const owedMs = pendingEndOf(key)
      const ours = keepPending(subject, guess.result.record)
      const { untilMs, isNew } = await changed(subject, beginning(saidUntilMs), (taken) => {
        // One from before that the store did not take, and that ends later, stays.
        const isCovered = owedMs === 0 || taken.untilMs + SAME_END_MS >= pendingEndOf(key)
        if (isCovered && pending.get(key) === ours) pending.delete(key)
      })
      handInLater()
      const { service, identity } = subject
      if (isNew) emit('cooled-down', { service, identity, untilMs, because: 'origin-quota' })
      return untilMs
    },
    async forgive(subject) {
      if (records.seen(subject).strikes === 0) return
      await changed(subject, (before, nowMs) => {
        const isOver = before.untilMs <= nowMs
        return { after: isOver ? undefined : before, keepUntilMs: before.untilMs, result: undefined }
      })
    },
  }
}

/** What became of beginning one. */
interface Begun {
  readonly untilMs: number
  /** False where one of the same end is under way. */
  readonly isNew: boolean
  readonly record: CoolDownRecord
}

/** What a cool-down makes of the one before. */
function beginning(saidUntilMs: number | undefined): RecordChange<CoolDownRecord, Begun> {
  return (before, nowMs) => {
    const isUnderWay = before.untilMs > nowMs
    const isSaid = saidUntilMs !== undefined && saidUntilMs > nowMs
    const strikes = isSaid || isUnderWay ? before.strikes : before.strikes + 1
    const guessMs = isUnderWay ? before.untilMs : nowMs + lengthOf(strikes)
    const untilMs = isSaid ? Math.min(saidUntilMs, nowMs + LONGEST_COOL_DOWN_MS) : guessMs
    const isNew = !isUnderWay || untilMs > before.untilMs + SAME_END_MS
    const after = isNew ? { beganAtMs: nowMs, untilMs, strikes, isSaid } : before
    return {
      after,
      keepUntilMs: after.untilMs + REMEMBERED_MS,
      result: { untilMs: after.untilMs, isNew, record: after },
    }
  }
}

/** What a cool-down that the store did not take makes of the one that it has by now. */
function joining(late: CoolDownRecord): RecordChange<CoolDownRecord, undefined> {
  return (before, nowMs) => {
    const isCovered = before.untilMs + SAME_END_MS >= late.untilMs
    const strikes = Math.max(before.strikes, late.strikes)
    const after = isCovered ? before : { ...late, beganAtMs: nowMs, strikes }
    return { after, keepUntilMs: after.untilMs + REMEMBERED_MS, result: undefined }
  }
}

function lengthOf(strikes: number): number {
  return Math.min(FIRST_MS * 2 ** Math.max(0, strikes - 1), LONGEST_GUESS_MS)
}

function pendingKey({ service, identity = '' }: LimitSubject): string {
  return `${service}/${identity}`
}
