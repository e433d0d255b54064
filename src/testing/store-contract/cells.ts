// What every store does with the small values that all its processes change together.
import type { CellChange } from '../../model/cells.js'
import { until } from '../gate.js'
import { rejection, type StoreTesting } from './store-testing.js'

const LIFE_MS = 60_000
/** Waited for where the store goes by a server's clock. */
const SHORT_LIFE_MS = 40

/** Puts a value, and says what was there before. */
function put(value: string, lifeMs = LIFE_MS): CellChange<string | undefined> {
  return (before, nowMs) => ({ action: 'put', value, keepUntilMs: nowMs + lifeMs, result: before })
}

/** Counts up, and gives the count. */
const countUp: CellChange<number> = (before, nowMs) => {
  const count = Number(before ?? '0') + 1
  return { action: 'put', value: String(count), keepUntilMs: nowMs + LIFE_MS, result: count }
}

/** Cells. */
export function describeCells({ describe, test, expect }: StoreTesting): void {
  describe('cells', () => {
    test('a value that was put is read, and the next change is told of it', async ({ store: { cells } }) => {
      expect(await cells.read('a')).toBeUndefined()
      expect(await cells.update('a', put('1'))).toBeUndefined()
      expect(await cells.read('a')).toBe('1')
      expect(await cells.update('a', put('2'))).toBe('1')
      expect(await cells.read('a')).toBe('2')
    })

    test('a change may leave or remove what is there', async ({ store: { cells } }) => {
      await cells.update('a', put('1'))
      expect(await cells.update('a', (before) => ({ action: 'leave', result: before }))).toBe('1')
      expect(await cells.read('a')).toBe('1')
      expect(await cells.update('a', (before) => ({ action: 'remove', result: before }))).toBe('1')
      expect(await cells.read('a')).toBeUndefined()
      expect(await cells.update('a', (before) => ({ action: 'remove', result: before }))).toBeUndefined()
    })

    test('changes at the same time come one after another, in this process', async ({ store: { cells } }) => {
      const counts = await Promise.all(Array.from({ length: 50 }, () => cells.update('count', countUp)))
      expect(counts.sort((left, right) => left - right)).toEqual(
        Array.from({ length: 50 }, (_, index) => index + 1),
      )
      expect(await cells.read('count')).toBe('50')
    })

    test('changes are told the time', async ({ store: { cells }, nowMs }) => {
      const told = await cells.update('a', (_, atMs) => ({ action: 'leave', result: atMs }))
      expect(Math.abs(told - nowMs) < 60_000).toBe(true)
    })

    test('a value past its time is gone, to readers, lists and changes', async ({
      store: { cells },
      advance,
      capabilities,
    }) => {
      await cells.update('gone', put('1', SHORT_LIFE_MS))
      await cells.update('goes on', put('2'))
      advance(SHORT_LIFE_MS)
      await until(async () => (await cells.read('gone')) === undefined, 'a cell past its time is gone')
      if (capabilities.scans) {
        expect((await cells.list('go')).map(({ name }) => name)).toEqual(['goes on'])
      }
      expect(await cells.update('gone', put('3'))).toBeUndefined()
      expect(await cells.read('gone')).toBe('3')
    })

    test('a change may move the end of a value', async ({ store: { cells }, advance }) => {
      await cells.update('a', put('1', SHORT_LIFE_MS))
      await cells.update('a', put('1'))
      await cells.update('marker', put('1', SHORT_LIFE_MS))
      advance(SHORT_LIFE_MS)
      await until(async () => (await cells.read('marker')) === undefined, 'the marker is gone')
      expect(await cells.read('a')).toBe('1')
    })

    test('a value that is put with its end in the past is not there', async ({ store: { cells } }) => {
      await cells.update('a', put('1'))
      await cells.update('a', put('2', -1))
      expect(await cells.read('a')).toBeUndefined()
      expect(await cells.list('a')).toEqual([])
    })

    test(
      'those whose names begin alike are listed by name',
      async ({ store: { cells } }) => {
        for (const name of ['b:2', 'a:1', 'b:10', 'b', 'c:1', 'b:1']) await cells.update(name, put(name))
        const values = (await cells.list('b:')).map(({ name, value }) => [name, value])
        expect(values).toEqual([
          ['b:1', 'b:1'],
          ['b:10', 'b:10'],
          ['b:2', 'b:2'],
        ])
        expect(await cells.list('d')).toEqual([])
      },
      'scans',
    )

    test('names and values may hold any character, and much of it', async ({
      store: { cells },
      capabilities,
    }) => {
      const names = ['映画*?[a]{b}', 'é"\\ \n', 'n'.repeat(200)]
      const large = 'é"\\\n'.repeat(6_000)
      for (const name of names) await cells.update(name, put(large))
      for (const name of names) expect((await cells.read(name)) === large).toBe(true)
      if (!capabilities.scans) return
      expect((await cells.list('映画*?[')).map(({ name }) => name)).toEqual([names[0]])
    })

    test('a change that throws changes nothing, and rejects', async ({ store: { cells } }) => {
      await cells.update('a', put('1'))
      const failure = await rejection(
        cells.update('a', () => {
          throw new Error('no')
        }),
      )
      expect(failure instanceof Error).toBe(true)
      expect(await cells.read('a')).toBe('1')
      expect(await cells.update('a', put('2'))).toBe('1')
    })

    test('cells are no entries: a clean takes none, and they change no number', async ({ store }) => {
      const before = await store.sequence()
      await store.cells.update('a', put('1'))
      await store.clean(() => true)
      expect([await store.sequence(), await store.cells.read('a')]).toEqual([before, '1'])
      expect((await store.list({ limit: 10 })).entries).toEqual([])
      expect(await store.read('a')).toBeUndefined()
    })
  })
}
