import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { keysOf } from '../../../test/helpers/encryption-keys.js'
import { describeWithRedis, startRedis, type RedisServer } from '../../../test/helpers/redis-server.js'
import { EntryBody } from '../../model/entry-body.js'
import type { Store } from '../../model/store.js'
import { emptyTally } from '../../model/tally.js'
import { systemClock } from '../../shared/clock.js'
import { createShiftedClock } from '../../testing/shifted-clock.js'
import { runStoreContract } from '../../testing/store-contract/run-store-contract.js'
import { sampleEntry } from '../../testing/store-contract/sample-records.js'
import type { GivenKeys } from '../codec/key-ring.js'
import { createRedisStore } from './redis-store.js'

const nowMs = Date.now()
const soon = { storedAtMs: nowMs, removeAtMs: nowMs + 3_600_000 }
const kept = { keepUntilMs: nowMs + 3_600_000 }

describeWithRedis('Redis store under a key', () => {
  let server: RedisServer
  let opened = 0
  const cleanUps: (() => Promise<void>)[] = []
  beforeAll(async () => void (server = await startRedis()))
  afterAll(() => server.dispose())
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
  })

  runStoreContract(
    { describe, it, expect },
    {
      name: 'redis, encrypted',
      capabilities: {
        scans: true,
        listsInOrder: true,
        keepsExpired: false,
        isBounded: false,
        numbersOneByOne: true,
        takesPieces: true,
        hasPeers: true,
        watchesCells: true,
        isExactAcrossProcesses: true,
      },
      async open() {
        const clock = createShiftedClock()
        const prefix = newPrefix()
        const stores: Store[] = []
        const openPeer = async (): Promise<Store> => {
          const keys = keysOf('a')
          const store = await createRedisStore({ url: server.url, prefix, clock, timeoutMs: 2_000, keys })
          stores.push(store)
          return store
        }
        return {
          store: await openPeer(),
          nowMs: clock.nowMs(),
          advance: clock.advance,
          openPeer,
          dispose: async () => void (await Promise.all(stores.map((store) => store.close()))),
        }
      },
    },
  )

  function newPrefix(): string {
    opened += 1
    return `encrypted-${opened}`
  }

  async function open(prefix: string, keys?: GivenKeys, warnings: string[] = []): Promise<Store> {
    const onWarning = (message: string): void => void warnings.push(message)
    const options = { url: server.url, prefix, clock: systemClock, timeoutMs: 2_000, keys, onWarning }
    const store = await createRedisStore(options)
    cleanUps.push(() => store.close())
    return store
  }

  /** Every key under a prefix and what stands there, as it would be saved. */
  async function contentOf(prefix: string): Promise<ReadonlyMap<string, string>> {
    const names = ((await server.command('KEYS', `${prefix}:*`)) as readonly string[]).toSorted()
    const content = new Map<string, string>()
    for (const name of names) content.set(name, await everythingAt(name))
    return content
  }

  async function everythingAt(name: string): Promise<string> {
    const read: Record<string, readonly string[]> = {
      string: ['GET', name],
      hash: ['HGETALL', name],
      zset: ['ZRANGE', name, '0', '-1'],
      stream: ['XRANGE', name, '-', '+'],
    }
    return JSON.stringify(
      await server.command(...(read[String(await server.command('TYPE', name))] ?? ['?'])),
    )
  }

  /** Which of the words stand anywhere under a prefix, in names or values. */
  async function wordsUnder(prefix: string, words: readonly string[]): Promise<readonly string[]> {
    const content = JSON.stringify([...(await contentOf(prefix))])
    return words.filter((word) => content.includes(word))
  }

  async function fill(store: Store): Promise<void> {
    const body = new TextEncoder().encode('a sentence of the body')
    const big = new TextEncoder().encode('a sentence of the body. '.repeat(60_000))
    const facts = { service: 'my_service', tags: ['tag-of-call'], ...soon }
    await store.write(
      sampleEntry({ key: 'k1', ...facts, sizeBytes: body.length, body: new EntryBody(body) }),
      0,
    )
    await store.write(
      sampleEntry({ key: 'k2', ...facts, sizeBytes: big.length, body: new EntryBody(big) }),
      0,
    )
    await store.addMark({ tag: 'tag-of-purge' }, { isSoft: false, atMs: nowMs })
    await store.cells.update('budget/my_service', () => put('value-of-cell'))
    const services = { my_service: { ...emptyTally(), originCalls: 7 } }
    await store.ledger.add({
      epoch: await store.ledger.epoch(),
      minute: Math.floor(nowMs / 60_000),
      services,
    })
    await store.secret()
  }

  const put = (value: string) => ({ action: 'put', value, ...kept, result: undefined }) as const
  const bodyOf = async (store: Store, key: string): Promise<string | undefined> => {
    const record = await store.read(key)
    return record?.kind === 'entry' ? new TextDecoder().decode(record.body.bytes()).slice(0, 22) : undefined
  }

  it('shows nothing of entries, bodies, marks, tags, cells or services to who reads the server', async () => {
    const [prefix, plain] = [newPrefix(), newPrefix()]
    const words = ['a sentence of the body', 'my_service', 'tag-of-call', 'tag-of-purge', 'value-of-cell']
    words.push('example.', 'budget/')
    await fill(await open(plain))
    expect(await wordsUnder(plain, words)).toEqual(words)
    const store = await open(prefix, keysOf('a'))
    await fill(store)
    expect(await wordsUnder(prefix, words)).toEqual([])
    expect([await bodyOf(store, 'k1'), await bodyOf(store, 'k2')]).toEqual([words[0], words[0]])
    expect(await store.cells.list('budget/')).toEqual([{ name: 'budget/my_service', value: 'value-of-cell' }])
    const { services, minutes } = await store.ledger.figures({ fromMinute: 0 })
    expect(services['my_service']?.originCalls).toBe(7)
    expect(minutes.map((minute) => Object.keys(minute.services))).toEqual([['my_service']])
    expect(await store.health()).toMatchObject({ entries: 2, encryption: { entriesUnderOlderKeys: 0 } })
  })

  it('is refused without its key and under another one, and nothing in it changes', async () => {
    const prefix = newPrefix()
    await fill(await open(prefix, keysOf('a')))
    const before = await contentOf(prefix)
    const warnings: string[] = []
    await expect(open(prefix, undefined, warnings)).rejects.toMatchObject({
      reason: 'key-missing',
      message: expect.stringMatching(
        /^CACHETTE_ENCRYPTION_KEY is not set, but the store redis:\S+ is encrypted/,
      ),
    })
    await expect(open(prefix, keysOf('b', 'c'), warnings)).rejects.toMatchObject({
      reason: 'wrong-key',
      message: expect.stringMatching(
        /^CACHETTE_ENCRYPTION_KEY does not open the store redis:\S+: it was written under/,
      ),
    })
    expect(await contentOf(prefix)).toEqual(before)
    expect(warnings).toEqual([])
  })

  it('stays away with a warning where the server comes later and is under another key', async () => {
    const late = await startRedis()
    cleanUps.push(() => late.dispose())
    const options = { url: late.url, clock: systemClock, timeoutMs: 2_000 }
    const right = await createRedisStore({ ...options, keys: keysOf('a') })
    cleanUps.push(() => right.close())
    late.pause()
    const warnings: string[] = []
    const onWarning = (message: string): void => void warnings.push(message)
    const wrong = await createRedisStore({ ...options, keys: keysOf('b'), onWarning })
    cleanUps.push(() => wrong.close())
    late.resume()
    const isBack = async (): Promise<void> => void (await right.read('k1'))
    await vi.waitFor(isBack, 10_000)
    await right.write(sampleEntry({ key: 'k1', ...soon }), 0)
    await vi.waitFor(
      () => expect(warnings.at(-1)).toMatch(/does not open the store .* requests go on without it/),
      10_000,
    )
    await expect(Promise.resolve(wrong.read('k1'))).rejects.toThrow(/away/)
    await expect(wrong.write(sampleEntry({ key: 'k2', ...soon }), 0)).rejects.toThrow(/away/)
    expect((await right.list({ limit: 9 })).entries.map(({ key }) => key)).toEqual(['k1'])
    expect((await wrong.health()).problem).toMatch(/CACHETTE_ENCRYPTION_KEY/)
  })

  it('begun on a store in clear empties that, and shuts out who works on it without a key', async () => {
    const prefix = newPrefix()
    const [warnings, plainWarnings]: [string[], string[]] = [[], []]
    const plain = await open(prefix, undefined, plainWarnings)
    await fill(plain)
    const store = await open(prefix, keysOf('a'), warnings)
    expect(warnings).toEqual([expect.stringMatching(/was not encrypted\. It was emptied/)])
    expect([await store.read('k1'), await store.cells.list(''), await store.marks()]).toEqual([
      undefined,
      [],
      [],
    ])
    await vi.waitFor(
      () => expect(plainWarnings.at(-1)).toMatch(/^CACHETTE_ENCRYPTION_KEY is not set/),
      10_000,
    )
    await expect(plain.write(sampleEntry({ key: 'k3', ...soon }), 0)).rejects.toThrow(/away/)
    await vi.waitFor(
      async () => expect(await wordsUnder(prefix, ['my_service', 'a sentence', 'tag-of'])).toEqual([]),
      10_000,
    )
    await vi.waitFor(async () => expect((await store.health()).entries).toBe(0), 10_000)
    await fill(store)
    expect(await bodyOf(store, 'k2')).toBe('a sentence of the body')
  })

  it('goes on under its key after the server lost everything', async () => {
    const prefix = newPrefix()
    const store = await open(prefix, keysOf('a'))
    const secret = await store.secret()
    await fill(store)
    await server.command('FLUSHALL')
    await vi.waitFor(() => fill(store), 10_000)
    const peer = await open(prefix, keysOf('a'))
    expect([await bodyOf(peer, 'k1'), await peer.secret()]).toEqual(['a sentence of the body', secret])
    expect(await wordsUnder(prefix, ['my_service', 'a sentence'])).toEqual([])
    await expect(open(prefix, keysOf('b'))).rejects.toMatchObject({ reason: 'wrong-key' })
  })

  it('a new key keeps entries, secret, marks, cells and figures, and counts what is under the older one', async () => {
    const prefix = newPrefix()
    const before = await open(prefix, keysOf('a', 'b'))
    await fill(before)
    const known = { secret: await before.secret(), marks: await before.marks() }
    const after = await open(prefix, keysOf('b', 'a'))
    expect({ secret: await after.secret(), marks: await after.marks() }).toEqual(known)
    expect([await bodyOf(after, 'k1'), await bodyOf(after, 'k2')]).toEqual(
      Array(2).fill('a sentence of the body'),
    )
    expect(await after.cells.read('budget/my_service')).toBe('value-of-cell')
    expect((await after.ledger.figures({})).services['my_service']?.originCalls).toBe(7)
    expect((await after.health()).encryption).toEqual({ entriesUnderOlderKeys: 2 })
    // The process with both keys follows and writes under the new one.
    await vi.waitFor(
      async () =>
        expect(await before.write(sampleEntry({ key: 'k1', ...soon }), 0)).toMatchObject({ isStored: true }),
      10_000,
    )
    expect((await after.health()).encryption).toEqual({ entriesUnderOlderKeys: 1 })
  })

  it('what was taken over opens with the new key alone, and entries under the older one are misses', async () => {
    const prefix = newPrefix()
    await fill(await open(prefix, keysOf('a')))
    const secret = await (await open(prefix, keysOf('b', 'a'))).secret()
    const store = await open(prefix, keysOf('b'))
    expect([await store.secret(), await store.read('k1'), (await store.marks()).length]).toEqual([
      secret,
      undefined,
      1,
    ])
    expect(await store.cells.read('budget/my_service')).toBe('value-of-cell')
    expect(Object.keys((await store.ledger.figures({})).services)).toEqual(['my_service'])
    await expect(open(prefix, keysOf('a'))).rejects.toMatchObject({ reason: 'wrong-key' })
  })

  it('a process that was not given the new key reads and writes nothing from then on', async () => {
    const prefix = newPrefix()
    const warnings: string[] = []
    const before = await open(prefix, keysOf('a'), warnings)
    await fill(before)
    const after = await open(prefix, keysOf('b', 'a'))
    await after.addMark({ service: 'my_service' }, { isSoft: false, atMs: nowMs })
    await vi.waitFor(
      () => expect(warnings.at(-1)).toMatch(/is locked: another process put it under a key/),
      10_000,
    )
    await expect(Promise.resolve(before.read('k1'))).rejects.toThrow(/another process put it under a key/)
    await expect(before.cells.update('budget/x', () => put('1'))).rejects.toThrow(/away/)
    expect(await after.cells.list('')).toHaveLength(1)
  })

  it('processes that open a new store at the same time under one key agree on it', async () => {
    const prefix = newPrefix()
    const stores = await Promise.all(Array.from({ length: 4 }, () => open(prefix, keysOf('a'))))
    await Promise.all(
      stores.map((store, index) => store.write(sampleEntry({ key: `k${index}`, ...soon }), 0)),
    )
    for (const store of stores) {
      const read = await Promise.all(['k0', 'k1', 'k2', 'k3'].map((key) => store.read(key)))
      expect(read.map((record) => record?.key)).toEqual(['k0', 'k1', 'k2', 'k3'])
    }
  })

  it('a record that somebody wrote without the key, or altered, is a miss', async () => {
    const [prefix, plain] = [newPrefix(), newPrefix()]
    const [store, other] = [await open(prefix, keysOf('a')), await open(plain)]
    await fill(store)
    await fill(other)
    await server.command('COPY', `${plain}:e:k1`, `${prefix}:e:k1`, 'REPLACE')
    await server.command('COPY', `${prefix}:e:k2`, `${prefix}:e:k3`)
    expect([await store.read('k1'), await store.read('k3')]).toEqual([undefined, undefined])
    await vi.waitFor(async () => expect(await server.command('EXISTS', `${prefix}:e:k1`)).toBe(0), 10_000)
  })
})
