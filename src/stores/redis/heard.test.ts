import { describe, expect, it } from 'vitest'
import type { Mark } from '../../model/mark.js'
import { createHeard, type Heard, type LoggedChange } from './heard.js'
import { changesOf, messageOf } from './logged-changes.js'
import { CHANGES_KEPT } from './state-scripts.js'

const markOf = (payload: Buffer, sequence: number): Mark => ({
  scope: { tag: payload.toString() },
  sequence,
  atMs: 0,
  isSoft: false,
})

const NO_MARKS = { lastMark: 0, forgottenMark: 0, marks: [] }

function begun(): Heard {
  const heard = createHeard(markOf)
  heard.reset({ last: 100, ...NO_MARKS })
  return heard
}

function key(before: number, number: number, name: string): LoggedChange {
  return { before, number, kind: 'k', payload: Buffer.from(name) }
}

describe('what was heard', () => {
  it('changes that follow one another are taken in, and told once each with their last number', () => {
    const heard = begun()
    expect(heard.take(key(100, 101, 'a'))).toBe(true)
    expect(heard.take(key(101, 105, 'b'))).toBe(true)
    expect(heard.take(key(105, 106, 'a'))).toBe(true)
    const { keys, ...rest } = heard.since(100)
    expect([...keys]).toEqual([
      ['a', 106],
      ['b', 105],
    ])
    expect(rest).toEqual({ sequence: 106, hasNewMarks: false, isComplete: true })
    expect([...heard.since(105).keys]).toEqual([['a', 106]])
  })

  it('a change that others are missing before is not taken in', () => {
    const heard = begun()
    expect(heard.take(key(101, 102, 'b'))).toBe(false)
    expect(heard.last()).toBe(100)
  })

  it('what is known already is passed over', () => {
    const heard = begun()
    heard.take(key(100, 101, 'a'))
    expect(heard.take(key(100, 101, 'a'))).toBe(true)
    expect([...heard.since(100).keys]).toEqual([['a', 101]])
  })

  it('a mark is in force at once', () => {
    const heard = begun()
    heard.take({ before: 100, number: 101, kind: 'm', payload: Buffer.from('x') })
    expect(heard.marks.after()).toEqual([markOf(Buffer.from('x'), 101)])
    expect(heard.since(100)).toMatchObject({ hasNewMarks: true, isComplete: true })
    expect(heard.lastMark()).toBe(101)
  })

  it('nothing is known of what was before it began anew, or of what never was', () => {
    const heard = begun()
    heard.take(key(100, 101, 'a'))
    expect(heard.since(99).isComplete).toBe(false)
    expect(heard.since(102).isComplete).toBe(false)
    heard.reset({ last: 500, ...NO_MARKS })
    expect(heard.since(101).isComplete).toBe(false)
    expect(heard.since(500).isComplete).toBe(true)
  })

  it('only so many changes are remembered', () => {
    const heard = begun()
    for (let number = 101; number <= 101 + CHANGES_KEPT * 2; number += 1)
      heard.take(key(number - 1, number, 'a'))
    expect(heard.since(101).isComplete).toBe(false)
    expect(heard.since(heard.last() - CHANGES_KEPT).isComplete).toBe(true)
  })
})

describe('changes as they are told', () => {
  it('a message is read with whatever its payload holds', () => {
    const payload = Buffer.from([0x20, 0x00, 0x0a, 0xff])
    expect(messageOf(Buffer.concat([Buffer.from('7 9 m '), payload]))).toEqual({
      before: 7,
      number: 9,
      kind: 'm',
      payload,
    })
    expect(messageOf(Buffer.from('anything else'))).toBeUndefined()
  })

  it('rows of the log are read, in whatever order their fields are', () => {
    const fields = ['p', 'a b', 'k', 'k', 'b', '7'].map((text) => Buffer.from(text))
    expect(changesOf([[Buffer.from('9-0'), fields]])).toEqual([
      { before: 7, number: 9, kind: 'k', payload: Buffer.from('a b') },
    ])
    expect(changesOf(null)).toEqual([])
  })
})
