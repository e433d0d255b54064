// What every store does with an entry whose body stays elsewhere: it takes it piece by piece, or keeps the way to it.
import { EntryBody } from '../../model/entry-body.js'
import { readEntry, type StoreTesting } from './store-testing.js'
import { isSame, joined, remoteBody, sampleBytes } from './sample-bodies.js'
import { headOf } from './sample-records.js'

/** Entries whose body is not held. */
export function describeRemoteBodies({ describe, test, expect }: StoreTesting): void {
  describe('bodies that stay elsewhere', () => {
    test('an entry whose body stays elsewhere is stored and read back whole', async ({ store, sample }) => {
      const bytes = sampleBytes(700_001)
      const entry = sample({ body: remoteBody(bytes), sizeBytes: bytes.byteLength })
      expect((await store.write(entry, await store.sequence())).isStored).toBe(true)
      const found = await readEntry(store, entry.key)
      expect(isSame(found?.body.bytes() ?? new Uint8Array(), bytes)).toBe(true)
      expect(found?.sizeBytes).toBe(bytes.byteLength)
    })

    test('it is confirmed like any other', async ({ store, sample }) => {
      const bytes = sampleBytes(1_500_000)
      const entry = sample({ body: remoteBody(bytes), sizeBytes: bytes.byteLength })
      await store.write(entry, 0)
      const result = await store.confirm({ ...headOf(entry), staleAtMs: 9 }, await store.sequence())
      expect(result.isStored).toBe(true)
      const found = await readEntry(store, entry.key)
      expect(found?.staleAtMs).toBe(9)
      const pieces: Uint8Array[] = []
      if (found !== undefined) for await (const piece of found.body.stream()) pieces.push(piece)
      expect(isSame(joined(pieces), bytes)).toBe(true)
    })

    test('it is refused after a purge', async ({ store, nowMs, sample }) => {
      const began = await store.sequence()
      await store.addMark({ all: true }, { isSoft: false, atMs: nowMs })
      const { sizeBytes } = await store.health()
      const late = await store.write(sample({ body: remoteBody(sampleBytes(400_000)) }), began)
      expect(late).toEqual({ isStored: false, because: 'purged-meanwhile' })
      expect((await store.health()).sizeBytes).toBe(sizeBytes)
    })

    test(
      'an entry larger than the bound is refused and drives out no other',
      async ({ store, sample }) => {
        const { maxBytes } = await store.health()
        for (const key of ['a', 'b', 'c']) await store.write(sample({ key }), 0)
        const bytes = sampleBytes(maxBytes + 1)
        const large = sample({ key: 'large', body: new EntryBody(bytes), sizeBytes: bytes.byteLength })
        expect(await store.write(large, 0)).toEqual({ isStored: false, because: 'full' })
        for (const key of ['a', 'b', 'c']) expect((await store.head(key))?.key).toBe(key)
      },
      'isBounded',
    )
  })
}
