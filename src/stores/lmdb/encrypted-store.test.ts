import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open as openLmdb } from 'lmdb'
import { afterAll, describe, expect, it } from 'vitest'
import { keysOf } from '../../../test/helpers/encryption-keys.js'
import { createFakeClock } from '../../../test/helpers/fake-clock.js'
import { EntryBody } from '../../model/entry-body.js'
import type { FrontStore } from '../../model/store.js'
import { runStoreContract } from '../../testing/store-contract/run-store-contract.js'
import { sampleEntry } from '../../testing/store-contract/sample-records.js'
import type { GivenKeys } from '../codec/key-ring.js'
import { createLmdbStore } from './lmdb-store.js'
import { type BareTables, openTables, plainTables, TABLE_OPTIONS } from './tables.js'
import { putRecord } from './records.js'
import { EMPTY_STATE } from './state-record.js'

const base = mkdtempSync(join(tmpdir(), 'cachette-encrypted-'))
const clock = createFakeClock()
let folders = 0
afterAll(() => rmSync(base, { recursive: true, force: true }))

function newFolder(): string {
  folders += 1
  return join(base, `store-${folders}`, '.cachette')
}

interface Opened {
  readonly store: FrontStore
  readonly warnings: string[]
}

async function open(path: string, keys?: GivenKeys): Promise<Opened> {
  const warnings: string[] = []
  const onWarning = (message: string): void => void warnings.push(message)
  return { store: await createLmdbStore({ path, maxBytes: 4_000_000, clock, keys, onWarning }), warnings }
}

/** Does something in a store and closes it again. */
async function inStore<Result>(
  path: string,
  keys: GivenKeys | undefined,
  work: (store: FrontStore, warnings: string[]) => Promise<Result> | Result,
): Promise<Result> {
  const { store, warnings } = await open(path, keys)
  try {
    return await work(store, warnings)
  } finally {
    await store.close()
  }
}

/** Does something to the bytes in a store's tables, as somebody might who can write to the file. */
async function inTables(path: string, work: (tables: BareTables) => void): Promise<void> {
  const root = openLmdb<Buffer, Buffer>({ path, maxDbs: 24, overlappingSync: false, ...TABLE_OPTIONS })
  root.transactionSync(() => work(openTables(root)!))
  await root.close()
}

const dataOf = (path: string): Buffer => readFileSync(join(path, 'data.mdb'))
const digestOf = (path: string): string => createHash('sha256').update(dataOf(path)).digest('hex')
const filesIn = (path: string): string[] => readdirSync(path).sort()
const write = (store: FrontStore, key: string) => store.write(sampleEntry({ key }), 0)
const isThere = (store: FrontStore, key: string): boolean => store.read(key)?.key === key

runStoreContract(
  { describe, it, expect },
  {
    name: 'lmdb, encrypted',
    capabilities: {
      scans: true,
      listsInOrder: true,
      keepsExpired: true,
      isBounded: true,
      numbersOneByOne: true,
      takesPieces: true,
      hasPeers: true,
      watchesCells: false,
      isExactAcrossProcesses: true,
    },
    async open() {
      const ownClock = createFakeClock()
      const options = { path: newFolder(), maxBytes: 4_000_000, clock: ownClock, keys: keysOf('a') }
      const store = await createLmdbStore(options)
      const opened = [store]
      return {
        store,
        nowMs: ownClock.nowMs(),
        advance: ownClock.advance,
        async openPeer() {
          const peer = await createLmdbStore(options)
          opened.push(peer)
          return peer
        },
        dispose: async () => void (await Promise.all(opened.map((one) => one.close()))),
      }
    },
  },
)

