import KeyvRedis from '@keyv/redis'
import Keyv from 'keyv'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFakeClock } from '../../../test/helpers/fake-clock.js'
import { createGate } from '../../../test/helpers/gate.js'
import { type RedisServer, describeWithRedis, startRedis } from '../../../test/helpers/redis-server.js'
import { EntryBody } from '../../model/entry-body.js'
import type { KeyvLike } from '../../model/keyv-like.js'
import { systemClock } from '../../shared/clock.js'
import { runStoreContract } from '../../testing/store-contract/run-store-contract.js'
import { sampleBytes } from '../../testing/store-contract/sample-bodies.js'
import { sampleEntry } from '../../testing/store-contract/sample-records.js'
import type { StoreCapabilities } from '../../testing/store-contract/store-under-test.js'
import type { TierState } from '../tier-state.js'
import { createKeyvStore } from './keyv-store.js'

const CAPABILITIES: StoreCapabilities = {
  scans: true,
  listsInOrder: true,
  keepsExpired: false,
  isBounded: false,
  numbersOneByOne: false,
  takesPieces: false,
  hasPeers: true,
  watchesCells: false,
  isExactAcrossProcesses: false,
}

runStoreContract(
  { describe, it, expect },
  {
    name: 'keyv on a Map',
    capabilities: CAPABILITIES,
    open() {
      const clock = createFakeClock()
      const map = new Map<string, unknown>()
      const open = () => createKeyvStore({ keyv: new Keyv({ store: map }), clock })
      const store = open()
      return {
        store,
        nowMs: clock.nowMs(),
        advance: clock.advance,
        openPeer: () => Promise.resolve(open()),
        dispose: () => store.close(),
      }
    },
  },
)

runStoreContract(
  { describe, it, expect },
  {
    name: 'keyv with nothing but get, set and delete',
    capabilities: { ...CAPABILITIES, scans: false, listsInOrder: false },
    open() {
      const clock = createFakeClock()
      const inner = new Keyv()
      const keyv: KeyvLike = {
        get: (key) => inner.get(key),
        set: (key, value, ttlMs) => inner.set(key, value, ttlMs),
        delete: (key) => inner.delete(key),
      }
      const store = createKeyvStore({ keyv, clock })
      return {
        store,
        nowMs: clock.nowMs(),
        advance: clock.advance,
        openPeer: () => Promise.resolve(createKeyvStore({ keyv, clock })),
        dispose: () => store.close(),
      }
    },
  },
)

describeWithRedis('on @keyv/redis', () => {
  let server: RedisServer
  let namespaces = 0
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.dispose())

  runStoreContract(
    { describe, it, expect },
    {
      name: 'keyv on Redis',
      capabilities: CAPABILITIES,
      open() {
        namespaces += 1
        const namespace = `n${namespaces}`
        const open = () =>
          createKeyvStore({
            keyv: new Keyv({ store: new KeyvRedis(server.url), namespace, useKeyPrefix: false }),
            clock: systemClock,
            timeoutMs: 5_000,
          })
        const opened = [open()]
        return {
          store: opened[0]!,
          nowMs: systemClock.nowMs(),
          advance: () => undefined,
          openPeer() {
            const peer = open()
            opened.push(peer)
            return Promise.resolve(peer)
          },
          dispose: async () => void (await Promise.all(opened.map((one) => one.close()))),
        }
      },
    },
  )
})

function openStore(keyv: KeyvLike = new Keyv()) {
  const clock = createFakeClock()
  const states: TierState[] = []
  const onState = (state: TierState): void => void states.push(state)
  return { clock, states, store: createKeyvStore({ keyv, clock, onState }) }
}

const failing = (fail: () => Promise<never>): KeyvLike => ({ get: fail, set: fail, delete: fail })

