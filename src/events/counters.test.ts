import { describe, expect, it } from 'vitest'
import { type FakeClock, createFakeClock } from '../../test/helpers/fake-clock.js'
import type { Ledger, LedgerDelta } from '../model/ledger.js'
import { OUTCOMES, type Outcome } from '../model/outcome.js'
import { createMemoryLedger } from '../stores/memory-ledger.js'
import { type Counted, type Counters, createCounters } from './counters.js'
import { metricsOf } from './metrics-view.js'

interface World {
  readonly clock: FakeClock
  readonly ledger: Ledger
  readonly counters: Counters
  readonly added: LedgerDelta[]
  readonly errors: unknown[]
  /** What the ledger throws from now on, if anything. */
  fail(error: Error | undefined): void
}

async function createWorld(): Promise<World> {
  const clock = createFakeClock()
  const memory = createMemoryLedger(clock)
  const added: LedgerDelta[] = []
  const errors: unknown[] = []
  let failure: Error | undefined
  const guard = (): void => {
    if (failure !== undefined) throw failure
  }
  const ledger: Ledger = {
    ...memory,
    epoch: () => (guard(), memory.epoch()),
    add: async (delta) => (guard(), added.push(delta), memory.add(delta)),
    addNow: (delta) => (guard(), added.push(delta), memory.addNow(delta)),
  }
  const counters = await createCounters(ledger, clock, (error) => errors.push(error))
  return { clock, ledger, counters, added, errors, fail: (error) => (failure = error) }
}

function answer(changes: Partial<Counted> = {}): Counted {
  return { service: 'tmdb', outcome: 'hit', durationMs: 1, savedMs: 80, savedBytes: 1_000, ...changes }
}

