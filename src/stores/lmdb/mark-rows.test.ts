import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Mark, MarkScope } from '../../model/mark.js'
import { logChange } from './change-log.js'
import { openEnvironment } from './environment.js'
import { numberKey } from './keys.js'
import { type MarkRows, createMarkRows } from './mark-rows.js'
import { EMPTY_STATE, type StoreState } from './state-record.js'
import { plainTables } from './tables.js'

const cleanUps: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

/** Tables, and marks as two processes see them: each keeps a copy of its own. */
async function openMarks() {
  const folder = mkdtempSync(join(tmpdir(), 'cachette-marks-'))
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }))
  const environment = await openEnvironment({ folder, maxBytes: 1e7, nowMs: 0, onWarning: () => undefined })
  cleanUps.push(() => environment.root.close())
  const tables = plainTables(environment.tables)
  const here = createMarkRows(tables)
  const rows = vi.fn(tables.marks.rows)
  const there = createMarkRows({ ...tables, marks: { ...tables.marks, rows } })
  let state: StoreState = EMPTY_STATE
  return {
    tables,
    here,
    there,
    /** How often the other process read all marks. */
    readings: () => rows.mock.calls.length,
    state: () => state,
    write(work: () => void) {
      environment.root.transactionSync(work)
      environment.root.resetReadTxn()
    },
    draw(...scopes: readonly MarkScope[]) {
      this.write(() => {
        for (const scope of scopes) {
          const sequence = state.sequence + 1
          here.put(state, { scope, sequence, isSoft: false, atMs: sequence })
          state = { ...state, sequence, lastMark: sequence }
        }
      })
    },
    /** Other changes, so many of them. */
    change(count: number) {
      this.write(() => {
        for (let index = 0; index < count; index += 1) {
          state = { ...state, sequence: state.sequence + 1 }
          logChange(tables, state.sequence, Buffer.from('key'))
        }
      })
    },
  }
}

function tags(from: number, count: number): MarkScope[] {
  return Array.from({ length: count }, (_, index) => ({ tag: `t${from + index}` }))
}

type Marks = Awaited<ReturnType<typeof openMarks>>

function seen(rows: MarkRows, { state }: Marks, after?: number): readonly (readonly [string, number])[] {
  return rows
    .asOf(state())
    .after(after)
    .map(({ scope, sequence }: Mark) => [scope.tag ?? scope.urlPrefix ?? 'all', sequence])
}

describe('marks that another process draws', () => {
  it('are taken over one by one, however many there are', async () => {
    const marks = await openMarks()
    expect(seen(marks.there, marks)).toEqual([])
    for (let index = 0; index < 2_000; index += 20) {
      marks.draw(...tags(index, 20))
      marks.there.asOf(marks.state())
    }
    expect(seen(marks.there, marks).length).toBe(2_000)
    expect(seen(marks.there, marks, 1_998)).toEqual([
      ['t1998', 1_999],
      ['t1999', 2_000],
    ])
    // Once at first, and once where it could not be told whether those seen had been forgotten elsewhere.
    expect(marks.readings()).toBe(2)
  })

  it('are found among many other changes, as long as it was told of those', async () => {
    const marks = await openMarks()
    marks.draw({ tag: 'a' })
    marks.there.asOf(marks.state())
    for (let index = 0; index < 9; index += 1) {
      marks.change(1_000)
      marks.there.note(marks.state())
    }
    marks.draw({ urlPrefix: 'https://h/' })
    expect(seen(marks.there, marks)).toEqual([
      ['a', 1],
      ['https://h/', 9_002],
    ])
    expect(marks.readings()).toBe(1)
  })

  it('are read anew where the log of changes does not reach back', async () => {
    const marks = await openMarks()
    marks.there.asOf(marks.state())
    marks.draw({ tag: 'a' })
    marks.change(9_000)
    marks.draw({ tag: 'b' })
    expect(seen(marks.there, marks).map(([tag]) => tag)).toEqual(['a', 'b'])
    expect(marks.readings()).toBe(2)
  })

  it('are read anew where the log does not say where they stand, as that of earlier versions', async () => {
    const marks = await openMarks()
    marks.there.asOf(marks.state())
    marks.draw({ tag: 'a' })
    marks.write(() => marks.tables.changes.put(numberKey(1), Buffer.from([2])))
    expect(seen(marks.there, marks)).toEqual([['a', 1]])
    expect(marks.readings()).toBe(2)
  })

  it('take the place of those that they make needless, in the table and in every copy', async () => {
    const marks = await openMarks()
    marks.draw({ tag: 'a' }, { tag: 'b' })
    marks.there.asOf(marks.state())
    marks.draw({ tag: 'a' }, { tag: 'a' })
    expect(seen(marks.there, marks)).toEqual([
      ['b', 2],
      ['a', 4],
    ])
    marks.draw({ all: true })
    expect(seen(marks.there, marks)).toEqual([['all', 5]])
    expect(marks.tables.marks.count()).toBe(1)
  })

  it('are there for who comes later', async () => {
    const marks = await openMarks()
    const scope = { urlPrefix: 'https://h/v1/', service: 's' }
    marks.write(() => marks.here.put(EMPTY_STATE, { scope, sequence: 1, isSoft: true, atMs: 7 }))
    const state = { ...EMPTY_STATE, sequence: 1, lastMark: 1 }
    expect(createMarkRows(marks.tables).asOf(state).after()).toEqual([
      { scope, sequence: 1, isSoft: true, atMs: 7 },
    ])
  })
})

describe('forgetting marks', () => {
  it('spares one that another process drew anew meanwhile', async () => {
    const marks = await openMarks()
    marks.draw({ tag: 'a' }, { tag: 'b' })
    const idle = [...marks.there.asOf(marks.state()).after()]
    marks.draw({ tag: 'a' })
    marks.write(() => marks.there.forget(idle))
    const later = createMarkRows(marks.tables)
    expect(seen(later, marks)).toEqual([['a', 3]])
    expect(seen(marks.there, marks)).toEqual([['a', 3]])
  })

  it('elsewhere frees the copy here too, in time', async () => {
    const marks = await openMarks()
    marks.draw(...tags(0, 1_000))
    marks.there.asOf(marks.state())
    for (let round = 1; round <= 5; round += 1) {
      marks.write(() => marks.here.forget(marks.here.asOf(marks.state()).after()))
      marks.draw(...tags(round * 1_000, 1_000))
      marks.there.asOf(marks.state())
    }
    expect(marks.tables.marks.count()).toBe(1_000)
    expect(marks.there.asOf(marks.state()).size()).toBeLessThan(4_100)
  })

  it('is undone by a transaction that fails', async () => {
    const marks = await openMarks()
    marks.draw({ tag: 'a' })
    expect(() =>
      marks.write(() => {
        marks.here.forget(marks.here.asOf(marks.state()).after())
        throw new Error('on purpose')
      }),
    ).toThrow('on purpose')
    marks.here.reset()
    expect(seen(marks.here, marks)).toEqual([['a', 1]])
  })
})
