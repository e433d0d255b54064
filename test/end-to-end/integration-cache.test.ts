import { describe, expect, it } from 'vitest'
import type { Cachette } from '../../src/create-cachette.js'
import { createDemoOrigin } from '../../src/demo/demo-origin.js'
import { createZipfStream } from '../../src/demo/zipf-stream.js'
import { BooksService } from '../../src/providers/books/service.js'
import { SpotifyService } from '../../src/providers/spotify/service.js'
import { TMDBService } from '../../src/providers/tmdb/service.js'
import { onTestFinished } from 'vitest'
import { createCachette } from '../../src/create-cachette.js'
import { newFolder, openWorld } from '../helpers/cache-world.js'
import { startCachePeer } from '../helpers/cache-peer.js'
import { APP_CREDENTIALS, providerEnvironment, serveTokens, TOKEN_PATH } from '../helpers/provider-origin.js'

/** A request by a typed method: what an application writes. */
type Call = (services: Services) => Promise<unknown>

interface Services {
  readonly tmdb: TMDBService
  readonly spotify: SpotifyService
  readonly books: BooksService
}

const servicesOn = (cachette: Cachette): Services => ({
  tmdb: new TMDBService({ cachette }),
  spotify: new SpotifyService({ cachette }),
  books: new BooksService({ cachette }),
})

/** Different requests of the three services, in turn. */
function calls(count: number): readonly Call[] {
  return Array.from({ length: count }, (_, index): Call => {
    const id = Math.floor(index / 3) + 1
    if (index % 3 === 0) return ({ tmdb }) => tmdb.movie(id)
    if (index % 3 === 1) return ({ spotify }) => spotify.searchTracks(`song ${id}`)
    return ({ books }) => books.search(`title ${id}`)
  })
}

