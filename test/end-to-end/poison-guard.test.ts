// What is not what it should be replaces nothing: data that fails a schema, errors that call themselves 200, web pages.
import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { ServiceOptions } from '../../src/config/service-options.js'
import { type CacheWorld, openWorld } from '../helpers/cache-world.js'
import { errorOf } from '../helpers/gate.js'

const HOUR_MS = 3_600_000

async function openStored(service: ServiceOptions, first: object = { json: { id: 1 } }): Promise<CacheWorld> {
  const world = await openWorld({ service: { ttl: '1h', retry: { attempts: 1 }, ...service } })
  world.origin.on('/data', first)
  await world.api.getExternal('/data')
  world.clock.advance(HOUR_MS)
  return world
}

const drifts = ({ heard }: CacheWorld): readonly object[] =>
  heard.filter(({ name }) => name === 'drift').map(({ event }) => event)

describe.each([
  ['zod', z.object({ id: z.number() })],
  ['valibot', v.object({ id: v.number() })],
  ['arktype', type({ id: 'number' })],
] as const)('validate by %s', (_, validate) => {
  it('keeps the last good answer, and counts and tells what drifted', async () => {
    const world = await openStored({ validate })
    world.origin.on('/data', { json: { id: 'one' } })
    expect(await world.api.fetchExternal('/data')).toMatchObject({
      data: { id: 1 },
      outcome: 'rescued',
      because: 'invalid-response',
    })
    expect(drifts(world)).toMatchObject([{ service: 'my_service', issues: [expect.stringMatching(/id/)] }])
    expect((await world.cachette.metrics()).drifts).toBe(1)
    world.clock.advance(60_000)
    world.origin.on('/data', { json: { id: 2 } })
    expect(await world.api.fetchExternal('/data')).toMatchObject({ data: { id: 2 }, outcome: 'miss' })
  })

  it('is a typed error where there is nothing else to give, and stores nothing', async () => {
    const { api, origin, cachette } = await openWorld({ service: { validate, retry: { attempts: 1 } } })
    origin.on('/data', { json: { id: 'one' } })
    const error = await errorOf(api.getExternal('/data'))
    expect(error).toMatchObject({ code: 'CACHETTE_INVALID_RESPONSE', status: 200 })
    expect(error.message).toMatch(/not valid: .*id/)
    expect((await cachette.list()).entries).toEqual([])
    await expect(cachette.fetch(`${origin.url}/data`)).rejects.toThrow(TypeError)
  })

  it('asks nothing of errors and of answers that say there is nothing', async () => {
    const { api, origin } = await openWorld({ service: { validate } })
    origin.on('/gone', { status: 404, json: { error: 'none' } })
    expect(await api.fetchExternal('/gone')).toMatchObject({ status: 404, outcome: 'miss' })
  })
})

describe('a schema', () => {
  it('may take its time, and one that throws is a failure of the answer', async () => {
    const slow = z.object({ id: z.number() }).refine(async () => Promise.resolve(true))
    const { api, origin } = await openWorld({ service: { validate: slow } })
    origin.on('/data', { json: { id: 1 } })
    expect(await api.getExternal('/data')).toEqual({ id: 1 })
    const broken = z.unknown().transform(() => {
      throw new Error('on purpose')
    })
    const world = await openWorld({ service: { validate: broken, retry: { attempts: 1 } } })
    world.origin.on('/data', { json: { id: 1 } })
    expect(await errorOf(world.api.getExternal('/data'))).toMatchObject({ code: 'CACHETTE_INVALID_RESPONSE' })
  })
})

describe('without a schema', () => {
  it('a web page in place of stored JSON is a failure, and the older answer stays', async () => {
    const world = await openStored({})
    const page = { body: '<html>sign in</html>', headers: { 'content-type': 'text/html' } }
    world.origin.on('/data', page)
    expect(await world.api.fetchExternal('/data')).toMatchObject({ data: { id: 1 }, outcome: 'rescued' })
    const response = await world.cachette.fetch(`${world.origin.url}/data`)
    expect(await response.json()).toEqual({ id: 1 })
    expect(drifts(world)[0]).toMatchObject({ issues: ['a web page where JSON was due'] })
  })

  it('an error that calls itself 200 is a failure where classify says so', async () => {
    const world = await openStored({
      classify: ({ json }) =>
        typeof json === 'object' && json !== null && 'error' in json ? 'transient' : undefined,
    })
    world.origin.on('/data', { json: { error: 'try later' } })
    expect(await world.api.fetchExternal('/data')).toMatchObject({ data: { id: 1 }, outcome: 'rescued' })
    expect(drifts(world)).toHaveLength(1)
  })
})
