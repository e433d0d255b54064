// Gives each test of the contract a store of its own, and takes it down afterwards.
import type { CacheEntry } from '../../model/cache-entry.js'
import type { Store } from '../../model/store.js'
import type { Runner } from '../runner.js'
import { sampleEntry } from './sample-records.js'
import type { OpenedStore, StoreCapabilities, StoreUnderTest } from './store-under-test.js'

/** A test's surroundings. */
export interface StoreWorld extends OpenedStore {
  readonly capabilities: StoreCapabilities
  /** An entry that was stored now, is fresh for four hours and kept for a week, with whatever the test changes. */
  sample(overrides?: Parameters<typeof sampleEntry>[0]): CacheEntry
}

/** A runner whose tests are handed a store of their own. */
export interface StoreTesting {
  readonly describe: Runner['describe']
  readonly expect: Runner['expect']
  /** A fact; left out where the store cannot do what it needs. */
  readonly test: (
    title: string,
    body: (world: StoreWorld) => Promise<void>,
    ...needs: (keyof StoreCapabilities)[]
  ) => void
}

const HOUR_MS = 3_600_000

/** Ties the contract to a runner and a kind of store. A group of which no test is left is left out as well. */
export function createStoreTesting({ describe, it, expect }: Runner, under: StoreUnderTest): StoreTesting {
  let group: (() => void)[] = []

  async function run(body: (world: StoreWorld) => Promise<void>): Promise<void> {
    const opened = await under.open()
    try {
      await body(worldOf(opened, under.capabilities))
    } finally {
      await opened.dispose()
    }
  }

  return {
    expect,
    describe(title, body) {
      group = []
      body()
      const tests = group
      if (tests.length === 0) return
      describe(`store contract: ${under.name}: ${title}`, () => tests.forEach((register) => register()))
    },
    test(title, body, ...needs) {
      if (needs.some((need) => !under.capabilities[need])) return
      group.push(() => it(title, () => run(body)))
    },
  }
}

function worldOf(opened: OpenedStore, capabilities: StoreCapabilities): StoreWorld {
  const { nowMs } = opened
  const life = {
    storedAtMs: nowMs,
    confirmedAtMs: nowMs,
    staleAtMs: nowMs + 4 * HOUR_MS,
    removeAtMs: nowMs + 7 * 24 * HOUR_MS,
  }
  return {
    ...opened,
    capabilities,
    sample: (overrides = {}) => sampleEntry({ ...life, ...overrides }),
  }
}

/** The entry under a key, if it is one. */
export async function readEntry(store: Store, key: string): Promise<CacheEntry | undefined> {
  const record = await store.read(key)
  return record?.kind === 'entry' ? record : undefined
}

/** What work is rejected with, or undefined where it is not. */
export async function rejection(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  )
}
