// What every store does with marks.
import type { Store } from '../../model/store.js'
import { headWith, writerOf } from './bodies.js'
import { addAll, sampleBytes } from './sample-bodies.js'
import type { StoreTesting } from './store-testing.js'

/** Purges, as the store sees them. */
export function describeMarks({ describe, test, expect }: StoreTesting): void {
  describe('marks', () => {
    const scopes: readonly [string, Parameters<Store['addMark']>[0], boolean][] = [
      ['everything', { all: true }, true],
      ['its service', { service: 'tmdb' }, true],
      ['its tag', { tag: 'movies' }, true],
      ['its URL', { url: 'https://api.example.com/3/movie/194' }, true],
      ['what its URL begins with', { urlPrefix: 'https://api.example.com/3/' }, true],
      [
        'its service and what its URL begins with',
        { service: 'tmdb', urlPrefix: 'https://api.example.com/' },
        true,
      ],
      ['its service and tag', { service: 'tmdb', tag: 'movies' }, true],
      ['another service', { service: 'spotify' }, false],
      ['another tag of its service', { service: 'tmdb', tag: 'shows' }, false],
      ['another URL', { url: 'https://api.example.com/3/movie/195' }, false],
      ['what another URL begins with', { urlPrefix: 'https://api.example.com/3/movie/194/' }, false],
      ['everything of another service', { all: true, service: 'spotify' }, false],
    ]
    for (const [title, scope, isRefused] of scopes) {
      test(`a call that began before a mark on ${title} ${isRefused ? 'may not' : 'may'} store`, async ({
        store,
        nowMs,
        sample,
      }) => {
        const began = await store.sequence()
        const mark = await store.addMark(scope, { isSoft: false, atMs: nowMs })
        expect(mark).toEqual({ scope, isSoft: false, atMs: nowMs, sequence: await store.sequence() })
        const late = await store.write(sample(), began)
        expect(late.isStored).toBe(!isRefused)
        if (!late.isStored) expect(late.because).toBe('purged-meanwhile')
        const later = await store.write(sample(), await store.sequence())
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

    test('marks on a URL and on what begins with it are two', async ({ store, nowMs }) => {
      const url = 'https://api.example.com/3/'
      const one = await store.addMark({ url }, { isSoft: false, atMs: nowMs })
      const all = await store.addMark({ urlPrefix: url }, { isSoft: false, atMs: nowMs })
      const marks = [...(await store.marks())].sort((left, right) => left.sequence - right.sequence)
      expect(marks).toEqual([one, all])
    })

    test('those drawn after a number can be asked for', async ({ store, nowMs }) => {
      const options = { isSoft: false, atMs: nowMs }
      const first = await store.addMark({ tag: 'a' }, options)
      const second = await store.addMark({ tag: 'b' }, options)
      const third = await store.addMark({ urlPrefix: 'https://api.example.com/3/' }, options)
      const after = async (sequence: number): Promise<unknown[]> =>
        // A store may give more than those.
        (await store.marks(sequence)).filter((mark) => mark.sequence > sequence)
      expect(await after(first.sequence)).toEqual([second, third])
      await store.addMark({ tag: 'a' }, options)
      const all = await store.addMark({ all: true }, options)
      expect(await after(third.sequence)).toEqual([all])
      expect(await after(all.sequence)).toEqual([])
    })

    test('a soft mark does not take the place of a hard one', async ({ store, nowMs }) => {
      const hard = await store.addMark({ tag: 'a' }, { isSoft: false, atMs: nowMs })
      const soft = await store.addMark({ tag: 'a' }, { isSoft: true, atMs: nowMs })
      const marks = [...(await store.marks())].sort((left, right) => left.sequence - right.sequence)
      expect(marks).toEqual([hard, soft])
    })

    test(
      'cleaning keeps marks of the last minutes and those that still cover an entry',
      async ({ store, nowMs, sample }) => {
        const hourAgoMs = nowMs - 3_600_000
        await store.write(sample(), 0)
        const covering = await store.addMark({ service: 'tmdb' }, { isSoft: false, atMs: hourAgoMs })
        await store.addMark({ service: 'books' }, { isSoft: false, atMs: hourAgoMs })
        const young = await store.addMark({ tag: 'x' }, { isSoft: false, atMs: nowMs - 1_000 })
        await store.clean(() => false)
        const marks = [...(await store.marks())].sort((left, right) => left.sequence - right.sequence)
        expect(marks).toEqual([covering, young])
      },
      'scans',
    )

    test(
      'a call that began before a purge may not store once that is forgotten, and one that began after it may',
      async ({ store, nowMs, sample }) => {
        const entry = sample({ tags: ['kept'] })
        await store.write(entry, await store.sequence())
        const began = await store.sequence()
        for (const tag of ['a', 'movies']) {
          await store.addMark({ tag }, { isSoft: false, atMs: nowMs - 3_600_000 })
        }
        await store.clean(() => false)
        expect(await store.marks()).toEqual([])
        const refused = { isStored: false, because: 'purged-meanwhile' }
        const now = await store.sequence()
        const covered = sample({ key: 'covered', tags: ['movies'] })
        expect(await store.write(covered, began)).toEqual(refused)
        expect(await store.read('covered')).toBeUndefined()
        expect(await store.confirm(entry, began)).toEqual(refused)
        expect((await store.confirm(entry, now)).isStored).toBe(true)
        expect((await store.write(covered, now)).isStored).toBe(true)
      },
      'scans',
    )

    test(
      'a body that began before a purge does not become an entry once that is forgotten',
      async ({ store, nowMs, sample }) => {
        const began = await store.sequence()
        const writer = writerOf(store, 'b1')
        await addAll(writer, sampleBytes(900_000))
        await store.addMark({ tag: 'movies' }, { isSoft: false, atMs: nowMs - 3_600_000 })
        await store.clean(() => false)
        expect(await store.marks()).toEqual([])
        const head = headWith(sample, 900_000, 'b1')
        expect(await writer.finish(head, began)).toEqual({ isStored: false, because: 'purged-meanwhile' })
        await writer.abandon()
        expect(await store.head(head.key)).toBeUndefined()
      },
      'scans',
      'takesPieces',
    )

    test('which headers a response varies on is forgotten by a purge of everything alone', async ({
      store,
      nowMs,
    }) => {
      const began = await store.sequence()
      const node = {
        kind: 'vary',
        key: 'v',
        names: ['accept'],
        removeAtMs: nowMs + 60_000,
        sequence: 0,
      } as const
      await store.addMark({ service: 'tmdb' }, { isSoft: false, atMs: nowMs })
      expect((await store.write(node, began)).isStored).toBe(true)
      await store.addMark({ all: true }, { isSoft: false, atMs: nowMs })
      expect((await store.write(node, began)).isStored).toBe(false)
    })
  })
}
