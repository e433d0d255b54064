// The steps that hold calls back, each over the scripted network: cool-down, quota, rate limit, the timeout of an attempt, and
// the pipeline that puts them in order.
import { describe, expect, it } from 'vitest'
import { turns } from '../../test/fuzz/body-harness.js'
import { callWith } from '../../test/fuzz/origin-call.js'
import { errorOf } from '../../test/helpers/gate.js'
import { type ScriptedAnswer, limitWorld, replyWith, scriptedStep } from '../../test/helpers/origin-step.js'
import { policyWith } from '../../test/helpers/policy.js'
import { CachetteError } from '../errors/cachette-error.js'
import type { BudgetRule } from '../model/limits.js'
import type { OriginRequest, OriginResponse } from '../model/transport.js'
import { withAttemptTimeout } from './attempt-timeout.js'
import { refusalByCoolDown, withCoolDown } from './cool-down.js'
import { type LimitParts, createLimits } from './limits/create-limits.js'
import type { OriginCall, OriginReply } from './origin-call.js'
import { createOriginPipeline } from './pipeline.js'
import { withQuota } from './quota.js'
import { withRateLimit } from './rate-limit.js'

const rule = (limit: number, perMs: number): BudgetRule => ({
  name: `${limit}/${perMs}ms`,
  limit,
  perMs,
  resetsAt: undefined,
  timeZone: 'UTC',
})

function open(...answers: readonly ScriptedAnswer[]) {
  const world = limitWorld()
  return { ...world, ...scriptedStep(...answers), limits: createLimits(world.parts) }
}

const remaining = async (limits: ReturnType<typeof createLimits>): Promise<number | undefined> =>
  (await limits.states())[0]?.budgets[0]?.remaining

describe('the cool-down step', () => {
  it('begins one at a 429 before its caller hears of it, and refuses from then on', async () => {
    const { clock, limits, step, calls } = open({ status: 429, headers: { 'Retry-After': '30' } })
    const send = withCoolDown({ clock, coolDowns: limits.coolDowns }, step)
    const retryAtMs = clock.nowMs() + 30_000
    expect(await send(callWith())).toMatchObject({ status: 429, retryAtMs })
    const error = await errorOf(send(callWith()))
    expect(error).toMatchObject({ code: 'CACHETTE_COOLDOWN', retryAtMs, service: 'my_service' })
    expect(error.message).not.toContain('s3cret')
    expect(calls).toHaveLength(1)
  })

  it('goes by what the operator calls a spent quota, and by a date', async () => {
    const until = Date.UTC(2026, 0, 15, 12, 1)
    const { clock, limits, step } = open({
      status: 420,
      headers: { 'retry-after': new Date(until).toUTCString() },
    })
    const send = withCoolDown({ clock, coolDowns: limits.coolDowns }, step)
    expect(await send(callWith({ classify: () => 'quota' }))).toMatchObject({ retryAtMs: until })
  })

  it('forgives after a good answer', async () => {
    const { clock, limits, step } = open({ status: 429 }, { status: 200 }, { status: 429 })
    const send = withCoolDown({ clock, coolDowns: limits.coolDowns }, step)
    await send(callWith())
    clock.advance(1_000)
    await send(callWith())
    expect((await send(callWith())).retryAtMs).toBe(clock.nowMs() + 1_000)
  })

  it('leaves hosts alone that no service claims', async () => {
    const { clock, limits, step, calls } = open({ status: 429 })
    const send = withCoolDown({ clock, coolDowns: limits.coolDowns }, step)
    for (let call = 0; call < 3; call += 1) await send(callWith({ isClaimed: false }))
    expect(calls).toHaveLength(3)
  })
})

