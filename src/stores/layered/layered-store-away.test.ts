import { describe, expect, it } from 'vitest'
import { HARD, openLayers, statusOf } from '../../../test/helpers/layers-world.js'
import { headOf, sampleEntry } from '../../testing/store-contract/sample-records.js'

describe('while the store behind is away', () => {
  it('the front answers, and what it has not is a failure', async () => {
    const { openProcess } = openLayers()
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
    const { openProcess } = openLayers()
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
    const { openProcess, look } = openLayers()
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
    const { back, openProcess } = openLayers()
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
    const { openProcess } = openLayers()
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
    const { openProcess } = openLayers()
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
    const { openProcess } = openLayers()
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
    const { openProcess } = openLayers()
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
    const { back, openProcess } = openLayers()
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
    const { back, openProcess } = openLayers()
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
    const { openProcess } = openLayers()
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
    const { openProcess } = openLayers()
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
    const { openProcess, look } = openLayers()
    const [one, other] = [await openProcess('a'), await openProcess('b')]
    await one.store.sequence()
    one.remote.goAway()
    const began = await one.store.sequence()
    await one.store.write(sampleEntry({ key: 'x', status: 410 }), began)
    await one.store.write(sampleEntry({ key: 'y', status: 410 }), began)
    await one.store.addMark({ tag: 'p' }, HARD)
    await one.store.addMark({ tag: 'q' }, HARD)
    await other.store.write(sampleEntry({ key: 'x', status: 404 }), 0)
    one.remote.comeBack()
    await look(one)
    expect([await statusOf(one, 'x'), await statusOf(one, 'y')]).toEqual([404, 410])
  })

  it('what was purged while it was away stays purged under the numbers that it gives', async () => {
    const { openProcess } = openLayers()
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
    const { back, openProcess } = openLayers()
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
