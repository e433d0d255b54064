import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../../test/helpers/fake-clock.js'
import { sampleEntry } from '../testing/store-contract/sample-records.js'
import { createMemoryStore } from '../stores/memory-store.js'
import { keepHouse } from './housekeeping.js'

describe('housekeeping', () => {
  it('removes what may not be used any more every ten minutes, and nothing else, until it is stopped', async () => {
    const clock = createFakeClock()
    const store = createMemoryStore({ maxBytes: 1e6, maxEntries: 100, clock })
    const endsAtMs = clock.nowMs() + 60_000
    await store.write(sampleEntry({ key: 'a'.repeat(32), removeAtMs: endsAtMs }), 0)
    await store.write(sampleEntry({ key: 'b'.repeat(32), removeAtMs: endsAtMs + 3_600_000 }), 0)
    const stop = keepHouse(store, clock)
    clock.advance(9 * 60_000)
    expect(await store.health()).toMatchObject({ entries: 2 })
    clock.advance(60_000)
    await store.health()
    expect(await store.health()).toMatchObject({ entries: 1 })
    stop()
    clock.advance(2 * 3_600_000)
    expect(await store.health()).toMatchObject({ entries: 1 })
  })
})
