import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createCachette } from '../../src/create-cachette.js'
import { CachetteError } from '../../src/errors/cachette-error.js'
import { TMDBService } from '../../src/providers/tmdb/service.js'
import { newFolder, openWorld } from '../helpers/cache-world.js'
import { errorOf, until } from '../helpers/gate.js'
import type { ScriptedReply } from '../helpers/loopback-origin.js'

/** What a person may see of an error, in every form that a logger writes. */
function dump(error: Error): string {
  const causes: string[] = []
  for (let at: unknown = error; at instanceof Error; at = at.cause) causes.push(at.message, String(at.stack))
  return [...causes, JSON.stringify(error), inspect(error, { depth: 10, showHidden: true })].join('\n')
}

describe('errors', () => {
  const paths: readonly (readonly [string, ScriptedReply, string])[] = [
    ['a status', { status: 500, json: {} }, 'CACHETTE_ORIGIN_STATUS'],
    ['a missing page', { status: 404 }, 'CACHETTE_ORIGIN_STATUS'],
    ['a reset', { ending: 'reset' }, 'CACHETTE_ORIGIN_UNREACHABLE'],
    ['a short body', { body: 'a', ending: 'short' }, 'CACHETTE_ORIGIN_UNREACHABLE'],
    [
      'a broken body',
      { body: '{', headers: { 'content-type': 'application/json' } },
      'CACHETTE_INVALID_RESPONSE',
    ],
    [
      'a redirect to nowhere',
      { status: 302, headers: { location: 'ftp://x/' } },
      'CACHETTE_INVALID_RESPONSE',
    ],
    [
      'a loop',
      { status: 302, headers: { location: '/data?api_key=s3cretKey99' } },
      'CACHETTE_INVALID_RESPONSE',
    ],
    ['a timeout', { ending: 'hang' }, 'CACHETTE_TIMEOUT'],
  ]

  it.each(paths)('%s shows no credential of the call anywhere', async (_, reply, code) => {
    const { api, origin, clock } = await openWorld()
    origin.on('/data', reply)
    const failing = errorOf(
      api.getExternal(`http://someone:p%40ssw0rd11@${origin.host}/data?api_key=s3cretKey99`, {
        headers: { 'X-API-Key': 'h3aderKey77', Cookie: 'sid=c00kieValue55' },
        params: { token: 't0kenValue33' },
      }),
    )
    await until(() => origin.count() > 0)
    if (reply.ending === 'hang') clock.advance(10_000)
    const error = await failing
    expect(error.code).toBe(code)
    expect(dump(error)).not.toMatch(
      /s3cretKey99|h3aderKey77|c00kieValue55|t0kenValue33|p@ssw0rd11|p%40ssw0rd11/,
    )
    expect(error.url).toContain('/data')
  })

  it('a refused connection shows none either', async () => {
    const { api, origin } = await openWorld()
    await origin.stop()
    const error = await errorOf(
      api.getExternal('/data?api_key=s3cretKey99', { headers: { Cookie: 'sid=c00kieValue55' } }),
    )
    expect(error).toMatchObject({
      code: 'CACHETTE_ORIGIN_UNREACHABLE',
      url: `${origin.url}/data?api_key=REDACTED`,
    })
    expect(error.message).toContain('ECONNREFUSED')
    expect(dump(error)).not.toMatch(/s3cretKey99|c00kieValue55/)
  })

  it.each([
    'http://user:p@ssw0rd11@HOST/missing',
    'http:user:ssw0rd11@HOST/missing',
    'http:\\\\user:ssw0rd11@HOST/missing',
    'HTTP://ssw0rd11@HOST/missing#ssw0rd11',
  ])('%s: a password is taken out however the URL is written', async (url) => {
    const { api, origin } = await openWorld()
    origin.on('/missing', { status: 404 })
    const error = await errorOf(api.getExternal(url.replace('HOST', origin.host)))
    expect(error).toMatchObject({ code: 'CACHETTE_ORIGIN_STATUS', status: 404 })
    expect(dump(error)).not.toContain('ssw0rd11')
  })

  it.each([
    'ftp://user:p@ssw0rd11@host/x?key=s3cretKey99',
    'http://user:p@ssw0rd11@:bad:/x',
    'ftp:user:ssw0rd11@host',
  ])('a URL that is refused (%s) is named without what it carries', async (url) => {
    const { api } = await openWorld()
    const error = await errorOf(api.getExternal(url))
    expect(error.code).toBe('CACHETTE_CONFIG')
    expect(dump(error)).not.toMatch(/ssw0rd11|s3cretKey99/)
  })

  it('carry code, service, url, status, data, attempts and cause, and are told by CachetteError.is', async () => {
    const { api, origin } = await openWorld()
    origin.on('/reset', { ending: 'reset' })
    const error = await errorOf(api.getExternal('/reset'))
    expect(CachetteError.is(error)).toBe(true)
    expect(CachetteError.is(new Error('x'))).toBe(false)
    expect(error).toMatchObject({
      name: 'CachetteError',
      code: 'CACHETTE_ORIGIN_UNREACHABLE',
      service: 'my_service',
      url: `${origin.url}/reset`,
      status: undefined,
      attempts: 1,
    })
    expect(error.cause).toBeInstanceOf(Error)
  })
})

describe('missing credentials', () => {
  it.each([
    ['tmdb', {}, /TMDB_API_KEY and TMDB_ACCESS_TOKEN|TMDB_API_KEY or TMDB_ACCESS_TOKEN/],
    ['spotify', {}, /SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET/],
    ['spotify', { SPOTIFY_CLIENT_ID: 'a' }, /set SPOTIFY_CLIENT_SECRET/],
    ['books', { GOOGLE_BOOKS_API_KEY: ' ' }, /GOOGLE_BOOKS_API_KEY/],
  ])('of %s name the variables to set, and no fallback hides them', async (service, env, names) => {
    const cachette = await createCachette({ env })
    const error = await errorOf(cachette.service(service).getExternal('/x', { fallback: 'instead' }))
    expect(error).toMatchObject({ code: 'CACHETTE_CREDENTIALS', service, attempts: 0 })
    expect(error.message).toMatch(names)
    await cachette.close()
  })

  it('are no obstacle to what is cached already', async () => {
    const store = `lmdb:${newFolder()}/store`
    const environment = ({ url }: { url: string }) => ({ TMDB_BASE_URL: `${url}/3` })
    const first = await openWorld({
      store,
      environment: (origin) => ({ ...environment(origin), TMDB_API_KEY: 'k' }),
    })
    await new TMDBService({ cachette: first.cachette }).movie(1)
    await first.cachette.close()
    const second = await openWorld({ store, origin: first.origin, clock: first.clock, environment })
    expect(await new TMDBService({ cachette: second.cachette }).movie(1)).toMatchObject({
      path: '/3/movie/1',
    })
    expect(await errorOf(new TMDBService({ cachette: second.cachette }).movie(2))).toMatchObject({
      code: 'CACHETTE_CREDENTIALS',
    })
  })
})

describe('a closed instance', () => {
  it('refuses with CACHETTE_CLOSED, which no fallback hides, what is cached included', async () => {
    const { api, cachette } = await openWorld()
    await api.getExternal('/data')
    await cachette.close()
    await cachette.close()
    expect(await errorOf(api.getExternal('/data', { fallback: 1 }))).toMatchObject({
      code: 'CACHETTE_CLOSED',
    })
    expect(await errorOf(api.fetchExternal('/other'))).toMatchObject({ code: 'CACHETTE_CLOSED' })
  })
})
