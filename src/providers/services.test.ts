// Every method of the three services against an origin on loopback: what it asks for, and that it asks once.
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, expectTypeOf, it } from 'vitest'
import { createCachette, type Cachette } from '../create-cachette.js'
import type { DeepReadonly } from '../model/deep-readonly.js'
import { BooksService } from './books/service.js'
import { SpotifyService } from './spotify/service.js'
import type { AlbumSummary, Artist, SpotifyPage } from './spotify/types.js'
import { TMDBService } from './tmdb/service.js'
import type { Credits } from './tmdb/person-types.js'

const SPOTIFY_BASIC = `Basic ${Buffer.from('id:secret').toString('base64')}`

let server: Server
let cachette: Cachette
let requests: { url: URL; authorization: string | undefined; method: string }[] = []
let tmdb: TMDBService
let spotify: SpotifyService
let books: BooksService

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(describeRequest(request))
    response.setHeader('content-type', 'application/json')
    const isToken = request.url === '/api/token'
    if (request.url?.startsWith('/3/movie/missing')) response.statusCode = 404
    response.end(
      JSON.stringify(
        isToken ? { access_token: 'app-token', token_type: 'Bearer', expires_in: 3600 } : { id: 1 },
      ),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterAll(() => new Promise((resolve) => server.close(resolve)))

beforeEach(async () => {
  await cachette?.close()
  requests = []
  cachette = await open({ TMDB_API_KEY: 'tmdb-key' })
  tmdb = new TMDBService({ cachette })
  spotify = new SpotifyService({ cachette })
  books = new BooksService({ cachette })
})

afterAll(() => cachette.close())

const TMDB_CALLS: readonly [string, () => Promise<unknown>][] = [
  ['/search/movie?query=Inception', () => tmdb.searchMovies('Inception')],
  [
    '/search/movie?include_adult=false&language=fr&page=2&primary_release_year=2010&query=A%26B&region=FR&year=2010',
    () =>
      tmdb.searchMovies('A&B', {
        language: 'fr',
        page: 2,
        includeAdult: false,
        primaryReleaseYear: 2010,
        region: 'FR',
        year: 2010,
      }),
  ],
  [
    '/search/tv?first_air_date_year=2008&query=Breaking',
    () => tmdb.searchTv('Breaking', { firstAirDateYear: 2008 }),
  ],
  ['/search/person?query=Nolan', () => tmdb.searchPeople('Nolan')],
  ['/search/multi?query=Batman', () => tmdb.searchMulti('Batman')],
  ['/movie/550', () => tmdb.movie(550)],
  ['/movie/550', () => tmdb.movie('550', { append: [] })],
  [
    '/movie/550?append_to_response=credits,videos',
    () => tmdb.movie(550, { append: ['videos', 'credits', 'videos'] }),
  ],
  ['/tv/1396?append_to_response=images', () => tmdb.tv(1396, { append: ['images'] })],
  ['/tv/1396/season/0', () => tmdb.tvSeason(1396, 0)],
  ['/person/525', () => tmdb.person(525)],
  ['/person/525/combined_credits', () => tmdb.personCredits(525)],
  ['/movie/550/credits', () => tmdb.movieCredits(550)],
  ['/tv/1396/credits', () => tmdb.tvCredits(1396)],
  [
    '/movie/550/images?include_image_language=en,null',
    () => tmdb.movieImages(550, { includeImageLanguage: ['en', 'null'] }),
  ],
  ['/movie/550/videos', () => tmdb.movieVideos(550)],
  ['/movie/550/recommendations?page=2', () => tmdb.movieRecommendations(550, { page: 2 })],
  ['/movie/550/similar', () => tmdb.similarMovies(550)],
  ['/movie/550/watch/providers', () => tmdb.watchProviders(550)],
  ['/movie/popular', () => tmdb.popularMovies()],
  ['/movie/top_rated', () => tmdb.topRatedMovies()],
  ['/movie/now_playing?region=DE', () => tmdb.nowPlayingMovies({ region: 'DE' })],
  ['/movie/upcoming', () => tmdb.upcomingMovies()],
  [
    '/discover/movie?sort_by=vote_average.desc&vote_average.gte=7&vote_count.gte=100&with_genres=28,12&with_runtime.lte=120',
    () =>
      tmdb.discoverMovies({
        sortBy: 'vote_average.desc',
        voteAverageGte: 7,
        'vote_count.gte': 100,
        withGenres: [28, 12],
        withRuntimeLte: 120,
      }),
  ],
  [
    '/discover/tv?first_air_date.lte=2020-01-01&include_null_first_air_dates=true&with_networks=49',
    () =>
      tmdb.discoverTv({ firstAirDateLte: '2020-01-01', includeNullFirstAirDates: true, withNetworks: 49 }),
  ],
  ['/trending/all/day', () => tmdb.trending()],
  ['/trending/tv/week', () => tmdb.trending('tv', 'week')],
  ['/find/tt0266543?external_source=imdb_id', () => tmdb.find('tt0266543')],
  ['/find/81189?external_source=tvdb_id', () => tmdb.find('81189', { externalSource: 'tvdb_id' })],
  ['/genre/movie/list', () => tmdb.movieGenres()],
  ['/genre/tv/list', () => tmdb.tvGenres()],
  ['/configuration', () => tmdb.configuration()],
  ['/collection/10', () => tmdb.collection(10)],
  ['/movie/changes?start_date=2026-01-01', () => tmdb.movieChanges({ startDate: '2026-01-01' })],
  ['/review/5013bc?language=en', () => tmdb.get('/review/5013bc', { language: 'en' })],
]

const SPOTIFY_CALLS: readonly [string, () => Promise<unknown>][] = [
  ['/search?q=AM&type=album,artist', () => spotify.search('AM', { type: ['artist', 'album'] })],
  [
    '/search?include_external=audio&limit=10&market=FR&offset=20&q=AM&type=track',
    () => spotify.searchTracks('AM', { limit: 10, offset: 20, market: 'FR', includeExternal: 'audio' }),
  ],
  ['/search?q=AM&type=album', () => spotify.searchAlbums('AM')],
  ['/search?q=Arctic&type=artist', () => spotify.searchArtists('Arctic')],
  ['/tracks/t1?market=ES', () => spotify.track('t1', { market: 'ES' })],
  ['/tracks?ids=t2,t1', () => spotify.tracks(['t2', 't1'])],
  ['/albums/a1', () => spotify.album('a1')],
  ['/albums/a1/tracks?limit=50', () => spotify.albumTracks('a1', { limit: 50 })],
  ['/albums?ids=a1,a2', () => spotify.albums(['a1', 'a2'])],
  ['/artists/r1', () => spotify.artist('r1')],
  ['/artists?ids=r1', () => spotify.artists(['r1'])],
  [
    '/artists/r1/albums?include_groups=album,single',
    () => spotify.artistAlbums('r1', { includeGroups: ['album', 'single'] }),
  ],
  ['/artists/r1/top-tracks', () => spotify.artistTopTracks('r1')],
  ['/artists/r1/related-artists', () => spotify.relatedArtists('r1')],
  ['/playlists/p1?fields=snapshot_id', () => spotify.playlist('p1', { fields: 'snapshot_id' })],
  [
    '/playlists/p1/items?additional_types=episode',
    () => spotify.playlistItems('p1', { additionalTypes: 'episode' }),
  ],
  ['/browse/new-releases', () => spotify.newReleases()],
  ['/browse/categories?locale=fr_FR', () => spotify.categories({ locale: 'fr_FR' })],
  ['/audio-features/t1', () => spotify.audioFeatures('t1')],
  ['/audio-features?ids=t1,t2', () => spotify.audioFeatures(['t1', 't2'])],
  [
    '/recommendations?max_duration_ms=240000&min_danceability=0.2&seed_artists=r1,r2',
    () =>
      spotify.recommendations({ seedArtists: ['r1', 'r2'], minDanceability: 0.2, maxDurationMs: 240_000 }),
  ],
  ['/shows/s1', () => spotify.show('s1')],
  ['/shows/s1/episodes', () => spotify.showEpisodes('s1')],
  ['/episodes/e1', () => spotify.episode('e1')],
  ['/audiobooks/b1', () => spotify.get('/audiobooks/b1')],
]

const BOOKS_CALLS: readonly [string, () => Promise<unknown>][] = [
  [
    '/volumes?country=US&maxResults=5&orderBy=newest&q=intitle:dune',
    () => books.search('intitle:dune', { country: 'US', maxResults: 5, orderBy: 'newest' }),
  ],
  ['/volumes/zyTC?projection=lite', () => books.volume('zyTC', { projection: 'lite' })],
  ['/volumes/zyTC/associated', () => books.associatedVolumes('zyTC')],
  ['/users/u1/bookshelves', () => books.bookshelves('u1')],
  ['/users/u1/bookshelves/0', () => books.bookshelf('u1', 0)],
  [
    '/users/u1/bookshelves/3/volumes?startIndex=10',
    () => books.bookshelfVolumes('u1', 3, { startIndex: 10 }),
  ],
  ['/series/get?series_id=x&series_id=y', () => books.series(['x', 'y'])],
  ['/volumes/zyTC/layersummary', () => books.get('/volumes/zyTC/layersummary')],
]

describe('TMDBService', () => {
  it.each(TMDB_CALLS)('asks for %s once, with the key', async (path, call) => {
    await expectOneCall(`/3${path}`, call)
    expect(requests[0]?.url.searchParams.get('api_key')).toBe('tmdb-key')
  })

  it('sends the access token instead of the key where both are set', async () => {
    await cachette.close()
    cachette = await open({ TMDB_API_KEY: 'tmdb-key', TMDB_ACCESS_TOKEN: 'tmdb-token' })
    await new TMDBService({ cachette }).movie(550)
    expect(requests[0]).toMatchObject({ authorization: 'Bearer tmdb-token' })
    expect(requests[0]?.url.searchParams.has('api_key')).toBe(false)
  })

  it('gives every order of append the same entry', async () => {
    await tmdb.movie(550, { append: ['credits', 'videos'] })
    await tmdb.movie(550, { append: ['videos', 'credits'] })
    expect(requests).toHaveLength(1)
  })

  it('never caches what creates state', async () => {
    await tmdb.get('/authentication/token/new')
    await tmdb.get('/authentication/token/new')
    expect(requests).toHaveLength(2)
  })

  it('types what was appended, and nothing else', async () => {
    const movie = await tmdb.movie(550, { append: ['credits'] })
    expectTypeOf(movie).toHaveProperty('credits').toEqualTypeOf<DeepReadonly<Credits>>()
    expectTypeOf(movie).toHaveProperty('title').toEqualTypeOf<string>()
    expectTypeOf(movie).not.toHaveProperty('videos')
  })
})

describe('SpotifyService', () => {
  it.each(SPOTIFY_CALLS)('asks for %s once, with a token fetched once', async (path, call) => {
    await expectOneCall(`/v1${path}`, call, 1)
    expect(requests[0]).toMatchObject({ method: 'POST', authorization: SPOTIFY_BASIC })
    expect(requests[1]).toMatchObject({ method: 'GET', authorization: 'Bearer app-token' })
  })

  it('types a page for each kind that was searched for, and no other', async () => {
    const found = await spotify.search('AM', { type: ['artist', 'album'] })
    expectTypeOf(found).toHaveProperty('albums').toEqualTypeOf<DeepReadonly<SpotifyPage<AlbumSummary>>>()
    expectTypeOf(found).toHaveProperty('artists').toEqualTypeOf<DeepReadonly<SpotifyPage<Artist>>>()
    expectTypeOf(found).not.toHaveProperty('tracks')
  })

  it('fetches one token for many callers', async () => {
    await Promise.all(['a', 'b', 'c', 'd'].map((id) => spotify.track(id)))
    expect(requests.filter(({ url }) => url.pathname === '/api/token')).toHaveLength(1)
    expect(requests).toHaveLength(5)
  })

  it('never caches what belongs to a user', async () => {
    const options = { headers: { Authorization: 'Bearer user-token' } }
    await spotify.get('/me/tracks', {}, options)
    await spotify.get('/me/tracks', {}, options)
    const calls = requests.filter(({ url }) => url.pathname === '/v1/me/tracks')
    expect(calls.map(({ authorization }) => authorization)).toEqual([
      'Bearer user-token',
      'Bearer user-token',
    ])
  })

  it('keeps the answers to a user`s token apart', async () => {
    const options = { headers: { Authorization: 'Bearer user-token' } }
    await spotify.playlist('p1')
    await spotify.playlist('p1', options)
    await spotify.playlist('p1', options)
    expect(requests.filter(({ url }) => url.pathname === '/v1/playlists/p1')).toHaveLength(2)
  })
})

describe('BooksService', () => {
  it.each(BOOKS_CALLS)('asks for %s once, with the key', async (path, call) => {
    await expectOneCall(`/books/v1${path}`, call)
    expect(requests[0]?.url.searchParams.get('key')).toBe('books-key')
  })

  it('shares an entry between quota users, whose name is sent', async () => {
    await books.volume('zyTC', { quotaUser: 'one' })
    await books.volume('zyTC', { quotaUser: 'two' })
    expect(requests.map(({ url }) => url.searchParams.get('quotaUser'))).toEqual(['one'])
  })

  it('keeps countries apart', async () => {
    await books.volume('zyTC', { country: 'US' })
    await books.volume('zyTC', { country: 'FR' })
    expect(requests).toHaveLength(2)
  })
})

describe('every service', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['a blank query', () => tmdb.searchMovies(' ')],
    ['a blank id', () => spotify.track('')],
    ['an id that climbs', () => books.volume('..')],
    ['an id that is no number', () => tmdb.movie(Number.NaN)],
    ['an empty list', () => spotify.tracks([])],
    ['a blank id in a list', () => books.series(['x', ''])],
    ['a path without its slash', () => tmdb.get('movie/550')],
  ])('refuses %s with a TypeError and sends nothing', async (_, call) => {
    await expect(call()).rejects.toThrow(TypeError)
    expect(requests).toEqual([])
  })

  it('encodes ids', async () => {
    await books.volume('a/b?c')
    expect(requests[0]?.url.pathname).toBe('/books/v1/volumes/a%2Fb%3Fc')
  })

  it('passes call options on: refresh asks again, mutable copies, fallback stands in for a failure', async () => {
    await tmdb.movie(550)
    await tmdb.movie(550, { refresh: true })
    expect(requests).toHaveLength(2)
    expect(Object.isFrozen(await tmdb.movie(550))).toBe(true)
    expect(Object.isFrozen(await tmdb.movie(550, { mutable: true }))).toBe(false)
    expect(await tmdb.movie('missing', { fallback: 'none' })).toBe('none')
    await expect(tmdb.movie('missing')).rejects.toMatchObject({ code: 'CACHETTE_ORIGIN_STATUS', status: 404 })
  })

  it('names the variable to set where a credential is missing, fallback or not', async () => {
    const bare = await open({ GOOGLE_BOOKS_API_KEY: '', SPOTIFY_CLIENT_SECRET: '' })
    const fallback = 'none'
    await expect(new TMDBService({ cachette: bare }).movie(550, { fallback })).rejects.toThrow(/TMDB_API_KEY/)
    await expect(new SpotifyService({ cachette: bare }).track('t1')).rejects.toThrow(/SPOTIFY_CLIENT_SECRET/)
    await expect(new BooksService({ cachette: bare }).volume('v1')).rejects.toThrow(/GOOGLE_BOOKS_API_KEY/)
    expect(requests).toEqual([])
    await bare.close()
  })
})

