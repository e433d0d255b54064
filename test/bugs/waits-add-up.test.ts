// What a caller waits for in a row, one call and then another, is bounded by one timeout.
import { describe, expect, it } from 'vitest'
import type { ServiceOptions } from '../../src/config/service-options.js'
import { createLeases } from '../../src/engine/leases.js'
import type { Lease } from '../../src/model/leases.js'
import { createMemoryStore } from '../../src/stores/memory-store.js'
import { turns } from '../fuzz/body-harness.js'
import { type CacheWorld, openWorld } from '../helpers/cache-world.js'
import { type FakeClock, createFakeClock } from '../helpers/fake-clock.js'
import { createGate, until } from '../helpers/gate.js'

const TIMEOUT_MS = 3_000

interface Told {
  /** When it came, after the call. */
  readonly afterMs: number
  readonly outcome: string
}

/** Asks, and tells how that ended and after how long. */
function asking({ api, clock }: CacheWorld, path: string): { told(): Told | undefined } {
  const startMs = clock.monotonicMs()
  let told: Told | undefined
  const tell = (outcome: string): void => void (told = { afterMs: clock.monotonicMs() - startMs, outcome })
  api.fetchExternal(path).then(
    ({ outcome }) => tell(outcome),
    (error: { code: string }) => tell(error.code),
  )
  return { told: () => told }
}

/** Lets time pass, and whatever it sets off happen on the way. */
async function pass(clock: FakeClock, forMs: number, stepMs = 50): Promise<void> {
  for (let goneMs = 0; goneMs < forMs; goneMs += stepMs) {
    clock.advance(stepMs)
    await turns(4)
  }
}

/** A world on a store of which another process has the lease of a path, which it does not renew. */
async function openHeld(
  path: string,
  service: ServiceOptions = {},
): Promise<{ world: CacheWorld; lease: Lease }> {
  const clock = createFakeClock()
  const store = createMemoryStore({ maxBytes: 2 ** 20, maxEntries: 100, clock })
  const world = await openWorld({ store, memory: false, clock, service: { timeout: TIMEOUT_MS, ...service } })
  const { key } = await world.cachette.explain(`${world.origin.url}${path}`)
  const taken = await createLeases(store.cells, createFakeClock()).take(key, { mustAsk: true })
  if (taken.state !== 'taken') throw new Error('expected the lease')
  return { world, lease: taken.lease }
}

describe('the timeout of a caller', () => {
  it('goes on while the lease of a process that died is waited for, and the call after it serves others', async () => {
    const { world } = await openHeld('/data')
    const { origin, clock, api } = world
    const gate = createGate()
    origin.on('/data', { json: { n: 1 }, after: gate.opened })
    const caller = asking(world, '/data')
    await turns(4)
    await pass(clock, 2_200)
    await until(() => origin.count('/data') === 1, 'the call that takes over')
    const later = api.fetchExternal('/data')
    await pass(clock, TIMEOUT_MS - 2_200 - 50)
    expect(caller.told()).toBeUndefined()
    await pass(clock, 50)
    await until(() => caller.told() !== undefined, 'the end')
    expect(caller.told()).toEqual({ afterMs: TIMEOUT_MS, outcome: 'CACHETTE_TIMEOUT' })
    gate.open()
    expect(await later).toMatchObject({ data: { n: 1 }, outcome: 'coalesced' })
    expect(origin.count('/data')).toBe(1)
  })

  it('goes on while another process asks for itself alone', async () => {
    const { world, lease } = await openHeld('/data')
    const { origin, clock } = world
    origin.on('/data', { ending: 'hang' })
    const caller = asking(world, '/data')
    await turns(4)
    await pass(clock, 1_000)
    await lease.release({ kind: 'alone' })
    await pass(clock, 1_000)
    await until(() => origin.count('/data') === 1, 'the call of its own')
    await pass(clock, 1_000)
    await until(() => caller.told() !== undefined, 'the end')
    expect(caller.told()).toEqual({ afterMs: TIMEOUT_MS, outcome: 'CACHETTE_TIMEOUT' })
    // The call itself has a timeout of its own.
    await pass(clock, 2_000)
  })

  it('goes on while a call of this process is waited for whose answer is for one alone', async () => {
    const world = await openWorld({ service: { timeout: TIMEOUT_MS } })
    const { origin, clock } = world
    const gate = createGate()
    origin.on('/mine', ({ nth }) =>
      nth === 1
        ? { json: { nth }, headers: { 'cache-control': 'no-store' }, after: gate.opened }
        : { ending: 'hang' },
    )
    const first = asking(world, '/mine')
    const second = asking(world, '/mine')
    await until(() => origin.count('/mine') === 1, 'the first call')
    await pass(clock, 2_000)
    gate.open()
    await until(() => origin.count('/mine') === 2, 'the second call')
    expect(first.told()).toEqual({ afterMs: 2_000, outcome: 'miss' })
    await pass(clock, 1_000)
    await until(() => second.told() !== undefined, 'the end')
    expect(second.told()).toEqual({ afterMs: TIMEOUT_MS, outcome: 'CACHETTE_TIMEOUT' })
  })

  it('goes on while a schema is asked', async () => {
    const validate = {
      '~standard': { version: 1, vendor: 'test', validate: () => new Promise<never>(() => undefined) },
    } as const
    const world = await openWorld({ service: { timeout: TIMEOUT_MS, validate } })
    const { origin, clock } = world
    const gate = createGate()
    origin.on('/data', { json: { n: 1 }, after: gate.opened })
    const caller = asking(world, '/data')
    await until(() => origin.count('/data') === 1, 'the call')
    await pass(clock, 2_000)
    gate.open()
    await turns(20)
    await pass(clock, 1_000)
    await until(() => caller.told() !== undefined, 'the end')
    expect(caller.told()).toEqual({ afterMs: TIMEOUT_MS, outcome: 'CACHETTE_TIMEOUT' })
  })
})
