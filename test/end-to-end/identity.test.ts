import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ExternalOptions } from '../../src/doors/service/external-options.js'
import { SpotifyService } from '../../src/providers/spotify/service.js'
import { TMDBService } from '../../src/providers/tmdb/service.js'
import { newFolder, openWorld } from '../helpers/cache-world.js'
import { atOnce, createGate, errorOf, until } from '../helpers/gate.js'
import { APP_CREDENTIALS, providerEnvironment, serveTokens, TOKEN_PATH } from '../helpers/provider-origin.js'

const HOUR_MS = 3_600_000

describe('identity', () => {
  const ways: readonly (readonly [string, (who: string) => ExternalOptions])[] = [
    ...['Authorization', 'Cookie', 'X-API-Key', 'Proxy-Authorization', 'X-Auth-Token'].map(
      (name) => [`header ${name}`, (who: string) => ({ headers: { [name]: who } })] as const,
    ),
    ...['api_key', 'apikey', 'key', 'token', 'access_token', 'session_id', 'client_secret'].map(
      (name) => [`parameter ${name}`, (who: string) => ({ params: { [name]: who } })] as const,
    ),
  ]

  it.each(ways)('%s: two users never share, both are cached, and one without is a third', async (_, as) => {
    const { api, origin } = await openWorld()
    origin.on('/me', ({ nth }) => ({ json: nth }))
    const ask = async (options: ExternalOptions) => (await api.fetchExternal('/me', options)).data
    const answers = [await ask(as('user-a')), await ask(as('user-b')), await ask({})]
    expect(new Set(answers).size).toBe(3)
    expect([await ask(as('user-a')), await ask(as('user-b')), await ask({})]).toEqual(answers)
    expect(origin.count()).toBe(3)
  })

  it('user and password in the URL are the Authorization that they stand for', async () => {
    const { api, origin } = await openWorld()
    const basic = `Basic ${Buffer.from('a:b').toString('base64')}`
    await api.getExternal(`${origin.url.replace('://', '://a:b@')}/me`)
    expect(origin.last().headers.authorization).toBe(basic)
    expect((await api.fetchExternal('/me', { headers: { Authorization: basic } })).outcome).toBe('hit')
    expect((await api.fetchExternal(`${origin.url.replace('://', '://a:c@')}/me`)).outcome).toBe('miss')
  })

  it('a rotated credential of the service keeps the cache, on LMDB after a restart too', async () => {
    const store = `lmdb:${newFolder()}/store`
    const own = (secret: string) => ({ headers: { Authorization: secret }, params: { api_key: secret } })
    const first = await openWorld({ store, service: own('old') })
    await first.api.getExternal('/data')
    expect(first.origin.last()).toMatchObject({ query: 'api_key=old', headers: { authorization: 'old' } })
    await first.cachette.close()
    const second = await openWorld({ store, origin: first.origin, clock: first.clock, service: own('new') })
    expect((await second.api.fetchExternal('/data')).outcome).toBe('hit')
    expect(first.origin.count()).toBe(1)
  })

  it('a rotated credential of the caller does not', async () => {
    const { api } = await openWorld()
    await api.getExternal('/data', { headers: { Authorization: 'Bearer old' } })
    expect((await api.fetchExternal('/data', { headers: { Authorization: 'Bearer new' } })).outcome).toBe(
      'miss',
    )
  })

  it('TMDB: another key, and the token in its place, keep the cache', async () => {
    const store = `lmdb:${newFolder()}/store`
    const first = await openWorld({ store, environment: providerEnvironment })
    first.origin.on('/3/movie/1', { json: { id: 1 } })
    await new TMDBService({ cachette: first.cachette }).movie(1)
    await first.cachette.close()
    for (const credentials of [{ TMDB_API_KEY: 'another' }, { TMDB_ACCESS_TOKEN: 'bearer' }]) {
      const next = await openWorld({
        store,
        origin: first.origin,
        clock: first.clock,
        environment: (origin) => ({ ...providerEnvironment(origin), ...credentials }),
      })
      await new TMDBService({ cachette: next.cachette }).movie(1)
      await next.cachette.close()
    }
    expect(first.origin.count()).toBe(1)
  })

  it('a body that repeats a credential is cached in memory, and never written to a store', async () => {
    const folder = newFolder()
    const { api, origin, cachette } = await openWorld({ store: `lmdb:${folder}/store` })
    const options = { params: { api_key: 'echoedKeyV4n8Tz2' } }
    origin.on('/echo', { json: { next: 'https://api.example.com/?api_key=echoedKeyV4n8Tz2' } })
    await api.getExternal('/echo', options)
    expect((await api.fetchExternal('/echo', options)).outcome).toBe('hit')
    expect((await cachette.list()).entries).toEqual([])
    await cachette.close()
    expect(readFileSync(join(folder, 'store', 'data.mdb')).includes('echoedKeyV4n8Tz2')).toBe(false)
  })

  it("'shared': callers\u2019 credential headers and the named parameters do not part the cache, others do", async () => {
    const { api, origin } = await openWorld({
      service: { identity: 'shared', key: { credentialParams: ['user_token'] } },
    })
    await api.getExternal('/data', { headers: { Authorization: 'a' }, params: { user_token: 'a' } })
    expect(origin.last()).toMatchObject({ query: 'user_token=a', headers: { authorization: 'a' } })
    const same = await api.fetchExternal('/data', {
      headers: { Authorization: 'b' },
      params: { user_token: 'b' },
    })
    expect(same.outcome).toBe('hit')
    expect((await api.fetchExternal('/data', { params: { api_key: 'x' } })).outcome).toBe('miss')
    expect((await api.fetchExternal('/data', { headers: { 'Accept-Language': 'de' } })).outcome).toBe('miss')
  })

  it("'shared': a response that varies on Authorization makes variants nevertheless", async () => {
    const { api, origin } = await openWorld({ service: { identity: 'shared' } })
    origin.on('/data', ({ headers }) => ({ json: headers.authorization, headers: { vary: 'Authorization' } }))
    for (const user of ['a', 'b', 'a']) {
      expect(await api.getExternal('/data', { headers: { Authorization: user } })).toBe(user)
    }
    expect(origin.count()).toBe(2)
  })
})

