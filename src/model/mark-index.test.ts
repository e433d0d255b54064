import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Mark, type MarkScope, covers } from './mark.js'
import { type Markable, createMarkIndex } from './mark-index.js'

const ENTRY: Markable = {
  service: 'tmdb',
  purgeUrl: 'https://api.example.com/a',
  tags: ['films', 'new'],
  sequence: 5,
}

function mark(scope: MarkScope, sequence: number, isSoft = false): Mark {
  return { scope, sequence, isSoft, atMs: 0 }
}

function stateUnder(...marks: Mark[]): string {
  const index = createMarkIndex()
  for (const each of marks) index.add(each)
  return index.stateOf(ENTRY)
}

describe('marks on an entry of sequence 5', () => {
  it.each([
    ['none', []],
    ['none', [mark({ all: true }, 5)]],
    ['hard', [mark({ all: true }, 6)]],
    ['soft', [mark({ all: true }, 6, true)]],
    ['hard', [mark({ service: 'tmdb' }, 6)]],
    ['none', [mark({ service: 'books' }, 6)]],
    ['hard', [mark({ tag: 'new' }, 6)]],
    ['none', [mark({ tag: 'old' }, 6)]],
    ['hard', [mark({ url: ENTRY.purgeUrl }, 6)]],
    ['none', [mark({ url: 'https://api.example.com/b' }, 6)]],
    ['hard', [mark({ service: 'tmdb', tag: 'films', url: ENTRY.purgeUrl }, 6)]],
    ['hard', [mark({ urlPrefix: 'https://api.example.com/' }, 6)]],
    ['none', [mark({ urlPrefix: 'https://api.example.com/a/' }, 6)]],
    ['none', [mark({ urlPrefix: 'https://api.example/' }, 6)]],
    ['soft', [mark({ tag: 'new', urlPrefix: 'https://api.example.com/' }, 6, true)]],
    ['none', [mark({ tag: 'old', urlPrefix: 'https://api.example.com/' }, 6)]],
    ['none', [mark({ service: 'books', urlPrefix: 'https://api.example.com/' }, 6)]],
    ['none', [mark({}, 6)]],
    ['none', [mark({ service: 'books', tag: 'films' }, 6)]],
    ['none', [mark({ service: 'tmdb', tag: 'old', url: ENTRY.purgeUrl }, 6)]],
    ['hard', [mark({ all: true, service: 'tmdb' }, 6)]],
    ['none', [mark({ all: true, service: 'books' }, 6)]],
    ['hard', [mark({ all: true }, 6, true), mark({ tag: 'new' }, 7)]],
    ['hard', [mark({ all: true }, 6), mark({ all: true }, 7, true)]],
    ['soft', [mark({ all: true }, 4), mark({ all: true }, 7, true)]],
    ['hard', [mark({ all: true }, 6, true), mark({ all: true }, 7)]],
    ['hard', [mark({ all: true }, 8), mark({ all: true }, 3)]],
  ] satisfies [string, Mark[]][])('make it %s: %j', (state, marks) => {
    expect(stateUnder(...marks)).toBe(state)
  })

  it('are replaced as a whole when they are loaded', () => {
    const index = createMarkIndex()
    index.add(mark({ all: true }, 9))
    index.load([mark({ tag: 'old' }, 6)])
    expect(index.stateOf(ENTRY)).toBe('none')
    expect(index.mayCover(ENTRY, 6)).toBe(false)
    index.load([mark({ tag: 'old' }, 6), mark({ tag: 'new' }, 7)])
    expect(index.stateOf(ENTRY)).toBe('hard')
  })
})

describe('marks on a call that began at 5', () => {
  it.each([
    [false, []],
    [false, [mark({ all: true }, 5)]],
    [true, [mark({ all: true }, 6)]],
    [true, [mark({ all: true }, 6, true)]],
    [true, [mark({ service: 'tmdb' }, 6)]],
    [false, [mark({ service: 'books' }, 6)]],
    [true, [mark({ url: ENTRY.purgeUrl }, 6)]],
    [false, [mark({ url: 'https://api.example.com/b' }, 6)]],
    [true, [mark({ urlPrefix: 'https://api.example.com/' }, 6)]],
    [false, [mark({ urlPrefix: 'https://api.example.com/b/' }, 6)]],
    [true, [mark({ tag: 'whatever' }, 6)]],
    [false, [mark({ tag: 'whatever' }, 5), mark({ service: 'books' }, 6)]],
  ] satisfies [boolean, Mark[]][])('may cover what it brings: %s, %j', (expected, marks) => {
    const index = createMarkIndex()
    index.load(marks)
    expect(index.mayCover(ENTRY, 5)).toBe(expected)
  })
})

describe('marks by the beginning of a URL', () => {
  const at = (purgeUrl: string): Markable => ({ ...ENTRY, purgeUrl })

  it.each([
    ['https://a.example/v1/movie/550', 'hard'],
    ['https://a.example/v1/movie/', 'hard'],
    ['https://a.example/v1/movie/550?append=a/b', 'hard'],
    ['https://a.example/v1/movie', 'none'],
    ['https://a.example/v1/movies/550', 'none'],
    ['https://a.example/v2?next=https://a.example/v1/movie/', 'none'],
    ['https://b.example/v1/movie/550', 'none'],
  ])('of %s are %s', (purgeUrl, state) => {
    const index = createMarkIndex()
    index.add(mark({ urlPrefix: 'https://a.example/v1/movie/' }, 6))
    expect(index.stateOf(at(purgeUrl))).toBe(state)
  })

  it('cover a whole host', () => {
    const index = createMarkIndex()
    index.add(mark({ urlPrefix: 'https://a.example/' }, 6))
    expect(index.stateOf(at('https://a.example/'))).toBe('hard')
    expect(index.stateOf(at('https://a.example:8443/'))).toBe('none')
  })
})

