// What every store must do. Runner-free: the caller hands in `describe`, `it` and `expect`.
import type { CacheEntry, EntryHead } from '../../src/model/cache-entry.js'
import { EntryBody } from '../../src/model/entry-body.js'
import { LATENCY_BUCKETS, type Tally } from '../../src/model/ledger.js'
import type { Store } from '../../src/model/store.js'

/** The parts of a test runner that the contract needs; vitest, jest and mocha with chai-like expect provide them. */
export interface Runner {
  readonly describe: (title: string, body: () => void) => void
  readonly it: (title: string, body: () => Promise<void>) => void
  readonly expect: (actual: unknown) => {
    toBe(expected: unknown): void
    toEqual(expected: unknown): void
    toBeUndefined(): void
    toBeGreaterThan(expected: number): void
  }
}

/** A store under test; `maxBytes` is at least 1 MB, and `nowMs` what its clock says. */
export interface StoreUnderTest {
  readonly store: Store
  readonly nowMs: number
  /** Lets go of whatever the test held, the store included. */
  readonly dispose: () => Promise<void>
}

let written = 0

/** An entry for tests, whole, with a body of its own. */
export function sampleEntry(overrides: Partial<Omit<CacheEntry, 'kind'>> = {}): CacheEntry {
  const body = overrides.body ?? new EntryBody(new TextEncoder().encode('{"title":"Amélie"}'))
  written += 1
  return {
    kind: 'entry',
    key: 'tmdb:0001',
    service: 'tmdb',
    method: 'GET',
    url: 'https://api.example.com/3/movie/194?api_key=REDACTED',
    purgeUrl: 'https://api.example.com/3/movie/194',
    status: 200,
    headers: [
      ['Content-Type', 'application/json;charset=utf-8'],
      ['ETag', 'W/"e1"'],
      ['Link', '<a>; rel=next'],
      ['Link', '<b>; rel=prev'],
    ],
    storedAtMs: 1_700_000_000_000,
    confirmedAtMs: 1_700_000_000_000,
    staleAtMs: 1_700_014_400_000,
    removeAtMs: 1_700_600_000_000,
    tags: ['movies'],
    hasCallTtl: false,
    originMs: 123.5,
    sizeBytes: body.sizeBytes,
    bodyId: `body-${written}`,
    sequence: 0,
    ...overrides,
    body,
  }
}

/** The head of an entry, and nothing else. */
export function headOf(entry: CacheEntry): EntryHead {
  const head: Partial<CacheEntry> & EntryHead = { ...entry }
  for (const name of ['kind', 'body', 'confirmedMonotonicMs'] as const) Reflect.deleteProperty(head, name)
  return head
}

/** A tally of `hits` hits and nothing else. */
export function sampleTally(hits: number): Tally {
  const zeros = new Array<number>(LATENCY_BUCKETS).fill(0)
  return {
    outcomes: {
      hit: hits,
      stale: 0,
      coalesced: 0,
      miss: 1,
      revalidated: 0,
      rescued: 0,
      failed: 0,
      bypass: 0,
    },
    originCalls: 1,
    savedMs: hits * 100.5,
    savedBytes: hits * 10_700,
    hitLatency: zeros.map((_, index) => (index === 12 ? hits : 0)),
    missLatency: zeros.map((_, index) => (index === 70 ? 1 : 0)),
  }
}

