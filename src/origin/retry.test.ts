import { describe, expect, it } from 'vitest'
import { turns } from '../../test/fuzz/body-harness.js'
import { callWith } from '../../test/fuzz/origin-call.js'
import { createFakeClock } from '../../test/helpers/fake-clock.js'
import { errorOf } from '../../test/helpers/gate.js'
import { type ScriptedAnswer, scriptedStep, toldEvents } from '../../test/helpers/origin-step.js'
import { policyWith } from '../../test/helpers/policy.js'
import { CachetteError } from '../errors/cachette-error.js'
import type { OriginCall } from './origin-call.js'
import { withRetry } from './retry.js'
import { retryDelayMs } from './retry-delay.js'

const NOW_MS = Date.UTC(2026, 0, 15, 12)
const unreachable = new CachetteError('CACHETTE_ORIGIN_UNREACHABLE', 'refused')
const late = new CachetteError('CACHETTE_TIMEOUT', 'late')
const spent = new CachetteError('CACHETTE_QUOTA', 'spent')

function open(answers: readonly ScriptedAnswer[], changes: Partial<OriginCall> = {}) {
  const clock = createFakeClock(NOW_MS)
  const network = scriptedStep(...answers)
  const events = toldEvents()
  let isHeldBack = false
  const step = withRetry(
    { clock, emit: events.emit, random: () => 0.5, isHeldBack: () => isHeldBack },
    network.step,
  )
  const call = callWith({
    policy: policyWith({ retryAttempts: 3 }),
    endsAtMs: clock.monotonicMs() + 10_000,
    ...changes,
  })
  return {
    ...network,
    ...events,
    clock,
    holdBack: () => (isHeldBack = true),
    send: () => step(call),
    /** Moves the clock by steps until the call is over. */
    async sendOn() {
      let isOver = false
      const sending = step(call).finally(() => (isOver = true))
      sending.catch(() => undefined)
      for (let step = 0; !isOver && step < 1_000; step += 1) {
        await turns()
        if (!isOver) clock.advance(50)
      }
      return sending
    },
  }
}

