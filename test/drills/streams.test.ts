import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/shared/clock.js'
import { createLmdbStore } from '../../src/stores/lmdb/lmdb-store.js'
import { startPeer } from './start-peer.js'

const base = mkdtempSync(join(tmpdir(), 'cachette-streams-'))
let folders = 0
afterAll(() => rmSync(base, { recursive: true, force: true }))

function newFolder(): string {
  folders += 1
  return join(base, `store-${folders}`)
}

interface Phase {
  readonly ms: number
  readonly arrayBuffersMib: number
  readonly heapMib: number
  readonly residentMib: number
}

describe('bodies too large to be held', () => {
  it('200 MiB go in and out with bounded memory', () => {
    const script = fileURLToPath(new URL('stream-drill.mjs', import.meta.url))
    const output = execFileSync(process.execPath, [script, '--mib', '200', '--json'], { encoding: 'utf8' })
    const figures = JSON.parse(output) as Record<'in' | 'late' | 'out' | 'copy', Phase>
    expect(figures).toMatchObject({ isLateSame: true, isStored: true, isSame: true, isCopied: true })
    for (const phase of [figures.in, figures.late, figures.out, figures.copy]) {
      expect(phase.arrayBuffersMib).toBeLessThan(80)
      expect(phase.heapMib).toBeLessThan(40)
      if (process.platform === 'linux') expect(phase.residentMib).toBeLessThan(150)
    }
  })

  it('a process killed in the middle of one leaves no entry, and its chunks go when their time is over', async () => {
    const path = newFolder()
    let laterMs = 0
    const clock = { ...systemClock, nowMs: () => Date.now() + laterMs }
    const store = await createLmdbStore({ path, maxBytes: 2_000_000_000, clock })
    const peers = Array.from({ length: 3 }, () => startPeer(path))
    for (const [index, peer] of peers.entries()) {
      await peer.ask('open')
      await peer.ask('write', { key: `whole:${index}`, number: index })
      expect(await peer.ask('stream', { bodyId: `b${index}`, bytes: 2_000_000 })).toEqual({ isComing: true })
      await sleep(20 + index * 15)
      peer.kill()
      expect(await peer.ended).toBe('SIGKILL')
    }
    const { entries, sizeBytes } = await store.health()
    expect(entries).toBe(3)
    expect(sizeBytes).toBeGreaterThan(3 * 1_500_000)
    expect((await store.list({ limit: 10 })).entries.map(({ key }) => key)).toEqual(
      peers.map((_, index) => `whole:${index}`),
    )
    laterMs = 9 * 60_000
    expect(await store.clean(() => false)).toBe(0)
    expect((await store.health()).sizeBytes).toBe(sizeBytes)
    laterMs = 11 * 60_000
    expect(await store.clean((head) => head.removeAtMs <= 0, { expiredAtMs: 0 })).toBe(0)
    expect((await store.health()).sizeBytes).toBeLessThan(200_000)
    await store.close()
    const again = await createLmdbStore({ path, maxBytes: 2_000_000_000, clock })
    for (const index of peers.keys()) expect(again.read(`whole:${index}`)).toBeDefined()
    expect(await again.clean(() => true)).toBe(3)
    expect((await again.health()).sizeBytes).toBe(0)
    await again.close()
  })
})
