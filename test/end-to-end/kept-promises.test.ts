// What an adversary found once: each stays found.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { resolveConfig } from '../../src/config/resolve-config.js'
import { createCachette } from '../../src/index.js'
import { createLmdbStore } from '../../src/stores/lmdb/lmdb-store.js'
import { systemClock } from '../../src/shared/clock.js'
import { openWorld } from '../helpers/cache-world.js'
import { errorOf } from '../helpers/gate.js'

const folders: string[] = []

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cachette-promises-'))
  folders.push(folder)
  return folder
}

describe('a call is what it was when it was made', () => {
  it('whatever its caller does to the headers meanwhile, known or not', async () => {
    const { api, origin, clock } = await openWorld({ service: { ttl: '1m' } })
    origin.on('/me', ({ headers }) => ({ json: { user: headers.authorization } }))
    const headers = { Authorization: 'Bearer A' }
    await api.getExternal('/me', { headers })
    clock.advance(120_000)
    const first = api.getExternal('/me', { headers })
    headers.Authorization = 'Bearer B'
    const second = api.getExternal('/me', { headers })
    expect(await Promise.all([first, second])).toEqual([{ user: 'Bearer A' }, { user: 'Bearer B' }])
  })
})

describe('a store that takes no marks', () => {
  it('a purge is refused with an error and holds in this process all the same', async () => {
    const { origin } = await openWorld()
    const lmdb = await createLmdbStore({ path: await newFolder(), maxBytes: 1e8, clock: systemClock })
    const store = { ...lmdb, addMark: () => Promise.reject(new Error('full')) }
    const cachette = await createCachette({ env: {}, store })
    const api = cachette.service('my_service')
    const url = `${origin.url}/data`
    await api.getExternal(url)
    expect(await errorOf(cachette.purge({ all: true }))).toMatchObject({
      code: 'CACHETTE_STORE',
      message: expect.stringContaining('(full)'),
    })
    expect(await api.fetchExternal(url)).toMatchObject({ outcome: 'miss', because: 'purged' })
    expect((await api.fetchExternal(url)).outcome).toBe('hit')
    await cachette.close()
  })
})

describe('a body with more content codings than anybody applies', () => {
  it('is an invalid response, and nothing is stored', async () => {
    const { api, origin, cachette } = await openWorld()
    origin.on('/coded', { headers: { 'content-encoding': Array(6).fill('gzip').join(', ') }, body: 'x' })
    expect(await errorOf(api.getExternal('/coded'))).toMatchObject({ code: 'CACHETTE_INVALID_RESPONSE' })
    expect((await cachette.list()).entries).toEqual([])
  })
})

describe('credentials of a service that names hosts and no base URL', () => {
  const config = resolveConfig({
    options: { env: {}, services: { s: { hosts: ['api.example.com', '127.0.0.1:8080'] } } },
    profiles: [],
    from: 'code',
    root: 'test',
  })

  it.each([
    ['https://api.example.com/a', true],
    ['http://api.example.com/a', false],
    ['http://127.0.0.1:8080/a', true],
  ])('go to %s: %s', (url, expected) => {
    expect(config.service('s').ownsUrl(new URL(url))).toBe(expected)
  })
})
