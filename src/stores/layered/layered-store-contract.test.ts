import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createFakeClock } from '../../../test/helpers/fake-clock.js'
import { asRemote } from '../../../test/helpers/remote-store.js'
import type { Store } from '../../model/store.js'
import { runStoreContract } from '../../testing/store-contract/run-store-contract.js'
import { createLmdbStore } from '../lmdb/lmdb-store.js'
import { createLayeredStore } from './layered-store.js'

const folder = mkdtempSync(join(tmpdir(), 'cachette-layered-'))
let stores = 0
afterAll(() => rmSync(folder, { recursive: true, force: true }))

runStoreContract(
  { describe, it, expect },
  {
    name: 'lmdb before lmdb',
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
      const clock = createFakeClock()
      stores += 1
      const number = stores
      const opened: Store[] = []
      const open = async (): Promise<Store> => {
        const path = (name: string): string => join(folder, `${number}-${name}`)
        const front = await createLmdbStore({ path: path('front'), maxBytes: 4_000_000, clock })
        const back = await createLmdbStore({ path: path('back'), maxBytes: 4_000_000, clock })
        const store = createLayeredStore({ front, back: asRemote(back).store })
        opened.push(store)
        return store
      }
      return {
        store: await open(),
        nowMs: clock.nowMs(),
        advance: clock.advance,
        openPeer: open,
        dispose: async () => void (await Promise.all(opened.map((one) => one.close()))),
      }
    },
  },
)
