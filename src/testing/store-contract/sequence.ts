// What every store does with the numbers that order its changes, and with telling what changed.
import type { StoreTesting } from './store-testing.js'

/** The sequence and the feed of changes. */
export function describeSequence({ describe, test, expect }: StoreTesting): void {
  describe('sequence and changes', () => {
    test('writes, removals and marks each take a higher number', async ({ store, nowMs, sample }) => {
      const numbers = [await store.sequence()]
      await store.write(sample(), 0)
      numbers.push(await store.sequence())
      await store.addMark({ tag: 'x' }, { isSoft: false, atMs: nowMs })
      numbers.push(await store.sequence())
      await store.remove('tmdb:0001')
      numbers.push(await store.sequence())
      expect([...new Set(numbers)].sort((left, right) => left - right)).toEqual(numbers)
    })

    test(
      'and that is the very next one',
      async ({ store, nowMs, sample }) => {
        const before = await store.sequence()
        await store.write(sample(), before)
        expect(await store.sequence()).toBe(before + 1)
        await store.addMark({ tag: 'x' }, { isSoft: false, atMs: nowMs })
        expect(await store.sequence()).toBe(before + 2)
        await store.remove('tmdb:0001')
        expect(await store.sequence()).toBe(before + 3)
      },
      'numbersOneByOne',
    )

    test('changes since a number name the keys touched and whether marks came', async ({
      store,
      nowMs,
      sample,
    }) => {
      const start = await store.sequence()
      await store.write(sample({ key: 'a' }), 0)
      await store.write(sample({ key: 'b' }), 0)
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
      expect({ ...second, keys: [...second.keys.keys()] }).toEqual({
        sequence: await store.sequence(),
        keys: [],
        hasNewMarks: true,
        isComplete: true,
      })
    })

    test('each key comes with the number of its last change', async ({ store, sample }) => {
      const start = await store.sequence()
      await store.write(sample({ key: 'a' }), 0)
      const written = await store.write(sample({ key: 'b' }), 0)
      const again = await store.write(sample({ key: 'a' }), 0)
      const changes = await store.changesSince(start)
      expect([...changes.keys].sort()).toEqual([
        ['a', again.isStored ? again.sequence : 'refused'],
        ['b', written.isStored ? written.sequence : 'refused'],
      ])
      expect((await store.head('a'))?.sequence).toBe(changes.keys.get('a'))
      await store.remove('b')
      const after = await store.changesSince(changes.sequence)
      expect([...after.keys]).toEqual([['b', await store.sequence()]])
    })

    test('nothing changed since the last number', async ({ store, sample }) => {
      await store.write(sample(), 0)
      const sequence = await store.sequence()
      const { keys, ...rest } = await store.changesSince(sequence)
      expect([...keys.keys()]).toEqual([])
      expect(rest).toEqual({ sequence, hasNewMarks: false, isComplete: true })
    })

    test('a refused write changes nothing', async ({ store, nowMs, sample }) => {
      const began = await store.sequence()
      await store.addMark({ all: true }, { isSoft: false, atMs: nowMs })
      const before = await store.sequence()
      await store.write(sample(), began)
      expect([...(await store.changesSince(before)).keys.keys()]).toEqual([])
    })

    test('changes since a number that never was are not complete', async ({ store }) => {
      expect((await store.changesSince((await store.sequence()) + 10)).isComplete).toBe(false)
    })
  })
}
