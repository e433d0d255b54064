// A store that is slower than the origin does not fill memory with what waits to be written.
import { expect, it } from 'vitest'
import { createTiers } from '../../src/engine/tiers.js'
import { createEventBus } from '../../src/events/event-bus.js'
import { EntryBody } from '../../src/model/entry-body.js'
import { createMemoryStore } from '../../src/stores/memory-store.js'
import { entryWith } from '../helpers/dated-entry.js'
import { createFakeClock } from '../helpers/fake-clock.js'
import { createGate } from '../helpers/gate.js'

const MIB = 1024 ** 2

it('what comes beyond 32 MiB of waiting bodies is not written, and said so', async () => {
  const clock = createFakeClock()
  const bounds = { maxBytes: 1_000 * MIB, maxEntries: 1_000, clock }
  const store = createMemoryStore(bounds)
  const gate = createGate()
  const slow = {
    ...store,
    write: (...given: Parameters<typeof store.write>) => gate.opened.then(() => store.write(...given)),
  }
  const bus = createEventBus()
  const failures: string[] = []
  bus.on('tier-failed', ({ operation }) => failures.push(operation))
  const tiers = await createTiers({ near: undefined, shared: slow, clock, bus, isProcessOnly: false })
  const body = new EntryBody(new Uint8Array(8 * MIB))
  const write = (index: number) =>
    tiers.commit({ ...entryWith({ key: `k${index}`, sizeBytes: 8 * MIB }), kind: 'entry', body }, 0)
  const writing = [0, 1, 2, 3, 4, 5].map(write)
  gate.open()
  const results = await Promise.all(writing)
  expect(results.map((result) => result?.isStored)).toEqual([true, true, true, true, undefined, undefined])
  expect(failures).toEqual(['keep up', 'keep up'])
  expect((await write(6))?.isStored).toBe(true)
})
