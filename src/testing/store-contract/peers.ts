// What several processes on one store see of each other.
import type { Store } from '../../model/store.js'
import { until } from '../gate.js'
import { headOf, sampleTally } from './sample-records.js'
import { readEntry, type StoreTesting, type StoreWorld } from './store-testing.js'
import type { StoreCapabilities } from './store-under-test.js'

const LIFE_MS = 60_000

/** Two processes on a store. */
export function describePeers({ describe, test, expect }: StoreTesting): void {
  /** A fact about two processes. */
  function peersTest(
    title: string,
    body: (world: StoreWorld, peer: Store) => Promise<void>,
    ...needs: (keyof StoreCapabilities)[]
  ): void {
    const withPeer = async (world: StoreWorld): Promise<void> => {
      if (world.openPeer === undefined) throw new Error('a store with hasPeers needs openPeer')
      await body(world, await world.openPeer())
    }
    test(title, withPeer, 'hasPeers', ...needs)
  }

  /** A process may hear of what others changed a moment later. */
  const hears = (peer: Store, sequence: number): Promise<void> =>
    until(async () => (await peer.sequence()) >= sequence, 'a process hears of a change')

  describe('other processes', () => {
    peersTest('see entries and removals', async ({ store, sample }, peer) => {
      const entry = sample()
      await store.write(entry, 0)
      const found = await readEntry(peer, entry.key)
      expect(found === undefined ? undefined : headOf(found)).toEqual({
        ...headOf(entry),
        sequence: await store.sequence(),
      })
      await peer.remove(entry.key)
      // Whoever asks for the number sees what there is from then on; a read alone may be some milliseconds old.
      await store.sequence()
      expect(await store.read(entry.key)).toBeUndefined()
    })

    peersTest('are told what changed', async ({ store, sample, nowMs }, peer) => {
      const start = await peer.sequence()
      const result = await store.write(sample({ key: 'a' }), 0)
      await hears(peer, await store.sequence())
      const changes = await peer.changesSince(start)
      expect([...changes.keys]).toEqual([['a', result.isStored ? result.sequence : 'refused']])
      expect([changes.isComplete, changes.hasNewMarks, changes.sequence]).toEqual([
        true,
        false,
        await store.sequence(),
      ])
      await hears(peer, (await store.addMark({ tag: 'x' }, { isSoft: true, atMs: nowMs })).sequence)
      expect((await peer.changesSince(changes.sequence)).hasNewMarks).toBe(true)
    })

    peersTest('may not store what another one purged', async ({ store, sample, nowMs }, peer) => {
      const began = await peer.sequence()
      const mark = await store.addMark({ service: 'tmdb' }, { isSoft: false, atMs: nowMs })
      expect(await peer.write(sample(), began)).toEqual({ isStored: false, because: 'purged-meanwhile' })
      await hears(peer, mark.sequence)
      expect(await peer.marks()).toEqual([mark])
      const later = await peer.write(sample(), await peer.sequence())
      expect(later.isStored && later.sequence > mark.sequence).toBe(true)
    })

    peersTest(
      'may not store what another one purged, once that one has forgotten the purge',
      async ({ store, sample, nowMs, openPeer }, peer) => {
        const began = await peer.sequence()
        await store.addMark({ service: 'tmdb' }, { isSoft: false, atMs: nowMs - 3_600_000 })
        await store.clean(() => false)
        const refused = { isStored: false, because: 'purged-meanwhile' }
        expect(await peer.write(sample(), began)).toEqual(refused)
        const newcomer = await openPeer?.()
        expect(await newcomer?.write(sample(), began)).toEqual(refused)
        expect((await peer.write(sample(), await store.sequence())).isStored).toBe(true)
      },
      'scans',
    )

    peersTest(
      'have the same secret',
      async ({ store }, peer) => {
        const [one, other] = await Promise.all([store.secret(), peer.secret()])
        expect([...other]).toEqual([...one])
      },
      'isExactAcrossProcesses',
    )

    peersTest('have it too where it was there before', async ({ store }, peer) => {
      expect([...(await peer.secret())]).toEqual([...(await store.secret())])
      expect([...(await store.secret())]).toEqual([...(await peer.secret())])
    })

    peersTest('see cells', async ({ store, nowMs, capabilities }, peer) => {
      await store.cells.update('a', () => ({
        action: 'put',
        value: '1',
        keepUntilMs: nowMs + LIFE_MS,
        result: undefined,
      }))
      expect(await peer.cells.read('a')).toBe('1')
      if (capabilities.scans) expect(await peer.cells.list('a')).toEqual([{ name: 'a', value: '1' }])
      await peer.cells.update('a', () => ({ action: 'remove', result: undefined }))
      expect(await store.cells.read('a')).toBeUndefined()
    })

    peersTest(
      'change cells at the same time, each change on top of all others',
      async ({ store }, peer) => {
        const countUp = (store_: Store): Promise<unknown> =>
          store_.cells.update('count', (before, atMs) => ({
            action: 'put',
            value: String(Number(before ?? '0') + 1),
            keepUntilMs: atMs + LIFE_MS,
            result: undefined,
          }))
        await Promise.all(Array.from({ length: 40 }, (_, index) => countUp(index % 2 === 0 ? store : peer)))
        expect(await store.cells.read('count')).toBe('40')
      },
      'isExactAcrossProcesses',
    )

    peersTest(
      'are told of changed cells that they watch, until they stop',
      async ({ store, nowMs }, peer) => {
        let calls = 0
        const change = (): Promise<void> =>
          store.cells.update('a', () => ({
            action: 'put',
            value: String(calls),
            keepUntilMs: nowMs + LIFE_MS,
            result: undefined,
          }))
        const stop = peer.cells.watch?.('a', () => void (calls += 1))
        // A watch may take a moment to begin, and promises no more than to call soon.
        await until(async () => {
          await change()
          return calls > 0
        }, 'a watcher is called')
        stop?.()
        const before = calls
        let marker = 0
        const stopMarker = peer.cells.watch?.('b', () => void (marker += 1))
        await until(async () => {
          await change()
          await store.cells.update('b', (value, atMs) => ({
            action: 'put',
            value: `${value ?? ''}b`,
            keepUntilMs: atMs + LIFE_MS,
            result: undefined,
          }))
          return marker > 0
        }, 'a watcher of another cell is called')
        stopMarker?.()
        expect(calls).toBe(before)
      },
      'watchesCells',
    )

    peersTest(
      'write at the same time, each under a number of its own',
      async ({ store, sample }, peer) => {
        const results = await Promise.all(
          Array.from({ length: 40 }, (_, index) =>
            (index % 2 === 0 ? store : peer).write(sample({ key: `k${index}` }), 0),
          ),
        )
        const numbers = results.map((result) => (result.isStored ? result.sequence : -1))
        expect(new Set(numbers).size).toBe(40)
        await hears(store, Math.max(...numbers))
      },
      'isExactAcrossProcesses',
    )

    peersTest('add to the same figures', async ({ store, nowMs }, peer) => {
      const delta = async (one: Store) => ({
        epoch: await one.ledger.epoch(),
        minute: Math.floor(nowMs / 60_000),
        services: { tmdb: sampleTally(3) },
      })
      expect(await store.ledger.add(await delta(store))).toBe(true)
      expect(await peer.ledger.add(await delta(peer))).toBe(true)
      expect((await store.ledger.figures({})).services['tmdb']?.outcomes.hit).toBe(6)
      const begun = await delta(peer)
      await store.ledger.reset(nowMs)
      expect(await peer.ledger.add(begun)).toBe(false)
    })
  })
}
