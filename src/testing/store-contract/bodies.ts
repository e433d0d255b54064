// What a store does that takes bodies in pieces and gives them back so.
import type { BodyWriter, Store } from '../../model/store.js'
import { readEntry, type StoreTesting, type StoreWorld } from './store-testing.js'
import { addAll, isSame, joined, remoteBody, sampleBytes } from './sample-bodies.js'
import { headOf } from './sample-records.js'

const KIB = 1024
const SIZES = [0, 1, 256 * KIB - 1, 256 * KIB, 256 * KIB + 1, 512 * KIB, 1024 * KIB + 1, 3 * 1024 * KIB]

/** Bodies that are written and read piece by piece. */
export function describeBodies({ describe, test: anyTest, expect }: StoreTesting): void {
  const test: StoreTesting['test'] = (title, body) => anyTest(title, body, 'takesPieces')

  describe('bodies in pieces', () => {
    for (const size of SIZES) {
      test(`a body of ${size} bytes comes back byte for byte`, async ({ store, sample }) => {
        const bytes = sampleBytes(size)
        const writer = writerOf(store, 'b1')
        await addAll(writer, bytes)
        const result = await writer.finish(headWith(sample, size, 'b1'), await store.sequence())
        expect(result).toEqual({ isStored: true, sequence: await store.sequence() })
        const found = await readEntry(store, 'tmdb:0001')
        expect([found?.sizeBytes, found?.body.sizeBytes, found?.bodyId]).toEqual([size, size, 'b1'])
        const pieces: Uint8Array[] = []
        if (found !== undefined) for await (const piece of found.body.stream()) pieces.push(piece)
        expect(isSame(joined(pieces), bytes)).toBe(true)
        expect(Math.max(0, ...pieces.map((piece) => piece.byteLength)) <= 1024 * KIB).toBe(true)
        expect(isSame(found?.body.bytes() ?? new Uint8Array(1), bytes)).toBe(true)
      })
    }

    test('one piece larger than many chunks, and many of one byte, are the same', async ({
      store,
      sample,
    }) => {
      const bytes = sampleBytes(600_000)
      for (const pieceBytes of [600_000, 999, 262_144]) {
        const writer = writerOf(store, `p${pieceBytes}`)
        await addAll(writer, bytes, pieceBytes)
        await writer.finish(headWith(sample, 600_000, `p${pieceBytes}`), await store.sequence())
        expect(isSame((await readEntry(store, 'tmdb:0001'))?.body.bytes() ?? bytes.slice(1), bytes)).toBe(
          true,
        )
      }
      expect((await store.health()).entries).toBe(1)
    })

    test('what was added so far can be read again and again while more comes', async ({ store, sample }) => {
      const bytes = sampleBytes(900_000)
      const writer = writerOf(store, 'b1')
      let early: Iterator<Uint8Array> | undefined
      const earlyPieces: Uint8Array[] = []
      for (let at = 0; at < bytes.byteLength; at += 70_000) {
        await writer.add(bytes.subarray(at, at + 70_000))
        const end = Math.min(at + 70_000, bytes.byteLength)
        expect(isSame(joined(writer.written()), bytes.subarray(0, end))).toBe(true)
        early ??= writer.written()[Symbol.iterator]()
        if (at % 210_000 === 0) {
          const next = early.next()
          if (next.done !== true) earlyPieces.push(next.value)
        }
      }
      for (let next = early?.next(); next?.done === false; next = early?.next()) earlyPieces.push(next.value)
      expect(isSame(joined(earlyPieces), bytes)).toBe(true)
      await writer.finish(headWith(sample, 900_000, 'b1'), await store.sequence())
      expect(isSame(joined(writer.written()), bytes)).toBe(true)
    })

    test('it is found under no key, listed and counted as an entry only once it is finished', async ({
      store,
      sample,
    }) => {
      const writer = writerOf(store, 'b1')
      await addAll(writer, sampleBytes(600_000))
      expect([await store.read('tmdb:0001'), await store.head('tmdb:0001')]).toEqual([undefined, undefined])
      expect((await store.list({ limit: 10 })).entries).toEqual([])
      expect((await store.health()).entries).toBe(0)
      await writer.finish(headWith(sample, 600_000, 'b1'), await store.sequence())
      expect((await store.list({ limit: 10 })).entries.map(({ sizeBytes }) => sizeBytes)).toEqual([600_000])
      const { entries, sizeBytes } = await store.health()
      expect(entries).toBe(1)
      expect(sizeBytes).toBeGreaterThan(500_000)
      expect(await store.clean(() => true)).toBe(1)
      expect((await store.health()).sizeBytes).toBe(0)
    })

    test('two writers at once do not get in each other’s way', async ({ store, sample }) => {
      const sizes = [1_100_000, 1_300_000]
      const bodies = sizes.map((size, seed) => sampleBytes(size, seed))
      await Promise.all(
        bodies.map(async (bytes, index) => {
          const writer = writerOf(store, `b${index}`)
          await addAll(writer, bytes, 50_000 + index)
          await writer.finish({ ...headWith(sample, bytes.byteLength, `b${index}`), key: `k${index}` }, 0)
        }),
      )
      for (const [index, bytes] of bodies.entries()) {
        expect(isSame((await readEntry(store, `k${index}`))?.body.bytes() ?? new Uint8Array(), bytes)).toBe(
          true,
        )
      }
    })

    test('other processes are told of the entry, and of nothing before', async ({ store, sample }) => {
      const writer = writerOf(store, 'b1')
      const before = await store.sequence()
      await addAll(writer, sampleBytes(800_000))
      const coming = await store.changesSince(before)
      expect([[...coming.keys.keys()], coming.isComplete, coming.hasNewMarks]).toEqual([[], true, false])
      await writer.finish(headWith(sample, 800_000, 'b1'), before)
      const finished = await store.changesSince(before)
      expect([[...finished.keys.keys()], finished.isComplete, finished.sequence]).toEqual([
        ['tmdb:0001'],
        true,
        await store.sequence(),
      ])
    })

    test('a body that is replaced while it is read ends in an error or as it began, not as another one', async ({
      store,
      sample,
    }) => {
      const bytes = sampleBytes(1_800_000)
      const body = remoteBody(bytes)
      await store.write(sample({ body, sizeBytes: body.sizeBytes }), 0)
      const found = await readEntry(store, 'tmdb:0001')
      const reading = found?.body.stream()
      const first = await reading?.next()
      expect(
        isSame((first?.value as Uint8Array | undefined) ?? new Uint8Array(), bytes.subarray(0, 262_144)),
      ).toBe(true)
      const other = remoteBody(sampleBytes(1_800_000, 5))
      await store.write(sample({ body: other, sizeBytes: other.sizeBytes }), 0)
      const next = await reading?.next().then(
        ({ value }) =>
          isSame(value ?? new Uint8Array(), bytes.subarray(262_144, 524_288)) ? 'as before' : 'other',
        (error: Error) => (error.message.includes('replaced') ? 'replaced' : error.message),
      )
      expect(next === 'replaced' || next === 'as before').toBe(true)
      expect((await readEntry(store, 'tmdb:0001')) !== undefined).toBe(true)
    })
  })
}

/** The writer of a store that has them. */
export function writerOf(store: Store, bodyId: string): BodyWriter {
  const writer = store.writeBody?.(bodyId)
  if (writer === undefined) throw new Error('this store takes no bodies in pieces')
  return writer
}

/** A head for a body that was written in pieces. */
export function headWith(
  sample: StoreWorld['sample'],
  sizeBytes: number,
  bodyId: string,
): ReturnType<typeof headOf> {
  return { ...headOf(sample()), sizeBytes, bodyId }
}