/** Runs the contract on stores that `createStore` makes, one per test. */
export function runStoreContract(
  { describe, it, expect }: Runner,
  createStore: () => Promise<StoreUnderTest>,
): void {
  function test(title: string, body: (under: StoreUnderTest) => Promise<void>): void {
    it(title, async () => {
      const under = await createStore()
      try {
        await body(under)
      } finally {
        await under.dispose()
      }
    })
  }

  async function readEntry(store: Store, key: string): Promise<CacheEntry | undefined> {
    const record = await store.read(key)
    return record?.kind === 'entry' ? record : undefined
  }

  describe('store contract: entries', () => {
    test('an unknown key is a miss', async ({ store }) => {
      expect(await store.read('nothing')).toBeUndefined()
      expect(await store.head('nothing')).toBeUndefined()
      expect(await store.remove('nothing')).toBe(false)
    })

    test('a written entry is read back whole, with the sequence number of its write', async ({ store }) => {
      const entry = sampleEntry()
      const result = await store.write(entry, await store.sequence())
      expect(result).toEqual({ isStored: true, sequence: await store.sequence() })
      const found = await readEntry(store, entry.key)
      expect(found === undefined ? undefined : headOf(found)).toEqual({
        ...headOf(entry),
        sequence: await store.sequence(),
      })
      expect([...(found?.body.bytes() ?? [])]).toEqual([...entry.body.bytes()])
    })

    test('bodies of every size come back whole', async ({ store }) => {
      for (const size of [0, 1, 1_023, 40_000, 262_144, 262_145, 600_001]) {
        const bytes = new Uint8Array(size).map((_, index) => (index * 31 + (index >> 8)) & 255)
        const key = `size:${size}`
        await store.write(sampleEntry({ key, body: new EntryBody(bytes), sizeBytes: size }), 0)
        const found = await readEntry(store, key)
        const back = found?.body.bytes() ?? new Uint8Array(1)
        expect(back.byteLength).toBe(size)
        expect(back.every((byte, index) => byte === bytes[index])).toBe(true)
      }
    })

    test('text beyond Latin-1 survives in keys, URLs, tags and headers', async ({ store }) => {
      const entry = sampleEntry({
        key: 'clé:映画:🎬',
        url: 'https://example.com/映画?q=🎬',
        tags: ['映画', 'é'],
        headers: [['X-Title', 'Amélie – 映画']],
      })
      await store.write(entry, 0)
      const found = await readEntry(store, entry.key)
      expect([found?.key, found?.url, found?.tags, found?.headers]).toEqual([
        entry.key,
        entry.url,
        entry.tags,
        entry.headers,
      ])
    })

    test('instants without end and fractions of milliseconds survive', async ({ store }) => {
      await store.write(sampleEntry({ removeAtMs: Infinity, staleAtMs: 1.25, storedAtMs: -1 }), 0)
      const found = await readEntry(store, 'tmdb:0001')
      expect([found?.removeAtMs, found?.staleAtMs, found?.storedAtMs]).toEqual([Infinity, 1.25, -1])
    })

    test('the last write under a key replaces those before', async ({ store }) => {
      await store.write(sampleEntry({ status: 200 }), 0)
      await store.write(sampleEntry({ status: 404, body: new EntryBody(new Uint8Array()), sizeBytes: 0 }), 0)
      const found = await readEntry(store, 'tmdb:0001')
      expect([found?.status, found?.body.sizeBytes]).toEqual([404, 0])
      expect((await store.health()).entries).toBe(1)
    })

    test('a vary node leads on to variants', async ({ store }) => {
      const node = {
        kind: 'vary',
        key: 'v',
        names: ['accept', 'origin'],
        removeAtMs: 5,
        sequence: 0,
      } as const
      await store.write(node, 0)
      expect(await store.read('v')).toEqual({ ...node, sequence: await store.sequence() })
      expect(await store.head('v')).toBeUndefined()
    })

    test('a removed entry is gone, and removing it again says so', async ({ store }) => {
      await store.write(sampleEntry(), 0)
      expect(await store.remove('tmdb:0001')).toBe(true)
      expect(await store.remove('tmdb:0001')).toBe(false)
      expect(await store.read('tmdb:0001')).toBeUndefined()
    })

    test('many writes at once are all kept', async ({ store }) => {
      const keys = Array.from({ length: 200 }, (_, index) => `many:${index}`)
      const results = await Promise.all(keys.map((key) => store.write(sampleEntry({ key }), 0)))
      expect(results.filter(({ isStored }) => isStored).length).toBe(200)
      const found = await Promise.all(keys.map((key) => readEntry(store, key)))
      expect(found.map((entry) => entry?.key)).toEqual(keys)
      expect((await store.health()).entries).toBe(200)
    })
  })

  describe('store contract: confirming', () => {
    test('a confirmed entry has the new head and the old body', async ({ store }) => {
      const entry = sampleEntry()
      await store.write(entry, 0)
      const renewed = { ...headOf(entry), staleAtMs: 1_800_000_000_000 }
      const result = await store.confirm(renewed, await store.sequence())
      expect(result.isStored).toBe(true)
      const found = await readEntry(store, entry.key)
      expect([found?.staleAtMs, found?.sequence, found?.bodyId]).toEqual([
        1_800_000_000_000,
        await store.sequence(),
        entry.bodyId,
      ])
      expect([...(found?.body.bytes() ?? [])]).toEqual([...entry.body.bytes()])
    })

    test('an entry that was replaced or removed is not confirmed', async ({ store }) => {
      const entry = sampleEntry()
      expect(await store.confirm(entry, 0)).toEqual({ isStored: false, because: 'replaced' })
      await store.write(entry, 0)
      const newer = sampleEntry()
      await store.write(newer, 0)
      expect(await store.confirm(entry, 0)).toEqual({ isStored: false, because: 'replaced' })
      expect((await readEntry(store, entry.key))?.bodyId).toBe(newer.bodyId)
    })

    test('an entry under a newer hard mark is not confirmed', async ({ store, nowMs }) => {
      const entry = sampleEntry()
      await store.write(entry, 0)
      await store.addMark({ service: 'tmdb' }, { isSoft: false, atMs: nowMs })
      const result = await store.confirm(entry, await store.sequence())
      expect(result).toEqual({ isStored: false, because: 'purged-meanwhile' })
    })

    test('an entry under an older soft mark is confirmed above it', async ({ store, nowMs }) => {
      const entry = sampleEntry()
      await store.write(entry, 0)
      const mark = await store.addMark({ service: 'tmdb' }, { isSoft: true, atMs: nowMs })
      const result = await store.confirm(entry, await store.sequence())
      expect(result.isStored).toBe(true)
      expect((await readEntry(store, entry.key))?.sequence).toBeGreaterThan(mark.sequence)
    })
  })

  describe('store contract: marks', () => {
    const scopes: readonly [string, Parameters<Store['addMark']>[0], boolean][] = [
      ['everything', { all: true }, true],
      ['its service', { service: 'tmdb' }, true],
      ['its tag', { tag: 'movies' }, true],
      ['its URL', { url: 'https://api.example.com/3/movie/194' }, true],
      ['its service and tag', { service: 'tmdb', tag: 'movies' }, true],
      ['another service', { service: 'spotify' }, false],
      ['another tag of its service', { service: 'tmdb', tag: 'shows' }, false],
      ['another URL', { url: 'https://api.example.com/3/movie/195' }, false],
      ['everything of another service', { all: true, service: 'spotify' }, false],
    ]
    for (const [title, scope, isRefused] of scopes) {
      test(`a call that began before a mark on ${title} ${isRefused ? 'may not' : 'may'} store`, async ({
        store,
        nowMs,
      }) => {
        const began = await store.sequence()
        const mark = await store.addMark(scope, { isSoft: false, atMs: nowMs })
        expect(mark).toEqual({ scope, isSoft: false, atMs: nowMs, sequence: await store.sequence() })
        const late = await store.write(sampleEntry(), began)
        expect(late.isStored).toBe(!isRefused)
        if (!late.isStored) expect(late.because).toBe('purged-meanwhile')
        const later = await store.write(sampleEntry(), await store.sequence())
        expect(later.isStored).toBe(true)
      })
    }

    test('marks in force are listed, one per scope', async ({ store, nowMs }) => {
      await store.addMark({ tag: 'a' }, { isSoft: true, atMs: nowMs })
      const second = await store.addMark({ tag: 'a' }, { isSoft: true, atMs: nowMs + 1 })
      const other = await store.addMark({ service: 's', url: 'u' }, { isSoft: false, atMs: nowMs + 2 })
      const marks = [...(await store.marks())].sort((left, right) => left.sequence - right.sequence)
      expect(marks).toEqual([second, other])
    })

    test('a soft mark does not take the place of a hard one', async ({ store, nowMs }) => {
      const hard = await store.addMark({ tag: 'a' }, { isSoft: false, atMs: nowMs })
      const soft = await store.addMark({ tag: 'a' }, { isSoft: true, atMs: nowMs })
      const marks = [...(await store.marks())].sort((left, right) => left.sequence - right.sequence)
      expect(marks).toEqual([hard, soft])
    })

    test('cleaning keeps marks of the last minutes and those that still cover an entry', async ({
      store,
      nowMs,
    }) => {
      const hourAgoMs = nowMs - 3_600_000
      await store.write(sampleEntry(), 0)
      const covering = await store.addMark({ service: 'tmdb' }, { isSoft: false, atMs: hourAgoMs })
      await store.addMark({ service: 'books' }, { isSoft: false, atMs: hourAgoMs })
      const young = await store.addMark({ tag: 'x' }, { isSoft: false, atMs: nowMs - 1_000 })
      await store.clean(() => false)
      const marks = [...(await store.marks())].sort((left, right) => left.sequence - right.sequence)
      expect(marks).toEqual([covering, young])
    })
  })

  describe('store contract: sequence and changes', () => {
    test('writes, removals and marks each take the next number', async ({ store, nowMs }) => {
      const before = await store.sequence()
      await store.write(sampleEntry(), before)
      expect(await store.sequence()).toBe(before + 1)
      await store.addMark({ tag: 'x' }, { isSoft: false, atMs: nowMs })
      expect(await store.sequence()).toBe(before + 2)
      await store.remove('tmdb:0001')
      expect(await store.sequence()).toBe(before + 3)
    })

    test('changes since a number name the keys touched and whether marks came', async ({ store, nowMs }) => {
      const start = await store.sequence()
      await store.write(sampleEntry({ key: 'a' }), 0)
      await store.write(sampleEntry({ key: 'b' }), 0)
      const middle = await store.sequence()
      const first = await store.changesSince(start)
      expect({ ...first, keys: [...first.keys].sort() }).toEqual({
        sequence: middle,
        keys: ['a', 'b'],
        hasNewMarks: false,
        isComplete: true,
      })
      await store.addMark({ all: true }, { isSoft: false, atMs: nowMs })
      const second = await store.changesSince(middle)
      expect(second).toEqual({
        sequence: await store.sequence(),
        keys: [],
        hasNewMarks: true,
        isComplete: true,
      })
    })

    test('changes since a number that never was are not complete', async ({ store }) => {
      expect((await store.changesSince((await store.sequence()) + 10)).isComplete).toBe(false)
    })
  })

  describe('store contract: listing and cleaning', () => {
    test('heads are listed in key order, page by page', async ({ store }) => {
      for (const key of ['c', 'a', 'e', 'b', 'd']) await store.write(sampleEntry({ key }), 0)
      const pages: string[][] = []
      let cursor: string | undefined
      do {
        const page = await store.list({ limit: 2, ...(cursor !== undefined && { cursor }) })
        pages.push(page.entries.map(({ key }) => key))
        cursor = page.cursor
      } while (cursor !== undefined)
      expect(pages).toEqual([['a', 'b'], ['c', 'd'], ['e']])
    })

    test('listing narrows by service and by part of the URL, whatever its case', async ({ store }) => {
      await store.write(sampleEntry({ key: 'a', service: 'tmdb', url: 'https://x/Movie/1' }), 0)
      await store.write(sampleEntry({ key: 'b', service: 'books', url: 'https://x/movie/2' }), 0)
      await store.write(sampleEntry({ key: 'c', service: 'tmdb', url: 'https://x/tv/3' }), 0)
      const { entries } = await store.list({ limit: 10, service: 'tmdb', query: 'MOVIE' })
      expect(entries.map(({ key }) => key)).toEqual(['a'])
    })

    test('cleaning removes what it is told and says how many', async ({ store }) => {
      for (const key of ['a', 'b', 'c']) await store.write(sampleEntry({ key }), 0)
      expect(await store.clean((head: EntryHead) => head.key !== 'b')).toBe(2)
      expect((await store.list({ limit: 10 })).entries.map(({ key }) => key)).toEqual(['b'])
    })

    test('cleaning what has expired sees no other entry', async ({ store }) => {
      await store.write(sampleEntry({ key: 'a', removeAtMs: 100 }), 0)
      await store.write(sampleEntry({ key: 'b', removeAtMs: 200 }), 0)
      await store.write(sampleEntry({ key: 'c', removeAtMs: 201 }), 0)
      const seen: string[] = []
      const removed = await store.clean(
        (head) => {
          seen.push(head.key)
          return head.key !== 'a'
        },
        { expiredAtMs: 200 },
      )
      expect([seen.sort(), removed]).toEqual([['a', 'b'], 1])
    })
  })

  describe('store contract: secret, ledger, health', () => {
    test('the secret is 32 bytes and stays', async ({ store }) => {
      const secret = await store.secret()
      expect(secret.byteLength).toBe(32)
      expect([...(await store.secret())]).toEqual([...secret])
    })

    test('the ledger adds up by service and minute', async ({ store, nowMs }) => {
      const { ledger } = store
      const epoch = await ledger.epoch()
      const minute = Math.floor(nowMs / 60_000)
      expect(await ledger.add({ epoch, minute: minute - 1, services: { tmdb: sampleTally(3) } })).toBe(true)
      expect(
        await ledger.add({ epoch, minute, services: { tmdb: sampleTally(4), books: sampleTally(1) } }),
      ).toBe(true)
      const { services, minutes } = await ledger.figures({ fromMinute: minute })
      expect([services['tmdb']?.outcomes.hit, services['tmdb']?.savedMs]).toEqual([7, 7 * 100.5])
      expect(services['tmdb']?.hitLatency[12]).toBe(7)
      expect(services['books']).toEqual(sampleTally(1))
      expect(minutes.map((row) => [row.minute, row.services['tmdb']?.outcomes.hit])).toEqual([[minute, 4]])
      expect((await ledger.figures({})).minutes).toEqual([])
    })

    test('a reset zeroes the ledger and drops deltas begun before it', async ({ store, nowMs }) => {
      const { ledger } = store
      const epoch = await ledger.epoch()
      const delta = { epoch, minute: Math.floor(nowMs / 60_000), services: { tmdb: sampleTally(3) } }
      await ledger.add(delta)
      await ledger.reset(nowMs + 5)
      expect(await ledger.epoch()).toBe(epoch + 1)
      expect(await ledger.add(delta)).toBe(false)
      expect(ledger.addNow(delta)).toBe(false)
      expect(await ledger.figures({ fromMinute: 0 })).toEqual({
        sinceMs: nowMs + 5,
        services: {},
        minutes: [],
      })
    })

    test('minutes older than 7 days are forgotten', async ({ store, nowMs }) => {
      const { ledger } = store
      const epoch = await ledger.epoch()
      const minute = Math.floor(nowMs / 60_000)
      await ledger.add({ epoch, minute: minute - 7 * 1_440 - 1, services: { tmdb: sampleTally(1) } })
      await ledger.add({ epoch, minute, services: { tmdb: sampleTally(1) } })
      const { minutes, services } = await ledger.figures({ fromMinute: 0 })
      expect(minutes.map((row) => row.minute)).toEqual([minute])
      expect(services['tmdb']?.outcomes.hit).toBe(2)
    })

    test('health counts entries and bytes', async ({ store }) => {
      const empty = await store.health()
      expect([empty.tier, empty.isWritable, empty.entries]).toEqual([store.tier, true, 0])
      await store.write(
        sampleEntry({ body: new EntryBody(new Uint8Array(5_000).fill(7)), sizeBytes: 5_000 }),
        0,
      )
      const one = await store.health()
      expect(one.entries).toBe(1)
      expect(one.sizeBytes).toBeGreaterThan(5_000)
      await store.remove('tmdb:0001')
      const none = await store.health()
      expect([none.entries, none.sizeBytes]).toEqual([0, empty.sizeBytes])
    })

    test('the bound in bytes holds', async ({ store }) => {
      const { maxBytes } = await store.health()
      const size = Math.floor(maxBytes / 40)
      for (let index = 0; index < 100; index += 1) {
        const bytes = new Uint8Array(size).map((_, at) => (at * 7919 + index) & 255)
        await store.write(
          sampleEntry({ key: `bound:${index}`, body: new EntryBody(bytes), sizeBytes: size }),
          0,
        )
      }
      const { sizeBytes, entries } = await store.health()
      expect(sizeBytes <= maxBytes).toBe(true)
      expect(entries).toBeGreaterThan(15)
    })
  })
}
