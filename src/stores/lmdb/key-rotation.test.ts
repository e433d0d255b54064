import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { keysOf } from '../../../test/helpers/encryption-keys.js'
import { createFakeClock } from '../../../test/helpers/fake-clock.js'
import type { FrontStore } from '../../model/store.js'
import { emptyTally } from '../../model/tally.js'
import { sampleEntry } from '../../testing/store-contract/sample-records.js'
import { createLmdbStore } from './lmdb-store.js'

const clock = createFakeClock()
const cleanUps: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

function newFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'cachette-rotation-'))
  cleanUps.push(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** Opens the store in a folder under keys that are named by their digits, the present one first. */
async function open(path: string, ...digits: readonly [string, ...string[]]): Promise<FrontStore> {
  const store = await createLmdbStore({ path, maxBytes: 4_000_000, clock, keys: keysOf(...digits) })
  cleanUps.push(() => store.close())
  return store
}

const write = (store: FrontStore, key: string) => store.write(sampleEntry({ key }), 0)

function keysIn(store: FrontStore, ...keys: readonly string[]): readonly string[] {
  return keys.filter((key) => store.read(key) !== undefined)
}

function olderIn(store: FrontStore): number | undefined {
  const health = store.health()
  return 'then' in health ? undefined : health.encryption?.entriesUnderOlderKeys
}

describe('rotating the key of a store', () => {
  it('keeps entries, secret, marks, cells and figures, and counts what stands under the older key', async () => {
    const path = newFolder()
    const before = await open(path, 'a')
    for (const key of ['k1', 'k2', 'k3']) await write(before, key)
    const mark = await before.addMark({ tag: 'gone' }, { isSoft: false, atMs: clock.nowMs() })
    const row = { action: 'put', value: 'v', keepUntilMs: clock.nowMs() + 1e6, result: 1 } as const
    await before.cells.update('quota/tmdb', () => row)
    const tally = { ...emptyTally(), originCalls: 7 }
    await before.ledger.add({ epoch: await before.ledger.epoch(), minute: 5, services: { tmdb: tally } })
    const [secret, sequence] = [await before.secret(), await before.sequence()]
    await before.close()

    const after = await open(path, 'b', 'a')
    expect(keysIn(after, 'k1', 'k2', 'k3')).toEqual(['k1', 'k2', 'k3'])
    expect([await after.secret(), await after.sequence(), await after.marks()]).toEqual([
      secret,
      sequence,
      [mark],
    ])
    expect([await after.cells.read('quota/tmdb'), await after.cells.list('quota/')]).toEqual([
      'v',
      [{ name: 'quota/tmdb', value: 'v' }],
    ])
    expect((await after.ledger.figures({})).services['tmdb']?.originCalls).toBe(7)
    expect(olderIn(after)).toBe(3)
    await write(after, 'k2')
    expect([olderIn(after), keysIn(after, 'k1', 'k2', 'k3').length]).toEqual([2, 3])
  })

  it('giving the older key up leaves what was written since, and removes the rest whole', async () => {
    const path = newFolder()
    const first = await open(path, 'a')
    for (const key of ['k1', 'k2', 'k3']) await write(first, key)
    await first.close()
    const second = await open(path, 'b', 'a')
    await write(second, 'k2')
    await second.close()

    const third = await open(path, 'b')
    expect(keysIn(third, 'k1', 'k2')).toEqual(['k2'])
    expect((await third.list({ limit: 9 })).entries.map(({ key }) => key)).toEqual(['k2'])
    await third.clean(() => false)
    expect(await third.health()).toMatchObject({ entries: 1, encryption: { entriesUnderOlderKeys: 0 } })
    await third.remove('k2')
    expect(await third.health()).toMatchObject({ entries: 0, sizeBytes: 0 })
  })

  it('once done, the older key alone does not open the store', async () => {
    const path = newFolder()
    await (await open(path, 'a')).close()
    await (await open(path, 'b', 'a')).close()
    await expect(open(path, 'a')).rejects.toMatchObject({ reason: 'wrong-key' })
  })

  it('a process that had been given the new key beside its own follows at once', async () => {
    const path = newFolder()
    const early = await open(path, 'a', 'b')
    await write(early, 'k1')
    const late = await open(path, 'b', 'a')
    await write(late, 'k2')
    await early.sequence()
    expect(keysIn(early, 'k1', 'k2')).toEqual(['k1', 'k2'])
    await write(early, 'k3')
    await late.close()
    await early.close()
    const alone = await open(path, 'b')
    expect(keysIn(alone, 'k1', 'k2', 'k3')).toEqual(['k2', 'k3'])
  })

  it('a process without the new key reads and writes nothing any more, and says why', async () => {
    const path = newFolder()
    const old = await open(path, 'a')
    await write(old, 'k1')
    const rotating = await open(path, 'b', 'a')
    await rotating.addMark({ all: true }, { isSoft: false, atMs: clock.nowMs() })
    const sequence = await rotating.sequence()

    expect(() => old.sequence()).toThrow(/put it under a key that this one was not given/)
    expect([keysIn(old, 'k1'), await old.head('k1')]).toEqual([[], undefined])
    expect(() => old.marks()).toThrow(/CACHETTE_ENCRYPTION_KEY_PREVIOUS/)
    await expect(write(old, 'k2')).rejects.toThrow(/put it under a key/)
    await expect(old.cells.update('x', () => ({ action: 'remove', result: 1 }))).rejects.toThrow(
      /put it under/,
    )
    expect(() => old.cells.read('x')).toThrow(/put it under/)
    expect(old.ledger.addNow({ epoch: 1, minute: 1, services: {} })).toBe(false)
    expect(await old.health()).toMatchObject({ problem: expect.stringContaining('put it under') as string })
    expect([await rotating.sequence(), keysIn(rotating, 'k1', 'k2')]).toEqual([sequence, ['k1']])
    expect(await rotating.marks()).toHaveLength(1)
  })

  it('several rotations after each other keep what is read under any key that was given', async () => {
    const path = newFolder()
    for (const [index, digit] of ['a', 'b', 'c', 'd'].entries()) {
      const store = await open(path, digit, ...['a', 'b', 'c', 'd'].slice(0, index))
      await write(store, `k${digit}`)
      await store.close()
    }
    const all = await open(path, 'd', 'c', 'b', 'a')
    expect(keysIn(all, 'ka', 'kb', 'kc', 'kd')).toEqual(['ka', 'kb', 'kc', 'kd'])
    await all.close()
    const some = await open(path, 'd', 'c')
    expect(keysIn(some, 'ka', 'kb', 'kc', 'kd')).toEqual(['kc', 'kd'])
  })
})
