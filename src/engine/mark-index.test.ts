import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Mark, type MarkScope, covers } from '../model/mark.js'
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
    [true, [mark({ tag: 'whatever' }, 6)]],
    [false, [mark({ tag: 'whatever' }, 5), mark({ service: 'books' }, 6)]],
  ] satisfies [boolean, Mark[]][])('may cover what it brings: %s, %j', (expected, marks) => {
    const index = createMarkIndex()
    index.load(marks)
    expect(index.mayCover(ENTRY, 5)).toBe(expected)
  })
})

const name = fc.constantFrom('a', 'b', 'c')
const scope = fc
  .record({ all: fc.constant(true as const), service: name, tag: name, url: name }, { requiredKeys: [] })
  .filter((given) => Object.keys(given).length > 0)
const anyMarks = fc
  .array(fc.record({ scope, isSoft: fc.boolean(), atMs: fc.constant(0) }), { maxLength: 12 })
  .map((marks) => marks.map((each, index): Mark => ({ ...each, sequence: index + 1 })))
const anyEntry = fc.record({
  service: name,
  purgeUrl: name,
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
        expect(index.stateOf(entry)).toBe(state)
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
