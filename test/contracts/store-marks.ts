// What every store does with marks, the sequence they share with writes, and the feed of changes.
import type { Store } from '../../src/model/store.js'
import type { StoreTesting } from './contract-runner.js'
import { sampleEntry } from './sample-records.js'

/** Marks, sequence and changes. */
export function describeMarks({ describe, test, expect }: StoreTesting): void {
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
      expect({ ...first, keys: [...first.keys.keys()].sort() }).toEqual({
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
}
