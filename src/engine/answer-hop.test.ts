import { expect, it } from 'vitest'
import { turns } from '../../test/fuzz/body-harness.js'
import { createGate } from '../../test/helpers/gate.js'
import type { CacheRequest } from '../model/cache-request.js'
import { type HopParts, createAnswerHop } from './answer-hop.js'
import type { KnownCall } from './prepared-call.js'

it('a refresh that a hit set off is waited for until it has asked the tiers, whatever they say', async () => {
  const gate = createGate()
  let asked = 0
  const parts: Pick<HopParts, 'tiers' | 'fly'> = {
    tiers: {
      async find() {
        asked += 1
        await gate.opened
        throw new Error('the store is away')
      },
    } as Pick<HopParts['tiers'], 'find'> as HopParts['tiers'],
    fly: { mayAskBehind: () => true } as Pick<HopParts['fly'], 'mayAskBehind'> as HopParts['fly'],
  }
  const { refreshAhead, begun } = createAnswerHop(parts as HopParts)
  const known = { key: 'a key', parts: {} } as Partial<KnownCall> as KnownCall
  await begun()
  refreshAhead({} as CacheRequest, known)
  let isBegun = false
  const waiting = begun().then(() => (isBegun = true))
  await turns()
  expect([asked, isBegun]).toEqual([1, false])
  gate.open()
  await waiting
  await begun()
})