describe('an entry that was found uncovered', () => {
  it('is covered by the next mark on it, whatever its number', () => {
    const index = createMarkIndex()
    index.add(mark({ tag: 'old' }, 9))
    expect([index.stateOf(ENTRY), index.stateOf(ENTRY)]).toEqual(['none', 'none'])
    index.add(mark({ tag: 'new' }, 8))
    expect(index.stateOf(ENTRY)).toBe('hard')
    index.load([mark({ tag: 'old' }, 9)])
    expect(index.stateOf(ENTRY)).toBe('none')
    index.load([mark({ url: ENTRY.purgeUrl }, 9, true)])
    expect(index.stateOf(ENTRY)).toBe('soft')
  })

  it('is not taken for another with its number', () => {
    const index = createMarkIndex()
    index.load([mark({ tag: 'x' }, 9), mark({ url: 'https://b/' }, 9), mark({ service: 'books' }, 9)])
    const others = [
      { tags: ['x'] },
      { purgeUrl: 'https://b/' },
      { service: 'books' },
      { sequence: 5 + 4_096 },
    ]
    for (const other of others) {
      expect(index.stateOf(ENTRY)).toBe('none')
      expect(index.stateOf({ ...ENTRY, ...other })).toBe('sequence' in other ? 'none' : 'hard')
    }
    expect(index.stateOf({ ...ENTRY, tags: ['x'], sequence: 5 - 4_096 })).toBe('hard')
  })
})

describe('the marks of an index', () => {
  it('are as many as there are scopes and kinds, however often they are drawn', () => {
    const index = createMarkIndex()
    for (let number = 1; number <= 100; number += 1) {
      index.add(mark({ tag: 'a' }, number * 3))
      index.add(mark({ tag: 'b', service: 's' }, number * 3 + 1))
      index.add(mark({ tag: 'a' }, number * 3 + 2, true))
    }
    expect(index.size()).toBe(3)
  })

  it('give way to one on everything, but hard ones not to a soft one', () => {
    const index = createMarkIndex()
    index.load([mark({ tag: 'a' }, 1), mark({ urlPrefix: 'https://a/' }, 2, true), mark({ url: 'u' }, 3)])
    index.add(mark({ all: true }, 4, true))
    expect(index.size()).toBe(3)
    index.add(mark({ all: true }, 5))
    expect(index.size()).toBe(1)
    expect([index.isAllCovered(4), index.isAllCovered(5)]).toEqual([true, false])
  })

  it('that are newer than one on everything stay', () => {
    const index = createMarkIndex()
    index.add(mark({ tag: 'new' }, 9))
    index.add(mark({ all: true }, 4))
    expect(index.stateOf({ ...ENTRY, sequence: 8 })).toBe('hard')
  })
})

const name = fc.constantFrom('a', 'b', 'c')
const url = fc.constantFrom('https://a/', 'https://a/b', 'https://a/b/', 'https://a/b/c?d=/', 'https://b/b/')
const urlPrefix = fc.constantFrom('https://a/', 'https://a/b/', 'https://b/', 'https://b/b/')
const scope = fc
  .record({ all: fc.constant(true as const), service: name, tag: name, url, urlPrefix }, { requiredKeys: [] })
  .filter((given) => Object.keys(given).length > 0)
const anyMarks = fc
  .array(fc.record({ scope, isSoft: fc.boolean(), atMs: fc.constant(0) }), { maxLength: 12 })
  .map((marks) => marks.map((each, index): Mark => ({ ...each, sequence: index + 1 })))
const anyEntry = fc.record({
  service: name,
  purgeUrl: url,
  tags: fc.uniqueArray(name),
  sequence: fc.integer({ min: 0, max: 13 }),
})

describe('an index of marks', () => {
  it('says what going through all marks would say', () => {
    fc.assert(
      fc.property(anyMarks, anyEntry, (marks, entry) => {
        const index = createMarkIndex()
        index.load(marks)
        const newer = marks.filter((each) => each.sequence > entry.sequence && covers(each.scope, entry))
        const state = newer.length === 0 ? 'none' : newer.some(({ isSoft }) => !isSoft) ? 'hard' : 'soft'
        expect([index.stateOf(entry), index.stateOf(entry)]).toEqual([state, state])
        const hardest = index.covering(entry).some(({ isSoft }) => !isSoft)
        expect(index.covering(entry).length > 0).toBe(state !== 'none')
        expect(hardest).toBe(state === 'hard')
      }),
    )
  })

  it('never lets a call join over a mark that covers what it brings, whatever its tags', () => {
    fc.assert(
      fc.property(anyMarks, anyEntry, (marks, entry) => {
        const index = createMarkIndex()
        index.load(marks)
        fc.pre(index.stateOf(entry) !== 'none')
        expect(index.mayCover(entry, entry.sequence)).toBe(true)
      }),
    )
  })
})
