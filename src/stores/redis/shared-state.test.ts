import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { until } from '../../../test/helpers/gate.js'
import { describeWithRedis, type RedisServer, startRedis } from '../../../test/helpers/redis-server.js'
import type { Store } from '../../model/store.js'
import { type Clock, systemClock } from '../../shared/clock.js'
import { sampleEntry } from '../../testing/store-contract/sample-records.js'
import type { TierState } from '../tier-state.js'
import { createRedisStore } from './redis-store.js'

/** A clock on which what was heard is old whenever somebody asks: each question is a beat, or joins one. */
function createHastyClock(): Clock {
  let skippedMs = 0
  return {
    ...systemClock,
    monotonicMs: () => systemClock.monotonicMs() + (skippedMs += 1_001),
  }
}

describeWithRedis('beats of the shared state', () => {
  let server: RedisServer
  beforeAll(async () => void (server = await startRedis()))
  afterAll(() => server.dispose())

  async function open(clock: Clock): Promise<{ readonly store: Store; readonly told: TierState[] }> {
    const told: TierState[] = []
    const store = await createRedisStore({
      url: server.url,
      clock,
      timeoutMs: 2_000,
      onState: (state) => void told.push(state),
    })
    onTestFinished(() => store.close())
    return { store, told }
  }

  /** The number that a store tells, or what stands for none. */
  async function numberOf(store: Store, none = -1): Promise<number> {
    try {
      return await store.sequence()
    } catch {
      return none
    }
  }

  const living = (key: string) => sampleEntry({ key, removeAtMs: Date.now() + 3_600_000 })

  // A race that shows once in a while is one: it is not tried again.
  it(
    'tell no number lower than one told before, nor of another data set, while connections break under them',
    { retry: 0 },
    async () => {
      const { store: writer } = await open(systemClock)
      const { store: asker, told } = await open(createHastyClock())
      let highest = 0
      let answers = 0
      const ask = async (): Promise<void> => {
        try {
          const from = highest
          const number = await asker.sequence()
          expect(number).toBeGreaterThanOrEqual(from)
          highest = Math.max(highest, number)
          answers += 1
        } catch (error) {
          // Whoever asks while the link is down is told so.
          expect(String(error)).toMatch(/is away/)
        }
      }
      for (let round = 0; round < 12; round += 1) {
        const asking = Array.from({ length: 40 }, ask)
        const writing = Array.from({ length: 30 }, (_, index) =>
          writer.write(living(`k${round} ${index}`), 0).catch(() => undefined),
        )
        if (round % 3 === 2) await server.command('CLIENT', 'KILL', 'TYPE', 'pubsub')
        for (const write of writing) {
          await write
          asking.push(ask(), ask())
        }
        await Promise.all(asking)
        await until(async () => (await numberOf(writer)) === (await numberOf(asker, -2)))
      }
      expect(answers).toBeGreaterThan(300)
      expect(highest).toBeGreaterThan(0)
      const reasons = told.flatMap((state) => (state.state === 'away' ? [String(state.error)] : []))
      expect(reasons.length).toBeGreaterThan(0)
      expect(reasons.filter((reason) => reason.includes('data set'))).toEqual([])
    },
  )

  it('change nothing when they end after the store was closed', async () => {
    const { store, told } = await open(createHastyClock())
    const asking = Array.from({ length: 20 }, () => Promise.resolve(store.sequence()))
    const closing = store.close()
    const late = Promise.allSettled([...asking, Promise.resolve(store.sequence())])
    await closing
    for (const outcome of await late) {
      expect(outcome.status === 'fulfilled' || /is closed here|is away/.test(String(outcome.reason))).toBe(
        true,
      )
    }
    expect(told).toEqual([])
    await expect(Promise.resolve(store.sequence())).rejects.toThrow(/closed/)
  })
})
