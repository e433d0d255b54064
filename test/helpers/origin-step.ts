// A network for steps of the origin pipeline: replies as scripted, and what was asked for.
import type { EventMap, EventName } from '../../src/model/request-event.js'
import type { Emit } from '../../src/origin/emit.js'
import type { LimitParts } from '../../src/origin/limits/create-limits.js'
import type { OriginCall, OriginReply, OriginStep } from '../../src/origin/origin-call.js'
import { createMemoryCells } from '../../src/stores/memory-cells.js'
import { createFakeClock, type FakeClock } from './fake-clock.js'

/** A reply, an error to reject with, or something that comes later. */
export type ScriptedAnswer =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | Error
  | Promise<OriginReply>

/** A scripted network. */
export interface ScriptedStep {
  readonly step: OriginStep
  readonly calls: readonly OriginCall[]
  /** Why replies were cancelled. */
  readonly cancelled: readonly string[]
}

/** Makes a reply. */
export function replyWith(
  status: number,
  { headers = {}, body = '' }: { headers?: Readonly<Record<string, string>>; body?: string } = {},
): OriginReply {
  return {
    status,
    headers: Object.entries(headers),
    body: (async function* () {
      await Promise.resolve()
      yield Buffer.from(body)
    })(),
    sizeBytes: undefined,
    signal: new AbortController().signal,
    cancel: () => undefined,
  }
}

/** Answers one after the other; the last one goes on. Each call counts as sent. */
export function scriptedStep(...answers: readonly ScriptedAnswer[]): ScriptedStep {
  const calls: OriginCall[] = []
  const cancelled: string[] = []
  const step: OriginStep = (call) => {
    calls.push(call)
    call.attempts.add()
    call.onSent?.()
    const answer = answers[Math.min(calls.length, answers.length) - 1] ?? { status: 200 }
    if (answer instanceof Error) return Promise.reject(answer)
    if (answer instanceof Promise) return answer
    const reply = replyWith(answer.status, answer)
    return Promise.resolve({ ...reply, cancel: (reason: Error) => void cancelled.push(reason.message) })
  }
  return { step, calls, cancelled }
}

/** Events as they were told. */
export interface ToldEvents {
  readonly emit: Emit
  readonly told: readonly { readonly name: EventName; readonly event: object }[]
  of<Name extends EventName>(name: Name): readonly EventMap[Name][]
}

/** Collects events. */
export function toldEvents(): ToldEvents {
  const told: { name: EventName; event: object }[] = []
  return {
    told,
    emit: (name, event) => void told.push({ name, event }),
    of: <Name extends EventName>(name: Name) =>
      told.filter((one) => one.name === name).map(({ event }) => event as EventMap[Name]),
  }
}

/** What limits are made of, in memory. */
export interface LimitWorld extends ToldEvents {
  readonly clock: FakeClock
  readonly parts: LimitParts
  readonly warnings: readonly string[]
  readonly troubles: readonly Error[]
  /** From now on the store cannot be asked, or can again. */
  setAway(isAway: boolean): void
  /** From now on the store can be read and takes nothing, or takes it again. */
  setFull(isFull: boolean): void
}

/** Cells in memory that can be taken away. */
export function limitWorld(options: { clock?: FakeClock; isRemote?: boolean } = {}): LimitWorld {
  const { clock = createFakeClock(), isRemote = false } = options
  const cells = createMemoryCells(clock)
  const events = toldEvents()
  const warnings: string[] = []
  const troubles: Error[] = []
  let isAway = false
  let isFull = false
  const unlessAway = <Result>(work: () => Result): Result => {
    if (isAway) throw new Error('the store is away')
    return work()
  }
  return {
    ...events,
    clock,
    warnings,
    troubles,
    setAway: (away) => (isAway = away),
    setFull: (full) => (isFull = full),
    parts: {
      clock,
      isRemote,
      emit: events.emit,
      warn: (message) => void warnings.push(message),
      onAway: (error) => void troubles.push(error),
      cells: {
        read: (name) => unlessAway(() => cells.read(name)),
        list: (prefix) => unlessAway(() => cells.list(prefix)),
        update: async (name, change) =>
          unlessAway(() =>
            cells.update(name, (before, nowMs) => {
              const changed = change(before, nowMs)
              if (isFull && changed.action !== 'leave') throw new Error('the store is full')
              return changed
            }),
          ),
      },
    },
  }
}
