import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createDiskRoom } from './disk-room.js'

const MB = 1024 ** 2
/** What a file of 2 MiB holds that has no room inside. */
const FULL_BYTES = 1.4 * MB
const folder = mkdtempSync(join(tmpdir(), 'cachette-room-'))
const dataFile = join(folder, 'data.mdb')
writeFileSync(dataFile, Buffer.alloc(2 * MB))
afterAll(() => rmSync(folder, { recursive: true }))

describe('the room on a disk', () => {
  it.each([
    [6 * MB, MB],
    [100 * MB, 5 * MB],
    [1e12, 16 * MB],
  ])('of %i bytes is used up to a reserve of %i', (totalBytes, reserveBytes) => {
    const stateWith = (freeBytes: number): string =>
      createDiskRoom({ dataFile, disk: () => ({ freeBytes, totalBytes }), maxFileBytes: Infinity }).state(
        FULL_BYTES,
      )
    const left = [reserveBytes / 4 - 1, reserveBytes / 4, reserveBytes - 1, reserveBytes, reserveBytes * 4]
    expect(left.map(stateWith)).toEqual(['spent', 'short', 'short', 'tight', 'ample'])
  })

  it('is there again for what is kept in place of what was removed', () => {
    const disk = () => ({ freeBytes: MB / 2, totalBytes: 6 * MB })
    const room = createDiskRoom({ dataFile, disk, maxFileBytes: Infinity })
    expect([FULL_BYTES, MB, MB / 2, 0].map((liveBytes) => room.state(liveBytes))).toEqual([
      'short',
      'short',
      'tight',
      'tight',
    ])
  })

  it('ends where the process may not make its file larger', () => {
    const disk = () => ({ freeBytes: 1e9, totalBytes: 1e12 })
    const stateUpTo = (maxFileBytes: number): string =>
      createDiskRoom({ dataFile, disk, maxFileBytes }).state(FULL_BYTES)
    expect([3 * MB - 1, 3 * MB, 6 * MB].map(stateUpTo)).toEqual(['short', 'tight', 'ample'])
  })

  it('is told by the system', () => {
    const { state, reserveBytes } = createDiskRoom({ dataFile })
    expect(reserveBytes).toBeGreaterThanOrEqual(MB)
    expect(['ample', 'tight', 'short', 'spent']).toContain(state(FULL_BYTES))
  })
})