describe('a store under a key', () => {
  it('has what was written after closing and opening, and its secret', async () => {
    const path = newFolder()
    const secret = await inStore(path, keysOf('a'), async (store) => {
      await write(store, 'k1')
      return store.secret()
    })
    await inStore(path, keysOf('a'), async (store, warnings) => {
      expect([isThere(store, 'k1'), warnings]).toEqual([true, []])
      expect(await store.secret()).toEqual(secret)
      expect(await store.health()).toMatchObject({ entries: 1, encryption: { entriesUnderOlderKeys: 0 } })
    })
  })

  it('shows nothing of entries, bodies, marks, tags, cells or figures in its file', async () => {
    const path = newFolder()
    const big = new TextEncoder().encode('a sentence of the body. '.repeat(60_000))
    await inStore(path, keysOf('a'), async (store) => {
      const text = new TextEncoder().encode('{"title":"Inception the second"}')
      const entry = { tags: ['tag-of-it'], headers: [['x-field', 'value of a field']] as [string, string][] }
      await store.write(
        sampleEntry({ ...entry, key: '01', body: new EntryBody(text), sizeBytes: text.length }),
        0,
      )
      await store.write(
        sampleEntry({ ...entry, key: '02', body: new EntryBody(big), sizeBytes: big.length }),
        0,
      )
      await store.addMark({ tag: 'tag-of-mark' }, { isSoft: false, atMs: clock.nowMs() })
      const row = {
        action: 'put',
        value: 'value-of-cell',
        keepUntilMs: clock.nowMs() + 1e6,
        result: 1,
      } as const
      await store.cells.update('quota/name-of-service', () => row)
      expect(await store.cells.list('quota/')).toEqual([
        { name: 'quota/name-of-service', value: 'value-of-cell' },
      ])
    })
    const { url, service, bodyId } = sampleEntry()
    const words = [
      'Inception',
      'sentence',
      'tag-of',
      'x-field',
      'value of',
      'value-of',
      'name-of',
      url,
      bodyId,
    ]
    for (const word of [...words, service, 'themoviedb', 'application/json'])
      expect([word, dataOf(path).includes(word)]).toEqual([word, false])
    const plain = newFolder()
    await inStore(plain, undefined, (store) => write(store, '01'))
    expect(dataOf(plain).includes(url)).toBe(true)
  })

  it('is refused without the key and under another one, by the name of the setting, and stays as it is', async () => {
    const path = newFolder()
    await inStore(path, keysOf('a'), (store) => write(store, 'k1'))
    const [before, files] = [digestOf(path), filesIn(path)]
    await expect(open(path)).rejects.toMatchObject({
      reason: 'key-missing',
      message: `CACHETTE_ENCRYPTION_KEY is not set, but the store in ${path} is encrypted; give its key, or choose a new place`,
    })
    for (const keys of [keysOf('b'), keysOf('b', 'c')]) {
      await expect(open(path, keys)).rejects.toMatchObject({
        reason: 'wrong-key',
        message: expect.stringMatching(
          /^CACHETTE_ENCRYPTION_KEY does not open the store in .*_PREVIOUS/,
        ) as string,
      })
    }
    expect([digestOf(path), filesIn(path)]).toEqual([before, files])
    await inStore(path, keysOf('a'), (store) => expect(isThere(store, 'k1')).toBe(true))
  })

  it('takes nothing that somebody put there in clear, and removes it', async () => {
    const path = newFolder()
    await inStore(path, keysOf('a'), (store) => write(store, 'k1'))
    const injected = sampleEntry({ key: 'k2' })
    await inTables(path, (tables) => {
      const record = { record: injected, body: { chunks: [], sizeBytes: 0 }, nowMs: clock.nowMs() }
      putRecord(plainTables(tables), EMPTY_STATE, Buffer.from('k2'), record)
      putRecord(plainTables(tables), EMPTY_STATE, Buffer.from('k1'), record)
    })
    await inStore(path, keysOf('a'), async (store) => {
      expect([store.read('k1'), store.read('k2'), store.head('k2')]).toEqual([
        undefined,
        undefined,
        undefined,
      ])
      await write(store, 'k3')
      expect((await store.list({ limit: 9 })).entries.map(({ key }) => key)).toEqual(['k3'])
    })
    await inTables(path, (tables) => expect(tables.heads.count()).toBe(1))
  })

  it('takes no record that was moved to the place of another', async () => {
    const path = newFolder()
    await inStore(path, keysOf('a'), async (store) => {
      await write(store, 'k1')
      await write(store, 'k2')
    })
    await inTables(path, ({ heads }) => {
      const [first, second] = heads.rows({})
      heads.put(first!.key, second!.value)
    })
    await inStore(path, keysOf('a'), (store) =>
      expect([isThere(store, 'k1'), isThere(store, 'k2')]).toEqual([false, true]),
    )
  })

  it('whose key check is damaged is moved aside with a warning, and a new one is begun', async () => {
    const path = newFolder()
    await inStore(path, keysOf('a'), (store) => write(store, 'k1'))
    await inTables(path, ({ state }) => {
      const check = state.peek(Buffer.from('key-check'))
      const altered = Buffer.from(check ?? [])
      altered[30] = (altered[30] ?? 0) ^ 1
      state.put(Buffer.from('key-check'), altered)
    })
    await inStore(path, keysOf('a'), async (store, warnings) => {
      expect(warnings).toEqual([
        expect.stringContaining('what it says of its key is damaged. It was moved to '),
      ])
      expect(isThere(store, 'k1')).toBe(false)
      await write(store, 'k1')
    })
    expect(filesIn(path).filter((name) => name.startsWith('data.mdb.bad-')).length).toBe(1)
    await inStore(path, keysOf('a'), (store) => expect(isThere(store, 'k1')).toBe(true))
  })
})

