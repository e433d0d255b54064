import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { isSame, remoteBody, sampleBytes } from '../../testing/store-contract/sample-bodies.js'
import { headOf, sampleEntry } from '../../testing/store-contract/sample-records.js'
import { createFakeClock } from '../../../test/helpers/fake-clock.js'
import { EntryBody } from '../../model/entry-body.js'
import type { FrontStore } from '../../model/store.js'
import { createLmdbStore } from './lmdb-store.js'

const cleanUps: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function openFront(): Promise<FrontStore> {
  const path = mkdtempSync(join(tmpdir(), 'cachette-front-'))
  cleanUps.push(() => rmSync(path, { recursive: true, force: true }))
  const store = await createLmdbStore({ path, maxBytes: 4_000_000, clock: createFakeClock() })
  cleanUps.push(() => store.close())
  return store
}

function entryOf(key: string, sequence: number, bytes = sampleBytes(100)) {
  const body = new EntryBody(bytes)
  return sampleEntry({ key, sequence, body, sizeBytes: bytes.byteLength })
}

function streamed(key: string, sequence: number, sizeBytes: number) {
  const bytes = sampleBytes(sizeBytes)
  return { bytes, entry: sampleEntry({ key, sequence, body: remoteBody(bytes), sizeBytes }) }
}

describe('copies of what a remote tier has', () => {
  it('keep the number that it gave them', async () => {
    const store = await openFront()
    expect(await store.keep(entryOf('a', 700))).toBe(true)
    const node = { kind: 'vary', key: 'b', names: ['accept'], removeAtMs: 9e12, sequence: 12 } as const
    expect(await store.keep(node)).toBe(true)
    expect([store.read('a')?.sequence, store.read('b')]).toEqual([700, node])
  })

  it('are older than any mark that is drawn here later, whoever gave them their numbers', async () => {
    const store = await openFront()
    await store.keep(entryOf('a', 700))
    const mark = await store.addMark({ all: true }, { isSoft: false, atMs: 0 })
    expect(mark.sequence).toBeGreaterThan(700)
  })

  it('take the place of older ones alone', async () => {
    const store = await openFront()
    await store.keep(entryOf('a', 8))
    expect(await store.keep(entryOf('a', 7))).toBe(false)
    expect(store.read('a')?.sequence).toBe(8)
    expect(await store.keep(entryOf('a', 9))).toBe(true)
    expect(store.read('a')?.sequence).toBe(9)
  })

  it('are not written again where they are there already', async () => {
    const store = await openFront()
    await store.keep(entryOf('a', 8))
    const before = await store.sequence()
    expect(await store.keep(entryOf('a', 8))).toBe(true)
    expect(await store.sequence()).toBe(before)
  })

  it('are evicted like other entries', async () => {
    const store = await openFront()
    for (let index = 0; index < 60; index += 1) {
      expect(await store.keep(entryOf(`k${index}`, 100 - index, sampleBytes(100_000)))).toBe(true)
    }
    const { sizeBytes, maxBytes, entries } = await store.health()
    expect(sizeBytes).toBeLessThanOrEqual(maxBytes)
    expect(entries).toBeGreaterThan(20)
  })

  it('are refused where they are too large, and with a number that is none', async () => {
    const store = await openFront()
    expect(await store.keep(entryOf('a', 1, sampleBytes(4_000_001)))).toBe(false)
    await expect(store.keep(entryOf('a', 1.5))).rejects.toThrow(RangeError)
    await expect(store.keep(entryOf('a', -1))).rejects.toThrow(RangeError)
    expect(store.read('a')).toBeUndefined()
  })

  it('are gone once they are forgotten, and can come again under an older number', async () => {
    const store = await openFront()
    await store.keep(entryOf('a', 5))
    await store.keep(entryOf('b', 6))
    await store.forget('a')
    await store.forget('never there')
    expect([store.read('a'), store.read('b')?.sequence]).toEqual([undefined, 6])
    expect(await store.keep(entryOf('a', 3))).toBe(true)
  })
})

describe('forgetting all copies', () => {
  it('leaves nothing, and room for more', async () => {
    const store = await openFront()
    const empty = (await store.health()).sizeBytes
    for (let index = 0; index < 30; index += 1) await store.keep(entryOf(`k${index}`, 100 + index))
    const before = await store.sequence()
    await store.forgetAll()
    expect(await store.health()).toMatchObject({ entries: 0, sizeBytes: empty })
    expect(await store.list({ limit: 10 })).toEqual({ entries: [] })
    expect((await store.changesSince(before)).isComplete).toBe(false)
    expect(await store.keep(entryOf('k1', 2))).toBe(true)
    expect(store.read('k1')?.sequence).toBe(2)
    expect((await store.health()).entries).toBe(1)
  })

  it('leaves marks, cells, figures and the secret alone', async () => {
    const store = await openFront()
    const secret = await store.secret()
    const mark = await store.addMark({ tag: 'a' }, { isSoft: false, atMs: 0 })
    await store.cells.update('cell', () => ({
      action: 'put',
      value: 'v',
      keepUntilMs: 9e12,
      result: undefined,
    }))
    await store.forgetAll()
    expect([await store.secret(), await store.marks(), await store.cells.read('cell')]).toEqual([
      secret,
      [mark],
      'v',
    ])
  })
})

describe('a body that stays in the remote tier', () => {
  it('is copied with the number of its entry', async () => {
    const store = await openFront()
    const { bytes, entry } = streamed('a', 40, 700_001)
    expect(await store.keep(entry)).toBe(true)
    const found = store.read('a')
    expect(found?.sequence).toBe(40)
    expect(found?.kind === 'entry' && isSame(found.body.bytes(), bytes)).toBe(true)
  })

  it('that comes piece by piece can end as a copy', async () => {
    const store = await openFront()
    const { bytes, entry } = streamed('a', 40, 600_000)
    const writer = store.writeBody(entry.bodyId)
    await writer.add(bytes)
    expect(await writer.keep(headOf(entry))).toBe(true)
    const found = store.read('a')
    expect(found?.sequence).toBe(40)
    expect(found?.kind === 'entry' && isSame(found.body.bytes(), bytes)).toBe(true)
  })

  it('is not kept where what had come of it was forgotten', async () => {
    const store = await openFront()
    const { bytes, entry } = streamed('a', 40, 1_200_000)
    const [first, second] = [bytes.subarray(0, 900_000), bytes.subarray(900_000)]
    async function* pieces(): AsyncGenerator<Uint8Array> {
      yield first
      await store.forgetAll()
      yield second
    }
    const body = Object.assign(remoteBody(bytes), { stream: pieces })
    expect(await store.keep({ ...entry, body })).toBe(false)
    expect(store.read('a')).toBeUndefined()
    expect(await store.health()).toMatchObject({ entries: 0, sizeBytes: 0 })
  })

  it('gives way to a newer copy, and leaves nothing behind', async () => {
    const store = await openFront()
    await store.keep(entryOf('a', 41))
    const { sizeBytes } = await store.health()
    expect(await store.keep(streamed('a', 40, 600_000).entry)).toBe(false)
    expect(store.read('a')?.sequence).toBe(41)
    expect((await store.health()).sizeBytes).toBe(sizeBytes)
  })
})