describe('the quota step', () => {
  const policy = policyWith({ quotas: [rule(2, 60_000)] })

  it('refuses with the time of renewal once it is spent', async () => {
    const { clock, limits, step, calls } = open({ status: 200 })
    const send = withQuota(
      { clock, budgets: limits.budgets, refuse: refusalByCoolDown(limits.coolDowns) },
      step,
    )
    await send(callWith({ policy }))
    await send(callWith({ policy }))
    const error = await errorOf(send(callWith({ policy })))
    expect(error).toMatchObject({ code: 'CACHETTE_QUOTA', retryAtMs: clock.nowMs() + 60_000, attempts: 0 })
    expect(error.message).not.toContain('s3cret')
    expect(calls).toHaveLength(2)
  })

  it('gives back what was not sent, and keeps what was', async () => {
    const { clock, limits } = open()
    const unsent = withQuota(
      { clock, budgets: limits.budgets, refuse: refusalByCoolDown(limits.coolDowns) },
      () => Promise.reject(new Error('unsent')),
    )
    await errorOf(unsent(callWith({ policy })))
    expect(await remaining(limits)).toBe(2)
    const sent = withQuota(
      { clock, budgets: limits.budgets, refuse: refusalByCoolDown(limits.coolDowns) },
      (call) => {
        call.onSent?.()
        return Promise.reject(new Error('sent'))
      },
    )
    await errorOf(sent(callWith({ policy })))
    expect(await remaining(limits)).toBe(1)
  })

  it('learns from the answer, and waits for what renews before the deadline', async () => {
    const { clock, limits, step, calls } = open({ status: 200, headers: { RateLimit: '"a";r=0;t=5' } })
    const send = withQuota(
      { clock, budgets: limits.budgets, refuse: refusalByCoolDown(limits.coolDowns) },
      step,
    )
    await send(callWith())
    expect(await errorOf(send(callWith({ endsAtMs: clock.monotonicMs() + 5_000 })))).toMatchObject({
      code: 'CACHETTE_QUOTA',
      retryAtMs: clock.nowMs() + 5_000,
    })
    const waiting = send(callWith({ endsAtMs: clock.monotonicMs() + 5_001 }))
    await turns()
    clock.advance(4_999)
    await turns()
    expect(calls).toHaveLength(1)
    clock.advance(1)
    await waiting
    expect(calls).toHaveLength(2)
  })

  it('asks after the wait whether the origin may still be asked, before it counts', async () => {
    const { clock, limits, step, calls } = open({ status: 200, headers: { RateLimit: '"a";r=0;t=5' } })
    const refuse = refusalByCoolDown(limits.coolDowns)
    const send = withQuota({ clock, budgets: limits.budgets, refuse }, step)
    await send(callWith())
    const waiting = errorOf(send(callWith({ endsAtMs: clock.monotonicMs() + 30_000 })))
    await turns()
    const retryAtMs = clock.nowMs() + 64_800
    await limits.coolDowns.begin(callWith(), retryAtMs)
    clock.advance(5_000)
    expect(await waiting).toMatchObject({ code: 'CACHETTE_COOLDOWN', retryAtMs })
    expect(calls).toHaveLength(1)
  })

  it.each([
    [59, 2],
    [60, 1],
  ])('waits under a minute where there is no deadline: %i s', async (seconds, sent) => {
    const { clock, limits, step, calls } = open({
      status: 200,
      headers: { RateLimit: `"a";r=0;t=${seconds}` },
    })
    const refuse = refusalByCoolDown(limits.coolDowns)
    const send = withQuota({ clock, budgets: limits.budgets, refuse }, step)
    await send(callWith())
    const settled = Promise.allSettled([send(callWith())])
    await turns()
    clock.advance(seconds * 1_000)
    const [outcome] = await settled
    expect(outcome.status).toBe(sent === 2 ? 'fulfilled' : 'rejected')
    expect(calls).toHaveLength(sent)
  })
})

describe('the rate limit step', () => {
  const policy = policyWith({ rateLimits: [rule(1, 1_000)] })

  it('lets a caller who left go, and gives the turn to the next', async () => {
    const { clock, emit, limits, step, of } = open({ status: 200 })
    const refuse = refusalByCoolDown(limits.coolDowns)
    const send = withRateLimit({ clock, emit, turns: limits.turns, refuse }, step)
    await send(callWith({ policy }))
    const leaving = new AbortController()
    const left = errorOf(send(callWith({ policy, signal: leaving.signal })))
    await turns()
    leaving.abort(new Error('left'))
    expect((await left).message).toBe('left')
    const next = send(callWith({ policy }))
    await turns()
    clock.advance(1_000)
    expect((await next).status).toBe(200)
    expect(of('rate-limited')).toEqual([
      { service: 'my_service', url: callWith().redactedUrl, waitedMs: 1_000 },
    ])
  })

  it('asks after the wait whether the origin may still be asked', async () => {
    const { clock, emit, limits, step, calls } = open({ status: 200 })
    const refuse = refusalByCoolDown(limits.coolDowns)
    const send = withRateLimit({ clock, emit, turns: limits.turns, refuse }, step)
    await send(callWith({ policy }))
    const waiting = errorOf(send(callWith({ policy })))
    await turns()
    await limits.coolDowns.begin(callWith(), clock.nowMs() + 60_000)
    clock.advance(1_000)
    expect(await waiting).toMatchObject({ code: 'CACHETTE_COOLDOWN' })
    expect(calls).toHaveLength(1)
  })
})

