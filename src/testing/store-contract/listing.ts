// What a store does that can go through its entries: listing and cleaning.
import type { EntryHead } from '../../model/cache-entry.js'
import type { StoreTesting } from './store-testing.js'

/** Listing and cleaning. */
export function describeListing({ describe, test: anyTest, expect }: StoreTesting): void {
  const test: StoreTesting['test'] = (title, body, ...needs) => anyTest(title, body, 'scans', ...needs)

  describe('listing and cleaning', () => {
    test(
      'heads are listed in key order, page by page',
      async ({ store, sample }) => {
        for (const key of ['c', 'a', 'e', 'b', 'd']) await store.write(sample({ key }), 0)
        const pages: string[][] = []
        let cursor: string | undefined
        do {
          const page = await store.list({ limit: 2, ...(cursor !== undefined && { cursor }) })
          pages.push(page.entries.map(({ key }) => key))
          cursor = page.cursor
        } while (cursor !== undefined)
        expect(pages).toEqual([['a', 'b'], ['c', 'd'], ['e']])
      },
      'listsInOrder',
    )

    test('heads are listed page by page, each of them once', async ({ store, sample }) => {
      const keys = Array.from({ length: 25 }, (_, index) => `k${String(index).padStart(2, '0')}`)
      for (const key of keys) await store.write(sample({ key }), 0)
      await store.write({ kind: 'vary', key: 'v', names: ['a'], removeAtMs: Infinity, sequence: 0 }, 0)
      const listed: string[] = []
      let cursor: string | undefined
      for (let page = 0; page < 100; page += 1) {
        const { entries, ...rest } = await store.list({ limit: 10, ...(cursor !== undefined && { cursor }) })
        expect(entries.length <= 10).toBe(true)
        listed.push(...entries.map(({ key }) => key))
        cursor = rest.cursor
        if (cursor === undefined) break
      }
      expect(listed.sort()).toEqual(keys)
    })

    test('listing narrows by service and by part of the URL, whatever its case', async ({
      store,
      sample,
    }) => {
      await store.write(sample({ key: 'a', service: 'tmdb', url: 'https://x/Movie/1' }), 0)
      await store.write(sample({ key: 'b', service: 'books', url: 'https://x/movie/2' }), 0)
      await store.write(sample({ key: 'c', service: 'tmdb', url: 'https://x/tv/3' }), 0)
      const { entries } = await store.list({ limit: 10, service: 'tmdb', query: 'MOVIE' })
      expect(entries.map(({ key }) => key)).toEqual(['a'])
    })

    test('cleaning removes what it is told and says how many', async ({ store, sample }) => {
      for (const key of ['a', 'b', 'c']) await store.write(sample({ key }), 0)
      expect(await store.clean((head: EntryHead) => head.key !== 'b')).toBe(2)
      expect((await store.list({ limit: 10 })).entries.map(({ key }) => key)).toEqual(['b'])
    })

    test(
      'cleaning what has expired sees no other entry',
      async ({ store, sample }) => {
        await store.write(sample({ key: 'a', removeAtMs: 100 }), 0)
        await store.write(sample({ key: 'b', removeAtMs: 200 }), 0)
        await store.write(sample({ key: 'c', removeAtMs: 201 }), 0)
        const seen: string[] = []
        const removed = await store.clean(
          (head) => {
            seen.push(head.key)
            return head.key !== 'a'
          },
          { expiredAtMs: 200 },
        )
        expect([seen.sort(), removed]).toEqual([['a', 'b'], 1])
      },
      'keepsExpired',
    )
  })
}