describe('a Keyv that fails', () => {
  it.each([
    ['rejects', failing(() => Promise.reject(new Error('no route')))],
    ['lacks methods', {} as KeyvLike],
    [
      'throws',
      failing(() => {
        throw new Error('no route')
      }),
    ],
  ])('and %s makes every operation reject, and health say so', async (_, keyv) => {
    const { store, clock, states } = openStore(keyv)
    await expect(store.read('a')).rejects.toMatchObject({ name: 'StoreAwayError', tier: 'keyv' })
    clock.advance(1_000)
    await expect(store.write(sampleEntry(), 0)).rejects.toMatchObject({ name: 'StoreAwayError' })
    await expect(store.addMark({ all: true }, { isSoft: false, atMs: 0 })).rejects.toThrow(
      /keyv tier is away/,
    )
    await expect(store.cells.update('a', () => ({ action: 'leave', result: 1 }))).rejects.toThrow(/away/)
    await expect(store.secret()).rejects.toThrow(/away/)
    expect(await store.health()).toMatchObject({ isWritable: false, problem: expect.stringMatching(/away/) })
    expect(states).toHaveLength(1)
    await store.close()
  })

  it('by hanging is given up after half a second, and left alone for one', async () => {
    let calls = 0
    const keyv = failing(() => {
      calls += 1
      return new Promise(() => undefined)
    })
    const { store, clock } = openStore(keyv)
    const reading = expect(store.read('a')).rejects.toThrow(/get took longer than 500 ms/)
    await Promise.resolve()
    clock.advance(500)
    await reading
    await expect(store.read('b')).rejects.toThrow(/failed a moment ago/)
    expect(calls).toBe(1)
    clock.advance(1_000)
    const again = expect(store.read('c')).rejects.toThrow(/longer than/)
    await Promise.resolve()
    clock.advance(500)
    await again
    expect(calls).toBe(2)
  })

  it('and comes back is said to be back, once', async () => {
    const inner = new Keyv()
    let isAway = true
    const keyv: KeyvLike = {
      get: async (key) => (isAway ? Promise.reject(new Error('down')) : inner.get(key)),
      set: (key, value, ttlMs) => inner.set(key, value, ttlMs),
      delete: (key) => inner.delete(key),
    }
    const { store, clock, states } = openStore(keyv)
    await expect(store.read('a')).rejects.toThrow(/down/)
    isAway = false
    clock.advance(1_500)
    expect(await store.read('a')).toBeUndefined()
    expect(await store.read('b')).toBeUndefined()
    expect(states).toMatchObject([
      { state: 'away', operation: 'get' },
      { state: 'back', awayMs: 1_500 },
    ])
  })

  it('to take a value is no write', async () => {
    const keyv: KeyvLike = {
      get: () => Promise.resolve(undefined),
      set: () => Promise.resolve(false),
      delete: () => Promise.resolve(true),
    }
    await expect(openStore(keyv).store.write(sampleEntry(), 0)).rejects.toThrow(/did not take/)
  })
})

describe('what a Keyv holds', () => {
  it('that is not ours, or damaged, is a miss and goes', async () => {
    const keyv = new Keyv()
    const { store } = openStore(keyv)
    await store.write(sampleEntry(), 0)
    const name = 'cachette:entry:tmdb:0001'
    const whole = (await keyv.get<string>(name)) ?? ''
    const flipped = Buffer.from(whole, 'base64')
    flipped[flipped.length - 3]! ^= 1
    for (const wrong of [flipped.toString('base64'), whole.slice(0, 100), '', 'not base64 !']) {
      await keyv.set(name, wrong)
      expect(await store.read('tmdb:0001')).toBeUndefined()
      expect(await keyv.get(name)).toBeUndefined()
    }
    await keyv.set(name, { an: 'object' })
    expect(await store.read('tmdb:0001')).toBeUndefined()
    expect(await store.list({ limit: 10 })).toEqual({ entries: [] })
  })

  it('of others is left alone by cleaning and listing', async () => {
    const keyv = new Keyv()
    await keyv.set('theirs', 'x')
    const { store } = openStore(keyv)
    await store.write(sampleEntry(), 0)
    expect(await store.clean(() => true)).toBe(1)
    expect(await keyv.get('theirs')).toBe('x')
  })

  it('goes by itself when it may not be used any more', async () => {
    const ttls: (number | undefined)[] = []
    const inner = new Keyv()
    const keyv: KeyvLike = {
      get: (key) => inner.get(key),
      set(key, value, ttlMs) {
        if (key.includes(':entry:')) ttls.push(ttlMs)
        return inner.set(key, value, ttlMs)
      },
      delete: (key) => inner.delete(key),
    }
    const { store, clock } = openStore(keyv)
    await store.write(sampleEntry({ removeAtMs: clock.nowMs() + 5_000 }), 0)
    await store.write(sampleEntry({ removeAtMs: Infinity }), 0)
    await store.write(sampleEntry({ removeAtMs: clock.nowMs() - 5_000 }), 0)
    expect(ttls).toEqual([5_000, undefined, 1])
  })

  it('is no answer larger than the bound', async () => {
    const store = createKeyvStore({ keyv: new Keyv(), clock: createFakeClock(), maxEntryBytes: 1_000 })
    const body = new EntryBody(sampleBytes(1_001))
    const large = sampleEntry({ body, sizeBytes: body.sizeBytes })
    expect(await store.write(large, 0)).toEqual({ isStored: false, because: 'full' })
    expect(await store.read(large.key)).toBeUndefined()
  })
})

