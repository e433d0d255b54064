import { describe, expect, it } from 'vitest'
import { HARD, openLayers, statusOf } from '../../../test/helpers/layers-world.js'
import type { FrontStore } from '../../model/store.js'
import { sampleEntry } from '../../testing/store-contract/sample-records.js'
import { createLayeredStore } from './layered-store.js'

const MINUTES_MS = 60_000
const NEVER = (): boolean => false

describe('purges before a remote store', () => {
  it('are listed by a read only where some wait for the store behind', async () => {
    const { back, openProcess } = openLayers()
    const one = await openProcess('a')
    const listed: string[] = []
    const { cells } = one.front
    const counting: FrontStore = {
      ...one.front,
      cells: {
        read: (name) => cells.read(name),
        update: (name, change) => cells.update(name, change),
        list(prefix) {
          listed.push(prefix)
          return cells.list(prefix)
        },
      },
    }
    const store = createLayeredStore({ front: counting, back: one.remote.store })
    await store.addMark({ tag: 'p' }, HARD)
    await back.write(sampleEntry(), 0)
    listed.length = 0
    for (const key of ['tmdb:0001', 'nothing', 'tmdb:0001']) await store.read(key)
    await store.write(sampleEntry({ key: 'b' }), await store.sequence())
    expect(listed).toEqual([])
    const other = await openProcess('a')
    await other.store.sequence()
    other.remote.goAway()
    await other.store.addMark({ tag: 'q' }, HARD)
    await store.read('nothing')
    expect((await back.marks()).map(({ scope }) => scope.tag)).toEqual(['p', 'q'])
    listed.length = 0
    await store.read('nothing')
    await store.sequence()
    expect(listed).toEqual([])
  })

  it('are told where one is drawn while others are told', async () => {
    const { back, openProcess } = openLayers()
    const [one, same] = [await openProcess('a'), await openProcess('a')]
    for (const { store, remote } of [one, same]) {
      await store.sequence()
      remote.goAway()
    }
    await one.store.addMark({ tag: 'p' }, HARD)
    let drawn: Promise<unknown> | undefined
    one.remote.onCall(async (operation) => {
      if (operation === 'addMark') await (drawn ??= same.store.addMark({ tag: 'q' }, HARD))
    })
    one.remote.comeBack()
    await one.store.sequence()
    expect((await back.marks()).map(({ scope }) => scope.tag)).toEqual(['p'])
    await one.store.read('nothing')
    expect((await back.marks()).map(({ scope }) => scope.tag)).toEqual(['p', 'q'])
  })

  it('are known while it is away as long as it keeps them, and no longer', async () => {
    const { clock, openProcess } = openLayers()
    const [one, other] = [await openProcess('a'), await openProcess('b')]
    await one.store.write(sampleEntry(), await one.store.sequence())
    await other.store.addMark({ tag: 'nothing has it' }, { isSoft: false, atMs: clock.nowMs() })
    await other.store.addMark({ service: 'tmdb' }, { isSoft: true, atMs: clock.nowMs() })
    await one.store.sequence()
    const known = async () => (await one.store.marks()).map(({ scope }) => scope)
    one.remote.goAway()
    expect(await known()).toEqual([{ tag: 'nothing has it' }, { service: 'tmdb' }])
    one.remote.comeBack()
    clock.advance(15 * MINUTES_MS)
    await one.store.clean(NEVER)
    one.remote.goAway()
    expect(await known()).toEqual([{ service: 'tmdb' }])
  })

  it('that another machine forgot are not kept by one that starts', async () => {
    const { clock, openProcess } = openLayers()
    const [one, other] = [await openProcess('a'), await openProcess('b')]
    await one.store.addMark({ tag: 'nothing has it' }, { isSoft: false, atMs: clock.nowMs() })
    await one.store.close()
    clock.advance(15 * MINUTES_MS)
    await other.store.clean(NEVER)
    const later = await openProcess('a')
    await later.store.sequence()
    later.remote.goAway()
    expect(await later.store.marks()).toEqual([])
  })

  it('cover what the front alone has, though the store behind forgot them since it has nothing of the kind', async () => {
    const { clock, openProcess } = openLayers()
    const [one, other] = [await openProcess('a'), await openProcess('b')]
    await one.store.sequence()
    one.remote.goAway()
    for (const service of ['tmdb', 'other']) {
      await one.store.write(sampleEntry({ key: service, service }), await one.store.sequence())
    }
    one.remote.comeBack()
    await one.store.sequence()
    await other.store.addMark({ service: 'tmdb' }, { isSoft: false, atMs: clock.nowMs() })
    await one.store.sequence()
    await one.store.close()
    clock.advance(15 * MINUTES_MS)
    await other.store.clean(NEVER)
    const later = await openProcess('a')
    await later.store.sequence()
    expect(await later.store.marks()).toEqual([])
    expect([await statusOf(later, 'tmdb'), await statusOf(later, 'other')]).toEqual([undefined, 200])
  })

  it.each([
    ['heard of and forgotten', true],
    ['forgotten before they were heard of', false],
  ])(
    'still refuse what began before them where they were %s, while the store behind is away',
    async (_, isHeard) => {
      const { clock, openProcess } = openLayers()
      const { front: behind } = await openProcess('behind')
      const one = await openProcess('a', behind)
      const began = await one.store.sequence()
      await behind.addMark({ service: 'tmdb' }, { isSoft: false, atMs: clock.nowMs() })
      if (isHeard) await one.store.sequence()
      clock.advance(15 * MINUTES_MS)
      await behind.clean(NEVER)
      await one.store.clean(NEVER)
      const now = await one.store.sequence()
      one.remote.goAway()
      const refused = { isStored: false, because: 'purged-meanwhile' }
      expect(await one.store.write(sampleEntry({ key: 'late' }), began)).toEqual(refused)
      expect((await one.store.write(sampleEntry({ key: 'later' }), now)).isStored).toBe(true)
    },
  )

  it('that were forgotten do not pile up in a process that goes on and on', async () => {
    const { back, clock, openProcess } = openLayers()
    const one = await openProcess('a')
    for (let round = 0; round < 12; round += 1) {
      for (let index = 0; index < 50; index += 1) {
        await back.addMark({ tag: `${round} ${index}` }, { isSoft: false, atMs: clock.nowMs() })
      }
      await one.store.sequence()
      clock.advance(15 * MINUTES_MS)
      await back.clean(NEVER)
    }
    one.remote.goAway()
    expect((await one.store.marks()).length).toBeLessThan(320)
  })
})
