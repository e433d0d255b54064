import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/shared/clock.js'
import { createLmdbStore } from '../../src/stores/lmdb/lmdb-store.js'
import { sampleEntry } from '../../src/testing/store-contract/sample-records.js'
import { startPeer } from './start-peer.js'

const base = mkdtempSync(join(tmpdir(), 'cachette-processes-'))
let folders = 0
afterAll(() => rmSync(base, { recursive: true, force: true }))

function newFolder(): string {
  folders += 1
  return join(base, `store-${folders}`)
}

const open = (path: string) => createLmdbStore({ path, maxBytes: 2_000_000_000, clock: systemClock })

describe('several processes on one store', () => {
  it('replacement and purge by another process are seen within 100 ms', async () => {
    const path = newFolder()
    const store = await open(path)
    const peer = startPeer(path)
    await peer.ask('open')
    await peer.ask('write', { key: 'a', number: 1 })
    expect(store.read('a')).toMatchObject({ key: 'a' })
    for (const [action, request] of [
      ['write', { key: 'a', number: 2 }],
      ['mark', { scope: { service: 'drill' } }],
    ] as const) {
      const before = await store.sequence()
      const asking = peer.ask(action, request)
      const startMs = performance.now()
      while ((await store.sequence()) === before) await new Promise((resolve) => setTimeout(resolve, 1))
      const changes = await store.changesSince(before)
      await asking
      expect(performance.now() - startMs).toBeLessThan(100)
      expect([[...changes.keys.keys()], changes.hasNewMarks]).toEqual(
        action === 'write' ? [['a'], false] : [[], true],
      )
    }
    expect((await store.marks()).map(({ scope }) => scope)).toEqual([{ service: 'drill' }])
    expect(await store.write(sampleEntry({ service: 'drill' }), 0)).toMatchObject({
      because: 'purged-meanwhile',
    })
    await peer.ask('close')
    peer.kill()
    await store.close()
  })

  it('a loop that never leaves the microtask queue sees what others commit', async () => {
    const path = newFolder()
    const store = await open(path)
    const peer = startPeer(path)
    await peer.ask('open')
    const before = await store.sequence()
    const asking = peer.ask('write', { key: 'a', number: 1 })
    // The request leaves this process at the next turn.
    await new Promise((resolve) => setImmediate(resolve))
    const deadlineMs = performance.now() + 5_000
    let isSeen = false
    let isRead = false
    while (!(isSeen && isRead) && performance.now() < deadlineMs) {
      isSeen ||= (await store.sequence()) > before
      isRead ||= (await store.read('a')) !== undefined
    }
    expect([isSeen, isRead]).toEqual([true, true])
    await asking
    await peer.ask('close')
    peer.kill()
    await store.close()
  })

  it('processes that make a store at the same moment share it, and one secret', async () => {
    const path = newFolder()
    const peers = Array.from({ length: 4 }, () => startPeer(path))
    expect(await Promise.all(peers.map((peer) => peer.ask('open')))).toEqual(
      peers.map(() => ({ warnings: [] })),
    )
    const secrets = await Promise.all(peers.map((peer) => peer.ask('secret')))
    expect(new Set(secrets.map(({ secret }) => secret)).size).toBe(1)
    await Promise.all(peers.map((peer, index) => peer.ask('write', { key: `p${index}`, number: index })))
    const store = await open(path)
    expect(peers.map((_, index) => store.read(`p${index}`)?.key)).toEqual(
      peers.map((_, index) => `p${index}`),
    )
    await store.close()
    for (const peer of peers) peer.kill()
  })

  it('processes that find a bad file at the same moment move it once and share the new store', async () => {
    const path = newFolder()
    mkdirSync(path)
    writeFileSync(join(path, 'data.mdb'), 'This is not a store.'.repeat(1_000))
    const peers = Array.from({ length: 4 }, () => startPeer(path))
    const opened = await Promise.all(peers.map((peer) => peer.ask('open')))
    expect(opened.flatMap(({ warnings }) => warnings as string[]).length).toBe(1)
    await Promise.all(peers.map((peer, index) => peer.ask('write', { key: `p${index}`, number: index })))
    for (const [index, peer] of peers.entries()) {
      for (const other of peers.keys()) {
        expect([index, await peer.ask('read', { key: `p${other}` })]).toEqual([index, { version: other }])
      }
    }
    for (const peer of peers) peer.kill()
    expect(readdirSync(path).filter((name) => name.startsWith('data.mdb.bad-')).length).toBe(1)
  })

  it('counters of a process that exits with writes under way are kept', async () => {
    const path = newFolder()
    const peer = startPeer(path)
    await peer.ask('open')
    expect(await peer.ask('exitCounting')).toEqual({ isExiting: true })
    expect(await peer.nextAnswer()).toEqual({ isCounted: true })
    expect(await peer.ended).toBe(0)
    const store = await open(path)
    expect((await store.ledger.figures({})).services['drill']?.outcomes.miss).toBe(1)
    await store.close()
  })

  it('a disk that fills up under many writes at once refuses them one and all', async () => {
    const peer = startPeer(newFolder(), { wrap: ['sh', '-c', 'ulimit -f 4000; exec "$0" "$@"'] })
    await peer.ask('open')
    const first = await peer.ask('writeMany', { from: 1, count: 20 })
    expect(first).toEqual({ stored: 20 })
    const second = await peer.ask('writeMany', { from: 26, count: 900 })
    expect(Object.keys(second).filter((word) => word !== 'stored')).toEqual(['full'])
    expect(await peer.ask('writeMany', { from: 1_000, count: 5 })).toEqual({ full: 5 })
    expect(await peer.ask('read', { key: 'k1' })).toEqual({ version: 1 })
    expect(await peer.ask('close')).toEqual({ isClosed: true })
    peer.kill()
  })

  it('a full disk refuses writes and leaves reads and the process alone', async () => {
    const path = newFolder()
    const peer = startPeer(path, { wrap: ['sh', '-c', 'ulimit -f 4000; exec "$0" "$@"'] })
    await peer.ask('open')
    let stored = 0
    let refused: unknown
    for (let number = 1; number < 600 && refused === undefined; number += 1) {
      const result = await peer.ask('write', { key: `k${number}`, number })
      if (result['isStored'] === true) stored += 1
      else refused = result
    }
    expect(refused).toEqual({ isStored: false, because: 'full' })
    expect(stored).toBeGreaterThan(0)
    expect(await peer.ask('read', { key: 'k1' })).toEqual({ version: 1 })
    expect(await peer.ask('health')).toMatchObject({ isWritable: false })
    expect(await peer.ask('close')).toEqual({ isClosed: true })
    peer.kill()
    const store = await open(path)
    expect(store.read('k1')).toBeDefined()
    await store.close()
  })
})

