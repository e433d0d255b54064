// Leases by name over cells, and what of a failure other processes get to know.
import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../../test/helpers/fake-clock.js'
import { until } from '../../test/helpers/gate.js'
import type { Cells } from '../model/cells.js'
import type { LeaseEnd } from '../model/leases.js'
import { CachetteError } from '../errors/cachette-error.js'
import { createMemoryCells } from '../stores/memory-cells.js'
import { isHeld, readLeaseRow, writeLeaseRow } from './lease-row.js'
import { createLeases } from './leases.js'
import { sharedFailure } from './failure-reason.js'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a lease', () => {
  it('is held by one, and whoever waits hears how it ended', async () => {
    const clock = createFakeClock()
    const leases = createLeases(createMemoryCells(clock), clock)
    const first = await leases.take('key', { mustAsk: true })
    const second = await leases.take('key', { mustAsk: true })
    if (first.state !== 'taken' || second.state !== 'held') throw new Error('expected taken, then held')
    const ended = second.ended(new AbortController().signal)
    await first.lease.release({ kind: 'alone' })
    clock.advance(50)
    expect(await ended).toEqual({ kind: 'alone' })
    expect((await leases.take('key', { mustAsk: true })).state).toBe('taken')
  })

  it('is renewed while its holder works, and free 2 s after that has gone', async () => {
    const clock = createFakeClock()
    const cells = createMemoryCells(clock)
    await createLeases(cells, clock).take('key', { mustAsk: true })
    for (let second = 0; second < 10; second += 1) {
      clock.advance(1_000)
      await turn()
    }
    expect((await createLeases(cells, clock).take('key', { mustAsk: true })).state).toBe('held')
    const row = readLeaseRow(await cells.read('lease:key'))
    clock.jump(2_000)
    expect(row === undefined || isHeld(row, clock.nowMs())).toBe(false)
    expect((await createLeases(cells, clock).take('key', { mustAsk: true })).state).toBe('taken')
  })

  it('that a clock wrote far ahead is dead', () => {
    const row = { token: 't', untilMs: 10_000, end: undefined, restUntilMs: 0, failures: 0 }
    expect([isHeld(row, 9_000), isHeld(row, 7_999), isHeld(row, 10_000)]).toEqual([true, false, false])
  })

  it('rests after failures, longer each time, but for those who must ask', async () => {
    const clock = createFakeClock()
    const leases = createLeases(createMemoryCells(clock), clock)
    const failure = { code: 'CACHETTE_TIMEOUT', message: 'slow', because: 'origin-timeout' } as const
    for (const failures of [0, 1, 2]) {
      const taken = await leases.take('key', { mustAsk: true })
      if (taken.state !== 'taken') throw new Error('expected to be taken')
      expect(taken.failures).toBe(failures)
      await taken.lease.release({ kind: 'failed', failure, beganSequence: 0 }, { restMs: 1_000 })
      expect(await leases.take('key', { mustAsk: false })).toMatchObject({ state: 'resting', failure })
      clock.advance(1_000)
    }
  })

  it('remembers failures in a row through calls that were not sent, and until an answer came', async () => {
    const clock = createFakeClock()
    const leases = createLeases(createMemoryCells(clock), clock)
    const failure = { code: 'CACHETTE_TIMEOUT', message: 'slow', because: 'origin-timeout' } as const
    const refused = { ...failure, code: 'CACHETTE_COOLDOWN', because: 'cool-down' } as const
    const ends: readonly [LeaseEnd, number][] = [
      [{ kind: 'failed', failure, beganSequence: 0 }, 0],
      [{ kind: 'passed-on' }, 1],
      [{ kind: 'failed', failure: refused, beganSequence: 0 }, 1],
      [{ kind: 'failed', failure, beganSequence: 0 }, 1],
      [{ kind: 'alone' }, 2],
      [{ kind: 'stored' }, 0],
    ]
    for (const [end, failures] of ends) {
      const taken = await leases.take('key', { mustAsk: true })
      if (taken.state !== 'taken') throw new Error('expected to be taken')
      expect(taken.failures, end.kind).toBe(failures)
      await taken.lease.release(end, { rememberMs: 60_000 })
      clock.advance(59_999)
    }
  })

  it('that the store gave without a word of it is given back once it answers', async () => {
    const clock = createFakeClock()
    const cells = createMemoryCells(clock)
    let isSilent = true
    const silent: Cells = {
      ...cells,
      async update(name, change) {
        const result = await cells.update(name, change)
        if (isSilent) throw new Error('no answer')
        return result
      },
    }
    const away = createLeases(silent, clock)
    const leases = createLeases(cells, clock)
    await expect(away.take('key', { mustAsk: true })).rejects.toThrow('no answer')
    expect((await leases.take('key', { mustAsk: true })).state).toBe('held')
    isSilent = false
    clock.advance(100)
    await until(async () => (await leases.take('key', { mustAsk: true })).state === 'taken')
  })

  it('whose end the store was not told is ended once it answers', async () => {
    const clock = createFakeClock()
    const cells = createMemoryCells(clock)
    let isAway = false
    const leases = createLeases(cells, clock)
    const far = createLeases(
      {
        ...cells,
        update: (name, change) => (isAway ? Promise.reject(new Error('away')) : cells.update(name, change)),
      },
      clock,
    )
    const taken = await far.take('key', { mustAsk: true })
    if (taken.state !== 'taken') throw new Error('expected to be taken')
    isAway = true
    await expect(taken.lease.release({ kind: 'stored' })).rejects.toThrow('away')
    clock.advance(100)
    expect((await leases.take('key', { mustAsk: true })).state).toBe('held')
    await Promise.resolve()
    isAway = false
    clock.advance(100)
    await until(async () => (await leases.take('key', { mustAsk: true })).state === 'taken')
  })

  it('that was passed on is whoever’s waited, and nobody rests', async () => {
    const clock = createFakeClock()
    const leases = createLeases(createMemoryCells(clock), clock)
    const first = await leases.take('key', { mustAsk: false })
    const second = await leases.take('key', { mustAsk: false })
    if (first.state !== 'taken' || second.state !== 'held') throw new Error('expected taken, then held')
    const ended = second.ended(new AbortController().signal)
    await first.lease.release({ kind: 'passed-on' })
    clock.advance(50)
    expect(await ended).toEqual({ kind: 'passed-on' })
    expect((await leases.take('key', { mustAsk: false })).state).toBe('taken')
  })

  it.each([
    '',
    '{',
    '[]',
    '{"token":1}',
    '{"token":"t","untilMs":1,"restUntilMs":0,"failures":0,"end":{"kind":"x"}}',
  ])('is free where its row is %j', (text) => {
    expect(readLeaseRow(text)).toBeUndefined()
  })

  it('reads what it wrote', () => {
    const row = { token: 't', untilMs: 1, end: { kind: 'alone' }, restUntilMs: 0, failures: 2 } as const
    expect(readLeaseRow(writeLeaseRow(row))).toEqual(row)
  })
})

describe('a failure', () => {
  it.each(['CACHETTE_CREDENTIALS', 'CACHETTE_BREAKER_OPEN', 'CACHETTE_CLOSED', 'CACHETTE_CONFIG'] as const)(
    'with %s is its own process’ affair',
    (code) => {
      expect(sharedFailure(new CachetteError(code, 'no'))).toBeUndefined()
    },
  )

  it('of the origin is told to other processes', () => {
    const error = new CachetteError('CACHETTE_COOLDOWN', 'later', { retryAtMs: 5 })
    expect(sharedFailure(error)).toMatchObject({
      code: 'CACHETTE_COOLDOWN',
      because: 'cool-down',
      retryAtMs: 5,
    })
  })
})