describe('IntegrationCacheTests', () => {
  it('TMDB: one call for many, sent below its base URL with the key, which is in nothing that is shown', async () => {
    const { origin, cachette, heard } = await openWorld({ environment: providerEnvironment })
    const { tmdb } = servicesOn(cachette)
    origin.on('/3/search/movie', { json: { page: 1, results: [{ id: 27205, title: 'Inception' }] } })
    const found = await tmdb.searchMovies('Inception')
    expect(found.results[0]?.title).toBe('Inception')
    expect(await tmdb.searchMovies('Inception')).toBe(found)
    expect(origin.requests.map(({ url }) => url)).toEqual([
      `/3/search/movie?query=Inception&api_key=${APP_CREDENTIALS.TMDB_API_KEY}`,
    ])
    expect(JSON.stringify(heard)).not.toContain(APP_CREDENTIALS.TMDB_API_KEY)
  })

  it('Spotify: a token first, then the call with it; the next calls use the same token', async () => {
    const { origin, cachette } = await openWorld({ environment: providerEnvironment })
    const tokens = serveTokens(origin)
    const { spotify } = servicesOn(cachette)
    await spotify.searchTracks('Kashmir')
    await spotify.album('2js3lkzAjWpD656NK7ZaJX')
    expect(origin.requests.map(({ path }) => path)).toEqual([
      TOKEN_PATH,
      '/v1/search',
      '/v1/albums/2js3lkzAjWpD656NK7ZaJX',
    ])
    expect(origin.last().headers.authorization).toBe(`Bearer ${tokens[0]}`)
    const { services } = await cachette.metrics()
    expect(services.spotify).toMatchObject({ misses: 2, originCalls: 3 })
  })

  it('Books: the key is sent, and the country parts the cache', async () => {
    const { origin, cachette } = await openWorld({ environment: providerEnvironment })
    const { books } = servicesOn(cachette)
    await books.search('dune', { country: 'DE' })
    await books.search('dune', { country: 'US' })
    await books.search('dune', { country: 'DE' })
    expect(origin.requests.map(({ query }) => query)).toEqual([
      `country=DE&q=dune&key=${APP_CREDENTIALS.GOOGLE_BOOKS_API_KEY}`,
      `country=US&q=dune&key=${APP_CREDENTIALS.GOOGLE_BOOKS_API_KEY}`,
    ])
  })

  it.each([
    ['tmdb', 6, (services: Services) => services.tmdb.movie(1)],
    ['spotify', 2, (services: Services) => services.spotify.track('a')],
    ['books', 12, (services: Services) => services.books.volume('a')],
  ])('%s answers stay fresh for %i hours', async (service, hours, call) => {
    const { origin, cachette, clock } = await openWorld({ environment: providerEnvironment })
    serveTokens(origin)
    const services = servicesOn(cachette)
    await call(services)
    clock.advance(hours * 3_600_000 - 1)
    await call(services)
    expect((await cachette.metrics()).services[service]).toMatchObject({ hits: 1, misses: 1 })
    clock.advance(1)
    await call(services)
    expect((await cachette.metrics()).services[service]).toMatchObject({ hits: 1, misses: 2 })
  })

  it('keeps answering all three when the origin is down', async () => {
    const { origin, cachette, clock } = await openWorld({ environment: providerEnvironment })
    serveTokens(origin)
    const services = servicesOn(cachette)
    const before = await Promise.all(calls(6).map((call) => call(services)))
    clock.advance(24 * 3_600_000)
    await origin.stop()
    expect(await Promise.all(calls(6).map((call) => call(services)))).toEqual(before)
    expect((await cachette.metrics()).outcomes).toMatchObject({ rescued: 6, failed: 0 })
  })

  it.each([1, 7])(
    'the hit rate after warming is over 40 %% and the best that the stream allows (seed %i)',
    async (seed) => {
      const { origin, cachette } = await openWorld({ environment: providerEnvironment })
      serveTokens(origin)
      const services = servicesOn(cachette)
      const stream = createZipfStream({ requests: calls(150), seed, length: 600 })
      for (const call of stream.requests) await call(services)
      const { hitRate, totalRequests, hits, misses } = await cachette.metrics()
      expect(hitRate).toBeGreaterThan(40)
      expect({ hits, misses, totalRequests }).toEqual({
        hits: 600 - stream.distinct,
        misses: stream.distinct,
        totalRequests: 600,
      })
      expect(hitRate).toBeCloseTo(100 * (1 - stream.distinct / 600), 10)
      expect(origin.count() - origin.count(TOKEN_PATH)).toBe(stream.distinct)
    },
  )

  it('the hit rate is the same with callers side by side', async () => {
    const { origin, cachette } = await openWorld({ environment: providerEnvironment })
    serveTokens(origin)
    const services = servicesOn(cachette)
    const stream = createZipfStream({ requests: calls(90), seed: 3, length: 450 })
    await Promise.all(stream.requests.map((call) => call(services)))
    const { hits, misses } = await cachette.metrics()
    expect({ hits, misses }).toEqual({ hits: 450 - stream.distinct, misses: stream.distinct })
    expect(origin.count()).toBe(stream.distinct + 1)
  })

  it('reads the answers of the demo\u2019s origin through the typed services, from LMDB after a restart', async () => {
    const demo = await createDemoOrigin({
      faultRate: 0,
      latencyMs: { min: 0, max: 0 },
      wait: () => Promise.resolve(),
    })
    onTestFinished(() => demo.close())
    const options = { env: demo.environment, store: `lmdb:${newFolder()}/store` }
    const first = await createCachette(options)
    const services = servicesOn(first)
    const movie = await services.tmdb.movie(1, { append: ['credits'] })
    const artists = await services.spotify.searchArtists('a')
    const books = await services.books.search('love')
    await first.close()
    await demo.stop()
    const second = await createCachette(options)
    onTestFinished(() => second.close())
    const again = servicesOn(second)
    expect(await again.tmdb.movie(1, { append: ['credits'] })).toEqual(movie)
    expect(await again.spotify.searchArtists('a')).toEqual(artists)
    expect(await again.books.search('love')).toEqual(books)
    expect((await second.metrics()).outcomes).toMatchObject({ hit: 3, miss: 3 })
  })

  it('the default instance serves the provider by its name, from the environment alone', async () => {
    const { origin } = await openWorld()
    const peer = await startCachePeer(undefined, {
      env: { ...providerEnvironment(origin), CACHETTE_STORE: 'memory:' },
      cwd: newFolder(),
    })
    const [answer] = await peer.ask<[{ outcome: string }]>('fetch', { service: 'tmdb', url: '/movie/1' })
    expect(answer.outcome).toBe('miss')
    expect(origin.last().url).toBe(`/3/movie/1?api_key=${APP_CREDENTIALS.TMDB_API_KEY}`)
  })
})
