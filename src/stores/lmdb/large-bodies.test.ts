import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open as openLmdb } from 'lmdb'
import { afterAll, describe, expect, it } from 'vitest'
import { addAll, remoteBody, sampleBytes } from '../../testing/store-contract/sample-bodies.js'
import { headOf, sampleEntry } from '../../testing/store-contract/sample-records.js'
import { createFakeClock } from '../../../test/helpers/fake-clock.js'
import type { CacheEntry } from '../../model/cache-entry.js'
import { EntryBody } from '../../model/entry-body.js'
import type { Store } from '../../model/store.js'
import { chunkKey } from './keys.js'
import { createLmdbStore } from './lmdb-store.js'
import { openTables, plainTables, TABLE_OPTIONS, type Tables } from './tables.js'

const base = mkdtempSync(join(tmpdir(), 'cachette-large-'))
const clock = createFakeClock()
let folders = 0
afterAll(() => rmSync(base, { recursive: true, force: true }))

const open = (path: string, maxBytes = 50_000_000) => createLmdbStore({ path, maxBytes, clock })
const LARGE_BYTES = 1_500_000
const CHUNKS = Math.ceil(LARGE_BYTES / 262_144)

function newFolder(): string {
  folders += 1
  return join(base, `store-${folders}`)
}

function largeEntry(key: string, seed = 0): CacheEntry {
  const body = remoteBody(sampleBytes(LARGE_BYTES, seed))
  return sampleEntry({ key, body, sizeBytes: body.sizeBytes })
}

/** Looks into the tables of a store that is closed, or alters them. */
async function inTables<Result>(path: string, work: (tables: Tables) => Result): Promise<Result> {
  const root = openLmdb<Buffer, Buffer>({ path, maxDbs: 24, overlappingSync: false, ...TABLE_OPTIONS })
  const result = root.transactionSync(() => work(plainTables(openTables(root)!)))
  await root.close()
  return result
}

function entryIn(store: Store, key: string): CacheEntry | undefined {
  const found = store.read(key) as CacheEntry | undefined
  return found?.kind === 'entry' ? found : undefined
}

/** Reads a body to its end; resolves with how many bytes came before it, and why it ended. */
async function readThrough(entry: CacheEntry | undefined): Promise<[number, string | undefined]> {
  let bytes = 0
  try {
    if (entry !== undefined) for await (const piece of entry.body.stream()) bytes += piece.byteLength
    return [bytes, undefined]
  } catch (error) {
    return [bytes, (error as { reason?: string }).reason]
  }
}

