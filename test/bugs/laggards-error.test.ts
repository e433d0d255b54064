// Who lags behind a body that breaks off is told what the others are told.
import { expect, it } from 'vitest'
import { MIB, checkingReader, openLive, turns } from '../fuzz/body-harness.js'

it('a reader who lags gets the error of the body that broke off, not one of the store', async () => {
  const { live, source } = openLive({ writer: 'takes-all' })
  const quick = checkingReader(live.ticket()!)
  const lagging = checkingReader(live.ticket()!)
  for (let piece = 0; piece < 6; piece += 1) source.push(MIB / 2)
  const draining = quick.drain()
  await turns()
  source.fail(new Error('the wire broke'))
  await draining
  await lagging.drain()
  expect([quick.ended, lagging.ended]).toEqual(['the wire broke', 'the wire broke'])
})
