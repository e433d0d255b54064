import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../../../test/helpers/fake-clock.js'
import type { Mark, MarkScope } from '../../model/mark.js'
import { createMemoryCells } from '../memory-cells.js'
import { createKeptMarks } from './kept-marks.js'

const TAG_A: MarkScope = { tag: 'a' }

const keptMarks = () => createKeptMarks(createMemoryCells(createFakeClock()))

function mark(scope: MarkScope, sequence: number, isSoft = false): Mark {
  return { scope, sequence, atMs: 0, isSoft }
}

describe('copies of purges', () => {
  it('give way to those that make them needless', async () => {
    const marks = keptMarks()
    await marks.copy([mark(TAG_A, 1, true), mark({ tag: 'b' }, 2)])
    await marks.copy([mark(TAG_A, 3)])
    expect(await marks.all()).toEqual([mark({ tag: 'b' }, 2), mark(TAG_A, 3)])
    await marks.copy([mark({ all: true }, 4, true)])
    expect(await marks.all()).toHaveLength(3)
    await marks.copy([mark({ all: true }, 5)])
    expect(await marks.all()).toEqual([mark({ all: true }, 5)])
  })

  it('never go back, whoever copies last', async () => {
    const marks = keptMarks()
    await marks.copy([mark(TAG_A, 5)])
    await marks.copy([mark(TAG_A, 3), mark({ all: true }, 4)])
    expect(await marks.all()).toEqual([mark({ all: true }, 4), mark(TAG_A, 5)])
  })

  it('are those in force once they were compared, with what was copied while they were', async () => {
    const marks = keptMarks()
    await marks.copy([mark(TAG_A, 1), mark({ tag: 'b' }, 2), mark({ tag: 'c' }, 9)])
    const forgotten: Mark[] = []
    const compared = await marks.align(
      async () => {
        await marks.copy([mark({ tag: 'b' }, 8), mark({ tag: 'd' }, 6)])
        return { inForce: [mark({ tag: 'e' }, 4)], upTo: 5 }
      },
      (gone) => Promise.resolve(void forgotten.push(...gone)),
    )
    expect(compared).toBe(1)
    expect(forgotten.map(({ scope }) => scope.tag).sort()).toEqual(['a', 'b'])
    expect((await marks.all()).map(({ scope, sequence }) => [scope.tag, sequence])).toEqual([
      ['e', 4],
      ['d', 6],
      ['b', 8],
      ['c', 9],
    ])
  })
})
