import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { open as openLmdb } from 'lmdb'
import { afterAll, describe, expect, it } from 'vitest'
import { sampleEntry } from '../../testing/store-contract/sample-records.js'
import { createFakeClock } from '../../../test/helpers/fake-clock.js'
import { createLmdbStore } from './lmdb-store.js'
import { EMPTY_STATE, LAYOUT_VERSION, putState } from './state-record.js'
import { openTables, plainTables, TABLE_OPTIONS, type Tables } from './tables.js'

const base = mkdtempSync(join(tmpdir(), 'cachette-foreign-'))
const clock = createFakeClock()
let folders = 0
afterAll(() => rmSync(base, { recursive: true, force: true }))

const KEY = Buffer.from('tmdb:0001')
const open = (path: string) => createLmdbStore({ path, maxBytes: 1_000_000, clock })

/** A closed store with one entry, after something else wrote to its tables. */
async function alteredStore(alter: (tables: Tables) => void): Promise<string> {
  folders += 1
  const path = join(base, `store-${folders}`)
  const store = await open(path)
  await store.write(sampleEntry(), 0)
  await store.addMark({ tag: 'x' }, { isSoft: false, atMs: clock.nowMs() })
  await store.close()
  const root = openLmdb<Buffer, Buffer>({ path, maxDbs: 24, overlappingSync: false, ...TABLE_OPTIONS })
  root.transactionSync(() => {
    const tables = openTables(root)
    if (tables !== undefined) alter(plainTables(tables))
  })
  await root.close()
  return path
}

function headOf(tables: Tables): Buffer {
  return Buffer.from(tables.heads.peek(KEY) ?? [])
}

describe('records that this version did not write', () => {
  it('a record of a newer format is a miss and stays', async () => {
    const path = await alteredStore((tables) => {
      const head = headOf(tables)
      head[2] = 9
      head.writeUInt32LE(crc32(head.subarray(16), crc32(head.subarray(0, 12), crc32(KEY))), 12)
      tables.heads.put(KEY, head)
    })
    const store = await open(path)
    expect([store.read('tmdb:0001'), store.head('tmdb:0001')]).toEqual([undefined, undefined])
    await store.write(sampleEntry({ key: 'other' }), 0)
    expect(await store.clean(() => true)).toBe(1)
    expect((await store.health()).entries).toBe(1)
    await store.close()
  })

  it('a record that is damaged or foreign is a miss and is removed', async () => {
    for (const bytes of [Buffer.from('hello'), Buffer.alloc(100)]) {
      const path = await alteredStore((tables) => tables.heads.put(KEY, bytes))
      const store = await open(path)
      expect(store.read('tmdb:0001')).toBeUndefined()
      await store.write(sampleEntry({ key: 'other' }), 0)
      expect((await store.list({ limit: 10 })).entries.map(({ key }) => key)).toEqual(['other'])
      expect((await store.health()).entries).toBe(1)
      await store.close()
    }
  })

  it('a record under the key of another is a miss', async () => {
    const path = await alteredStore((tables) => tables.heads.put(Buffer.from('tmdb:0002'), headOf(tables)))
    const store = await open(path)
    expect([store.read('tmdb:0001')?.key, store.read('tmdb:0002')]).toEqual(['tmdb:0001', undefined])
    await store.close()
  })

  it('damaged counts are counted anew, and numbers go on above those given', async () => {
    const path = await alteredStore((tables) => tables.state.put(Buffer.from('state'), Buffer.from('oops')))
    const store = await open(path)
    expect(await store.sequence()).toBeGreaterThan(2)
    const { entries, sizeBytes } = await store.health()
    expect([entries, sizeBytes > 100]).toEqual([1, true])
    expect((await store.changesSince(0)).isComplete).toBe(false)
    await store.close()
  })

  it('a store whose layout is newer is refused with a sentence', async () => {
    const path = await alteredStore((tables) =>
      putState(tables, { ...EMPTY_STATE, layout: LAYOUT_VERSION + 1 }),
    )
    await expect(open(path)).rejects.toMatchObject({ name: 'StoreOpenError', reason: 'newer-layout' })
  })
})