describe('Spotify tokens', () => {
  const open = async (lifeSeconds?: number) => {
    const world = await openWorld({ environment: providerEnvironment })
    const tokens = serveTokens(world.origin, lifeSeconds)
    return { ...world, tokens, spotify: new SpotifyService({ cachette: world.cachette }) }
  }
  const bearers = (origin: {
    requests: readonly { path: string; headers: { authorization?: string | undefined } }[]
  }) => origin.requests.filter(({ path }) => path !== TOKEN_PATH).map(({ headers }) => headers.authorization)

  it('fifty first callers of different things cost one token request', async () => {
    const { origin, spotify, cachette } = await open()
    await atOnce(50, (index) => spotify.track(`track${index}`))
    expect(origin.count(TOKEN_PATH)).toBe(1)
    expect(origin.requests[0]).toMatchObject({
      method: 'POST',
      path: TOKEN_PATH,
      body: 'grant_type=client_credentials',
    })
    const basic = Buffer.from(`${APP_CREDENTIALS.SPOTIFY_CLIENT_ID}:${APP_CREDENTIALS.SPOTIFY_CLIENT_SECRET}`)
    expect(origin.requests[0]?.headers.authorization).toBe(`Basic ${basic.toString('base64')}`)
    expect((await cachette.metrics()).originCalls).toBe(51)
  })

  it('are renewed before they expire, and keep the cache', async () => {
    const { origin, spotify, clock, tokens } = await open(3_600)
    await spotify.track('a')
    clock.advance(HOUR_MS - 60_001)
    await spotify.track('b')
    clock.advance(1)
    await spotify.track('c')
    await spotify.track('a')
    expect(bearers(origin)).toEqual([tokens[0], tokens[0], tokens[1]].map((token) => `Bearer ${token}`))
    expect(tokens).toHaveLength(2)
  })

  it('that the origin refuses are fetched anew once, and the call is repeated once', async () => {
    const { origin, spotify, tokens, cachette } = await open()
    await spotify.track('a')
    origin.on('/v1/tracks/b', ({ headers }) =>
      headers.authorization === `Bearer ${tokens[0]}` ? { status: 401, json: {} } : { json: { id: 'b' } },
    )
    expect(await spotify.track('b')).toEqual({ id: 'b' })
    expect(origin.count(TOKEN_PATH)).toBe(2)
    expect(origin.count('/v1/tracks/b')).toBe(2)
    expect((await cachette.metrics()).originCalls).toBe(5)
  })

  it('that are refused again are not asked for a third time', async () => {
    const { origin, spotify } = await open()
    origin.on('/v1/tracks/a', { status: 401, json: { error: { status: 401, message: 'no' } } })
    expect(await errorOf(spotify.track('a'))).toMatchObject({ code: 'CACHETTE_ORIGIN_STATUS', status: 401 })
    expect([origin.count(TOKEN_PATH), origin.count('/v1/tracks/a')]).toEqual([2, 2])
  })

  it.each([400, 401, 403])(
    'refused with %i: CACHETTE_CREDENTIALS, which no fallback and no rescue hides',
    async (status) => {
      const { origin, spotify, clock } = await open(3_600)
      await spotify.track('a')
      clock.advance(3 * HOUR_MS)
      origin.on(TOKEN_PATH, { status, json: { error: 'invalid_client' } })
      const error = await errorOf(spotify.track('a', { fallback: 'instead' }))
      expect(error).toMatchObject({ code: 'CACHETTE_CREDENTIALS', service: 'spotify', status })
      expect(error.message).toMatch(/client id and the client secret/)
      expect(await errorOf(spotify.track('b'))).toMatchObject({ code: 'CACHETTE_CREDENTIALS' })
    },
  )

  it.each([
    ['a 503', { status: 503 }],
    ['a 429', { status: 429 }],
    ['a reset', { ending: 'reset' as const }],
    ['no token in it', { json: { token: 'x' } }],
    ['no JSON', { body: '<html>' }],
  ])('not to be had (%s): the older entry, else a typed error, else the fallback', async (_, reply) => {
    const { origin, spotify, clock, cachette } = await open(3_600)
    await spotify.track('a')
    clock.advance(3 * HOUR_MS)
    origin.on(TOKEN_PATH, reply)
    expect(await cachette.service('spotify').fetchExternal('/tracks/a')).toMatchObject({
      outcome: 'rescued',
      status: 200,
    })
    const error = await errorOf(spotify.track('b'))
    expect(error.code).toMatch(/^CACHETTE_(ORIGIN_UNREACHABLE|INVALID_RESPONSE)$/)
    expect(error.url).toBe(`${origin.url}${TOKEN_PATH}`)
    expect(await spotify.track('b', { fallback: null })).toBeNull()
  })

  it('a token endpoint that hangs ends all who wait at the timeout; the next call asks anew', async () => {
    const { origin, spotify, clock, tokens } = await open()
    const gate = createGate()
    origin.on(TOKEN_PATH, { ending: 'hang' })
    const waiting = atOnce(3, (index) => errorOf(spotify.track(`t${index}`)))
    await until(() => origin.count(TOKEN_PATH) === 1)
    clock.advance(10_000)
    for (const error of await waiting) expect(error).toMatchObject({ code: 'CACHETTE_TIMEOUT' })
    gate.open()
    const later = serveTokens(origin)
    await spotify.track('t0')
    expect(tokens).toEqual([])
    expect(bearers(origin)).toEqual([`Bearer ${later[0]}`])
  })

  it('a caller\u2019s own Authorization is sent in their place', async () => {
    const { origin, cachette } = await open()
    await cachette.service('spotify').getExternal('/tracks/a', { headers: { Authorization: 'Bearer user' } })
    expect(bearers(origin)).toEqual(['Bearer user'])
    expect(origin.count(TOKEN_PATH)).toBe(0)
  })
})