describe('turning encryption on', () => {
  it('removes the store that was not encrypted, with one warning, and nothing of it can be read any more', async () => {
    const path = newFolder()
    await inStore(path, undefined, (store) => write(store, 'k1'))
    const { url } = sampleEntry()
    expect(dataOf(path).includes(url)).toBe(true)
    await inStore(path, keysOf('a'), async (store, warnings) => {
      expect(warnings).toEqual([
        `The store in ${path} was not encrypted. It was removed, and a new one begun under CACHETTE_ENCRYPTION_KEY.`,
      ])
      expect(isThere(store, 'k1')).toBe(false)
      await write(store, 'k1')
    })
    expect(filesIn(path)).toEqual(['data.mdb', 'lock.mdb'])
    expect(dataOf(path).includes(url)).toBe(false)
    await inStore(path, keysOf('a'), (store, warnings) => {
      expect([isThere(store, 'k1'), warnings]).toEqual([true, []])
    })
  })

  it('by several at once removes it once, and they share the new one', async () => {
    const path = newFolder()
    await inStore(path, undefined, (store) => write(store, 'k1'))
    const opened = await Promise.all(Array.from({ length: 4 }, () => open(path, keysOf('a'))))
    expect(opened.flatMap(({ warnings }) => warnings).length).toBe(1)
    await write(opened[0]!.store, 'k2')
    await opened[3]!.store.sequence()
    expect(opened.map(({ store }) => [isThere(store, 'k1'), isThere(store, 'k2')])).toEqual(
      opened.map(() => [false, true]),
    )
    await Promise.all(opened.map(({ store }) => store.close()))
  })

  it('in a new folder says nothing, however many begin at once', async () => {
    const path = newFolder()
    const opened = await Promise.all(Array.from({ length: 4 }, () => open(path, keysOf('a'))))
    const secrets = await Promise.all(opened.map(({ store }) => store.secret()))
    expect(new Set(secrets.map((secret) => Buffer.from(secret).toString('hex'))).size).toBe(1)
    expect(opened.flatMap(({ warnings }) => warnings)).toEqual([])
    await Promise.all(opened.map(({ store }) => store.close()))
  })
})
