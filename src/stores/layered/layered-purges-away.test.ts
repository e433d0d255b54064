import { describe, expect, it } from 'vitest'
import { atOnce, createGate } from '../../../test/helpers/gate.js'
import { HARD, type LayeredProcess, openLayers, statusOf } from '../../../test/helpers/layers-world.js'
import type { FrontStore, Store } from '../../model/store.js'
import { addAll, sampleBytes } from '../../testing/store-contract/sample-bodies.js'
import { headOf, sampleEntry } from '../../testing/store-contract/sample-records.js'
import { createLayeredStore } from './layered-store.js'

describe('a purge while the store behind is away', () => {
  it('lets nothing of a call that began before it past, wherever it is on its way', async () => {
    const { openProcess } = openLayers()
    const one = await openProcess('a')
    const [reached, gate] = [createGate(), createGate()]
    const { cells } = one.front
    const slowFront: FrontStore = {
      ...one.front,
      cells: {
        ...cells,
        read: (name) => cells.read(name),
        list: (prefix) => cells.list(prefix),
        async update(name, change) {
          if (name.startsWith('layered:purge:')) {
            reached.open()
            await gate.opened
          }
          return cells.update(name, change)
        },
      },
    }
    const slow = createLayeredStore({ front: slowFront, back: one.remote.store })
    await slow.sequence()
    one.remote.goAway()
    const began = await slow.sequence()
    const purging = slow.addMark({ service: 'tmdb' }, HARD)
    await reached.opened
    await slow.write(sampleEntry({ key: 'between' }), began)
    gate.open()
    const mark = await purging
    expect((await slow.head('between'))?.sequence ?? -1).toBeLessThan(mark.sequence)
    expect(await slow.write(sampleEntry({ key: 'late' }), began)).toEqual({
      isStored: false,
      because: 'purged-meanwhile',
    })
  })

  it('has a number of its own, whoever else on the machine draws one at that moment', async () => {
    const { back, openProcess } = openLayers()
    const processes = [await openProcess('a'), await openProcess('a')]
    for (const { store, remote } of processes) {
      await store.sequence()
      remote.goAway()
    }
    const drawn = await atOnce(8, (index) => processes[index % 2]!.store.addMark({ tag: `t${index}` }, HARD))
    expect(new Set(drawn.map(({ sequence }) => sequence)).size).toBe(8)
    const inOrder = drawn.toSorted((left, right) => left.sequence - right.sequence)
    expect(await processes[0]!.store.marks()).toEqual(inOrder)
    processes[0]!.remote.comeBack()
    await processes[0]!.store.sequence()
    expect((await back.marks()).map(({ scope }) => scope)).toEqual(inOrder.map(({ scope }) => scope))
    expect(await back.sequence()).toBe(8)
  })
})

describe('what was taken alone after a purge', () => {
  it('goes when the store behind is back, since purges of others may have had its number', async () => {
    const { openProcess } = openLayers()
    const [one, same, other] = [await openProcess('a'), await openProcess('a'), await openProcess('b')]
    await one.store.write(sampleEntry({ key: 'before' }), await one.store.sequence())
    await same.store.sequence()
    for (const { remote } of [one, same]) remote.goAway()
    await one.store.addMark({ tag: 'p' }, HARD)
    const seen = await one.store.sequence()
    const written = await one.store.write(sampleEntry({ key: 'alone' }), seen)
    const theirs = await other.store.addMark({ service: 'tmdb' }, HARD)
    expect(written).toEqual({ isStored: true, sequence: theirs.sequence })
    for (const { remote } of [one, same]) remote.comeBack()
    for (const { store } of [one, same]) {
      await store.sequence()
      expect(await store.read('alone')).toBeUndefined()
      expect((await store.head('before'))?.sequence).toBeLessThan(theirs.sequence)
      // Copies further up go once.
      expect((await store.changesSince(seen)).isComplete).toBe(false)
      expect((await store.changesSince(seen)).isComplete).toBe(true)
    }
  })
})

describe('a body that comes in pieces, when the link moves as it ends', () => {
  const bytes = sampleBytes(300_000)
  const head = { ...headOf(sampleEntry()), sizeBytes: bytes.byteLength }

  it('does not stay where it was taken alone and purges of others may have had its number', async () => {
    const { openProcess } = openLayers()
    const [one, same, other] = [await openProcess('a'), await openProcess('a'), await openProcess('b')]
    const { store, reached, gate } = holdingBodies(one)
    await store.sequence()
    await same.store.sequence()
    for (const { remote } of [one, same]) remote.goAway()
    const writer = store.writeBody!(head.bodyId)
    await addAll(writer, bytes)
    for (const tag of ['p', 'q', 'r']) await same.store.addMark({ tag }, HARD)
    const finishing = writer.finish(head, await store.sequence())
    await reached.opened
    await other.store.addMark({ service: 'tmdb' }, HARD)
    same.remote.comeBack()
    await same.store.sequence()
    gate.open()
    expect(await finishing).toEqual({ isStored: false, because: 'purged-meanwhile' })
    expect(one.front.read(head.key)).toBeUndefined()
  })

  it('is no copy where it was replaced behind, and the change was heeded before it was there', async () => {
    const { back, openProcess } = openLayers()
    const [one, same] = [await openProcess('a'), await openProcess('a')]
    await same.store.sequence()
    const { store, reached, gate } = holdingBodies(one)
    const writer = store.writeBody!(head.bodyId)
    await addAll(writer, bytes)
    const finishing = writer.finish(head, await store.sequence())
    await reached.opened
    await back.write(sampleEntry({ status: 404 }), await back.sequence())
    await same.store.sequence()
    gate.open()
    expect((await finishing).isStored).toBe(true)
    expect(await statusOf(same)).toBe(404)
  })
})

/** A process whose front is slow to keep a body that came in pieces. */
function holdingBodies({ front, remote }: LayeredProcess): {
  readonly store: Store
  readonly reached: ReturnType<typeof createGate>
  readonly gate: ReturnType<typeof createGate>
} {
  const [reached, gate] = [createGate(), createGate()]
  const slowFront: FrontStore = {
    ...front,
    writeBody(bodyId) {
      const writer = front.writeBody(bodyId)
      return {
        ...writer,
        async keep(head) {
          reached.open()
          await gate.opened
          return writer.keep(head)
        },
      }
    },
  }
  return { store: createLayeredStore({ front: slowFront, back: remote.store }), reached, gate }
}
