import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { callWith } from '../../test/fuzz/origin-call.js'
import { createPushedSource, turns } from '../../test/fuzz/body-harness.js'
import { createFakeClock } from '../../test/helpers/fake-clock.js'
import { errorOf } from '../../test/helpers/gate.js'
import { policyWith } from '../../test/helpers/policy.js'
import { withDeadline } from './deadline.js'
import type { Emit } from './emit.js'
import type { OriginCall, OriginReply } from './origin-call.js'

const TIMEOUT_MS = 1_000

/** A deadline over a step that answers, and gives its body, when the test says so. */
function openDeadline(changes: Partial<OriginCall> = {}, timeoutMs = TIMEOUT_MS) {
  const clock = createFakeClock()
  const source = createPushedSource()
  const leaving = new AbortController()
  const closing = new AbortController()
  let answer: (reply: OriginReply) => void = () => undefined
  let given: AbortSignal | undefined
  let endsAtMs: number | undefined
  const told: object[] = []
  const emit: Emit = (name, event) => void told.push({ name, ...event })
  const step = withDeadline({ clock, emit, closing: closing.signal }, (call) => {
    given = call.signal
    endsAtMs = call.endsAtMs
    return new Promise((resolve) => (answer = resolve))
  })
  const policy = policyWith({ timeoutMs })
  const reply = step(callWith({ policy, signal: leaving.signal, ...changes }))
  return {
    clock,
    source,
    leaving,
    closing,
    reply,
    told,
    endsAtMs: () => endsAtMs,
    signal: () => given!,
    answer: (cancel: (reason: Error) => void = () => undefined) =>
      answer({
        status: 200,
        headers: [],
        body: source,
        signal: new AbortController().signal,
        sizeBytes: undefined,
        cancel,
      }),
    listeners: () =>
      getEventListeners(leaving.signal, 'abort').length + getEventListeners(closing.signal, 'abort').length,
  }
}