const isRoot = process.getuid?.() === 0
const NOBODY = 65_534

describe.skipIf(!isRoot)('a folder that another user may only read', () => {
  it('opens for reading, or is refused with a sentence', async () => {
    chmodSync(base, 0o755)
    const path = newFolder()
    const store = await open(path)
    await store.write(sampleEntry({ key: 'a' }), 0)
    await store.cells.update('cell', (_, nowMs) => ({
      action: 'put',
      value: 'v',
      keepUntilMs: nowMs + 3_600_000,
      result: undefined,
    }))
    await store.addMark({ urlPrefix: 'https://drill.example/' }, { isSoft: false, atMs: Date.now() })
    await store.close()
    for (const name of ['data.mdb', 'lock.mdb']) {
      chownSync(join(path, name), NOBODY, NOBODY)
      chmodSync(join(path, name), 0o400)
    }
    chownSync(path, NOBODY, NOBODY)
    chmodSync(path, 0o500)
    const peer = startPeer(path, { spawn: { uid: NOBODY, gid: NOBODY } })
    const opened = await peer.ask('open')
    if (opened['error'] === undefined) {
      expect(await peer.ask('health')).toMatchObject({ isWritable: false, entries: 1 })
      expect(await peer.ask('write', { key: 'b', number: 1 })).toEqual({
        isStored: false,
        because: 'read-only',
      })
      expect(await peer.ask('readCell', { cell: 'cell' })).toEqual({
        value: 'v',
        listed: [{ name: 'cell', value: 'v' }],
      })
      expect(await peer.ask('count', { cell: 'cell', who: 'nobody', times: 1 })).toMatchObject({
        name: 'TransactionError',
      })
      expect(await peer.ask('marks')).toMatchObject([{ scope: { urlPrefix: 'https://drill.example/' } }])
    } else {
      expect(opened).toMatchObject({ name: 'StoreOpenError', reason: 'not-accessible' })
    }
    peer.kill()
  })
})
