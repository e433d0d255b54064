import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createFakeClock } from '../../../test/helpers/fake-clock.js'
import { createGate } from '../../../test/helpers/gate.js'
import { type RemoteStore, asRemote } from '../../../test/helpers/remote-store.js'
import type { CacheEntry } from '../../model/cache-entry.js'
import { EntryBody } from '../../model/entry-body.js'
import type { FrontStore, Store } from '../../model/store.js'
import { addAll, isSame, sampleBytes } from '../../testing/store-contract/sample-bodies.js'
import { headOf, sampleEntry } from '../../testing/store-contract/sample-records.js'
import { createLmdbStore } from '../lmdb/lmdb-store.js'
import { createMemoryStore } from '../memory-store.js'
import { createLayeredStore } from './layered-store.js'

interface Failure {
  readonly tier: string
  readonly operation: string
}

/** One process on a machine. */
interface Process {
  readonly store: Store
  readonly front: FrontStore
  readonly remote: RemoteStore
  readonly failures: readonly Failure[]
}

/** A remote store, and machines with a folder each before it. */
function openWorld() {
  const clock = createFakeClock()
  const folder = mkdtempSync(join(tmpdir(), 'cachette-layers-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const newBack = (): Store => createMemoryStore({ maxBytes: 50_000_000, maxEntries: 10_000, clock })
  const back = newBack()

  async function openProcess(machine: string, behind: Store = back): Promise<Process> {
    const front = await createLmdbStore({ path: join(folder, machine), maxBytes: 20_000_000, clock })
    onTestFinished(() => front.close())
    // Processes come and go; the server behind them stays.
    const remote = asRemote({ ...behind, close: () => Promise.resolve() })
    const failures: Failure[] = []
    const store = createLayeredStore({
      front,
      back: remote.store,
      onFrontFailure: (failure) => void failures.push(failure),
    })
    return { store, front, remote, failures }
  }

  /** The process looks, as an engine does before it reads. */
  async function look({ store }: Process): Promise<void> {
    await store.changesSince(await store.sequence())
  }

  return { clock, back, newBack, openProcess, look }
}

async function statusOf({ store }: Process, key = 'tmdb:0001'): Promise<number | undefined> {
  const record = await store.read(key)
  return record?.kind === 'entry' ? record.status : undefined
}

/** Resolves when copies that were begun are in the front. */
async function copied({ front }: Process, key = 'tmdb:0001'): Promise<void> {
  await expect.poll(() => front.read(key)).toBeDefined()
}

const HARD = { isSoft: false, atMs: 5 }

describe('an embedded store before a remote one', () => {
  it('has what was written in both, under the number of the one behind', async () => {
    const { back, openProcess } = openWorld()
    const one = await openProcess('a')
    await back.write(sampleEntry({ key: 'other' }), 0)
    const result = await one.store.write(sampleEntry(), await one.store.sequence())
    expect(result).toEqual({ isStored: true, sequence: 2 })
    expect([one.front.read('tmdb:0001')?.sequence, (await back.head('tmdb:0001'))?.sequence]).toEqual([2, 2])
  })

  it('copies what it finds behind into the front, and says where it found what', async () => {
    const { back, openProcess } = openWorld()
    const one = await openProcess('a')
    await back.write(sampleEntry(), 0)
    const far = await one.store.read('tmdb:0001')
    expect(one.store.tierOf?.(far!)).toBe('redis')
    await copied(one)
    const near = await one.store.read('tmdb:0001')
    expect([one.store.tierOf?.(near!), near?.sequence]).toEqual(['lmdb', 1])
  })

  it('asks nothing behind for what it has near', async () => {
    const { openProcess } = openWorld()
    const one = await openProcess('a')
    await one.store.write(sampleEntry(), 0)
    const calls: string[] = []
    one.remote.onCall((operation) => void calls.push(operation))
    expect(await statusOf(one)).toBe(200)
    expect(calls).toEqual([])
  })

  it('drops copies that another machine replaced or removed, once it looked', async () => {
    const { openProcess, look } = openWorld()
    const [one, other] = [await openProcess('a'), await openProcess('b')]
    await one.store.write(sampleEntry({ key: 'x', status: 200 }), 0)
    await one.store.write(sampleEntry({ key: 'y', status: 200 }), 0)
    await one.store.write(sampleEntry({ key: 'z', status: 200 }), 0)
    await other.store.write(sampleEntry({ key: 'x', status: 404 }), await other.store.sequence())
    await other.store.remove('y')
    await look(one)
    expect([one.front.read('x'), one.front.read('y')]).toEqual([undefined, undefined])
    expect([await statusOf(one, 'x'), await statusOf(one, 'y'), await statusOf(one, 'z')]).toEqual([
      404,
      undefined,
      200,
    ])
  })

  it('drops copies that were replaced while no process of the machine ran', async () => {
    const { openProcess } = openWorld()
    const [one, other] = [await openProcess('a'), await openProcess('b')]
    await one.store.write(sampleEntry({ status: 200 }), 0)
    await one.store.close()
    await other.store.write(sampleEntry({ status: 404 }), await other.store.sequence())
    expect(await statusOf(await openProcess('a'))).toBe(404)
  })

  it('drops all copies where the store behind can no longer tell what changed', async () => {
    const { back, openProcess } = openWorld()
    const one = await openProcess('a')
    await one.store.write(sampleEntry({ status: 200 }), 0)
    for (let index = 0; index < 5_000; index += 1) {
      await back.write(sampleEntry({ key: `k${index % 3}` }), 0)
    }
    await back.write(sampleEntry({ status: 404 }), 0)
    for (let index = 0; index < 5_000; index += 1) {
      await back.write(sampleEntry({ key: `k${index % 3}` }), 0)
    }
    await one.store.sequence()
    expect(one.front.read('tmdb:0001')).toBeUndefined()
    expect(await statusOf(one)).toBe(404)
  })

  it('empties a front that belonged to another store, or was one by itself', async () => {
    const { clock, newBack, openProcess } = openWorld()
    const one = await openProcess('a')
    await one.store.write(sampleEntry(), 0)
    await one.store.close()
    const other = await openProcess('a', newBack())
    expect(await statusOf(other)).toBeUndefined()
    expect(clock.nowMs()).toBeGreaterThan(0)
    const alone = await openProcess('c')
    await alone.front.write(sampleEntry({ key: 'mine' }), 0)
    expect(await statusOf(alone, 'mine')).toBeUndefined()
  })

  it('does not keep a copy that was read before the change that should have dropped it', async () => {
    const { back, openProcess } = openWorld()
    const [one, same] = [await openProcess('a'), await openProcess('a')]
    await back.write(sampleEntry({ status: 200 }), 0)
    await one.store.sequence()
    await same.store.sequence()
    const [reached, gate] = [createGate(), createGate()]
    // What was read is on its way while another process of the machine applies the change.
    const slowFront: FrontStore = {
      ...one.front,
      async keep(record) {
        reached.open()
        await gate.opened
        return one.front.keep(record)
      },
    }
    const slow = createLayeredStore({ front: slowFront, back: one.remote.store })
    await slow.sequence()
    await slow.read('tmdb:0001')
    await reached.opened
    await back.write(sampleEntry({ status: 404 }), 0)
    await same.store.sequence()
    gate.open()
    await slow.close()
    const again = await openProcess('a')
    expect(await statusOf(again)).toBe(404)
  })

  it('finishes what a process began to apply before it died', async () => {
    const { back, openProcess } = openWorld()
    const one = await openProcess('a')
    await one.store.write(sampleEntry({ key: 'x', status: 200 }), 0)
    await one.store.write(sampleEntry({ key: 'y', status: 200 }), 0)
    await back.write(sampleEntry({ key: 'x', status: 404 }), 0)
    await back.write(sampleEntry({ key: 'y', status: 404 }), 0)
    let forgotten = 0
    const dying: FrontStore = {
      ...one.front,
      forget(key) {
        forgotten += 1
        return forgotten === 1 ? one.front.forget(key) : new Promise(() => undefined)
      },
    }
    void createLayeredStore({ front: dying, back: one.remote.store }).sequence()
    await expect.poll(() => forgotten).toBe(2)
    // While the store behind is away nobody can tell which copies are old.
    const lost = await openProcess('a')
    lost.remote.goAway()
    await expect(lost.store.read('y')).rejects.toThrow(/network is down/)
    lost.remote.comeBack()
    expect([await statusOf(lost, 'x'), await statusOf(lost, 'y')]).toEqual([404, 404])
  })

  it('keeps near what is too large for the store behind', async () => {
    const { clock, openProcess } = openWorld()
    const small = createMemoryStore({ maxBytes: 50_000, maxEntries: 100, clock })
    const one = await openProcess('a', small)
    const body = new EntryBody(sampleBytes(100_000))
    const result = await one.store.write(sampleEntry({ body, sizeBytes: body.sizeBytes }), 0)
    expect(result.isStored).toBe(true)
    expect(await statusOf(one)).toBe(200)
    expect(await small.head('tmdb:0001')).toBeUndefined()
  })

  it('goes on with the store behind where the front fails, and says so', async () => {
    const { back, openProcess } = openWorld()
    const one = await openProcess('a')
    await one.front.close()
    await back.write(sampleEntry(), 0)
    expect(await statusOf(one)).toBe(200)
    expect((await one.store.write(sampleEntry({ key: 'b' }), await back.sequence())).isStored).toBe(true)
    expect((await back.head('b'))?.key).toBe('b')
    expect(one.failures[0]).toMatchObject({ tier: 'lmdb', operation: 'follow' })
  })

  it('takes a body in pieces into both, and to the end where the store behind fails in the middle', async () => {
    const { back, openProcess } = openWorld()
    const one = await openProcess('a')
    const bytes = sampleBytes(700_000)
    const head = (key: string) => ({
      ...headOf(sampleEntry()),
      key,
      sizeBytes: bytes.byteLength,
      bodyId: key,
    })
    for (const key of ['both', 'near alone']) {
      const writer = one.store.writeBody!(key)
      await addAll(writer, bytes.subarray(0, 300_000))
      if (key === 'near alone') one.remote.goAway()
      await addAll(writer, bytes.subarray(300_000))
      expect((await writer.finish(head(key), await one.store.sequence())).isStored).toBe(true)
      const near = one.front.read(key) as CacheEntry
      expect(isSame(near.body.bytes(), bytes)).toBe(true)
    }
    expect([(await back.head('both'))?.sizeBytes, await back.head('near alone')]).toEqual([
      700_000,
      undefined,
    ])
  })
})

describe('while the store behind is away', () => {
  it('the front answers, and what it has not is a failure', async () => {
    const { openProcess } = openWorld()
    const one = await openProcess('a')
    await one.store.write(sampleEntry(), 0)
    one.remote.goAway()
    expect(await one.store.sequence()).toBe(1)
    expect([await statusOf(one), one.store.isAway?.()]).toEqual([200, true])
    await expect(one.store.read('nothing')).rejects.toThrow(/network is down/)
    one.remote.comeBack()
    expect([await one.store.sequence(), one.store.isAway?.()]).toEqual([1, false])
  })

  it('a process that starts then answers from the front as well', async () => {
    const { openProcess } = openWorld()
    const one = await openProcess('a')
    await one.store.write(sampleEntry(), 0)
    await one.store.addMark({ tag: 'other' }, HARD)
    await one.store.close()
    const later = await openProcess('a')
    later.remote.goAway()
    expect([await statusOf(later), await later.store.sequence()]).toEqual([200, 2])
    expect(await later.store.marks()).toMatchObject([{ scope: { tag: 'other' }, sequence: 2 }])
    await expect(later.store.secret()).rejects.toThrow(/network is down/)
    await expect(later.store.cells.read('a')).rejects.toThrow(/network is down/)
  })

  it('purges of other machines are known that were seen before', async () => {
    const { openProcess, look } = openWorld()
    const [one, other] = [await openProcess('a'), await openProcess('b')]
    await one.store.write(sampleEntry(), 0)
    await other.store.addMark({ service: 'tmdb' }, HARD)
    await look(one)
    await one.store.close()
    const later = await openProcess('a')
    later.remote.goAway()
    const [mark] = await later.store.marks()
    expect(mark?.sequence).toBeGreaterThan((await later.store.read('tmdb:0001'))?.sequence ?? Infinity)
  })

  it('entries are taken by the front, and found there by all processes of the machine', async () => {
    const { back, openProcess } = openWorld()
    const [one, same] = [await openProcess('a'), await openProcess('a')]
    await one.store.write(sampleEntry({ status: 200 }), 0)
    await same.store.sequence()
    for (const { remote } of [one, same]) remote.goAway()
    const began = await one.store.sequence()
    for (const status of [404, 410]) {
      const result = await one.store.write(sampleEntry({ status }), began)
      expect(result).toEqual({ isStored: true, sequence: 1 })
      expect([await statusOf(one), await statusOf(same)]).toEqual([status, status])
    }
    expect((await back.head('tmdb:0001'))?.status).toBe(200)
  })

  it('an entry is confirmed in the front', async () => {
    const { openProcess } = openWorld()
    const one = await openProcess('a')
    const entry = sampleEntry()
    await one.store.write(entry, 0)
    one.remote.goAway()
    const result = await one.store.confirm({ ...headOf(entry), staleAtMs: 9 }, await one.store.sequence())
    expect(result.isStored).toBe(true)
    expect(await one.store.head(entry.key)).toMatchObject({ staleAtMs: 9, bodyId: entry.bodyId })
    const other = await one.store.confirm(headOf(sampleEntry()), await one.store.sequence())
    expect(other).toEqual({ isStored: false, because: 'replaced' })
  })

  it('a purge is in force at once, in this process, the others of the machine and after a restart', async () => {
    const { openProcess } = openWorld()
    const [one, same] = [await openProcess('a'), await openProcess('a')]
    await one.store.write(sampleEntry(), 0)
    const seen = await same.store.sequence()
    for (const { remote } of [one, same]) remote.goAway()
    const began = await same.store.sequence()
    const mark = await one.store.addMark({ service: 'tmdb' }, HARD)
    expect(mark).toEqual({ scope: { service: 'tmdb' }, ...HARD, sequence: 2 })
    expect(await same.store.sequence()).toBe(2)
    expect(await same.store.changesSince(seen)).toMatchObject({ hasNewMarks: true, isComplete: true })
    expect(await same.store.marks(seen)).toEqual([mark])
    expect(await same.store.write(sampleEntry(), began)).toEqual({
      isStored: false,
      because: 'purged-meanwhile',
    })
    await one.store.close()
    const later = await openProcess('a')
    later.remote.goAway()
    expect(await later.store.marks()).toEqual([mark])
  })

  it('a purge covers what was written through it a moment before, and purges that it took stay in force', async () => {
    const { openProcess } = openWorld()
    const one = await openProcess('a')
    const entry = sampleEntry()
    await one.store.write(entry, await one.store.sequence())
    await one.store.confirm({ ...headOf(entry), staleAtMs: 9 }, await one.store.sequence())
    const taken = await one.store.addMark({ tag: 'x' }, HARD)
    one.remote.goAway()
    expect(await one.store.sequence()).toBe(taken.sequence)
    const mark = await one.store.addMark({ service: 'tmdb' }, HARD)
    expect(mark.sequence).toBeGreaterThan((await one.store.head(entry.key))?.sequence ?? Infinity)
    expect(await one.store.marks()).toEqual([taken, mark])
  })

  it('what is written after a purge stands above it', async () => {
    const { openProcess } = openWorld()
    const one = await openProcess('a')
    await one.store.sequence()
    one.remote.goAway()
    const mark = await one.store.addMark({ all: true }, HARD)
    const result = await one.store.write(sampleEntry(), await one.store.sequence())
    expect(result.isStored && result.sequence >= mark.sequence).toBe(true)
    const second = await one.store.addMark({ all: true }, HARD)
    expect(second.sequence).toBeGreaterThan((await one.store.head('tmdb:0001'))?.sequence ?? Infinity)
  })
})

describe('when the store behind is back', () => {
  it('purges are told to it before anything of it is used, once each', async () => {
    const { back, openProcess } = openWorld()
    const one = await openProcess('a')
    await back.write(sampleEntry(), 0)
    await one.store.sequence()
    one.remote.goAway()
    await one.store.addMark({ service: 'tmdb' }, HARD)
    await one.store.addMark({ tag: 'movies' }, { isSoft: true, atMs: 6 })
    const calls: string[] = []
    one.remote.onCall((operation) => void calls.push(operation))
    one.remote.comeBack()
    const found = await one.store.read('tmdb:0001')
    expect(calls.lastIndexOf('addMark')).toBeLessThan(calls.indexOf('read'))
    const marks = await back.marks()
    expect(marks.map(({ scope, isSoft, atMs }) => [scope, isSoft, atMs])).toEqual([
      [{ service: 'tmdb' }, false, 5],
      [{ tag: 'movies' }, true, 6],
    ])
    expect(marks[0]!.sequence).toBeGreaterThan(found!.sequence)
    await one.store.sequence()
    expect(calls.filter((operation) => operation === 'addMark')).toHaveLength(2)
  })

  it('they are told by another process where the one that purged is gone, or died in the middle', async () => {
    const { back, openProcess } = openWorld()
    const one = await openProcess('a')
    await one.store.sequence()
    one.remote.goAway()
    await one.store.addMark({ tag: 'a' }, HARD)
    await one.store.addMark({ tag: 'b' }, HARD)
    one.remote.comeBack()
    let told = 0
    one.remote.onCall((operation) => {
      if (operation !== 'addMark') return undefined
      told += 1
      return told === 2 ? new Promise(() => undefined) : undefined
    })
    void one.store.sequence()
    await expect.poll(() => told).toBe(2)
    const later = await openProcess('a')
    await later.store.sequence()
    expect((await back.marks()).map(({ scope }) => scope.tag)).toEqual(['a', 'b'])
  })

  it('the machine that stayed away sees what others did meanwhile, though it counted on by itself', async () => {
    const { openProcess } = openWorld()
    const [one, other] = [await openProcess('a'), await openProcess('b')]
    await one.store.write(sampleEntry({ key: 'x', status: 200 }), 0)
    one.remote.goAway()
    await one.store.addMark({ tag: 'p' }, HARD)
    await one.store.addMark({ tag: 'q' }, HARD)
    const seen = await one.store.sequence()
    const replaced = await other.store.write(
      sampleEntry({ key: 'x', status: 404 }),
      await other.store.sequence(),
    )
    expect(replaced.isStored && replaced.sequence <= seen).toBe(true)
    await other.store.addMark({ tag: 'r' }, HARD)
    one.remote.comeBack()
    const changes = await one.store.changesSince(seen)
    expect([[...changes.keys.keys()], changes.hasNewMarks]).toEqual([['x'], true])
    expect((await one.store.marks(seen)).map(({ scope }) => scope.tag)).toEqual(['r', 'p', 'q'])
    expect(await statusOf(one, 'x')).toBe(404)
  })

  it('a call that began while it was away may not undo a purge of another machine', async () => {
    const { openProcess } = openWorld()
    const [one, other] = [await openProcess('a'), await openProcess('b')]
    await one.store.sequence()
    one.remote.goAway()
    await one.store.addMark({ tag: 'p' }, HARD)
    const began = await one.store.sequence()
    await other.store.addMark({ service: 'tmdb' }, HARD)
    one.remote.comeBack()
    expect(await one.store.write(sampleEntry(), began)).toEqual({
      isStored: false,
      because: 'purged-meanwhile',
    })
  })

  it('what the front took alone gives way to what another machine wrote', async () => {
    const { openProcess, look } = openWorld()
    const [one, other] = [await openProcess('a'), await openProcess('b')]
    await one.store.sequence()
    one.remote.goAway()
    await one.store.addMark({ tag: 'p' }, HARD)
    await one.store.addMark({ tag: 'q' }, HARD)
    const began = await one.store.sequence()
    await one.store.write(sampleEntry({ key: 'x', status: 410 }), began)
    await one.store.write(sampleEntry({ key: 'y', status: 410 }), began)
    await other.store.write(sampleEntry({ key: 'x', status: 404 }), 0)
    one.remote.comeBack()
    await look(one)
    expect([await statusOf(one, 'x'), await statusOf(one, 'y')]).toEqual([404, 410])
  })

  it('what was purged while it was away stays purged under the numbers that it gives', async () => {
    const { openProcess } = openWorld()
    const one = await openProcess('a')
    for (let index = 0; index < 5; index += 1) await one.store.write(sampleEntry({ key: `k${index}` }), 0)
    one.remote.goAway()
    const began = await one.store.sequence()
    await one.store.write(sampleEntry({ key: 'alone' }), began)
    for (const tag of ['a', 'b', 'c']) await one.store.addMark({ tag }, HARD)
    await one.store.write(sampleEntry({ key: 'between' }), await one.store.sequence())
    await one.store.addMark({ service: 'tmdb' }, HARD)
    one.remote.comeBack()
    await one.store.sequence()
    const mark = (await one.store.marks()).find(({ scope }) => scope.service === 'tmdb')
    for (const key of ['alone', 'between', 'k0', 'k4']) {
      const sequence = (await one.store.head(key))?.sequence ?? -1
      expect(sequence, key).toBeLessThan(mark?.sequence ?? -1)
    }
  })

  it('a machine that began while it was away keeps what it learned, under the store it turns out to be', async () => {
    const { back, openProcess } = openWorld()
    const one = await openProcess('a')
    one.remote.goAway()
    await one.store.write(sampleEntry({ key: 'early' }), await one.store.sequence())
    await one.store.addMark({ tag: 'p' }, HARD)
    one.remote.comeBack()
    await one.store.sequence()
    expect(await statusOf(one, 'early')).toBe(200)
    expect((await back.marks()).map(({ scope }) => scope.tag)).toEqual(['p'])
  })
})
