// What every store does besides: listing, cleaning, its secret, its ledger, its health and its bound.
import type { EntryHead } from '../../src/model/cache-entry.js'
import { EntryBody } from '../../src/model/entry-body.js'
import type { StoreTesting } from './contract-runner.js'
import { sampleEntry, sampleTally } from './sample-records.js'

/** Listing, cleaning and the rest. */
export function describeUpkeep({ describe, test, expect }: StoreTesting): void {
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