describe('the timeout of an attempt', () => {
  const policy = policyWith({ retryAttempts: 3 })
  const never = (): Promise<OriginReply> => new Promise(() => undefined)

  it('is four fifths of what is left, and ends the attempt', async () => {
    const { clock, emit, of } = open()
    let signal: AbortSignal | undefined
    const send = withAttemptTimeout({ clock, emit }, (call) => ((signal = call.signal), never()))
    const failing = errorOf(send(callWith({ policy, attempt: 1, endsAtMs: clock.monotonicMs() + 10_000 })))
    clock.advance(7_999)
    expect(signal?.aborted).toBe(false)
    clock.advance(1)
    expect(await failing).toMatchObject({ code: 'CACHETTE_TIMEOUT' })
    expect(signal?.aborted).toBe(true)
    expect(of('timed-out')).toMatchObject([{ timeout: 'attempt', afterMs: 8_000 }])
  })

  it.each<[string, Partial<OriginCall>]>([
    ['the last attempt', { attempt: 3 }],
    ['what may not be repeated', { method: 'POST', attempt: 1 }],
    ['hosts that no service claims', { isClaimed: false, attempt: 1 }],
    ['calls without a deadline', { endsAtMs: undefined, attempt: 1 }],
  ])('does not exist for %s', async (_, changes) => {
    const { clock, emit, of } = open()
    const send = withAttemptTimeout({ clock, emit }, never)
    void send(callWith({ policy, endsAtMs: clock.monotonicMs() + 10_000, ...changes }))
    clock.advance(9_999)
    await turns()
    expect(of('timed-out')).toEqual([])
  })

  it('is over with the headers, and the signal goes on to the body', async () => {
    const { clock, emit, of } = open()
    const leaving = new AbortController()
    let signal: AbortSignal | undefined
    const send = withAttemptTimeout({ clock, emit }, (call) => {
      signal = call.signal
      return Promise.resolve(replyWith(200))
    })
    await send(callWith({ policy, signal: leaving.signal, endsAtMs: clock.monotonicMs() + 10_000 }))
    clock.advance(9_000)
    expect([of('timed-out'), signal?.aborted]).toEqual([[], false])
    leaving.abort(new Error('left'))
    expect((signal?.reason as Error).message).toBe('left')
  })
})

