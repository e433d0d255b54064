// A key that keeps failing rests longer each time, also where the calls in between were not sent at all.
import { expect, it } from 'vitest'
import { openWorld } from '../helpers/cache-world.js'
import { until } from '../helpers/gate.js'

const HOUR_MS = 3_600_000
const service = { ttl: '1h', retry: { attempts: 1 } } as const

it('failures in a row outlive an open breaker, however long that is open', async () => {
  const { api, origin, clock } = await openWorld({
    service: { ...service, breaker: { failures: 3, openFor: '10m' } },
  })
  await api.getExternal('/data')
  clock.advance(HOUR_MS)
  origin.on('/data', { status: 500 })
  const because = async (): Promise<string> => (await api.fetchExternal('/data')).because
  for (const restMs of [1_000, 2_000, 4_000]) {
    expect(await because()).toBe('origin-transient')
    expect(await because()).toBe('refresh-resting')
    clock.advance(restMs)
  }
  // Three in a row have opened it.
  for (let call = 0; call < 5; call += 1) {
    expect(await because()).toBe('breaker-open')
    clock.advance(100_000)
  }
  clock.advance(100_000)
  expect(await because()).toBe('origin-transient')
  expect(origin.count('/data')).toBe(5)
  clock.advance(7_999)
  expect(await because()).toBe('refresh-resting')
  clock.advance(1)
  expect(await because()).toBe('breaker-open')
})

it('a call that a cool-down refused is no failure in the row, and ends none', async () => {
  const { api, origin, clock } = await openWorld({ service: { ...service, breaker: false } })
  await api.getExternal('/data')
  clock.advance(HOUR_MS)
  const because = async (): Promise<string> => (await api.fetchExternal('/data')).because
  origin.on('/data', { status: 429, headers: { 'retry-after': '120' } })
  expect(await because()).toBe('origin-quota')
  for (const passMs of [30_000, 30_000, 30_000]) {
    clock.advance(passMs)
    expect(await because()).toBe('cool-down')
  }
  clock.advance(30_000)
  origin.on('/data', { status: 500 })
  expect(await because()).toBe('origin-transient')
  // The second failure: two seconds, neither one nor thirty.
  clock.advance(1_999)
  expect(await because()).toBe('refresh-resting')
  clock.advance(1)
  expect(await because()).toBe('origin-transient')
  await until(() => origin.count('/data') === 4)
})
