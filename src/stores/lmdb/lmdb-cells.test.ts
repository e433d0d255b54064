import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { createFakeClock } from '../../../test/helpers/fake-clock.js'
import type { CellChange } from '../../model/cells.js'
import { sampleEntry } from '../../testing/store-contract/sample-records.js'
import { openEnvironment } from './environment.js'
import { cleanCells, createLmdbCells } from './lmdb-cells.js'
import { createLmdbStore } from './lmdb-store.js'
import { type Tables, plainTables } from './tables.js'
import { createTransactions } from './transactions.js'

const cleanUps: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cachette-cells-'))
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function openCells() {
  const folder = newFolder()
  const clock = createFakeClock()
  const environment = await openEnvironment({ folder, maxBytes: 1e7, nowMs: 0, onWarning: () => undefined })
  const { root, isReadOnly } = environment
  const tables: Tables = plainTables(environment.tables)
  cleanUps.push(() => root.close())
  const dataFile = join(folder, 'data.mdb')
  const onFailure = (): void => undefined
  const transactions = createTransactions({
    root,
    tables,
    isReadOnly,
    dataFile,
    clock,
    onFailure,
    isUnlocked: () => true,
  })
  cleanUps.push(() => transactions.close())
  const cells = createLmdbCells({ tables, transactions, clock, look: () => root.resetReadTxn() })
  return { root, clock, tables, transactions, cells }
}

const NEWER = Buffer.from('newer')

/** A whole row of a later version of the format. */
function newerRow({ envelope }: Tables): Buffer {
  const row = Buffer.from(envelope.seal('cell', NEWER, Buffer.from('what is yet to come')))
  row[2] = 200
  row.writeUInt32LE(crc32(row.subarray(16), crc32(row.subarray(0, 12), crc32(NEWER))), 12)
  return row
}

const put =
  (value: string, keepUntilMs: number): CellChange<undefined> =>
  () => ({ action: 'put', value, keepUntilMs, result: undefined })

describe('cells in LMDB', () => {
  it('a change that throws takes nothing with it that was written at the same time', async () => {
    const { cells, clock } = await openCells()
    const untilMs = clock.nowMs() + 1_000
    const thrower = (): never => {
      throw new Error('on purpose')
    }
    const settled = await Promise.allSettled([
      cells.update('a', put('1', untilMs)),
      cells.update('b', thrower),
      cells.update('c', put('x'.repeat(32 * 1024 + 1), untilMs)),
      cells.update('d', put('2', untilMs)),
    ])
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
    expect(settled[1]).toMatchObject({ reason: { message: 'on purpose' } })
    expect(settled[2]).toMatchObject({ reason: { name: 'RangeError' } })
    expect(await cells.list('')).toEqual([
      { name: 'a', value: '1' },
      { name: 'd', value: '2' },
    ])
  })

  it('names have 1 to 200 characters', async () => {
    const { cells, clock } = await openCells()
    for (const name of ['', 'n'.repeat(201)])
      await expect(cells.update(name, put('v', clock.nowMs() + 1))).rejects.toThrow(RangeError)
    await cells.update('映'.repeat(200), put('v', clock.nowMs() + 1))
    expect(await cells.read('映'.repeat(200))).toBe('v')
  })

  it('rows past their time do not pile up while others come', async () => {
    const { cells, clock, tables, root } = await openCells()
    await cells.update('long', put('stays', clock.nowMs() + 60_000))
    for (let index = 0; index < 600; index += 20) {
      await Promise.all(
        Array.from({ length: 20 }, (_, at) =>
          cells.update(`lease:${(index + at) * 7_919}`, put('held', clock.nowMs() + 20)),
        ),
      )
      clock.advance(20)
    }
    root.resetReadTxn()
    expect(tables.cells.count()).toBeLessThan(60)
    expect(await cells.read('long')).toBe('stays')
  })

  it('cleaning removes damaged rows and those past their time, and no others', async () => {
    const { cells, clock, tables, transactions, root } = await openCells()
    for (let index = 0; index < 300; index += 1) {
      await transactions.run(() => tables.cells.put(Buffer.from(`damaged:${index}`), Buffer.from('none')))
    }
    await cells.update('b', put('2', clock.nowMs() + 100))
    await cells.update('a', put('1', clock.nowMs() + 10))
    await transactions.run(() => tables.cells.put(NEWER, newerRow(tables)))
    clock.advance(10)
    root.resetReadTxn()
    await cleanCells({ tables, transactions, clock })
    root.resetReadTxn()
    expect(tables.cells.keys({}).map(String)).toEqual(['b', 'newer'])
  })

  it('a value put anew while a cleaning is under way stays', async () => {
    const { cells, clock, tables, transactions } = await openCells()
    await cells.update('a', put('1', clock.nowMs() + 10))
    clock.advance(10)
    const putting = cells.update('a', put('2', clock.nowMs() + 10))
    await Promise.all([putting, cleanCells({ tables, transactions, clock })])
    expect(await cells.read('a')).toBe('2')
  })
})

describe('cells of a store', () => {
  it('are there after closing and opening, and go with any cleaning once they are past their time', async () => {
    const path = newFolder()
    const clock = createFakeClock()
    const options = { path, maxBytes: 4_000_000, clock }
    const first = await createLmdbStore(options)
    await first.cells.update('brief', put('1', clock.nowMs() + 10))
    await first.cells.update('long', put('2', clock.nowMs() + 60_000))
    await first.write(sampleEntry(), 0)
    await first.close()
    const second = await createLmdbStore(options)
    expect(await second.cells.list('')).toHaveLength(2)
    clock.advance(10)
    expect(await second.clean(() => true, { expiredAtMs: 0 })).toBe(0)
    clock.jump(-10)
    // A row that is still there would count again.
    expect(await second.cells.list('')).toEqual([{ name: 'long', value: '2' }])
    expect(second.read('tmdb:0001')).toBeDefined()
    await second.close()
    await expect(second.cells.update('long', put('3', clock.nowMs() + 1))).rejects.toThrow('closed')
  })
})
