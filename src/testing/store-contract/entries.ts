// What every store does with entries: writing, reading, removing, confirming.
import { EntryBody } from '../../model/entry-body.js'
import { readEntry, type StoreTesting } from './store-testing.js'
import { headOf } from './sample-records.js'

/** Entries and their confirmation. */
export function describeEntries({ describe, test, expect }: StoreTesting): void {
  describe('entries', () => {
    test('an unknown key is a miss', async ({ store }) => {
      expect(await store.read('nothing')).toBeUndefined()
      expect(await store.head('nothing')).toBeUndefined()
      expect(await store.remove('nothing')).toBe(false)
    })

    test('a written entry is read back whole, with the sequence number of its write', async ({
      store,
      sample,
    }) => {
      const entry = sample()
      const result = await store.write(entry, await store.sequence())
      expect(result).toEqual({ isStored: true, sequence: await store.sequence() })
      const found = await readEntry(store, entry.key)
      expect(found === undefined ? undefined : headOf(found)).toEqual({
        ...headOf(entry),
        sequence: await store.sequence(),
      })
      expect([...(found?.body.bytes() ?? [])]).toEqual([...entry.body.bytes()])
    })

    test('bodies of every size come back whole', async ({ store, sample }) => {
      for (const size of [0, 1, 1_023, 40_000, 262_144, 262_145, 600_001]) {
        const bytes = new Uint8Array(size).map((_, index) => (index * 31 + (index >> 8)) & 255)
        const key = `size:${size}`
        await store.write(sample({ key, body: new EntryBody(bytes), sizeBytes: size }), 0)
        const found = await readEntry(store, key)
        const back = found?.body.bytes() ?? new Uint8Array(1)
        expect(back.byteLength).toBe(size)
        expect(back.every((byte, index) => byte === bytes[index])).toBe(true)
      }
    })

    test('text beyond Latin-1 survives in keys, URLs, tags and headers', async ({ store, sample }) => {
      const entry = sample({
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

    test('instants without end and fractions of milliseconds survive', async ({ store, sample }) => {
      await store.write(sample({ removeAtMs: Infinity, staleAtMs: 1.25, storedAtMs: -1 }), 0)
      const found = await readEntry(store, 'tmdb:0001')
      expect([found?.removeAtMs, found?.staleAtMs, found?.storedAtMs]).toEqual([Infinity, 1.25, -1])
    })

    test('the last write under a key replaces those before', async ({ store, sample, capabilities }) => {
      await store.write(sample({ status: 200 }), 0)
      await store.write(sample({ status: 404, body: new EntryBody(new Uint8Array()), sizeBytes: 0 }), 0)
      const found = await readEntry(store, 'tmdb:0001')
      expect([found?.status, found?.body.sizeBytes]).toEqual([404, 0])
      if (capabilities.scans) expect((await store.health()).entries).toBe(1)
    })

    test('a vary node leads on to variants', async ({ store, nowMs }) => {
      const node = {
        kind: 'vary',
        key: 'v',
        names: ['accept', 'origin'],
        removeAtMs: nowMs + 60_000,
        sequence: 0,
      } as const
      await store.write(node, 0)
      expect(await store.read('v')).toEqual({ ...node, sequence: await store.sequence() })
      expect(await store.head('v')).toBeUndefined()
    })

    test('a removed entry is gone, and removing it again says so', async ({ store, sample }) => {
      await store.write(sample(), 0)
      expect(await store.remove('tmdb:0001')).toBe(true)
      expect(await store.remove('tmdb:0001')).toBe(false)
      expect(await store.read('tmdb:0001')).toBeUndefined()
    })

    test('many writes at once are all kept', async ({ store, sample, capabilities }) => {
      const keys = Array.from({ length: 200 }, (_, index) => `many:${index}`)
      const results = await Promise.all(keys.map((key) => store.write(sample({ key }), 0)))
      expect(results.filter(({ isStored }) => isStored).length).toBe(200)
      const found = await Promise.all(keys.map((key) => readEntry(store, key)))
      expect(found.map((entry) => entry?.key)).toEqual(keys)
      if (capabilities.scans) expect((await store.health()).entries).toBe(200)
    })
  })

  describe('confirming', () => {
    test('a confirmed entry has the new head and the old body', async ({ store, nowMs, sample }) => {
      const entry = sample()
      await store.write(entry, 0)
      const renewed = { ...headOf(entry), staleAtMs: nowMs + 9_000_000 }
      const result = await store.confirm(renewed, await store.sequence())
      expect(result.isStored).toBe(true)
      const found = await readEntry(store, entry.key)
      expect([found?.staleAtMs, found?.sequence, found?.bodyId]).toEqual([
        nowMs + 9_000_000,
        await store.sequence(),
        entry.bodyId,
      ])
      expect([...(found?.body.bytes() ?? [])]).toEqual([...entry.body.bytes()])
    })

    test('an entry that was replaced or removed is not confirmed', async ({ store, sample }) => {
      const entry = sample()
      expect(await store.confirm(entry, 0)).toEqual({ isStored: false, because: 'replaced' })
      await store.write(entry, 0)
      const newer = sample()
      await store.write(newer, 0)
      expect(await store.confirm(entry, 0)).toEqual({ isStored: false, because: 'replaced' })
      expect((await readEntry(store, entry.key))?.bodyId).toBe(newer.bodyId)
    })

    test('an entry under a newer hard mark is not confirmed', async ({ store, nowMs, sample }) => {
      const entry = sample()
      await store.write(entry, 0)
      await store.addMark({ service: 'tmdb' }, { isSoft: false, atMs: nowMs })
      const result = await store.confirm(entry, await store.sequence())
      expect(result).toEqual({ isStored: false, because: 'purged-meanwhile' })
    })

    test('an entry under an older soft mark is confirmed above it', async ({ store, nowMs, sample }) => {
      const entry = sample()
      await store.write(entry, 0)
      const mark = await store.addMark({ service: 'tmdb' }, { isSoft: true, atMs: nowMs })
      const result = await store.confirm(entry, await store.sequence())
      expect(result.isStored).toBe(true)
      expect((await readEntry(store, entry.key))?.sequence).toBeGreaterThan(mark.sequence)
    })
  })
}
