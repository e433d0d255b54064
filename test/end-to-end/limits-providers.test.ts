// What the three providers answer when there are too many calls, and what becomes of the next one.
import { describe, expect, it } from 'vitest'
import { BooksService } from '../../src/providers/books/service.js'
import { TMDBService } from '../../src/providers/tmdb/service.js'
import { SpotifyService } from '../../src/providers/spotify/service.js'
import { openWorld } from '../helpers/cache-world.js'
import { atOnce, errorOf, until } from '../helpers/gate.js'

const openProviders = () =>
  openWorld({
    environment: (origin) => ({
      TMDB_API_KEY: 'tmdb-key',
      TMDB_BASE_URL: `${origin.url}/3`,
      SPOTIFY_CLIENT_ID: 'id',
      SPOTIFY_CLIENT_SECRET: 'secret',
      SPOTIFY_BASE_URL: `${origin.url}/v1`,
      SPOTIFY_ACCOUNTS_URL: origin.url,
      GOOGLE_BOOKS_API_KEY: 'books-key',
      GOOGLE_BOOKS_BASE_URL: `${origin.url}/books/v1`,
    }),
  })

describe('Spotify', () => {
  it('20,000 s of Retry-After, with 17 bytes that are no JSON, hold in full', async () => {
    const { origin, cachette, clock } = await openProviders()
    const spotify = new SpotifyService({ cachette })
    origin.on('/api/token', { json: { access_token: 't', token_type: 'Bearer', expires_in: 36_000 } })
    origin.on('/v1/tracks/1', {
      status: 429,
      headers: {
        'retry-after': '20000',
        'cache-control': 'private, max-age=0',
        'content-type': 'application/json',
      },
      body: 'Too many requests',
    })
    expect(await errorOf(spotify.track('1'))).toMatchObject({ code: 'CACHETTE_ORIGIN_STATUS', status: 429 })
    clock.advance(19_999_999)
    expect(await errorOf(spotify.track('2'))).toMatchObject({
      code: 'CACHETTE_COOLDOWN',
      service: 'spotify',
      retryAtMs: clock.nowMs() + 1,
    })
    expect(origin.count()).toBe(2)
    clock.advance(1)
    await spotify.track('2')
    expect(origin.count('/v1/tracks/2')).toBe(1)
  })
})

describe('Google Books', () => {
  const exhausted = {
    error: {
      code: 429,
      message: "Quota exceeded for quota metric 'Queries' and limit 'Queries per day'.",
      errors: [{ domain: 'global', reason: 'rateLimitExceeded' }],
      status: 'RESOURCE_EXHAUSTED',
      details: [{ reason: 'RATE_LIMIT_EXCEEDED', metadata: { quota_unit: '1/d/{project}' } }],
    },
  }

  it('a 429 without Retry-After that counts by the day holds until midnight, Pacific time', async () => {
    const { origin, cachette, clock } = await openProviders()
    const books = new BooksService({ cachette })
    origin.on('/books/v1/volumes/a', { status: 429, json: exhausted })
    expect(await errorOf(books.volume('a'))).toMatchObject({ status: 429 })
    // The clock shows noon, UTC; in California it is four in the morning.
    const retryAtMs = clock.nowMs() + 20 * 3_600_000
    await until(async () => (await coolDownOf(cachette, 'books')) === retryAtMs)
    expect(await errorOf(books.volume('b'))).toMatchObject({ code: 'CACHETTE_COOLDOWN', retryAtMs })
    expect(origin.count()).toBe(1)
  })

  it('a 403 whose body says rateLimitExceeded begins one, too', async () => {
    const { origin, cachette } = await openProviders()
    const books = new BooksService({ cachette })
    const json = {
      error: { code: 403, errors: [{ domain: 'usageLimits', reason: 'userRateLimitExceeded' }] },
    }
    origin.on('/books/v1/volumes/a', { status: 403, json })
    expect(await errorOf(books.volume('a'))).toMatchObject({ status: 403 })
    expect(await errorOf(books.volume('b'))).toMatchObject({ code: 'CACHETTE_COOLDOWN' })
    expect(origin.count()).toBe(1)
  })

  it('a 403 for a place that cannot be located begins none', async () => {
    const { origin, cachette } = await openProviders()
    const books = new BooksService({ cachette })
    const json = { error: { code: 403, errors: [{ domain: 'global', reason: 'unknownLocation' }] } }
    origin.on('/books/v1/volumes/a', { status: 403, json })
    expect(await errorOf(books.volume('a'))).toMatchObject({ status: 403 })
    await books.volume('b')
    expect(origin.count()).toBe(2)
  })
})

describe('TMDB', () => {
  it('code 25 begins a cool-down, whatever the status', async () => {
    const { origin, cachette, clock } = await openProviders()
    const tmdb = new TMDBService({ cachette })
    const json = {
      status_code: 25,
      status_message: 'Your request count (46) is over the allowed limit of 40.',
    }
    origin.on('/3/movie/1', { status: 200, json })
    await errorOf(tmdb.movie(1))
    expect(await errorOf(tmdb.movie(2))).toMatchObject({
      code: 'CACHETTE_COOLDOWN',
      retryAtMs: clock.nowMs() + 1_000,
    })
    clock.advance(1_000)
    await tmdb.movie(2)
    expect(origin.count()).toBe(2)
  })

  it('gets at most forty calls a second', async () => {
    const { origin, cachette, clock } = await openProviders()
    const tmdb = new TMDBService({ cachette })
    const answering = atOnce(45, (index) => tmdb.movie(index + 1))
    await until(() => origin.count() === 40)
    clock.advance(999)
    await new Promise((resolve) => setImmediate(resolve))
    expect(origin.count()).toBe(40)
    clock.advance(1)
    await answering
    expect(origin.count()).toBe(45)
  })
})

async function coolDownOf(
  cachette: Awaited<ReturnType<typeof openWorld>>['cachette'],
  service: string,
): Promise<number | undefined> {
  return (await cachette.quotas()).find((state) => state.service === service)?.coolDown?.untilMs
}