describe('trying again', () => {
  it.each<[string, ScriptedAnswer, string]>([
    ['a network error', unreachable, 'origin-unreachable'],
    ['an attempt that took too long', late, 'origin-timeout'],
    ['a 408', { status: 408 }, 'origin-transient'],
    ['a 425', { status: 425 }, 'origin-transient'],
    ['a 429', { status: 429 }, 'origin-quota'],
    ['a 500', { status: 500 }, 'origin-transient'],
    ['a 502', { status: 502 }, 'origin-transient'],
    ['a 503', { status: 503 }, 'origin-transient'],
    ['a 504', { status: 504 }, 'origin-transient'],
  ])('helps with %s', async (_, failure, because) => {
    const world = open([failure, failure, { status: 200 }])
    expect((await world.sendOn()).status).toBe(200)
    expect(world.calls.map(({ attempt }) => attempt)).toEqual([1, 2, 3])
    expect(world.of('retried')).toEqual([
      { service: 'my_service', url: world.calls[0]!.redactedUrl, attempt: 2, delayMs: 100, because },
      { service: 'my_service', url: world.calls[0]!.redactedUrl, attempt: 3, delayMs: 200, because },
    ])
    expect(world.cancelled).toHaveLength(failure instanceof Error ? 0 : 2)
  })

  it.each<[string, ScriptedAnswer]>([
    ['a 400', { status: 400 }],
    ['a 401', { status: 401 }],
    ['a 404', { status: 404 }],
    ['a 501', { status: 501 }],
    ['a 505', { status: 505 }],
  ])('is not for %s', async (_, answer) => {
    const world = open([answer])
    expect((await world.send()).status).toBeGreaterThanOrEqual(400)
    expect(world.calls).toHaveLength(1)
  })

  it('is not for what a step refused, nor for what nobody names', async () => {
    for (const error of [spent, new Error('a bug')]) {
      const world = open([error])
      expect(await errorOf(world.send())).toBe(error)
      expect(world.calls).toHaveLength(1)
    }
  })

  it.each<[string, Partial<OriginCall>]>([
    ['a POST', { method: 'POST' }],
    ['a PATCH', { method: 'PATCH' }],
    ['a body that can be read once', { method: 'PUT', body: (async function* () {})() }],
    ['a host that no service claims', { isClaimed: false }],
    ['a policy of one attempt', { policy: policyWith({ retryAttempts: 1 }) }],
  ])('is not for %s', async (_, changes) => {
    const world = open([unreachable], changes)
    expect(await errorOf(world.send())).toBe(unreachable)
    expect(world.calls).toHaveLength(1)
  })

  it('is for a PUT with bytes', async () => {
    const world = open([unreachable, { status: 204 }], { method: 'PUT', body: Buffer.from('x') })
    expect((await world.sendOn()).status).toBe(204)
  })

  it('goes by what the operator says of a reply', async () => {
    const passing = open([{ status: 404 }, { status: 200 }], {
      classify: ({ status }) => (status === 404 ? 'transient' : 'ok'),
    })
    expect((await passing.sendOn()).status).toBe(200)
    const lasting = open([{ status: 500 }], { classify: () => 'permanent' })
    expect((await lasting.send()).status).toBe(500)
    expect(lasting.calls).toHaveLength(1)
  })

  it('ends with the last answer, unread', async () => {
    const world = open([{ status: 503, body: 'why' }])
    const reply = await world.sendOn()
    expect([reply.status, world.calls.length, world.cancelled.length]).toEqual([503, 3, 2])
    for await (const piece of reply.body) expect(Buffer.from(piece).toString()).toBe('why')
  })

  it('waits as long as Retry-After says where that fits before the deadline', async () => {
    const world = open([{ status: 503, headers: { 'retry-after': '4' } }, { status: 200 }])
    expect((await world.sendOn()).status).toBe(200)
    expect(world.of('retried')).toMatchObject([{ delayMs: 4_100 }])
  })

  it.each(['10', '3600', new Date(NOW_MS + 60_000).toUTCString()])(
    'is left where Retry-After is %s, past the deadline',
    async (value) => {
      const world = open([{ status: 503, headers: { 'retry-after': value } }])
      expect((await world.send()).status).toBe(503)
      expect([world.calls.length, world.cancelled.length]).toEqual([1, 0])
    },
  )

  it('never waits past the deadline', async () => {
    const world = open([unreachable], { endsAtMs: 1_000 + 99 })
    expect(await errorOf(world.send())).toBe(unreachable)
    expect(world.calls).toHaveLength(1)
  })

  it('waits until the cool-down that a reply began is over', () => {
    const facts = { nowMs: NOW_MS, chance: 0 }
    expect(retryDelayMs(0, { headers: [], retryAtMs: NOW_MS + 2_000 }, facts)).toBe(2_000)
    expect(retryDelayMs(0, { headers: [['Retry-After', '5']], retryAtMs: NOW_MS + 2_000 }, facts)).toBe(5_000)
  })

  it('waits at random within a time that doubles, up to ten seconds', () => {
    const delays = Array.from({ length: 9 }, (_, retry) =>
      retryDelayMs(retry, undefined, { nowMs: NOW_MS, chance: 0.999_999 }),
    )
    expect(delays).toEqual([199, 399, 799, 1_599, 3_199, 6_399, 9_999, 9_999, 9_999])
    expect(retryDelayMs(5, undefined, { nowMs: NOW_MS, chance: 0 })).toBe(0)
  })

  it('is left where the next try would be refused', async () => {
    const world = open([{ status: 500 }])
    world.holdBack()
    expect((await world.send()).status).toBe(500)
    expect([world.calls.length, world.cancelled.length]).toEqual([1, 0])
  })

  it('ends with the caller', async () => {
    const leaving = new AbortController()
    const world = open([unreachable], { signal: leaving.signal })
    const failing = errorOf(world.send())
    await turns()
    leaving.abort(new Error('left'))
    expect((await failing).message).toBe('left')
    expect(world.calls).toHaveLength(1)
  })
})
