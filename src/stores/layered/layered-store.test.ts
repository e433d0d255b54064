import { describe, expect, it } from 'vitest'
import { createGate } from '../../../test/helpers/gate.js'
import { copied, openLayers, statusOf } from '../../../test/helpers/layers-world.js'
import type { CacheEntry } from '../../model/cache-entry.js'
import { EntryBody } from '../../model/entry-body.js'
import type { FrontStore, Store } from '../../model/store.js'
import { addAll, isSame, sampleBytes } from '../../testing/store-contract/sample-bodies.js'
import { headOf, sampleEntry } from '../../testing/store-contract/sample-records.js'
import { createMemoryStore } from '../memory-store.js'
import { createLayeredStore } from './layered-store.js'

describe('an embedded store before a remote one', () => {
  it('has what was written in both, under the number of the one behind', async () => {
    const { back, openProcess } = openLayers()
    const one = await openProcess('a')
    await back.write(sampleEntry({ key: 'other' }), 0)
    const result = await one.store.write(sampleEntry(), await one.store.sequence())
    expect(result).toEqual({ isStored: true, sequence: 2 })
    expect([one.front.read('tmdb:0001')?.sequence, (await back.head('tmdb:0001'))?.sequence]).toEqual([2, 2])
  })

  it('copies what it finds behind into the front, and says where it found what', async () => {
    const { back, openProcess } = openLayers()
    const one = await openProcess('a')
    await back.write(sampleEntry(), 0)
    const far = await one.store.read('tmdb:0001')
    expect(one.store.tierOf?.(far!)).toBe('redis')
    await copied(one)
    const near = await one.store.read('tmdb:0001')
    expect([one.store.tierOf?.(near!), near?.sequence]).toEqual(['lmdb', 1])
  })

  it('asks nothing behind for what it has near', async () => {
    const { openProcess } = openLayers()
    const one = await openProcess('a')
    await one.store.write(sampleEntry(), 0)
    const calls: string[] = []
    one.remote.onCall((operation) => void calls.push(operation))
    expect(await statusOf(one)).toBe(200)
    expect(calls).toEqual([])
  })

  it('drops copies that another machine replaced or removed, once it looked', async () => {
    const { openProcess, look } = openLayers()
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
    const { openProcess } = openLayers()
    const [one, other] = [await openProcess('a'), await openProcess('b')]
    await one.store.write(sampleEntry({ status: 200 }), 0)
    await one.store.close()
    await other.store.write(sampleEntry({ status: 404 }), await other.store.sequence())
    expect(await statusOf(await openProcess('a'))).toBe(404)
  })

  it('drops all copies where the store behind can no longer tell what changed', async () => {
    const { back, openProcess } = openLayers()
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
    const { clock, newBack, openProcess } = openLayers()
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
    const { back, openProcess } = openLayers()
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
    const { back, openProcess } = openLayers()
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
    const { clock, openProcess } = openLayers()
    const small = createMemoryStore({ maxBytes: 50_000, maxEntries: 100, clock })
    const one = await openProcess('a', small)
    const body = new EntryBody(sampleBytes(100_000))
    const result = await one.store.write(sampleEntry({ body, sizeBytes: body.sizeBytes }), 0)
    expect(result.isStored).toBe(true)
    expect(await statusOf(one)).toBe(200)
    expect(await small.head('tmdb:0001')).toBeUndefined()
  })

  it('goes on with the store behind where the front fails, and says so', async () => {
    const { back, openProcess } = openLayers()
    const one = await openProcess('a')
    await one.front.close()
    await back.write(sampleEntry(), 0)
    expect(await statusOf(one)).toBe(200)
    expect((await one.store.write(sampleEntry({ key: 'b' }), await back.sequence())).isStored).toBe(true)
    expect((await back.head('b'))?.key).toBe('b')
    expect(one.failures[0]).toMatchObject({ tier: 'lmdb', operation: 'follow' })
  })

  it('takes a body in pieces into both, and to the end where the store behind fails in the middle', async () => {
    const { back, openProcess } = openLayers()
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

  it('takes a body that is too large for the front, into the store behind alone', async () => {
    const { back, openProcess } = openLayers()
    const one = await openProcess('a')
    const bytes = sampleBytes(25_000_000)
    const large = asPieces(back)
    const wide = createLayeredStore({ front: one.front, back: large })
    const writer = wide.writeBody!('large')
    await addAll(writer, bytes, 1_000_000)
    expect(isSame(Buffer.concat([...writer.written()]), bytes)).toBe(true)
    const head = { ...headOf(sampleEntry()), sizeBytes: bytes.byteLength, bodyId: 'large' }
    expect((await writer.finish(head, await wide.sequence())).isStored).toBe(true)
    expect([one.front.read('tmdb:0001'), (await back.head('tmdb:0001'))?.sizeBytes]).toEqual([
      undefined,
      25_000_000,
    ])
  })
})

/** A store that takes bodies in pieces, and holds them until the end. */
function asPieces(inner: Store): Store {
  return {
    ...inner,
    writeBody() {
      const pieces: Uint8Array[] = []
      return {
        add: (bytes) => Promise.resolve(void pieces.push(bytes.slice())),
        written: () => pieces,
        finish: (head, began) =>
          inner.write({ ...head, kind: 'entry', body: new EntryBody(Buffer.concat(pieces)) }, began),
        abandon: () => Promise.resolve(),
      }
    },
  }
}
