// What a contract needs of a test runner, and how its tests get a store each.
import type { CacheEntry } from '../../src/model/cache-entry.js'
import type { Store } from '../../src/model/store.js'

/** The parts of a test runner that the contract needs; vitest, jest and mocha with chai-like expect provide them. */
export interface Runner {
  readonly describe: (title: string, body: () => void) => void
  readonly it: (title: string, body: () => Promise<void>) => void
  readonly expect: (actual: unknown) => {
    toBe(expected: unknown): void
    toEqual(expected: unknown): void
    toBeUndefined(): void
    toBeGreaterThan(expected: number): void
  }
}

/** A store under test; `maxBytes` is 4 to 6 MB, and `nowMs` what its clock says at first. */
export interface StoreUnderTest {
  readonly store: Store
  readonly nowMs: number
  /** Moves its clock on. */
  readonly advance: (byMs: number) => void
  /** Lets go of whatever the test held, the store included. */
  readonly dispose: () => Promise<void>
}

/** A runner whose tests are handed a store of their own. */
export interface StoreTesting {
  readonly describe: Runner['describe']
  readonly expect: Runner['expect']
  readonly test: (title: string, body: (under: StoreUnderTest) => Promise<void>) => void
}

/** Hands each test a fresh store and disposes of it afterwards. */
export function createStoreTesting(
  { describe, it, expect }: Runner,
  createStore: () => Promise<StoreUnderTest>,
): StoreTesting {
  return {
    describe,
    expect,
    test(title, body) {
      it(title, async () => {
        const under = await createStore()
        try {
          await body(under)
        } finally {
          await under.dispose()
        }
      })
    },
  }
}

/** The entry under a key, if it is one. */
export async function readEntry(store: Store, key: string): Promise<CacheEntry | undefined> {
  const record = await store.read(key)
  return record?.kind === 'entry' ? record : undefined
}