describe('the deadline of a call', () => {
  it.each(['whole', 'stream'] as const)(
    'ends the wait for the headers of what is taken %s',
    async (takes) => {
      const { clock, reply, signal, listeners } = openDeadline({ takes })
      const failing = errorOf(reply)
      clock.advance(TIMEOUT_MS - 1)
      await turns()
      expect(signal().aborted).toBe(false)
      clock.advance(1)
      expect(await failing).toMatchObject({ code: 'CACHETTE_TIMEOUT', service: 'my_service' })
      expect((await failing).message).not.toContain('s3cret')
      expect([signal().aborted, listeners()]).toEqual([true, 0])
    },
  )

  it('is told to the steps below, and to listeners when it ends a call', async () => {
    const { clock, reply, endsAtMs, told } = openDeadline()
    expect(endsAtMs()).toBe(clock.monotonicMs() + TIMEOUT_MS)
    const failing = errorOf(reply)
    clock.advance(TIMEOUT_MS)
    await failing
    const url = 'https://api.example.com/data?api_key=REDACTED'
    expect(told).toEqual([
      { name: 'timed-out', service: 'my_service', url, timeout: 'hard', afterMs: TIMEOUT_MS },
    ])
  })

  it('is the end of its caller\u2019s time where that comes first, and never later than its own', async () => {
    const { monotonicMs } = createFakeClock()
    const sooner = openDeadline({ endsAtMs: monotonicMs() + 300 })
    expect(sooner.endsAtMs()).toBe(monotonicMs() + 300)
    const failing = errorOf(sooner.reply)
    sooner.clock.advance(300)
    expect(await failing).toMatchObject({ code: 'CACHETTE_TIMEOUT' })
    const later = openDeadline({ endsAtMs: monotonicMs() + 10 * TIMEOUT_MS })
    expect(later.endsAtMs()).toBe(monotonicMs() + TIMEOUT_MS)
    later.answer()
    await later.reply
  })

  it('that has come already sends nothing', async () => {
    const { reply, endsAtMs, listeners } = openDeadline({ endsAtMs: createFakeClock().monotonicMs() })
    expect(await errorOf(reply)).toMatchObject({ code: 'CACHETTE_TIMEOUT', attempts: 0 })
    expect([endsAtMs(), listeners()]).toEqual([undefined, 0])
  })

  it('of none ends nothing, and says so to the steps below', async () => {
    const { endsAtMs, reply, answer, told } = openDeadline({}, Number.POSITIVE_INFINITY)
    expect(endsAtMs()).toBeUndefined()
    answer()
    expect((await reply).status).toBe(200)
    expect(told).toEqual([])
  })

  it('of what is taken whole runs on through the body', async () => {
    const { clock, reply, answer, source, signal } = openDeadline({ takes: 'whole' })
    clock.advance(600)
    answer()
    const pieces = (await reply).body[Symbol.asyncIterator]()
    source.push(1)
    expect((await pieces.next()).value).toHaveLength(1)
    clock.advance(399)
    source.push(1)
    expect((await pieces.next()).value).toHaveLength(1)
    const failing = errorOf(pieces.next())
    clock.advance(1)
    expect(await failing).toMatchObject({ code: 'CACHETTE_TIMEOUT' })
    expect(signal().aborted).toBe(true)
  })

  it('of what is taken whole runs on while nobody reads', async () => {
    const { clock, reply, answer } = openDeadline({ takes: 'whole' })
    answer()
    const { body } = await reply
    clock.advance(TIMEOUT_MS)
    expect(await errorOf(body[Symbol.asyncIterator]().next())).toMatchObject({ code: 'CACHETTE_TIMEOUT' })
  })

  it('of a stream begins anew with each piece that is waited for', async () => {
    const { clock, reply, answer, source } = openDeadline({ takes: 'stream' })
    clock.advance(900)
    answer()
    const pieces = (await reply).body[Symbol.asyncIterator]()
    for (let piece = 0; piece < 5; piece += 1) {
      const coming = pieces.next()
      clock.advance(900)
      source.push(1)
      expect((await coming).value).toHaveLength(1)
    }
    const failing = errorOf(pieces.next())
    clock.advance(TIMEOUT_MS)
    expect(await failing).toMatchObject({ code: 'CACHETTE_TIMEOUT' })
  })

  it('of a stream stands still while its reader pauses', async () => {
    const { clock, reply, answer, source } = openDeadline({ takes: 'stream' })
    answer()
    const pieces = (await reply).body[Symbol.asyncIterator]()
    clock.advance(100 * TIMEOUT_MS)
    source.push(1)
    expect((await pieces.next()).value).toHaveLength(1)
    clock.advance(100 * TIMEOUT_MS)
    source.end()
    expect((await pieces.next()).done).toBe(true)
  })

  it('of a stream counts from the call for what is due in time, and by piece beyond that', async () => {
    const { clock, reply, answer, source, told } = openDeadline({ takes: 'stream' })
    clock.advance(300)
    answer()
    const { body, dueInTime } = await reply
    dueInTime!(3)
    const pieces = body[Symbol.asyncIterator]()
    for (let piece = 0; piece < 3; piece += 1) {
      const coming = pieces.next()
      clock.advance(200)
      source.push(1)
      expect((await coming).value).toHaveLength(1)
    }
    clock.advance(100 * TIMEOUT_MS)
    const coming = pieces.next()
    clock.advance(TIMEOUT_MS - 1)
    source.push(1)
    expect((await coming).value).toHaveLength(1)
    expect(told).toEqual([])
  })

  it('of a stream ends what is due in time and drips, though no piece is late and nobody reads', async () => {
    const { clock, reply, answer, source, signal } = openDeadline({ takes: 'stream' })
    clock.advance(300)
    answer()
    const { body, dueInTime } = await reply
    dueInTime!(3)
    const pieces = body[Symbol.asyncIterator]()
    const coming = pieces.next()
    clock.advance(350)
    source.push(1)
    await coming
    clock.advance(349)
    expect(signal().aborted).toBe(false)
    clock.advance(1)
    expect(signal().aborted).toBe(true)
    expect(await errorOf(pieces.next() as Promise<unknown>)).toMatchObject({ code: 'CACHETTE_TIMEOUT' })
  })

  it('of a stream that is of use only whole counts all that is waited for its pieces, and no pause of its reader', async () => {
    const { clock, reply, answer, source } = openDeadline({ takes: 'stream' })
    clock.advance(300)
    answer()
    const { body, dueInTime } = await reply
    dueInTime!(1, { isOneWait: true })
    const pieces = body[Symbol.asyncIterator]()
    for (let piece = 0; piece < 3; piece += 1) {
      const coming = pieces.next()
      clock.advance(200)
      source.push(1)
      expect((await coming).value).toHaveLength(1)
      if (piece > 0) clock.advance(100 * TIMEOUT_MS)
    }
    const failing = errorOf(pieces.next() as Promise<unknown>)
    clock.advance(TIMEOUT_MS - 900)
    expect(await failing).toMatchObject({ code: 'CACHETTE_TIMEOUT' })
  })

  it('of a stream that has ended is not set again by what was due', async () => {
    const { clock, reply, answer, source, signal, told } = openDeadline({ takes: 'stream' })
    answer()
    const { body, dueInTime } = await reply
    source.end()
    await body[Symbol.asyncIterator]().next()
    dueInTime!(10)
    clock.advance(10 * TIMEOUT_MS)
    expect([signal().aborted, told]).toEqual([false, []])
  })

  it.each(['whole', 'stream'] as const)('that is Infinity never comes, taken %s', async (takes) => {
    const { clock, reply, answer, source, listeners } = openDeadline({ takes }, Number.POSITIVE_INFINITY)
    clock.advance(1e12)
    answer()
    const pieces = (await reply).body[Symbol.asyncIterator]()
    const coming = pieces.next()
    clock.advance(1e12)
    source.push(1)
    expect((await coming).value).toHaveLength(1)
    source.end()
    await pieces.next()
    expect(listeners()).toBe(0)
  })

  it.each(['whole', 'stream'] as const)(
    'leaves nothing behind once the body has ended, taken %s',
    async (takes) => {
      const { clock, reply, answer, source, signal, listeners } = openDeadline({ takes })
      answer()
      const pieces = (await reply).body[Symbol.asyncIterator]()
      source.end()
      expect((await pieces.next()).done).toBe(true)
      clock.advance(10 * TIMEOUT_MS)
      expect([signal().aborted, listeners()]).toEqual([false, 0])
    },
  )

  it('leaves nothing behind where the step fails or the body breaks off', async () => {
    const failing = openDeadline()
    const parts = { clock: failing.clock, closing: failing.closing.signal }
    const broken = withDeadline(parts, () => Promise.reject(new Error('refused')))
    const leaving = new AbortController()
    expect((await errorOf(broken(callWith({ signal: leaving.signal })))).message).toBe('refused')
    expect(getEventListeners(leaving.signal, 'abort')).toEqual([])
    failing.answer()
    const pieces = (await failing.reply).body[Symbol.asyncIterator]()
    failing.source.fail(new Error('the wire broke'))
    expect((await errorOf(pieces.next() as Promise<unknown>)).message).toBe('the wire broke')
    expect(failing.listeners()).toBe(0)
  })
})

