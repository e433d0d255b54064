import { describe, expect, it } from 'vitest'
import { bytesOf, callWith } from '../../test/fuzz/origin-call.js'
import { createFakeClock } from '../../test/helpers/fake-clock.js'
import { createGate, errorOf } from '../../test/helpers/gate.js'
import { type ScriptedAnswer, replyWith, scriptedStep, toldEvents } from '../../test/helpers/origin-step.js'
import { policyWith } from '../../test/helpers/policy.js'
import { CachetteError } from '../errors/cachette-error.js'
import { createBreakers } from './breaker.js'
import type { OriginCall } from './origin-call.js'
import { withResend } from './resend.js'

const OPEN_FOR_MS = 10_000
const unreachable = new CachetteError('CACHETTE_ORIGIN_UNREACHABLE', 'refused')
const fails = { status: 503 }
const works = { status: 200 }

function open(...answers: readonly ScriptedAnswer[]) {
  const clock = createFakeClock()
  const network = scriptedStep(...answers)
  const events = toldEvents()
  const breakers = createBreakers({ clock, emit: events.emit })
  const step = breakers.guard(network.step)
  const policy = policyWith({ breaker: { failures: 3, openForMs: OPEN_FOR_MS } })
  return {
    ...network,
    clock,
    breakers,
    policy,
    send: (changes: Partial<OriginCall> = {}) => step(callWith({ policy, ...changes })),
    states: () => events.of('breaker').map(({ state }) => state),
  }
}

const tried = (world: ReturnType<typeof open>, times: number): Promise<unknown> =>
  Promise.allSettled(Array.from({ length: times }, () => world.send()))

