// Records of one kind in the cells of the store, one per subject: read cheaply, changed in one step with respect to every
// process, and remembered as they were last seen, for answers at once and for when the store is away.
import type { Cells } from '../../model/cells.js'
import type { LimitSubject } from '../../model/limits.js'
import type { Awaitable } from '../../model/tier.js'
import type { Clock } from '../../shared/clock.js'
import { type RecordKind, recordText } from './records.js'

/** Where limits are kept, and who is told of trouble. */
export interface LimitStore {
  readonly cells: Cells
  /** True where a look costs a round trip: it is then made at most every 100 ms. */
  readonly isRemote: boolean
  readonly clock: Clock
  /** Told of a record that cannot be read. */
  readonly warn: (message: string) => void
  /** Told of each time that the store could not be asked. */
  readonly onAway: (error: Error) => void
}

/** What becomes of a record; the same object as before leaves it as it is, undefined removes it. */
export interface RecordChanged<Value, Result> {
  readonly after: Value | undefined
  /** From then on nothing in it matters. By the store's clock. */
  readonly keepUntilMs: number
  readonly result: Result
}

/** Decides what becomes of a record. Pure, since it may be called several times. */
export type RecordChange<Value, Result> = (before: Value, nowMs: number) => RecordChanged<Value, Result>

/** The records of one kind. */
export interface SharedRecords<Value> {
  /** The record, at most 100 ms old; as last seen where the store is away. */
  read(subject: LimitSubject): Awaitable<Value>
  /** The record as last seen, at once; where that is over 100 ms ago it is looked at again. */
  seen(subject: LimitSubject): Value
  /** Changes a record for all processes; rejects where the store is away. */
  update<Result>(subject: LimitSubject, change: RecordChange<Value, Result>): Promise<Result>
  /**
   * Changes what this process holds for true, where the store is away or takes nothing. It holds until an `update` writes, or its
   * time is over.
   */
  updateHere<Result>(subject: LimitSubject, change: RecordChange<Value, Result>): Result
  /** All of them. */
  list(): Promise<readonly { readonly subject: LimitSubject; readonly value: Value }[]>
  /** Removes those of a service, or all. */
  forget(service: string | undefined): Promise<void>
}

/** What other processes do is seen this much later, at most. */
const LOOK_EVERY_MS = 100
const MOST_REMEMBERED = 10_000
/** Cells take nothing beyond a year. */
const LONGEST_KEPT_MS = 365 * 86_400_000

interface Remembered<Value> {
  readonly text: string | undefined
  readonly value: Value
  readonly lookedAtMs: number
  /** Changed here and not in the store: until then, by the monotonic clock, the store's does not replace it. */
  readonly aheadUntilMs: number
}

