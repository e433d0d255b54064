// A reader who asks for some bytes of a body that is coming, and leaves before the first one, lets go of it.
import { expect, it } from 'vitest'
import { selectShare } from '../../src/engine/select-body.js'
import { demandsOf } from '../../src/http/request-demands.js'
import { openLive } from '../fuzz/body-harness.js'

it('a slice whose stream is let go of before it was begun cancels a body that nobody else wants', async () => {
  const { live, cancelled } = openLive({ sizeBytes: 100_000_000 })
  const body = live.ticket()!
  const answer = {
    status: 200,
    headers: [],
    body,
    outcome: 'miss',
    because: 'not-in-cache',
    ageMs: 0,
    ttlMs: 0,
    tier: 'origin',
    url: 'https://api.example.com/',
    attempts: 1,
    key: 'k',
    isStored: false,
    originStatus: 200,
    redirectedTo: undefined,
  } as const
  const demands = demandsOf([['range', 'bytes=0-9']], 'default')
  const share = selectShare(answer, { method: 'GET', demands, nowMs: 0 })
  expect(share.status).toBe(206)
  await share.body.stream()[Symbol.asyncIterator]().return?.()
  expect(cancelled).toHaveLength(1)
})
