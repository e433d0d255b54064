import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Keyv from 'keyv'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createFakeClock, type FakeClock } from '../../test/helpers/fake-clock.js'
import { describeWithRedis, startRedis } from '../../test/helpers/redis-server.js'
import type { Store } from '../model/store.js'
import { systemClock } from '../shared/clock.js'
import { sampleEntry } from '../testing/store-contract/sample-records.js'
import { createKeyvStore } from './keyv/keyv-store.js'
import { createLmdbStore } from './lmdb/lmdb-store.js'
import { MARKS_LEFT_ALONE, MARKS_SEEN_EVERY_MS } from './marks-due.js'
import { createMemoryStore } from './memory-store.js'
import { createRedisStore } from './redis/redis-store.js'

const MINUTE_MS = 60_000

/** What housekeeping asks for. */
function cleanExpired(store: Store, nowMs: number): Promise<number> {
  return store.clean(({ removeAtMs }) => removeAtMs <= nowMs, { expiredAtMs: nowMs })
}

async function drawMany(store: Store, count: number, atMs: number): Promise<void> {
  for (let from = 0; from < count; from += 100) {
    const some = Array.from({ length: 100 }, (_, index) => `${from + index}`)
    await Promise.all(some.map((tag) => store.addMark({ tag }, { isSoft: false, atMs })))
  }
}

const size = async (store: Store): Promise<number> => (await store.marks()).length

async function openLmdb(clock: FakeClock): Promise<Store> {
  const path = mkdtempSync(join(tmpdir(), 'cachette-marks-due-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  const store = await createLmdbStore({ path, maxBytes: 20_000_000, clock })
  onTestFinished(() => store.close())
  return store
}

describe('many marks with nothing left to cover', () => {
  it('are forgotten on LMDB by a cleaning of expired entries, once a day, and those that cover something stay', async () => {
    const clock = createFakeClock()
    const store = await openLmdb(clock)
    const living = { removeAtMs: clock.nowMs() + 9 * MARKS_SEEN_EVERY_MS }
    await store.write(sampleEntry({ ...living, key: 'covered', tags: ['7'] }), 0)
    const seen = await store.sequence()
    await drawMany(store, MARKS_LEFT_ALONE + 100, clock.nowMs())
    const young = await store.sequence()
    await cleanExpired(store, clock.nowMs())
    expect(await size(store)).toBe(MARKS_LEFT_ALONE + 100)
    clock.advance(MARKS_SEEN_EVERY_MS)
    await cleanExpired(store, clock.nowMs())
    expect((await store.marks()).map(({ scope }) => scope.tag)).toEqual(['7'])
    expect(await store.read('covered')).toBeDefined()
    // Whoever knew of the marks goes on; whoever did not is told that everything may have changed.
    expect((await store.changesSince(young)).isComplete).toBe(true)
    expect((await store.changesSince(seen)).isComplete).toBe(false)
    await drawMany(store, MARKS_LEFT_ALONE + 100, clock.nowMs())
    clock.advance(15 * MINUTE_MS)
    await cleanExpired(store, clock.nowMs())
    expect(await size(store)).toBe(MARKS_LEFT_ALONE + 100)
  })

  it('are looked after again ten minutes after a cleaning that broke off', async () => {
    const clock = createFakeClock()
    const store = await openLmdb(clock)
    await drawMany(store, MARKS_LEFT_ALONE + 100, clock.nowMs())
    await store.write(sampleEntry({ removeAtMs: clock.nowMs() }), await store.sequence())
    clock.advance(15 * MINUTE_MS)
    const breaking = store.clean(
      () => {
        throw new Error('broken off')
      },
      { expiredAtMs: clock.nowMs() },
    )
    await expect(breaking).rejects.toThrow('broken off')
    clock.advance(5 * MINUTE_MS)
    await cleanExpired(store, clock.nowMs())
    expect(await size(store)).toBe(MARKS_LEFT_ALONE + 100)
    clock.advance(6 * MINUTE_MS)
    await cleanExpired(store, clock.nowMs())
    expect(await size(store)).toBe(0)
  })

  it('are left alone on LMDB where they are few, and removes no entry but those it was asked to', async () => {
    const clock = createFakeClock()
    const store = await openLmdb(clock)
    await store.addMark({ tag: 'x' }, { isSoft: false, atMs: clock.nowMs() })
    clock.advance(MARKS_SEEN_EVERY_MS)
    await cleanExpired(store, clock.nowMs())
    expect(await size(store)).toBe(1)
    await drawMany(store, MARKS_LEFT_ALONE + 100, clock.nowMs())
    await store.write(sampleEntry({ removeAtMs: clock.nowMs() + MINUTE_MS }), await store.sequence())
    expect(await store.clean(() => true, { expiredAtMs: clock.nowMs() })).toBe(0)
    expect(await store.read('tmdb:0001')).toBeDefined()
  })

  it.each([
    ['in memory', (clock: FakeClock) => createMemoryStore({ maxBytes: 1e6, maxEntries: 100, clock })],
    ['on a Keyv', (clock: FakeClock) => createKeyvStore({ keyv: new Keyv(), clock })],
  ])('are forgotten %s by every cleaning, since it sees all entries', async (_, open) => {
    const clock = createFakeClock()
    const store = open(clock)
    await store.write(sampleEntry({ removeAtMs: clock.nowMs() + 60 * MINUTE_MS, tags: ['y'] }), 0)
    const seen = await store.sequence()
    for (const tag of ['x', 'y']) await store.addMark({ tag }, { isSoft: false, atMs: clock.nowMs() })
    clock.advance(15 * MINUTE_MS)
    await cleanExpired(store, clock.nowMs())
    expect((await store.marks()).map(({ scope }) => scope.tag)).toEqual(['y'])
    if (store.isRemote === true) expect((await store.changesSince(seen)).isComplete).toBe(false)
  })
})

describeWithRedis('many marks with nothing left to cover on Redis', () => {
  it('are forgotten by a cleaning of expired entries, and whoever had not heard of them is told', async () => {
    const server = await startRedis()
    onTestFinished(() => server.dispose())
    const clock = systemClock
    const store = await createRedisStore({ url: server.url, clock, timeoutMs: 5_000 })
    onTestFinished(() => store.close())
    const entry = sampleEntry({ removeAtMs: clock.nowMs() + 9 * MARKS_SEEN_EVERY_MS, tags: ['7'] })
    await store.write(entry, await store.sequence())
    const seen = await store.sequence()
    await drawMany(store, MARKS_LEFT_ALONE + 100, clock.nowMs() - 15 * MINUTE_MS)
    const heard = await store.sequence()
    await cleanExpired(store, clock.nowMs())
    expect((await store.marks()).map(({ scope }) => scope.tag)).toEqual(['7'])
    expect((await store.changesSince(heard)).isComplete).toBe(true)
    expect((await store.changesSince(seen)).isComplete).toBe(false)
  })
})
