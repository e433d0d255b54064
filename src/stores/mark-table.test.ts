import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Mark, type MarkScope, covers } from '../model/mark.js'
import { sampleEntry } from '../testing/store-contract/sample-records.js'
import { createMarkTable, markId, scopeOf } from './mark-table.js'

const ENTRY = sampleEntry({ sequence: 5, tags: ['a'], service: 's', purgeUrl: 'https://h/v1/x?y' })
const NODE = { kind: 'vary', key: 'k', names: ['accept'], removeAtMs: 9e12, sequence: 5 } as const

function mark(scope: MarkScope, sequence: number, overrides: Partial<Mark> = {}): Mark {
  return { scope, sequence, isSoft: false, atMs: sequence, ...overrides }
}

function tableOf(...marks: Mark[]) {
  const table = createMarkTable()
  for (const each of marks) table.add(each)
  return table
}

describe('a table of marks', () => {
  it('gives those drawn after a number, oldest first', () => {
    const marks = [mark({ tag: 'a' }, 2), mark({ tag: 'b' }, 5), mark({ url: 'u' }, 9)]
    const table = tableOf(...marks)
    expect(table.after()).toEqual(marks)
    expect(table.after(1)).toEqual(marks)
    expect(table.after(2)).toEqual(marks.slice(1))
    expect(table.after(8)).toEqual(marks.slice(2))
    expect(table.after(9)).toEqual([])
  })

  it('says which marks a new one makes needless', () => {
    const [soft, hard] = [mark({ tag: 'a' }, 1, { isSoft: true }), mark({ tag: 'a' }, 2)]
    const other = mark({ tag: 'a', service: 's' }, 3)
    const table = tableOf(soft, hard, other)
    expect(table.after()).toEqual([hard, other])
    expect(table.add(mark({ tag: 'a' }, 4, { isSoft: true }))).toEqual([])
    expect(table.add(mark({ tag: 'a' }, 5)).map(({ sequence }) => sequence)).toEqual([4, 2])
    expect(table.add(mark({ all: true }, 6, { isSoft: true }))).toEqual([])
    expect(table.add(mark({ all: true }, 7)).map(({ sequence }) => sequence)).toEqual([3, 5, 6])
    expect([table.size(), table.after().length]).toEqual([1, 1])
  })

  it('takes them in any order when it is loaded, and forgets what it had', () => {
    const table = tableOf(mark({ tag: 'gone' }, 3))
    table.load([mark({ url: 'u' }, 9), mark({ tag: 'a' }, 2)])
    expect(table.after().map(({ sequence }) => sequence)).toEqual([2, 9])
    expect(table.stateSince(ENTRY, 1)).toBe('hard')
    expect(table.stateSince(ENTRY, 2)).toBe('none')
  })

  it('forgets a mark unless it was drawn anew', () => {
    const [old, kept] = [mark({ tag: 'a' }, 2), mark({ tag: 'b' }, 3)]
    const table = tableOf(old, kept)
    const anew = mark({ tag: 'b' }, 4)
    table.add(anew)
    table.forget([old, kept])
    expect(table.after()).toEqual([anew])
    expect(table.stateSince(ENTRY, 0)).toBe('none')
  })

  it('stays small however often the same scopes are marked', () => {
    const table = createMarkTable()
    for (let sequence = 1; sequence <= 10_000; sequence += 1)
      table.add(mark({ tag: `t${sequence % 7}` }, sequence))
    expect(table.after().map(({ sequence }) => sequence)).toEqual([
      9_994, 9_995, 9_996, 9_997, 9_998, 9_999, 10_000,
    ])
  })

  it('lets a response that varies be forgotten by a purge of everything alone', () => {
    const table = tableOf(
      mark({ service: 's' }, 6),
      mark({ tag: 'a' }, 7),
      mark({ urlPrefix: 'https://h/' }, 8),
    )
    expect(table.stateSince(NODE, 5)).toBe('none')
    table.add(mark({ all: true, service: 's' }, 9))
    expect(table.stateSince(NODE, 5)).toBe('none')
    table.add(mark({ all: true }, 10))
    expect([table.stateSince(NODE, 5), table.stateSince(NODE, 10)]).toEqual(['hard', 'none'])
  })
})

