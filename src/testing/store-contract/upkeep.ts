// What every store does besides: its secret, its ledger, its health and its bound.
import { EntryBody } from '../../model/entry-body.js'
import { sampleTally } from './sample-records.js'
import type { StoreTesting } from './store-testing.js'

/** What is kept beside entries. */
export function describeUpkeep({ describe, test, expect }: StoreTesting): void {
  describe('secret, ledger, health', () => {
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

    test('health tells that it works', async ({ store }) => {
      const { tier, isWritable, problem } = await store.health()
      expect([tier, isWritable, problem]).toEqual([store.tier, true, undefined])
    })

    test(
      'health counts entries',
      async ({ store, sample }) => {
        expect((await store.health()).entries).toBe(0)
        for (const key of ['a', 'b', 'a']) await store.write(sample({ key }), 0)
        expect((await store.health()).entries).toBe(2)
        await store.remove('a')
        expect((await store.health()).entries).toBe(1)
      },
      'scans',
    )

    test(
      'health counts entries and bytes',
      async ({ store, sample }) => {
        const empty = await store.health()
        expect([empty.tier, empty.isWritable, empty.entries]).toEqual([store.tier, true, 0])
        await store.write(sample({ body: new EntryBody(new Uint8Array(5_000).fill(7)), sizeBytes: 5_000 }), 0)
        const one = await store.health()
        expect(one.entries).toBe(1)
        expect(one.sizeBytes).toBeGreaterThan(5_000)
        await store.remove('tmdb:0001')
        const none = await store.health()
        expect([none.entries, none.sizeBytes]).toEqual([0, empty.sizeBytes])
      },
      'isBounded',
    )

    test(
      'the bound in bytes holds',
      async ({ store, sample }) => {
        const { maxBytes } = await store.health()
        const size = Math.floor(maxBytes / 40)
        for (let index = 0; index < 100; index += 1) {
          const bytes = new Uint8Array(size).map((_, at) => (at * 7919 + index) & 255)
          await store.write(sample({ key: `bound:${index}`, body: new EntryBody(bytes), sizeBytes: size }), 0)
        }
        const { sizeBytes, entries } = await store.health()
        expect(sizeBytes <= maxBytes).toBe(true)
        expect(entries).toBeGreaterThan(15)
      },
      'isBounded',
    )
  })
}
