import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFakeClock } from '../../test/helpers/fake-clock.js'
import { createDemoOrigin, type DemoOriginOptions } from './demo-origin.js'
import { countCalls, type LocalOrigin } from './local-origin.js'
import { spotifyId } from './spotify-ids.js'
import { volumeId } from './books-bodies.js'

type Json = Record<string, unknown>

const QUIET: DemoOriginOptions = { faultRate: 0, wait: () => Promise.resolve() }

async function json(response: Response): Promise<Json> {
  return (await response.json()) as Json
}

function clientFor(origin: LocalOrigin) {
  const { environment: env } = origin
  const basic = (secret: string) =>
    `Basic ${Buffer.from(`${env.SPOTIFY_CLIENT_ID}:${secret}`).toString('base64')}`
  return {
    tmdb: (path: string, headers: Record<string, string> = {}) => {
      const url = new URL(env.TMDB_BASE_URL + path)
      url.searchParams.set('api_key', env.TMDB_API_KEY)
      return fetch(url, { headers })
    },
    books: (path: string) => {
      const url = new URL(env.GOOGLE_BOOKS_BASE_URL + path)
      url.searchParams.set('key', env.GOOGLE_BOOKS_API_KEY)
      return fetch(url)
    },
    spotify: (path: string, token: string, headers: Record<string, string> = {}) =>
      fetch(env.SPOTIFY_BASE_URL + path, { headers: { Authorization: `Bearer ${token}`, ...headers } }),
    token: (secret = env.SPOTIFY_CLIENT_SECRET) =>
      fetch(`${env.SPOTIFY_ACCOUNTS_URL}/api/token`, {
        method: 'POST',
        headers: { Authorization: basic(secret) },
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      }),
  }
}

describe('the demo origin as TMDB', () => {
  let origin: LocalOrigin
  let client: ReturnType<typeof clientFor>
  beforeAll(async () => {
    origin = await createDemoOrigin(QUIET)
    client = clientFor(origin)
  })
  afterAll(() => origin.close())

  it('refuses a call without key, in the words and with the public lifetime of the real one', async () => {
    const response = await fetch(`${origin.environment.TMDB_BASE_URL}/movie/1`)
    expect(response.status).toBe(401)
    expect(response.headers.get('cache-control')).toBe('public, max-age=300')
    expect(await json(response)).toMatchObject({ success: false, status_code: 7 })
  })

  it('takes the key as a bearer token too', async () => {
    const headers = { Authorization: `Bearer ${origin.environment.TMDB_API_KEY}` }
    const response = await fetch(`${origin.environment.TMDB_BASE_URL}/configuration`, { headers })
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('public, max-age=43200')
  })

  it('gives details eight hours, a weak validator and the recorded Vary', async () => {
    const response = await client.tmdb('/movie/1')
    expect(response.headers.get('cache-control')).toBe('public, max-age=28800')
    expect(response.headers.get('etag')).toMatch(/^W\/"[0-9a-f]{32}"$/)
    expect(response.headers.get('vary')).toBe('Accept-Encoding,Accept-Encoding,Accept-Encoding, Origin')
    expect(Object.keys(await json(response))).toEqual(
      expect.arrayContaining(['adult', 'budget', 'genres', 'imdb_id', 'runtime', 'title', 'vote_count']),
    )
  })

  it('answers 304 to the validator it gave, whether weak or strong in the condition', async () => {
    const etag = (await client.tmdb('/movie/2')).headers.get('etag')!
    for (const condition of [etag, etag.replace('W/', ''), `"other", ${etag}`]) {
      const response = await client.tmdb('/movie/2', { 'If-None-Match': condition })
      expect(response.status).toBe(304)
      expect(await response.text()).toBe('')
      expect(response.headers.get('etag')).toBe(etag)
    }
    expect((await client.tmdb('/movie/2', { 'If-None-Match': '"other"' })).status).toBe(200)
  })

  it('gives searches ten minutes, no validator, and finds by words of the title', async () => {
    const response = await client.tmdb('/search/movie?query=Inception')
    expect(response.headers.get('cache-control')).toBe('public, max-age=600')
    expect(response.headers.get('etag')).toBeNull()
    const page = await json(response)
    expect(page).toMatchObject({ page: 1, total_pages: 1 })
    expect((page['results'] as Json[])[0]).toMatchObject({ title: 'Inception', video: false })
  })

  it('turns pages of twenty and refuses page 0 and 501 with code 22', async () => {
    const first = await json(await client.tmdb('/movie/popular'))
    const second = await json(await client.tmdb('/movie/popular?page=2'))
    expect(first['results']).toHaveLength(20)
    expect((first['results'] as Json[])[0]?.['id']).not.toBe((second['results'] as Json[])[0]?.['id'])
    for (const page of [0, 501]) {
      const response = await client.tmdb(`/movie/popular?page=${page}`)
      expect(response.status).toBe(400)
      expect(await json(response)).toMatchObject({ status_code: 22 })
    }
  })

  it('merges appended parts into the whole, and refuses more than twenty with code 27', async () => {
    const movie = await json(await client.tmdb('/movie/5?append_to_response=credits,watch/providers'))
    expect(movie).toMatchObject({ id: 5, credits: { cast: expect.anything() } })
    expect(movie['watch/providers']).toBeDefined()
    const many = await client.tmdb(`/movie/5?append_to_response=${'credits,'.repeat(21)}`)
    expect(await json(many)).toMatchObject({ status_code: 27 })
  })

  it('says 34 for an unknown id and for an unknown path', async () => {
    for (const path of ['/movie/99999999', '/movie/none', '/nothing/here']) {
      const response = await client.tmdb(path)
      expect(response.status).toBe(404)
      expect(await json(response)).toMatchObject({ success: false, status_code: 34 })
    }
  })
})

