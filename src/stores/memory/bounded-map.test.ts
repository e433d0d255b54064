import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BoundedMap } from './bounded-map.js'

/** Numbers in [0, 1) that are the same in every run. */
function createRandom(): () => number {
  let state = 1
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

function createMap(bounds: { maxEntries?: number; maxSize?: number }): BoundedMap<number> {
  return new BoundedMap({ maxEntries: 1_000, maxSize: Infinity, ...bounds })
}

/** Asks for a key as a cache is asked: what is not there is put there. True for a hit. */
function ask(map: BoundedMap<number>, key: string, charge = { size: 1, cost: 1 }): boolean {
  if (map.get(key) !== undefined) return true
  map.set(key, 1, charge)
  return false
}

function countHits(keys: readonly string[], asked: (key: string) => boolean): number {
  return keys.filter((key) => asked(key)).length
}

/** The hits that a cache of so many entries has which lets go of what was used longest ago. */
function leastRecentHits(keys: readonly string[], maxEntries: number): number {
  const held = new Set<string>()
  return countHits(keys, (key) => {
    const isHit = held.delete(key)
    held.add(key)
    if (held.size > maxEntries) held.delete([...held.keys()][0]!)
    return isHit
  })
}

describe('bounded map', () => {
  it('keeps its bounds, what is set last, and what it was told, whatever happens', () => {
    const key = fc.nat(30).map((number) => `key ${number}`)
    const step = fc.oneof(
      fc.record({
        do: fc.constant('set' as const),
        key,
        size: fc.nat(60),
        cost: fc.integer({ min: 1, max: 900 }),
      }),
      fc.record({ do: fc.constantFrom('get' as const, 'peek' as const, 'delete' as const), key }),
      fc.record({ do: fc.constant('clear' as const) }),
    )
    const bounds = fc.record({
      maxEntries: fc.integer({ min: 1, max: 20 }),
      maxSize: fc.integer({ min: 1, max: 200 }),
    })
    fc.assert(
      fc.property(bounds, fc.array(step, { maxLength: 200 }), ({ maxEntries, maxSize }, steps) => {
        const map = new BoundedMap<{ key: string; size: number }>({ maxEntries, maxSize })
        const last = new Map<string, { key: string; size: number }>()
        for (const taken of steps) {
          if (taken.do === 'clear') {
            map.clear()
            last.clear()
          } else if (taken.do === 'set') {
            const value = { key: taken.key, size: taken.size }
            const isKept = map.set(taken.key, value, taken)
            expect(isKept).toBe(taken.size <= maxSize)
            expect(map.peek(taken.key)).toBe(isKept ? value : undefined)
            last.set(taken.key, value)
          } else if (taken.do === 'delete') {
            const wasThere = map.peek(taken.key) !== undefined
            expect(map.delete(taken.key)).toBe(wasThere)
            expect(map.peek(taken.key)).toBeUndefined()
          } else {
            const found = map[taken.do](taken.key)
            if (found !== undefined) expect(found).toBe(last.get(taken.key))
          }
          const values = [...map.values()]
          expect(values.length).toBe(map.size)
          expect(new Set(values.map((value) => value.key)).size).toBe(map.size)
          expect(values.reduce((sum, { size }) => sum + size, 0)).toBe(map.totalSize)
          expect([map.size <= maxEntries, map.totalSize <= maxSize]).toEqual([true, true])
          for (const value of values) expect(map.peek(value.key)).toBe(value)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('lets go of nothing while there is room', () => {
    const map = createMap({ maxEntries: 500, maxSize: 500 })
    for (let index = 0; index < 500; index += 1) map.set(`${index}`, index, { size: 1, cost: 1 })
    expect(Array.from({ length: 500 }, (_, index) => map.peek(`${index}`))).toEqual(
      Array.from({ length: 500 }, (_, index) => index),
    )
  })

  it('lets go of what was used longest ago among what is alike', () => {
    const map = createMap({ maxEntries: 3 })
    for (const key of ['a', 'b', 'c']) ask(map, key)
    ask(map, 'd')
    expect(['a', 'b', 'c', 'd'].filter((key) => map.peek(key) !== undefined)).toEqual(['b', 'c', 'd'])
  })

  it('keeps what is used', () => {
    const map = createMap({ maxEntries: 3 })
    for (const key of ['a', 'b', 'c', 'a', 'd']) ask(map, key)
    expect(['a', 'b', 'c', 'd'].filter((key) => map.peek(key) !== undefined)).toEqual(['a', 'c', 'd'])
  })

  it('does not count a peek as a use', () => {
    const map = createMap({ maxEntries: 3 })
    for (const key of ['a', 'b', 'c']) ask(map, key)
    map.peek('a')
    ask(map, 'd')
    expect(map.peek('a')).toBeUndefined()
  })

  it('does not count a replaced value as a use, nor several looks in a row as several', () => {
    const map = createMap({ maxEntries: 3 })
    for (const key of ['a', 'b', 'c']) ask(map, key)
    map.set('a', 2, { size: 1, cost: 1 })
    for (let look = 0; look < 9; look += 1) map.get('c')
    ask(map, 'd')
    expect(['a', 'b', 'c', 'd'].filter((key) => map.peek(key) !== undefined)).toEqual(['b', 'c', 'd'])
  })

  it('lets a large entry go before small ones that are used as much', () => {
    const map = createMap({ maxSize: 100 })
    map.set('small', 1, { size: 4, cost: 1 })
    map.set('large', 1, { size: 64, cost: 1 })
    for (let index = 0; index < 8; index += 1) map.set(`other ${index}`, 1, { size: 4, cost: 1 })
    expect(map.totalSize).toBe(100)
    map.set('last', 1, { size: 4, cost: 1 })
    expect([map.peek('small'), map.peek('large')]).toEqual([1, undefined])
  })

  it('keeps what is dear to fetch longer than what is cheap', () => {
    const map = createMap({ maxEntries: 10 })
    map.set('dear', 1, { size: 1, cost: 800 })
    for (let index = 0; index < 30; index += 1) map.set(`cheap ${index}`, 1, { size: 1, cost: 8 })
    expect(map.peek('dear')).toBe(1)
  })

  it('counts size only where size is short: ten large ones fit where ten may stand', () => {
    const map = createMap({ maxEntries: 10, maxSize: 1_000_000 })
    map.set('large', 1, { size: 60_000, cost: 1 })
    for (let index = 0; index < 9; index += 1) map.set(`small ${index}`, 1, { size: 1, cost: 1 })
    map.get('large')
    map.set('one more', 1, { size: 1, cost: 1 })
    expect(map.peek('large')).toBe(1)
  })

  it('makes room when an entry grows, and lets the grown one stay', () => {
    const map = createMap({ maxSize: 10 })
    for (const key of ['a', 'b', 'c', 'd', 'e']) map.set(key, 1, { size: 2, cost: 1 })
    expect(map.set('c', 2, { size: 7, cost: 1 })).toBe(true)
    expect([map.peek('c'), map.size, map.totalSize]).toEqual([2, 2, 9])
  })

  it('has nothing under a key whose new value is too large', () => {
    const map = createMap({ maxSize: 10 })
    map.set('a', 1, { size: 2, cost: 1 })
    expect(map.set('a', 2, { size: 11, cost: 1 })).toBe(false)
    expect([map.peek('a'), map.size, map.totalSize]).toEqual([undefined, 0, 0])
  })

  it('holds a part of a loop that is larger than itself', () => {
    const map = createMap({ maxEntries: 100 })
    const asked = Array.from({ length: 60_000 }, (_, index) => `${index % 200}`)
    expect(leastRecentHits(asked, 100)).toBe(0)
    expect(countHits(asked.slice(0, 20_000), (key) => ask(map, key))).toBeGreaterThan(0)
    expect(countHits(asked.slice(20_000), (key) => ask(map, key))).toBeGreaterThan(0.35 * 40_000)
  })

  it('knows again what comes back after it was let go of', () => {
    const map = createMap({ maxEntries: 50 })
    const random = createRandom()
    const asked = Array.from({ length: 60_000 }, () => `${Math.floor(random() ** 3 * 2_000)}`)
    expect(countHits(asked, (key) => ask(map, key))).toBeGreaterThan(1.2 * leastRecentHits(asked, 50))
  })

  it('does as well as letting the least recent go where that is best', () => {
    const map = createMap({ maxEntries: 100 })
    const random = createRandom()
    const asked: string[] = []
    for (let index = 0; index < 60_000; index += 1) {
      const back = Math.floor(Math.exp(random() * 9))
      asked.push(random() < 0.7 && back <= index ? asked[index - back]! : `new ${index}`)
    }
    const hits = countHits(asked, (key) => ask(map, key))
    expect(hits).toBeGreaterThan(leastRecentHits(asked, 100) - 0.005 * asked.length)
  })

  it('takes over when popularity moves on', () => {
    const map = createMap({ maxEntries: 50 })
    for (let index = 0; index < 40_000; index += 1) ask(map, `old ${index % 40}`)
    const random = createRandom()
    const asked = Array.from({ length: 40_000 }, () => `new ${Math.floor(random() ** 2 * 100)}`)
    const hits = countHits(asked, (key) => ask(map, key))
    expect(hits).toBeGreaterThan(leastRecentHits(asked, 50))
    expect([...Array(40).keys()].some((index) => map.peek(`old ${index}`) !== undefined)).toBe(false)
  })
})
