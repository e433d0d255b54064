// How long something has been stale is counted from when it became so, which may be before it arrived.
import { expect, it } from 'vitest'
import { openHttpWorld } from '../end-to-end/http-freshness-world.js'

it.each([
  ['stale-while-revalidate', 'max-age=60, stale-while-revalidate=60', {}],
  ['max-stale', 'max-age=60', { 'cache-control': 'max-stale=60' }],
])('what arrives stale is given by %s no longer than is allowed', async (_, control, headers) => {
  const { script, ask, clock, origin } = await openHttpWorld()
  script('/data', ({ nth }) => ({
    body: `body ${nth}`,
    headers: { 'cache-control': control, age: '100' },
  }))
  await ask('/data')
  clock.advance(19_000)
  expect((await ask('/data', { headers, cache: 'default' })).outcome).toBe('stale')
  await expect.poll(() => origin.count()).toBeGreaterThanOrEqual(1)
})

it.each([
  ['stale-while-revalidate', 'max-age=60, stale-while-revalidate=60', {}],
  ['max-stale', 'max-age=60', { 'cache-control': 'max-stale=60' }],
])('what arrives stale is not given by %s beyond what is allowed', async (_, control, headers) => {
  const { script, ask, clock } = await openHttpWorld()
  script('/data', ({ nth }) => ({
    body: `body ${nth}`,
    headers: { 'cache-control': control, age: '100' },
  }))
  await ask('/data')
  clock.advance(25_000)
  expect(await ask('/data', { headers })).toMatchObject({ text: 'body 2', outcome: 'miss' })
})

it('what arrives stale stands in for an error no longer than stale-if-error says', async () => {
  const { script, ask, clock } = await openHttpWorld()
  script('/data', { body: 'old', headers: { 'cache-control': 'max-age=60, stale-if-error=60', age: '100' } })
  await ask('/data')
  clock.advance(25_000)
  script('/data', { status: 503 })
  expect(await ask('/data')).toMatchObject({ status: 503, outcome: 'miss' })
})