describe('a call', () => {
  it('whose caller leaves rejects with the signal\u2019s reason, before the headers and in the body', async () => {
    const waiting = openDeadline()
    waiting.leaving.abort(new Error('left'))
    expect((await errorOf(waiting.reply)).message).toBe('left')
    const reading = openDeadline()
    reading.answer()
    const pieces = (await reading.reply).body[Symbol.asyncIterator]()
    const failing = errorOf(pieces.next() as Promise<unknown>)
    reading.leaving.abort(new Error('left'))
    expect((await failing).message).toBe('left')
    for (const { signal, listeners } of [waiting, reading])
      expect([signal().aborted, listeners()]).toEqual([true, 0])
  })

  it('whose caller had left already is not waited for', async () => {
    const { reply, signal } = openDeadline({ signal: AbortSignal.abort(new Error('left')) })
    expect((await errorOf(reply)).message).toBe('left')
    expect(signal().aborted).toBe(true)
  })

  it('that is under way when the instance closes is cut off, in the headers and in the body', async () => {
    const waiting = openDeadline()
    waiting.closing.abort()
    expect(await errorOf(waiting.reply)).toMatchObject({ code: 'CACHETTE_CLOSED' })
    const reading = openDeadline({ takes: 'stream' })
    reading.answer()
    const { body } = await reading.reply
    reading.closing.abort()
    expect(await errorOf(body[Symbol.asyncIterator]().next())).toMatchObject({ code: 'CACHETTE_CLOSED' })
  })

  it('that begins after the instance was closed is refused', async () => {
    const clock = createFakeClock()
    const step = withDeadline({ clock, closing: AbortSignal.abort() }, () => new Promise(() => undefined))
    expect(await errorOf(step(callWith()))).toMatchObject({ code: 'CACHETTE_CLOSED' })
  })

  it('whose body is let go of is ended, and its timer with it', async () => {
    const { clock, reply, answer, signal, listeners } = openDeadline()
    answer()
    const pieces = (await reply).body[Symbol.asyncIterator]()
    await pieces.return?.()
    expect([signal().aborted, listeners()]).toEqual([true, 0])
    clock.advance(10 * TIMEOUT_MS)
    expect((signal().reason as Error).message).toBe('the body was let go of')
  })

  it('that is cancelled gives its reader the reason', async () => {
    const { reply, answer, listeners } = openDeadline()
    answer()
    const { body, cancel } = await reply
    const failing = errorOf(body[Symbol.asyncIterator]().next())
    cancel(new Error('no longer wanted'))
    expect((await failing).message).toBe('no longer wanted')
    expect(listeners()).toBe(0)
  })
})
