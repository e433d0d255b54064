// What was opened in the store for a body is given up when it fails, from the first piece on.
import { expect, it } from 'vitest'
import { MIB, checkingReader, openLive } from '../fuzz/body-harness.js'

it.each([1, 2, 3])('a writer that fails at piece %i is abandoned', async (failsAt) => {
  const { live, source, writers } = openLive({ writer: 'takes-all', failsAt })
  const reader = checkingReader(live.ticket()!)
  for (let piece = 0; piece < 6; piece += 1) source.push(MIB / 2)
  source.end()
  await reader.drain()
  expect([reader.ended, reader.readBytes]).toEqual(['done', 3 * MIB])
  expect(writers.map(({ isAbandoned }) => isAbandoned)).toEqual([true])
})
