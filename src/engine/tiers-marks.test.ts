import { describe, expect, it, vi } from 'vitest'
import { createFakeClock } from '../../test/helpers/fake-clock.js'
import { createEventBus } from '../events/event-bus.js'
import type { MarkScope } from '../model/mark.js'
import { createMemoryStore } from '../stores/memory-store.js'
import { sampleEntry } from '../testing/store-contract/sample-records.js'
import { createTiers } from './tiers.js'

const BOUNDS = { maxBytes: 4_000_000, maxEntries: 10_000 }
const ENTRY = sampleEntry({ tags: ['a'], service: 's', purgeUrl: 'https://h/v1/x', sequence: 0 })

/** Tiers before a store on which others draw marks as well. */
async function openTiers(isAsync: boolean) {
  const clock = createFakeClock()
  const store = createMemoryStore({ ...BOUNDS, clock })
  const near = createMemoryStore({ ...BOUNDS, clock })
  const later = <Value>(value: Value): Value => (isAsync ? (Promise.resolve(value) as Value) : value)
  const marks = vi.fn((after?: number) => later(store.marks(after)))
  const shared = {
    ...store,
    marks,
    sequence: () => later(store.sequence()),
    changesSince: (sequence: number) => later(store.changesSince(sequence)),
  }
  const tiers = await createTiers({ near, shared, clock, bus: createEventBus(), isProcessOnly: false })
  const draw = (scope: MarkScope) => store.addMark(scope, { isSoft: false, atMs: clock.nowMs() })
  return { tiers, store, clock, draw, asked: () => marks.mock.calls.map(([after]) => after) }
}

describe.each([
  ['an embedded store', false],
  ['a store across a network', true],
])('marks that others draw on %s', (_, isAsync) => {
  it('are taken over as they come, and only those', async () => {
    const { tiers, draw, asked } = await openTiers(isAsync)
    await draw({ tag: 'b' })
    await tiers.lookNow()
    expect(tiers.marks.stateOf(ENTRY)).toBe('none')
    await draw({ urlPrefix: 'https://h/v1/' })
    await tiers.lookNow()
    expect(tiers.marks.stateOf(ENTRY)).toBe('hard')
    await tiers.lookNow()
    expect(asked()).toEqual([undefined, 0, 1])
    expect(tiers.marks.size()).toBe(2)
  })

  it('are read in full where the store no longer knows what changed', async () => {
    const { tiers, store, draw, asked } = await openTiers(isAsync)
    await draw({ tag: 'a' })
    for (let index = 0; index < 4_200; index += 1) await store.write(sampleEntry({ key: 'k', tags: [] }), 1)
    await tiers.lookNow()
    expect(tiers.marks.stateOf(ENTRY)).toBe('hard')
    expect(asked()).toEqual([undefined, undefined])
  })

  it('and forgotten there go here too, once they are many', async () => {
    const { tiers, store, clock, draw, asked } = await openTiers(isAsync)
    const drawMany = async (from: number) => {
      for (let index = 0; index < 1_100; index += 1) await draw({ tag: `t${from + index}` })
      await tiers.lookNow()
    }
    await drawMany(0)
    expect(tiers.marks.size()).toBe(1_100)
    clock.advance(3_600_000)
    await store.clean(() => true)
    expect((await store.marks()).length).toBe(0)
    await drawMany(2_000)
    expect(tiers.marks.size()).toBe(1_100)
    expect(asked()).toEqual([undefined, 0, undefined])
  })

  it('and forgotten there cover what stands here alone, or it goes with them', async () => {
    const { tiers, store, clock, draw } = await openTiers(isAsync)
    tiers.keepNear({ ...ENTRY, key: 'here alone' })
    await draw({ service: 's' })
    await tiers.lookNow()
    clock.advance(3_600_000)
    await store.clean(() => true)
    for (let index = 0; index < 1_100; index += 1) await draw({ tag: `t${index}` })
    await tiers.lookNow()
    await draw({ tag: 'one more' })
    await tiers.lookNow()
    const left = tiers.near?.peek('here alone')
    expect(left?.kind === 'entry' && tiers.marks.stateOf(left) === 'none').toBe(false)
  })
})