describe('the demo origin as Spotify', () => {
  let origin: LocalOrigin
  let client: ReturnType<typeof clientFor>
  let token: string
  const clock = createFakeClock()
  beforeAll(async () => {
    origin = await createDemoOrigin({ ...QUIET, clock })
    client = clientFor(origin)
    token = String((await json(await client.token()))['access_token'])
  })
  afterAll(() => origin.close())

  it('gives a bearer token for an hour, not to be stored', async () => {
    const response = await client.token()
    expect(response.headers.get('cache-control')).toContain('no-store')
    const body = await json(response)
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600 })
    expect(body['access_token']).not.toBe(token)
  })

  it('refuses a wrong secret as OAuth does', async () => {
    const response = await client.token('wrong')
    expect(response.status).toBe(400)
    expect(await json(response)).toMatchObject({ error: 'invalid_client' })
  })

  it('says that a token has expired, with the challenge of the recordings', async () => {
    const shortLived = await createDemoOrigin({ ...QUIET, clock, tokenLifeSeconds: 10 })
    const other = clientFor(shortLived)
    const old = String((await json(await other.token()))['access_token'])
    const path = `/artists/${spotifyId('artist', 0)}`
    expect((await other.spotify(path, old)).status).toBe(200)
    clock.advance(10_000)
    const response = await other.spotify(path, old)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe(
      'Bearer realm="spotify", error="invalid_token", error_description="The access token expired"',
    )
    expect(await json(response)).toEqual({ error: { status: 401, message: 'The access token expired' } })
    await shortLived.close()
  })

  it.each([
    ['/search?q=love&type=track,album', 'public, max-age=7200', null],
    [`/tracks/${spotifyId('track', 3)}`, 'public, max-age=7200', null],
    [`/shows/${spotifyId('show', 1)}`, 'public, max-age=60', null],
    [`/playlists/${spotifyId('playlist', 1)}`, 'public, max-age=0', null],
    [`/audio-features/${spotifyId('track', 3)}`, 'private, max-age=0', null],
    ['/browse/new-releases', 'private, max-age=600', 'Authorization'],
    ['/browse/categories', 'public, max-age=600', null],
  ])('answers %s with %s', async (path, cacheControl, vary) => {
    const response = await client.spotify(path, token)
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe(cacheControl)
    expect(response.headers.get('vary')).toBe(vary)
  })

  it('revalidates a playlist by its strong validator', async () => {
    const path = `/playlists/${spotifyId('playlist', 1)}`
    const etag = (await client.spotify(path, token)).headers.get('etag')!
    expect(etag).toMatch(/^"/)
    expect((await client.spotify(path, token, { 'If-None-Match': etag })).status).toBe(304)
  })

  it('links pages by absolute addresses with the query in alphabetical order, which lead on', async () => {
    const first = await json(await client.spotify('/search?type=track&q=the&limit=10', token))
    const page = first['tracks'] as Json
    expect(page).toMatchObject({ limit: 10, offset: 0, previous: null })
    expect(page['next']).toBe(
      `${origin.environment.SPOTIFY_BASE_URL}/search?limit=10&offset=10&q=the&type=track`,
    )
    const next = String(page['next']).replace(origin.environment.SPOTIFY_BASE_URL, '')
    const second = (await json(await client.spotify(next, token)))['tracks'] as Json
    expect(second).toMatchObject({ offset: 10, total: page['total'] })
  })

  it('answers an id from elsewhere as if it were its own', async () => {
    const id = '7Ln80lUS6He07XvHI8qqHH'
    const artist = await json(await client.spotify(`/artists/${id}`, token))
    expect(artist).toMatchObject({ id, type: 'artist', uri: `spotify:artist:${id}` })
  })

  it('refuses more than ten search results, a malformed id, and does not find an id of zeros', async () => {
    expect((await client.spotify('/search?q=a&type=track&limit=11', token)).status).toBe(400)
    expect((await client.spotify('/tracks/short', token)).status).toBe(400)
    const missing = await client.spotify(`/tracks/${'0'.repeat(22)}`, token)
    expect(missing.status).toBe(404)
    expect(await json(missing)).toEqual({ error: { status: 404, message: 'Resource not found' } })
  })
})