describe('the pipeline', () => {
  function openPipeline(respond: (request: OriginRequest, nth: number) => Promise<OriginResponse>) {
    const world = limitWorld()
    const limits = createLimits(world.parts)
    let count = 0
    const pipeline = createOriginPipeline({
      clock: world.clock,
      emit: world.emit,
      limits,
      profileOf: () => undefined,
      random: () => 0,
    })
    const seen: OriginRequest[] = []
    const transport = (request: OriginRequest): Promise<OriginResponse> => {
      seen.push(request)
      return respond(request, (count += 1))
    }
    return { ...world, limits, pipeline, transport, seen }
  }
  const response = (status: number, body = ''): OriginResponse => ({
    status,
    headers: [],
    body: (async function* () {
      await Promise.resolve()
      yield Buffer.from(body)
    })(),
  })

  it('counts every attempt under the quota, and stops when it is spent', async () => {
    const { pipeline, transport, limits, seen } = openPipeline(() => Promise.resolve(response(503)))
    const policy = policyWith({ retryAttempts: 3, quotas: [rule(2, 60_000)] })
    const error = await errorOf(pipeline.send(callWith({ policy, transport })))
    expect(error).toMatchObject({ code: 'CACHETTE_QUOTA', attempts: 2 })
    expect([seen.length, await remaining(limits)]).toEqual([2, 0])
  })

  it('does not try again once the breaker is open: the answer at hand is given', async () => {
    const { pipeline, transport, seen } = openPipeline(() => Promise.resolve(response(503)))
    const policy = policyWith({ retryAttempts: 3, breaker: { failures: 2, openForMs: 1_000 } })
    expect((await pipeline.send(callWith({ policy, transport }))).status).toBe(503)
    expect(seen).toHaveLength(2)
    expect(await errorOf(pipeline.send(callWith({ policy, transport })))).toMatchObject({
      code: 'CACHETTE_BREAKER_OPEN',
    })
  })

  it('counts the call that is sent again with a new token, and not the tokens', async () => {
    const { pipeline, transport, limits, seen } = openPipeline((request) => {
      if (!request.url.startsWith('https://accounts')) {
        const isSecond = request.headers.some(([, value]) => value === 'Bearer t3')
        return Promise.resolve(response(isSecond ? 200 : 401))
      }
      const token = { access_token: `t${seen.length}`, token_type: 'bearer', expires_in: 3_600 }
      return Promise.resolve(response(200, JSON.stringify(token)))
    })
    const authorization = {
      kind: 'client-credentials',
      tokenUrl: 'https://accounts.example.com/token',
      clientId: 'id',
      clientSecret: 'secret',
    } as const
    const policy = policyWith({ quotas: [rule(10, 60_000)] })
    const call = callWith({ policy, transport, authorization })
    expect((await pipeline.send(call)).status).toBe(200)
    expect([seen.length, await remaining(limits), call.attempts.count]).toEqual([4, 8, 4])
  })

  it('gives back what was reserved where no token was to be had, and where credentials are missing', async () => {
    const { pipeline, transport, limits } = openPipeline(() => Promise.resolve(response(401)))
    const policy = policyWith({ quotas: [rule(10, 60_000)] })
    const authorization = { kind: 'missing', variables: ['KEY'] } as const
    const error = await errorOf(pipeline.send(callWith({ policy, transport, authorization })))
    expect(error).toMatchObject({ code: 'CACHETTE_CREDENTIALS' })
    expect(await remaining(limits)).toBe(10)
  })

  it('neither sends nor counts a call that ended while a step awaited the store', async () => {
    const { parts, emit, clock } = limitWorld()
    const leaving = new AbortController()
    const cells: LimitParts['cells'] = {
      ...parts.cells,
      update: async (name, change) => {
        const result = await parts.cells.update(name, change)
        leaving.abort(new Error('left'))
        return result
      },
    }
    const limits = createLimits({ ...parts, cells })
    const profileOf = () => undefined
    const pipeline = createOriginPipeline({ clock, emit, limits, profileOf, random: () => 0 })
    let sent = 0
    const transport = (): Promise<OriginResponse> => {
      sent += 1
      return Promise.resolve(response(200))
    }
    const policy = policyWith({ quotas: [rule(10, 60_000)] })
    const call = callWith({ policy, transport, signal: leaving.signal })
    expect((await errorOf(pipeline.send(call))).message).toBe('left')
    await turns()
    expect([sent, call.attempts.count, await remaining(limits)]).toEqual([0, 0, 10])
  })

  it('tells cool-down and breaker what only a body shows', async () => {
    const { pipeline, transport, clock } = openPipeline(() => Promise.resolve(response(200)))
    const call = callWith({ transport })
    pipeline.tell(call, { classification: 'quota', status: 200, headers: [['Retry-After', '7']], json: {} })
    expect(await errorOf(pipeline.send(call))).toMatchObject({
      code: 'CACHETTE_COOLDOWN',
      retryAtMs: clock.nowMs() + 7_000,
    })
    pipeline.tell(callWith({ isClaimed: false, service: 'other' }), {
      classification: 'quota',
      status: 429,
      headers: [],
      json: {},
    })
    expect((await pipeline.send(callWith({ transport, service: 'other' }))).status).toBe(200)
  })

  it('does not repeat, hold back or hurry what no service claims', async () => {
    const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
    const { pipeline, transport, seen, told } = openPipeline(() => Promise.reject(refused))
    const policy = policyWith({
      retryAttempts: 3,
      timeoutMs: Number.POSITIVE_INFINITY,
      breaker: { failures: 1, openForMs: 1_000 },
      quotas: [rule(1, 60_000)],
      rateLimits: [rule(1, 60_000)],
    })
    for (let call = 0; call < 3; call += 1) {
      const error = await errorOf(pipeline.send(callWith({ policy, transport, isClaimed: false })))
      expect(error).toBeInstanceOf(CachetteError)
      expect(error).toMatchObject({ code: 'CACHETTE_ORIGIN_UNREACHABLE' })
    }
    expect([seen.length, told]).toEqual([3, []])
  })
})