/** Lets promises that are settled run on. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

async function outcomesOf({ ledger }: World, service = 'tmdb'): Promise<Partial<Record<Outcome, number>>> {
  const { services } = await ledger.figures({})
  return Object.fromEntries(
    Object.entries(services[service]?.outcomes ?? {}).filter(([, count]) => count > 0),
  )
}

describe('counters', () => {
  it('hand over what was counted once a second, and nothing where nothing was', async () => {
    const world = await createWorld()
    world.counters.count(answer())
    world.clock.advance(999)
    await turn()
    expect(world.added).toEqual([])
    world.clock.advance(1)
    world.counters.count(answer())
    await turn()
    world.clock.advance(1_000)
    await turn()
    world.clock.advance(10_000)
    await turn()
    expect(world.added.length).toBeLessThanOrEqual(2)
    expect(await outcomesOf(world)).toEqual({ hit: 2 })
  })

  it('count each outcome, and hits and misses as the catalogue says', async () => {
    const world = await createWorld()
    for (const outcome of OUTCOMES) world.counters.count(answer({ outcome }))
    world.counters.countOriginCalls('tmdb', 3)
    world.counters.countOriginCalls('tmdb', 0)
    await world.counters.flush()
    const metrics = metricsOf(await world.ledger.figures({ fromMinute: 0 }), { hasHistory: true })
    expect(metrics).toMatchObject({
      hits: 3,
      misses: 4,
      totalRequests: 7,
      originCalls: 3,
      savedMs: 240,
      savedBytes: 3_000,
    })
    expect(metrics.hitRate).toBeCloseTo(300 / 7)
    expect(metrics.outcomes).toEqual(Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 1])))
    expect(metrics.services.tmdb).toMatchObject({ hits: 3, misses: 4 })
    const minuteMs = Math.floor(world.clock.nowMs() / 60_000) * 60_000
    expect(metrics.history).toMatchObject([{ atMs: minuteMs, hits: 3, misses: 4, originCalls: 3 }])
  })

  it('keep services apart', async () => {
    const world = await createWorld()
    world.counters.count(answer())
    world.counters.count(answer({ service: 'books', outcome: 'miss' }))
    await world.counters.flush()
    expect([await outcomesOf(world), await outcomesOf(world, 'books')]).toEqual([{ hit: 1 }, { miss: 1 }])
  })

  it('tell latencies of hits from those of misses, and count none of a bypass', async () => {
    const world = await createWorld()
    world.counters.count(answer({ durationMs: 0.01 }))
    world.counters.count(answer({ outcome: 'miss', durationMs: 200 }))
    world.counters.count(answer({ outcome: 'bypass', durationMs: 9_000 }))
    await world.counters.flush()
    const { latencyMs } = metricsOf(await world.ledger.figures({}), { hasHistory: false })
    expect(latencyMs.hit.p99).toBeLessThan(0.012)
    expect(Math.abs(latencyMs.miss.p99 / 200 - 1)).toBeLessThan(0.2)
  })

  it('hand over at once where the process exits', async () => {
    const world = await createWorld()
    world.counters.count(answer())
    world.counters.flushNow()
    world.counters.flushNow()
    expect(world.added).toHaveLength(1)
    expect(await outcomesOf(world)).toEqual({ hit: 1 })
  })

  it('let a process exit whose ledger cannot be written', async () => {
    const world = await createWorld()
    world.counters.count(answer())
    world.fail(new Error('disk full'))
    expect(() => world.counters.flushNow()).not.toThrow()
  })

  it('flush when they are closed, and set no timer from then on', async () => {
    const world = await createWorld()
    world.counters.count(answer())
    await world.counters.close()
    expect(await outcomesOf(world)).toEqual({ hit: 1 })
    world.counters.count(answer())
    world.clock.advance(5_000)
    await turn()
    expect(world.added).toHaveLength(1)
  })
})

describe('a reset', () => {
  it('drops a delta begun before it whole', async () => {
    const world = await createWorld()
    world.counters.count(answer())
    await world.ledger.reset(world.clock.nowMs())
    world.counters.count(answer())
    await world.counters.flush()
    expect(await outcomesOf(world)).toEqual({})
  })

  it('leaves a delta begun after it', async () => {
    const world = await createWorld()
    world.counters.count(answer({ outcome: 'miss' }))
    await world.counters.flush()
    await world.ledger.reset(world.clock.nowMs())
    world.counters.count(answer())
    await world.counters.flush()
    expect(await outcomesOf(world)).toEqual({ hit: 1 })
  })

  it('of this instance starts from nothing counted', async () => {
    const world = await createWorld()
    world.counters.count(answer())
    await world.ledger.reset(world.clock.nowMs())
    await world.counters.restart()
    world.counters.count(answer({ outcome: 'miss' }))
    await world.counters.flush()
    expect(await outcomesOf(world)).toEqual({ miss: 1 })
  })
})

describe('a ledger that throws', () => {
  it('is told of, and the counts are kept for the next second', async () => {
    const world = await createWorld()
    world.counters.count(answer())
    world.fail(new Error('locked'))
    world.clock.advance(1_000)
    await turn()
    expect(world.errors).toEqual([new Error('locked')])
    world.counters.count(answer({ service: 'books' }))
    world.counters.count(answer())
    world.fail(undefined)
    world.clock.advance(1_000)
    await turn()
    expect([await outcomesOf(world), await outcomesOf(world, 'books')]).toEqual([{ hit: 2 }, { hit: 1 }])
  })

  it('never fails the answer that is counted', async () => {
    const world = await createWorld()
    world.fail(new Error('closed'))
    expect(() => world.counters.count(answer())).not.toThrow()
    world.fail(undefined)
    await world.counters.flush()
    expect(await outcomesOf(world)).toEqual({ hit: 1 })
  })

  it('does not carry counts over a reset that came in the meantime', async () => {
    const world = await createWorld()
    world.counters.count(answer())
    world.fail(new Error('locked'))
    await world.counters.flush()
    expect(world.errors).toHaveLength(1)
    world.fail(undefined)
    await world.ledger.reset(world.clock.nowMs())
    await world.counters.flush()
    expect(await outcomesOf(world)).toEqual({})
  })

  it('does not mix what was counted before a reset into what came after', async () => {
    const world = await createWorld()
    let reject: (error: Error) => void = () => undefined
    const written = new Promise<boolean>((_, fail) => (reject = fail))
    const counters = await createCounters(
      { ...world.ledger, add: () => written },
      world.clock,
      () => undefined,
    )
    counters.count(answer())
    const flushing = counters.flush()
    await turn()
    await world.ledger.reset(world.clock.nowMs())
    counters.count(answer({ outcome: 'miss' }))
    reject(new Error('locked'))
    await flushing
    counters.flushNow()
    expect(await outcomesOf(world)).toEqual({ miss: 1 })
  })

  it('that answers later and fails is no unhandled rejection', async () => {
    const world = await createWorld()
    let isAway = false
    const remote: Ledger = {
      ...world.ledger,
      epoch: () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve(1)),
    }
    const counters = await createCounters(remote, world.clock, () => undefined)
    isAway = true
    counters.count(answer())
    await turn()
    isAway = false
    await counters.flush()
    expect(await outcomesOf(world)).toEqual({ hit: 1 })
  })
})
