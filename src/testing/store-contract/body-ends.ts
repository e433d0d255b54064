// How bodies in pieces end otherwise: abandoned, refused, outgrown, cut off, or left behind.
import type { BodyWriter } from '../../model/store.js'
import { EntryBody } from '../../model/entry-body.js'
import { rejection, type StoreTesting, type StoreWorld } from './store-testing.js'
import { addAll, isSame, joined, sampleBytes } from './sample-bodies.js'
import { headWith, writerOf } from './bodies.js'

const MINUTE_MS = 60_000

/** Bodies that become no entry. */
export function describeBodyEnds({ describe, test: anyTest, expect }: StoreTesting): void {
  const test: StoreTesting['test'] = (title, body, ...needs) => anyTest(title, body, 'takesPieces', ...needs)

  /** Whatever else is there stays as it was. */
  async function leavesNothing(
    { store }: StoreWorld,
    work: (writer: BodyWriter) => Promise<void>,
  ): Promise<void> {
    const { sizeBytes, entries } = await store.health()
    await work(writerOf(store, 'gone'))
    const after = await store.health()
    expect([after.sizeBytes, after.entries]).toEqual([sizeBytes, entries])
  }

  describe('bodies that become no entry', () => {
    test('an abandoned one leaves nothing, however often it is abandoned', async (under) => {
      await under.store.write(under.sample(), 0)
      await leavesNothing(under, async (writer) => {
        await addAll(writer, sampleBytes(900_000))
        await writer.abandon()
        await writer.abandon()
      })
      await leavesNothing(under, async (writer) => writer.abandon())
      await leavesNothing(under, async (writer) => {
        const adding = rejection(addAll(writer, sampleBytes(900_000), 300_000))
        await writer.abandon()
        expect((await adding) instanceof Error).toBe(true)
      })
    })

    test('an abandoned one takes and gives no more', async ({ store, sample }) => {
      const writer = writerOf(store, 'b1')
      await addAll(writer, sampleBytes(300_000))
      const reading = writer.written()[Symbol.iterator]()
      reading.next()
      await writer.abandon()
      expect((await rejection(writer.add(new Uint8Array(1)))) instanceof Error).toBe(true)
      expect((await rejection(writer.finish(headWith(sample, 300_000, 'b1'), 0))) instanceof Error).toBe(true)
      expect((await rejection(Promise.resolve().then(() => reading.next()))) instanceof Error).toBe(true)
    })

    test('one that a purge came before is refused and leaves nothing', async (under) => {
      const { store, nowMs, sample } = under
      const began = await store.sequence()
      await leavesNothing(under, async (writer) => {
        await addAll(writer, sampleBytes(900_000))
        await store.addMark({ service: 'tmdb' }, { isSoft: false, atMs: nowMs })
        const result = await writer.finish(headWith(sample, 900_000, 'gone'), began)
        expect(result).toEqual({ isStored: false, because: 'purged-meanwhile' })
        await writer.abandon()
      })
      expect(await store.read('tmdb:0001')).toBeUndefined()
    })

    test('one that is older than the entry there is refused and leaves nothing', async (under) => {
      const { store, nowMs, sample } = under
      await store.write(sample({ storedAtMs: nowMs }), 0)
      await leavesNothing(under, async (writer) => {
        await addAll(writer, sampleBytes(600_000))
        const head = { ...headWith(sample, 600_000, 'gone'), storedAtMs: nowMs - 1 }
        expect(await writer.finish(head, await store.sequence())).toEqual({
          isStored: false,
          because: 'replaced',
        })
        await writer.abandon()
      })
    })

    test('one that outgrows the store is refused on the way and leaves nothing', async (under) => {
      const { sample } = under
      const { maxBytes } = await under.store.health()
      await leavesNothing(under, async (writer) => {
        let added = 0
        const piece = sampleBytes(200_000)
        const failure = await rejection(
          (async () => {
            for (; added < maxBytes * 3; added += piece.byteLength) await writer.add(piece)
          })(),
        )
        expect(failure instanceof Error).toBe(true)
        expect(added < maxBytes * 1.3).toBe(true)
        const result = await writer.finish(headWith(sample, added, 'gone'), 0)
        expect(result).toEqual({ isStored: false, because: 'full' })
        await writer.abandon()
      })
    })

    test('others make room while it comes', async ({ store, sample }) => {
      const { maxBytes } = await store.health()
      for (let index = 0; index < 36; index += 1) {
        const bytes = sampleBytes(100_000, index)
        await store.write(sample({ key: `k${index}`, body: new EntryBody(bytes), sizeBytes: 100_000 }), 0)
      }
      const writer = writerOf(store, 'b1')
      await addAll(writer, sampleBytes(2_000_000))
      await writer.finish(headWith(sample, 2_000_000, 'b1'), 0)
      const { sizeBytes, entries } = await store.health()
      expect(sizeBytes <= maxBytes).toBe(true)
      expect(entries).toBeGreaterThan(8)
      expect((await store.head('tmdb:0001')) !== undefined).toBe(true)
    })

    test(
      'one left alone is removed by cleaning, one that grows slowly is not',
      async (under) => {
        const { store, advance, sample } = under
        const slow = writerOf(store, 'slow')
        const slowBytes = sampleBytes(300_030)
        await slow.add(slowBytes.subarray(0, 300_000))
        const left = writerOf(store, 'left')
        await addAll(left, sampleBytes(900_000))
        for (let minute = 0; minute < 30; minute += 1) {
          if (minute < 10) expect((await store.health()).sizeBytes).toBeGreaterThan(786_432)
          advance(MINUTE_MS)
          await slow.add(slowBytes.subarray(300_000 + minute, 300_001 + minute))
          expect(await store.clean(() => false, minute % 2 === 0 ? {} : { expiredAtMs: 0 })).toBe(0)
        }
        expect((await store.health()).sizeBytes < 300_000).toBe(true)
        expect((await rejection(left.finish(headWith(sample, 900_000, 'left'), 0))) instanceof Error).toBe(
          true,
        )
        expect(isSame(joined(slow.written()), slowBytes)).toBe(true)
        expect((await slow.finish(headWith(sample, 300_030, 'slow'), 0)).isStored).toBe(true)
      },
      'isBounded',
    )

    test('closing the store gives up what is still coming, and reading from it says so or has it all', async ({
      store,
      sample,
    }) => {
      const whole = writerOf(store, 'whole')
      await addAll(whole, sampleBytes(1_500_000))
      await whole.finish(headWith(sample, 1_500_000, 'whole'), 0)
      const record = await store.read('tmdb:0001')
      const reading = record?.kind === 'entry' ? record.body.stream() : undefined
      await reading?.next()
      const writer = writerOf(store, 'b1')
      await addAll(writer, sampleBytes(600_000))
      await store.close()
      const next = await (reading?.next() ?? Promise.resolve(undefined)).then(
        (piece) =>
          isSame(piece?.value ?? new Uint8Array(), sampleBytes(1_500_000).subarray(262_144, 524_288)),
        (error: Error) => error.message.includes('closed'),
      )
      expect(next).toBe(true)
      expect((await rejection(writer.add(new Uint8Array(1)))) instanceof Error).toBe(true)
    })
  })
}