describe('the demo origin as Google Books', () => {
  let origin: LocalOrigin
  let client: ReturnType<typeof clientFor>
  beforeAll(async () => {
    origin = await createDemoOrigin(QUIET)
    client = clientFor(origin)
  })
  afterAll(() => origin.close())

  it('sends neither lifetime nor validator', async () => {
    const response = await client.books('/volumes?q=intitle:ulysses')
    expect(response.headers.get('cache-control')).toBeNull()
    expect(response.headers.get('etag')).toBeNull()
    expect(response.headers.get('vary')).toBe('Origin, Referer, X-Origin')
    const { kind, items } = (await json(response)) as { kind: string; items: { volumeInfo: Json }[] }
    expect(kind).toBe('books#volumes')
    expect(items[0]?.volumeInfo).toMatchObject({ title: 'Ulysses', printType: 'BOOK' })
  })

  it('leaves items out where nothing is found, and refuses an empty query by its reason', async () => {
    expect(await json(await client.books('/volumes?q=intitle:zzzz'))).toEqual({
      kind: 'books#volumes',
      totalItems: 0,
    })
    const empty = await client.books('/volumes?q=')
    expect(empty.status).toBe(400)
    expect(await json(empty)).toMatchObject({ error: { errors: [{ reason: 'queryRequired' }] } })
  })

  it('shows a volume as seen from the country asked for', async () => {
    const volume = await json(await client.books(`/volumes/${volumeId(0)}?country=DE`))
    expect(volume).toMatchObject({ id: volumeId(0), saleInfo: { country: 'DE' } })
  })

  it('bills callers without key to a project whose quota is spent, and tells no time to wait', async () => {
    const response = await fetch(`${origin.environment.GOOGLE_BOOKS_BASE_URL}/volumes?q=a`)
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBeNull()
    expect(await json(response)).toMatchObject({ error: { status: 'RESOURCE_EXHAUSTED' } })
  })

  it('does not find what begins with zeros', async () => {
    const response = await client.books('/volumes/000000000000')
    expect(response.status).toBe(404)
    expect(await json(response)).toMatchObject({ error: { code: 404 } })
  })
})

describe('faults of the demo origin', () => {
  it('come in each provider’s own form', async () => {
    const origin = await createDemoOrigin({ ...QUIET, faultRate: 1 })
    const client = clientFor(origin)
    const token = String((await json(await client.token()))['access_token'])
    const seen = { tmdb: new Set<number>(), spotify: new Set<number>(), books: new Set<number>() }
    for (let number = 0; number < 20; number += 1) {
      const tmdb = await client.tmdb('/movie/1')
      seen.tmdb.add(tmdb.status)
      expect((await json(tmdb))['status_code']).toBe(tmdb.status === 429 ? 25 : 46)
      const spotify = await client.spotify('/browse/categories', token)
      seen.spotify.add(spotify.status)
      expect(spotify.headers.get('retry-after')).toBe(spotify.status === 429 ? '1' : null)
      const text = await spotify.text()
      if (spotify.status === 429) expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError)
      const books = await client.books('/volumes?q=a')
      seen.books.add(books.status)
      expect(books.headers.get('retry-after')).toBeNull()
    }
    for (const statuses of Object.values(seen)) expect([...statuses].sort()).toEqual([429, 503])
    await origin.close()
  })

  it('and delays are the same for the same seed, whatever the order of the calls', async () => {
    const paths = Array.from({ length: 60 }, (_, index) => `/movie/${index + 1}`)
    async function run(order: readonly string[]) {
      const delays: number[] = []
      const wait = (delayMs: number) => Promise.resolve(delays.push(delayMs))
      const origin = await createDemoOrigin({ seed: 7, faultRate: 0.3, wait })
      const client = clientFor(origin)
      const statuses = new Map<string, number>()
      for (const path of order) statuses.set(path, (await client.tmdb(path)).status)
      await origin.close()
      return { statuses: paths.map((path) => statuses.get(path)), delays: delays.sort((a, b) => a - b) }
    }
    const one = await run(paths)
    expect(await run([...paths].reverse())).toEqual(one)
    expect(one.statuses.filter((status) => status !== 200).length).toBeGreaterThan(5)
    expect(one.delays[0]).toBeGreaterThanOrEqual(50)
    expect(one.delays.at(-1)).toBeLessThanOrEqual(300)
    expect(new Set(one.delays).size).toBeGreaterThan(30)
  })
})

describe('the end of the demo origin', () => {
  it('counts calls by callee and status, and refuses connections once stopped', async () => {
    const origin = await createDemoOrigin(QUIET)
    const client = clientFor(origin)
    await client.tmdb('/movie/1')
    await client.tmdb('/movie/99999999')
    await client.token()
    expect(origin.calls).toEqual({ tmdb: { 200: 1, 404: 1 }, spotify: {}, books: {}, accounts: { 200: 1 } })
    expect(countCalls(origin.calls)).toBe(3)
    expect(countCalls(origin.calls, 'tmdb')).toBe(2)
    await origin.stop()
    await expect(client.tmdb('/movie/1')).rejects.toThrow()
    expect(countCalls(origin.calls)).toBe(3)
    await origin.close()
  })
})
