import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/shared/clock.js'
import { createLmdbStore } from '../../src/stores/lmdb/lmdb-store.js'
import { type DrillPeer, startPeer } from './start-peer.js'

const base = mkdtempSync(join(tmpdir(), 'cachette-cells-'))
afterAll(() => rmSync(base, { recursive: true, force: true }))

const SURVIVORS = ['one', 'two', 'three']
const TIMES = 400
/** Changes that a peer has under way at a time: so many may be committed and not yet said. */
const AT_ONCE = 8

/** What a peer said last of how often it had counted, in full, before it was killed after so many words. */
async function killAfter(peer: DrillPeer, words: number): Promise<number> {
  let counted = 0
  for (let word = 0; ; word += 1) {
    const answer = await peer.nextAnswer()
    if (answer['counted'] === undefined) return counted
    counted = Number(answer['counted'])
    if (word === words) peer.kill()
  }
}

describe('a cell that four processes change at once', () => {
  it('holds the exact sum, though one of them is killed in the middle', async () => {
    const path = join(base, 'store')
    const cell = 'counter'
    const peers = SURVIVORS.map(() => startPeer(path))
    const victim = startPeer(path)
    for (const peer of [...peers, victim]) await peer.ask('open')

    const counting = peers.map((peer, index) =>
      peer.ask('count', { cell, who: SURVIVORS[index], times: TIMES }),
    )
    const first = await victim.ask('countOn', { cell, who: 'victim' })
    expect(first).toEqual({ counted: AT_ONCE })
    const said = await killAfter(victim, 10)
    expect(await victim.ended).toBe('SIGKILL')
    expect(await Promise.all(counting)).toEqual(SURVIVORS.map(() => ({ counted: TIMES })))

    const store = await createLmdbStore({ path, maxBytes: 2_000_000_000, clock: systemClock })
    const { total, by } = JSON.parse((await store.cells.read(cell)) ?? '') as {
      readonly total: number
      readonly by: Readonly<Record<string, number>>
    }
    for (const who of SURVIVORS) expect([who, by[who]]).toEqual([who, TIMES])
    expect(by['victim']).toBeGreaterThanOrEqual(said)
    expect(by['victim']).toBeLessThanOrEqual(said + AT_ONCE)
    expect(said).toBeGreaterThan(AT_ONCE * 10)
    expect(total).toBe(SURVIVORS.length * TIMES + (by['victim'] ?? 0))
    await store.close()
    for (const peer of peers) peer.kill()
  })
})