/** Makes the call twice and expects one request for the path, its parameters in the order of their names. */
async function expectOneCall(path: string, call: () => Promise<unknown>, tokenCalls = 0): Promise<void> {
  expect(await call()).toEqual({ id: 1 })
  expect(await call()).toEqual({ id: 1 })
  expect(requests).toHaveLength(1 + tokenCalls)
  const { url } = requests.at(-1)!
  const params = [...url.searchParams].filter(([name]) => name !== 'api_key' && name !== 'key')
  const query = params.map(([name, value]) => `${name}=${value.replaceAll('&', '%26')}`).sort()
  expect(query.length === 0 ? url.pathname : `${url.pathname}?${query.join('&')}`).toBe(path)
}

function open(credentials: Record<string, string>): Promise<Cachette> {
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return createCachette({
    store: 'memory:',
    env: {
      TMDB_BASE_URL: `${origin}/3`,
      SPOTIFY_BASE_URL: `${origin}/v1`,
      SPOTIFY_ACCOUNTS_URL: origin,
      GOOGLE_BOOKS_BASE_URL: `${origin}/books/v1`,
      SPOTIFY_CLIENT_ID: 'id',
      SPOTIFY_CLIENT_SECRET: 'secret',
      GOOGLE_BOOKS_API_KEY: 'books-key',
      ...credentials,
    },
  })
}

function describeRequest(request: IncomingMessage): (typeof requests)[number] {
  const { method = '', headers, url = '' } = request
  return { url: new URL(url, 'http://origin'), authorization: headers.authorization, method }
}