describe('processes on one Keyv', () => {
  it('take back what one of them purged while it was being written', async () => {
    const inner = new Keyv()
    const gate = createGate()
    const reached = createGate()
    const slow: KeyvLike = {
      get: (key) => inner.get(key),
      async set(key, value, ttlMs) {
        if (key.includes(':entry:')) {
          reached.open()
          await gate.opened
        }
        return inner.set(key, value, ttlMs)
      },
      delete: (key) => inner.delete(key),
    }
    const { store } = openStore(slow)
    const { store: peer } = openStore(inner)
    const began = await store.sequence()
    const writing = store.write(sampleEntry(), began)
    await reached.opened
    await peer.addMark({ all: true }, { isSoft: false, atMs: 0 })
    gate.open()
    expect(await writing).toEqual({ isStored: false, because: 'purged-meanwhile' })
    expect(await peer.read('tmdb:0001')).toBeUndefined()
  })

  it('make a change anew where another one wrote at the same time', async () => {
    const inner = new Keyv()
    let interferes = true
    const { store: peer } = openStore(inner)
    const put = (value: string) => (before: string | undefined, nowMs: number) => ({
      action: 'put' as const,
      value: `${before ?? ''}${value}`,
      keepUntilMs: nowMs + 60_000,
      result: before,
    })
    const slow: KeyvLike = {
      get: (key) => inner.get(key),
      async set(key, value, ttlMs) {
        const result = await inner.set(key, value, ttlMs)
        if (key.includes(':cell:') && interferes) {
          interferes = false
          await inner.delete(key)
          await peer.cells.update('a', put('b'))
        }
        return result
      },
      delete: (key) => inner.delete(key),
    }
    const { store } = openStore(slow)
    expect(await store.cells.update('a', put('c'))).toBe('b')
    expect(await peer.cells.read('a')).toBe('bc')
  })

  it('hold on to no numbers that were lost with the rows', async () => {
    const keyv = new Keyv()
    const { store, clock } = openStore(keyv)
    await store.write(sampleEntry(), 0)
    const before = await store.sequence()
    await keyv.clear()
    await expect(store.changesSince(before)).rejects.toThrow('cannot be read')
    clock.advance(5_000)
    expect((await store.changesSince(before)).isComplete).toBe(false)
    const { store: peer } = openStore(keyv)
    await peer.write(sampleEntry({ key: 'b' }), 0)
    expect((await store.changesSince(before)).isComplete).toBe(false)
    const again = await store.write(sampleEntry(), 0)
    expect(again.isStored && again.sequence).toBeGreaterThan(before)
  })

  it.each(['changes', 'marks', 'ledger:totals'])(
    'do not begin %s anew where one read says nothing',
    async (row) => {
      const inner = new Keyv()
      let isSilent = false
      const silent: KeyvLike = {
        get: (key) => (isSilent && key.endsWith(row) ? Promise.resolve(undefined) : inner.get(key)),
        set: (key, value, ttlMs) => inner.set(key, value, ttlMs),
        delete: (key) => inner.delete(key),
      }
      const { store } = openStore(silent)
      const mark = await store.addMark({ tag: 'a' }, { isSoft: false, atMs: 0 })
      await store.ledger.reset(0)
      const epoch = await store.ledger.epoch()
      isSilent = true
      const change =
        row === 'ledger:totals'
          ? store.ledger.reset(1)
          : store.addMark({ tag: 'b' }, { isSoft: false, atMs: 1 })
      await expect(change).rejects.toThrow('cannot be read')
      isSilent = false
      expect(await store.marks()).toContainEqual(mark)
      expect(await store.ledger.epoch()).toBe(epoch)
    },
  )

  it('keep the secret where a Keyv would swallow that a read failed', async () => {
    const map = new Map<string, unknown>()
    const { store } = openStore(new Keyv({ store: map }))
    const secret = await store.secret()
    let isFailing = true
    const failing = new Proxy(map, {
      get(target, name) {
        if (name === 'get' && isFailing) return () => Promise.reject(new Error('ECONNRESET'))
        const member: unknown = Reflect.get(target, name)
        return typeof member === 'function' ? (member.bind(target) as unknown) : member
      },
    })
    const keyv = new Keyv({ store: failing })
    keyv.on('error', () => undefined)
    const { store: peer, clock } = openStore(keyv)
    await expect(peer.secret()).rejects.toThrow('ECONNRESET')
    isFailing = false
    clock.advance(1_000)
    expect(await peer.secret()).toEqual(secret)
  })

  it('keep what lasts beyond the default time to live of a Keyv', async () => {
    const inner = new Keyv()
    const ttls = new Set<number | undefined>()
    const keyv: KeyvLike = {
      ttl: 300,
      get: (key) => inner.get(key),
      set(key, value, ttlMs) {
        ttls.add(ttlMs)
        return inner.set(key, value, ttlMs)
      },
      delete: (key) => inner.delete(key),
    }
    const { store } = openStore(keyv)
    await store.secret()
    await store.addMark({ tag: 'a' }, { isSoft: false, atMs: 0 })
    expect([...ttls]).toEqual([10 * 365 * 24 * 3_600_000])
  })

  it('know the last changes, and say so where they know no more', async () => {
    const { store } = openStore()
    const start = await store.sequence()
    for (let index = 0; index < 130; index += 1)
      await store.write(sampleEntry({ key: `k${index}`, removeAtMs: Infinity }), 0)
    expect((await store.changesSince(start)).isComplete).toBe(false)
    const { sequence } = (await store.head('k100'))!
    const changes = await store.changesSince(sequence)
    expect([changes.isComplete, changes.keys.size]).toEqual([true, 29])
  })
})