describe('a breaker', () => {
  it.each<[string, ScriptedAnswer]>([
    ['a 500', { status: 500 }],
    ['no answer', unreachable],
    ['an attempt that took too long', new CachetteError('CACHETTE_TIMEOUT', 'late')],
  ])('opens after so many failures in a row: %s', async (_, failure) => {
    const world = open(failure)
    await tried(world, 3)
    expect(world.states()).toEqual(['open'])
    expect(world.breakers.isOpen(callWith({ policy: world.policy }))).toBe(true)
    const error = await errorOf(world.send())
    expect(error).toMatchObject({
      code: 'CACHETTE_BREAKER_OPEN',
      service: 'my_service',
      retryAtMs: world.clock.nowMs() + OPEN_FOR_MS,
    })
    expect(error.message).not.toContain('s3cret')
    expect(world.calls).toHaveLength(3)
  })

  it.each<[string, ScriptedAnswer]>([
    ['a 404', { status: 404 }],
    ['a 429', { status: 429 }],
    ['a refusal by a step below', new CachetteError('CACHETTE_QUOTA', 'spent')],
    ['a bug', new Error('oops')],
  ])('stays closed: %s', async (_, answer) => {
    const world = open(answer)
    await tried(world, 10)
    expect(world.states()).toEqual([])
    expect(world.calls).toHaveLength(10)
  })

  it('starts to count anew with each success', async () => {
    const world = open(fails, fails, works, fails, fails, works)
    await tried(world, 6)
    expect(world.states()).toEqual([])
  })

  it('lets one call through once its time is over, and closes when that succeeds', async () => {
    const gate = createGate()
    const slow = gate.opened.then(() => replyWith(200))
    const world = open(fails, fails, fails, slow, works)
    await tried(world, 3)
    world.clock.advance(OPEN_FOR_MS - 1)
    expect(await errorOf(world.send())).toMatchObject({ code: 'CACHETTE_BREAKER_OPEN' })
    world.clock.advance(1)
    const trial = world.send()
    expect(await errorOf(world.send())).toMatchObject({
      code: 'CACHETTE_BREAKER_OPEN',
      retryAtMs: world.clock.nowMs() + 1_000,
    })
    gate.open()
    expect((await trial).status).toBe(200)
    expect((await world.send()).status).toBe(200)
    expect(world.states()).toEqual(['open', 'half-open', 'closed'])
  })

  it('opens again when that call fails', async () => {
    const world = open(fails)
    await tried(world, 3)
    world.clock.advance(OPEN_FOR_MS)
    await world.send()
    expect(world.states()).toEqual(['open', 'half-open', 'open'])
    expect(await errorOf(world.send())).toMatchObject({ retryAtMs: world.clock.nowMs() + OPEN_FOR_MS })
  })

  it('lets another one try where the caller of that call left', async () => {
    const world = open(fails, fails, fails, new Error('left'), works)
    await tried(world, 3)
    world.clock.advance(OPEN_FOR_MS)
    await errorOf(world.send({ signal: AbortSignal.abort(new Error('left')) }))
    expect((await world.send()).status).toBe(200)
    expect(world.states()).toEqual(['open', 'half-open', 'open', 'half-open', 'closed'])
  })

  it('lets a dead connection’s call be sent again as the new trial, and counts dead connections as nothing', async () => {
    const cause = Object.assign(new Error('hung up'), { code: 'UND_ERR_SOCKET', socket: { bytesRead: 9 } })
    const dead = new CachetteError('CACHETTE_ORIGIN_UNREACHABLE', 'hung up', { cause })
    const world = open(fails, fails, fails, dead, works, dead)
    await tried(world, 3)
    world.clock.advance(OPEN_FOR_MS)
    const resending = withResend((call) => world.send(call))
    expect((await resending(callWith({ policy: world.policy }))).status).toBe(200)
    expect(world.states()).toEqual(['open', 'half-open', 'open', 'half-open', 'closed'])
    await tried(world, 10)
    expect(world.states().at(-1)).toBe('closed')
    expect(world.calls).toHaveLength(15)
  })

  it('counts the deadline as a failure, and a caller who left as nothing', async () => {
    const world = open(unreachable)
    const left = AbortSignal.abort(new Error('left'))
    for (let call = 0; call < 5; call += 1) await errorOf(world.send({ signal: left }))
    expect(world.states()).toEqual([])
    const late = AbortSignal.abort(new CachetteError('CACHETTE_TIMEOUT', 'late'))
    for (let call = 0; call < 3; call += 1) await errorOf(world.send({ signal: late }))
    expect(world.states()).toEqual(['open'])
  })

  it('counts failures that only the body shows, though the heads were good', async () => {
    const world = open(works)
    const call = callWith({ policy: world.policy })
    const page = { classification: 'transient', status: 200, headers: [], json: undefined } as const
    for (let round = 0; round < 3; round += 1) {
      await world.send()
      world.breakers.tell(call, page)
    }
    expect(world.states()).toEqual(['open'])
  })

  it('counts a failing status once, whatever is told of its body', async () => {
    const world = open(fails)
    await world.send()
    const told = { classification: 'transient', status: 503, headers: [], json: undefined } as const
    for (let round = 0; round < 5; round += 1) world.breakers.tell(callWith({ policy: world.policy }), told)
    expect(world.states()).toEqual([])
  })

  it('counts bodies that break off', async () => {
    const broken = (): Promise<ReturnType<typeof replyWith>> =>
      Promise.resolve({
        ...replyWith(200),
        body: (async function* () {
          await Promise.resolve()
          yield Buffer.from('half')
          throw unreachable
        })(),
      })
    const world = open(broken(), broken(), broken())
    for (let round = 0; round < 3; round += 1) {
      const { body } = await world.send()
      expect(await errorOf(bytesOf(body))).toBe(unreachable)
    }
    expect(world.states()).toEqual(['open'])
  })

  it('is one for each service, and none where the policy has none or no service claims the host', async () => {
    const world = open(fails)
    await tried(world, 3)
    expect((await world.send({ service: 'another' })).status).toBe(503)
    expect((await world.send({ policy: policyWith({}) })).status).toBe(503)
    expect((await world.send({ isClaimed: false })).status).toBe(503)
  })
})