describe('bodies too large to be held', () => {
  it('stay in the store above 1 MiB, and are held up to it', async () => {
    const store = await open(newFolder())
    for (const [size, isRemote] of [
      [1_048_576, false],
      [1_048_577, true],
    ] as const) {
      const body = remoteBody(sampleBytes(size))
      await store.write(sampleEntry({ body, sizeBytes: size }), 0)
      const found = entryIn(store, 'tmdb:0001')
      expect([found?.body.isRemote, found?.body.chargeBytes]).toEqual([isRemote, isRemote ? 0 : size])
    }
    await store.close()
  })

  it('leave no chunk behind when they are abandoned, refused, replaced, removed, or cut off by closing', async () => {
    const path = newFolder()
    const store = await open(path)
    const began = await store.sequence()
    const bytes = sampleBytes(LARGE_BYTES)
    const begin = async (bodyId: string) => {
      const writer = store.writeBody!(bodyId)
      await addAll(writer, bytes)
      return writer
    }
    await (await begin('abandoned')).abandon()
    const refused = await begin('refused')
    await store.addMark({ all: true }, { isSoft: false, atMs: clock.nowMs() })
    expect((await refused.finish(headOf(largeEntry('a')), began)).isStored).toBe(false)
    await refused.abandon()
    const now = await store.sequence()
    for (let index = 0; index < 3; index += 1) {
      expect((await (await begin(`r${index}`)).finish(headOf(largeEntry('a')), now)).isStored).toBe(true)
    }
    await (await begin('removed')).finish(headOf(largeEntry('b')), now)
    await store.remove('b')
    await begin('cut off')
    await store.close()
    const counts = await inTables(path, ({ chunks, unfinished }) => [chunks.count(), unfinished.count()])
    expect(counts).toEqual([CHUNKS, 0])
  })

  it('are not found when their first or last chunk is missing', async () => {
    for (const index of [0, CHUNKS - 1]) {
      const path = newFolder()
      const store = await open(path)
      const result = await store.write(largeEntry('a'), 0)
      await store.close()
      await inTables(path, ({ chunks }) => {
        for (const key of chunks.keys({})) if (key.readUInt32BE(8) === index) chunks.remove(key)
      })
      const again = await open(path)
      expect([result.isStored, again.read('a')]).toEqual([true, undefined])
      await again.write(sampleEntry({ key: 'other' }), 0)
      expect((await again.health()).entries).toBe(1)
      await again.close()
    }
  })

  it('end in an error where a chunk is missing or damaged, and the record is removed', async () => {
    for (const damage of ['missing', 'flipped', 'swapped'] as const) {
      const path = newFolder()
      const store = await open(path)
      await store.write(largeEntry('a'), 0)
      await store.close()
      await inTables(path, ({ chunks }) => {
        const [, , key = chunkKey(0, 0)] = chunks.keys({})
        const sealed = Buffer.from(chunks.peek(key)!)
        sealed[1_000] = sealed[1_000]! ^ 1
        if (damage === 'missing') chunks.remove(key)
        else chunks.put(key, damage === 'flipped' ? sealed : chunks.rows({})[3]!.value)
      })
      const again = await open(path)
      expect(await readThrough(entryIn(again, 'a'))).toEqual([2 * 262_144, 'damaged'])
      await again.write(sampleEntry({ key: 'other' }), 0)
      expect([again.read('a'), (await again.health()).entries]).toEqual([undefined, 1])
      await again.close()
    }
  })

  it('end in an error when their entry is evicted or removed, which is no damage', async () => {
    const store = await open(newFolder())
    await store.write(largeEntry('a'), 0)
    const reading = entryIn(store, 'a')?.body.stream()
    await reading?.next()
    await store.remove('a')
    await expect(reading?.next()).rejects.toMatchObject({ name: 'StoredBodyError', reason: 'gone' })
    await store.close()
  })

  it('cannot be written back once they are gone, which is told as replaced', async () => {
    const store = await open(newFolder())
    await store.write(largeEntry('a'), 0)
    const known = entryIn(store, 'a')!
    await store.write(largeEntry('a', 1), 0)
    expect(await store.write(known, 0)).toEqual({ isStored: false, because: 'replaced' })
    expect(await readThrough(entryIn(store, 'a'))).toEqual([LARGE_BYTES, undefined])
    await store.close()
  })

  it('are written anew under their own key while they are read from it', async () => {
    const store = await open(newFolder())
    await store.write(largeEntry('a'), 0)
    const known = entryIn(store, 'a')!
    expect((await store.write(known, 0)).isStored).toBe(true)
    expect(await readThrough(entryIn(store, 'a'))).toEqual([LARGE_BYTES, undefined])
    expect((await store.health()).entries).toBe(1)
    await store.close()
  })

  it('that break off at their source leave nothing and tell why', async () => {
    const store = await open(newFolder())
    function* chunks(): Generator<Uint8Array> {
      yield sampleBytes(800_000)
      throw new Error('the other tier went away')
    }
    const broken = new EntryBody({ sizeBytes: LARGE_BYTES, chunks })
    await expect(store.write(sampleEntry({ body: broken }), 0)).rejects.toThrow('the other tier went away')
    expect((await store.health()).sizeBytes).toBe(0)
    await store.close()
  })

  it('that are still coming are counted with the rest when counts are lost', async () => {
    const path = newFolder()
    const store = await open(path)
    await addAll(store.writeBody!('b'), sampleBytes(LARGE_BYTES))
    await store.addMark({ tag: 'x' }, { isSoft: false, atMs: clock.nowMs() })
    const { sizeBytes } = await store.health()
    const copy = newFolder()
    mkdirSync(copy)
    copyFileSync(join(path, 'data.mdb'), join(copy, 'data.mdb'))
    await store.close()
    await inTables(copy, ({ state }) => state.put(Buffer.from('state'), Buffer.from('oops')))
    const again = await open(copy)
    expect((await again.health()).sizeBytes).toBe(sizeBytes)
    clock.advance(11 * 60_000)
    await again.clean(() => false)
    expect((await again.health()).sizeBytes).toBe(0)
    await again.close()
  })

  it('a store of an earlier version, without their table, is read', async () => {
    const path = newFolder()
    const store = await open(path)
    await store.write(sampleEntry(), 0)
    await store.close()
    const root = openLmdb<Buffer, Buffer>({ path, maxDbs: 24, overlappingSync: false, ...TABLE_OPTIONS })
    await root.openDB<Buffer, Buffer>({ name: 'unfinished', ...TABLE_OPTIONS }).drop()
    await root.close()
    const readOnly = openLmdb<Buffer, Buffer>({ path, maxDbs: 24, readOnly: true, ...TABLE_OPTIONS })
    const tables = openTables(readOnly)
    expect([tables?.unfinished.rows({}), tables?.heads.count()]).toEqual([[], 1])
    await readOnly.close()
    const again = await open(path)
    expect(again.read('tmdb:0001')).toBeDefined()
    await again.close()
  })
})
