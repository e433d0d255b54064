// A budget that several processes share, each at full speed: the origin counts what really came.
import { describe, expect, it } from 'vitest'
import { newFolder, openOrigin } from '../helpers/cache-world.js'
import { startCachePeer } from '../helpers/cache-peer.js'
import { atOnce } from '../helpers/gate.js'

const BUDGET = 100
const PROCESSES = 4
const CALLS_EACH = 100

/** Where the processes keep their budgets; `CACHETTE_TEST_STORE` runs the same on another store, such as `redis://127.0.0.1:6379/9`. */
const storeOf = (): string => process.env['CACHETTE_TEST_STORE'] ?? `lmdb:${newFolder()}`

describe('a budget of 100 calls', { timeout: 90_000 }, () => {
  it('shared by four processes at full speed is 100 calls at the origin', async () => {
    const origin = await openOrigin()
    const options = {
      store: storeOf(),
      services: {
        my_service: { baseURL: origin.url, quota: `${BUDGET}/1h`, retry: { attempts: 1 }, timeout: '60s' },
      },
    }
    const peers = await atOnce(PROCESSES, () => startCachePeer(options))
    const outcomes = await Promise.all(
      peers.map((peer, index) =>
        peer.ask<readonly string[]>('atOnce', {
          urls: Array.from({ length: CALLS_EACH }, (_, call) => `/item/${index}-${call}`),
        }),
      ),
    )
    expect(origin.count()).toBe(BUDGET)
    const all = outcomes.flat()
    expect(all.filter((outcome) => outcome === 'miss')).toHaveLength(BUDGET)
    expect(all.filter((outcome) => outcome === 'CACHETTE_QUOTA')).toHaveLength(
      PROCESSES * CALLS_EACH - BUDGET,
    )
    for (const peer of peers) await peer.ask('close')
  })

  it('a 429 that one process gets stops the others within a tenth of a second', async () => {
    const origin = await openOrigin()
    origin.on('/busy', { status: 429, headers: { 'retry-after': '60' } })
    const options = { store: storeOf(), services: { my_service: { baseURL: origin.url } } }
    const peers = await atOnce(2, () => startCachePeer(options))
    const ask = (peer: number, url: string): Promise<readonly string[]> =>
      peers[peer]!.ask<readonly string[]>('atOnce', { urls: [url] })
    await ask(1, '/before')
    await ask(0, '/busy')
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(await ask(1, '/after')).toEqual(['CACHETTE_COOLDOWN'])
    expect(origin.count()).toBe(2)
    for (const peer of peers) await peer.ask('close')
  })
})
