// A remote store, and machines before it, each with a folder of its own and any number of processes.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import type { FrontStore, Store } from '../../src/model/store.js'
import { createLayeredStore, type FrontFailure } from '../../src/stores/layered/layered-store.js'
import { createLmdbStore } from '../../src/stores/lmdb/lmdb-store.js'
import { createMemoryStore } from '../../src/stores/memory-store.js'
import { createFakeClock, type FakeClock } from './fake-clock.js'
import { asRemote, type RemoteStore } from './remote-store.js'

/** One process on a machine. */
export interface LayeredProcess {
  readonly store: Store
  readonly front: FrontStore
  readonly remote: RemoteStore
  readonly failures: readonly FrontFailure[]
}

/** A test's surroundings. */
export interface LayersWorld {
  readonly clock: FakeClock
  /** The remote store. */
  readonly back: Store
  /** Another one. */
  newBack(): Store
  /** A process on a machine, which is made with its first one. */
  openProcess(machine: string, behind?: Store): Promise<LayeredProcess>
  /** The process looks, as an engine does before it reads. */
  look(process: LayeredProcess): Promise<void>
}

/** Makes one; all of it goes when the test ends. */
export function openLayers(): LayersWorld {
  const clock = createFakeClock()
  const folder = mkdtempSync(join(tmpdir(), 'cachette-layers-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const newBack = (): Store => createMemoryStore({ maxBytes: 50_000_000, maxEntries: 10_000, clock })
  const back = newBack()

  async function openProcess(machine: string, behind: Store = back): Promise<LayeredProcess> {
    const front = await createLmdbStore({ path: join(folder, machine), maxBytes: 20_000_000, clock })
    onTestFinished(() => front.close())
    // Processes come and go; the server behind them stays.
    const remote = asRemote({ ...behind, close: () => Promise.resolve() })
    const failures: FrontFailure[] = []
    const store = createLayeredStore({
      front,
      back: remote.store,
      onFrontFailure: (failure) => void failures.push(failure),
    })
    return { store, front, remote, failures }
  }

  async function look({ store }: LayeredProcess): Promise<void> {
    await store.changesSince(await store.sequence())
  }

  return { clock, back, newBack, openProcess, look }
}

/** The status of the entry that a process finds. */
export async function statusOf({ store }: LayeredProcess, key = 'tmdb:0001'): Promise<number | undefined> {
  const record = await store.read(key)
  return record?.kind === 'entry' ? record.status : undefined
}

/** Resolves when copies that were begun are in the front. */
export async function copied({ front }: LayeredProcess, key = 'tmdb:0001'): Promise<void> {
  await expect.poll(() => front.read(key)).toBeDefined()
}

/** A hard purge. */
export const HARD = { isSoft: false, atMs: 5 } as const
