// An open breaker is a failure like any other to callers who have an older answer to fall back on.
import { expect, it } from 'vitest'
import { openWorld } from '../helpers/cache-world.js'

it('an older answer stands in while the breaker is open', async () => {
  const { api, origin, clock } = await openWorld({
    service: { ttl: '1h', retry: { attempts: 1 }, breaker: { failures: 2, openFor: '10m' } },
  })
  origin.on('/data', { json: { nth: 1 } })
  await api.getExternal('/data')
  clock.advance(3_600_000)
  for (const path of ['/data', '/other']) origin.on(path, { status: 500 })
  for (let call = 0; call < 2; call += 1) await api.fetchExternal('/other')
  expect(await api.fetchExternal('/data')).toMatchObject({ outcome: 'rescued', because: 'breaker-open' })
  expect(origin.count('/data')).toBe(1)
})