describe('old marks', () => {
  it('are idle once no record that stays is older and covered', () => {
    const [young, covering, prefix] = [
      mark({ tag: 'x' }, 8, { atMs: 101 }),
      mark({ tag: 'a' }, 6),
      mark({ urlPrefix: 'https://h/v1/' }, 7),
    ]
    const [other, older] = [mark({ tag: 'b' }, 9), mark({ service: 's' }, 4)]
    const table = createMarkTable()
    table.load([young, covering, prefix, other, older])
    const idle = table.lookForIdle(100)
    idle.keepFor(ENTRY)
    idle.keepFor(NODE)
    expect(idle.left()).toEqual([older, other])
  })

  it('on everything are kept for a response that varies', () => {
    const table = tableOf(mark({ all: true }, 6))
    const idle = table.lookForIdle(100)
    expect(idle.left().length).toBe(1)
    idle.keepFor(NODE)
    expect(idle.left()).toEqual([])
  })
})

describe('scopes', () => {
  it('are told apart by every field, in a text that stores keep', () => {
    expect(markId({ all: true }, false)).toBe('[false,true,null,null,null]')
    expect(markId({ service: 's', tag: 't', url: 'u' }, true)).toBe('[true,false,"s","t","u"]')
    expect(markId({ urlPrefix: 'https://h/' }, false)).toBe('[false,false,null,null,null,"https://h/"]')
  })

  it('keep what they say and nothing else', () => {
    const whole = { all: true, service: 's', tag: 't', url: 'u', urlPrefix: 'p' } as const
    expect(scopeOf(whole)).toEqual(whole)
    expect(Object.keys(scopeOf({ tag: 't' }))).toEqual(['tag'])
  })
})

const name = fc.constantFrom('a', 's', 'b')
const anyScope = fc
  .record(
    {
      all: fc.constant(true as const),
      service: name,
      tag: name,
      url: fc.constantFrom('https://h/v1/x?y', 'https://h/'),
      urlPrefix: fc.constantFrom('https://h/', 'https://h/v1/', 'https://h/v2/'),
    },
    { requiredKeys: [] },
  )
  .filter((given) => Object.keys(given).length > 0)
const anyMarks = fc
  .array(fc.record({ scope: anyScope, isSoft: fc.boolean() }), { maxLength: 20 })
  .map((marks) => marks.map(({ scope, isSoft }, at) => mark(scope, at + 1, { isSoft })))

describe('what a table of marks says of a record', () => {
  it('is what going through every mark ever drawn would say', () => {
    fc.assert(
      fc.property(anyMarks, fc.integer({ min: 0, max: 21 }), (marks, sequence) => {
        const newer = marks.filter((each) => each.sequence > sequence && covers(each.scope, ENTRY))
        const state = newer.length === 0 ? 'none' : newer.some(({ isSoft }) => !isSoft) ? 'hard' : 'soft'
        const added = tableOf(...marks)
        const loaded = createMarkTable()
        loaded.load(added.after())
        expect([added.stateSince(ENTRY, sequence), loaded.stateSince(ENTRY, sequence)]).toEqual([
          state,
          state,
        ])
      }),
    )
  })

  it('never lets a mark go that still covers it', () => {
    fc.assert(
      fc.property(anyMarks, (marks) => {
        const table = tableOf(...marks)
        const before = table.stateSince(ENTRY, ENTRY.sequence)
        const idle = table.lookForIdle(Infinity)
        idle.keepFor(ENTRY)
        table.forget(idle.left())
        expect(table.stateSince(ENTRY, ENTRY.sequence)).toBe(before)
      }),
    )
  })
})