/** Makes records of one kind. */
export function createSharedRecords<Value extends object>(
  kind: RecordKind<Value>,
  { cells, isRemote, clock, warn, onAway }: LimitStore,
): SharedRecords<Value> {
  const remembered = new Map<string, Remembered<Value>>()

  function remember(
    name: string,
    { text, value, aheadUntilMs = 0 }: Pick<Remembered<Value>, 'text' | 'value'> & { aheadUntilMs?: number },
  ): Value {
    remembered.delete(name)
    remembered.set(name, { text, value, lookedAtMs: clock.monotonicMs(), aheadUntilMs })
    const [oldest] = remembered.keys()
    if (remembered.size > MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest)
    return value
  }

  function valueOf(name: string, text: string | undefined): Value {
    if (text === undefined) return kind.empty
    const known = remembered.get(name)
    if (known?.text === text) return known.value
    const value = kind.read(text)
    if (value === undefined) warn(`what the store keeps as ${name} cannot be read; it counts as empty`)
    return value ?? kind.empty
  }

  function taken(name: string, text: string | undefined): Value {
    const stored = valueOf(name, text)
    const here = aheadOf(name)
    const isAhead = here !== undefined && kind.ahead(stored, here.value) === here.value
    return isAhead ? remember(name, here) : remember(name, { text, value: stored })
  }

  function aheadOf(name: string): Remembered<Value> | undefined {
    const known = remembered.get(name)
    return known !== undefined && known.aheadUntilMs > clock.monotonicMs() ? known : undefined
  }

  /** As it was, looked at now. */
  function kept(name: string): Value {
    return remember(name, remembered.get(name) ?? { text: undefined, value: kind.empty })
  }

  function lastSeen(name: string): Value {
    return remembered.get(name)?.value ?? kind.empty
  }

  function away(name: string, error: unknown): Value {
    onAway(error instanceof Error ? error : new Error(String(error)))
    return kept(name)
  }

  function look(name: string): Awaitable<Value> {
    try {
      const text = cells.read(name)
      if (!(text instanceof Promise)) return taken(name, text)
      return text.then(
        (later) => taken(name, later),
        (error: unknown) => away(name, error),
      )
    } catch (error) {
      return away(name, error)
    }
  }

  function isDue(name: string): boolean {
    const known = remembered.get(name)
    return known === undefined || clock.monotonicMs() - known.lookedAtMs >= LOOK_EVERY_MS
  }

  return {
    read(subject) {
      const name = nameOf(kind.prefix, subject)
      return isRemote && !isDue(name) ? lastSeen(name) : look(name)
    },
    seen(subject) {
      const name = nameOf(kind.prefix, subject)
      if (!isDue(name)) return lastSeen(name)
      const value = look(name)
      if (!(value instanceof Promise)) return value
      // The next who asks finds it; until then nobody looks again.
      return kept(name)
    },
    async update(subject, change) {
      const name = nameOf(kind.prefix, subject)
      const { text, value, result, isWritten } = await cells.update(name, (before, nowMs) => {
        const known = valueOf(name, before)
        const { after, keepUntilMs, result: outcome } = change(known, nowMs)
        if (after === undefined)
          return {
            action: 'remove',
            result: { text: undefined, value: kind.empty, result: outcome, isWritten: true },
          }
        if (after === known)
          return {
            action: 'leave',
            result: { text: before, value: known, result: outcome, isWritten: false },
          }
        const written = recordText(after)
        const until = Math.min(keepUntilMs, nowMs + LONGEST_KEPT_MS)
        const told = { text: written, value: after, result: outcome, isWritten: true }
        return { action: 'put', value: written, keepUntilMs: until, result: told }
      })
      if (isWritten) remember(name, { text, value })
      else taken(name, text)
      return result
    },
    updateHere(subject, change) {
      const name = nameOf(kind.prefix, subject)
      const before = lastSeen(name)
      const nowMs = clock.nowMs()
      const { after = kind.empty, keepUntilMs, result } = change(before, nowMs)
      const aheadUntilMs = clock.monotonicMs() + keepUntilMs - nowMs
      if (after === before) kept(name)
      else remember(name, { text: undefined, value: after, aheadUntilMs })
      return result
    },
    async list() {
      const found = await cells.list(kind.prefix)
      return found.flatMap(({ name, value: text }) => {
        const value = kind.read(text)
        const subject = subjectOf(kind.prefix, name)
        return value === undefined ? [] : [{ subject, value }]
      })
    },
    async forget(service) {
      for (const { name } of await cells.list(kind.prefix)) {
        if (service !== undefined && subjectOf(kind.prefix, name).service !== service) continue
        await cells.update(name, () => ({ action: 'remove', result: undefined }))
      }
      for (const name of [...remembered.keys()])
        if (service === undefined || subjectOf(kind.prefix, name).service === service) remembered.delete(name)
    },
  }
}

function nameOf(prefix: string, { service, identity }: LimitSubject): string {
  return `${prefix}${service}/${identity ?? ''}`
}

function subjectOf(prefix: string, name: string): LimitSubject {
  const [service = '', identity = ''] = name.slice(prefix.length).split('/', 2)
  return { service, identity: identity === '' ? undefined : identity }
}
