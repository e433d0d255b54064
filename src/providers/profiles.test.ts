import { URLPattern } from 'urlpattern-polyfill'
import { describe, expect, it } from 'vitest'
import type { Profile } from '../model/profile.js'
import { booksProfile } from './books/profile.js'
import { spotifyProfile } from './spotify/profile.js'
import { tmdbProfile } from './tmdb/profile.js'

const PROFILES = [tmdbProfile, spotifyProfile, booksProfile]

describe.each(PROFILES.map((profile) => [profile.name, profile] as const))(
  'the profile of %s',
  (_, profile) => {
    it('is frozen all the way down', () => {
      const open: unknown[] = [profile]
      for (const value of open) {
        if (typeof value !== 'object' || value === null) continue
        expect(Object.isFrozen(value)).toBe(true)
        open.push(...Object.values(value))
      }
    })

    it('caps the age of answers', () => {
      expect(profile.maxTtl).toMatch(/^[1-9]\d*d$/)
    })

    it('names 20 to 40 different paths to warm up, each cacheable and without a credential', () => {
      expect(profile.popular.length).toBeGreaterThanOrEqual(20)
      expect(profile.popular.length).toBeLessThanOrEqual(40)
      expect(new Set(profile.popular).size).toBe(profile.popular.length)
      for (const path of profile.popular) {
        const url = new URL(`${profile.baseURL}${path}`)
        expect(path).toMatch(/^\/[a-z]/)
        expect(isNeverCached(profile, path.split('?')[0]!)).toBe(false)
        expect([...url.searchParams.keys()].filter((name) => /key|token|session|secret/.test(name))).toEqual(
          [],
        )
      }
    })
  },
)

describe('the TTL, the cap and the place of each provider', () => {
  it.each([
    [tmdbProfile, 'https://api.themoviedb.org/3', 'TMDB_BASE_URL', '6h', '180d'],
    [spotifyProfile, 'https://api.spotify.com/v1', 'SPOTIFY_BASE_URL', '2h', '5d'],
    [booksProfile, 'https://www.googleapis.com/books/v1', 'GOOGLE_BOOKS_BASE_URL', '12h', '7d'],
  ])('are as documented', (profile, baseURL, variable, ttl, maxTtl) => {
    expect(profile).toMatchObject({ baseURL, baseURLVariable: variable, ttl, maxTtl })
  })

  it.each([
    [tmdbProfile, '40/1s'],
    [spotifyProfile, undefined],
    [booksProfile, undefined],
  ])('limit the rate where a number is known: %o', (profile, rateLimit) => {
    expect(profile.rateLimit).toBe(rateLimit)
  })

  it('fold the two hosts of Google Books into one', () => {
    expect(booksProfile.hosts).toEqual(['books.googleapis.com'])
    expect(booksProfile.equivalentHosts).toEqual({ 'books.googleapis.com': 'www.googleapis.com' })
  })
})

describe('rules', () => {
  it.each([
    ['/movie/latest', '5m'],
    ['/tv/latest', '5m'],
    ['/person/latest', '5m'],
    ['/movie/changes', '10m'],
    ['/movie/550', undefined],
    ['/movie/550/changes', undefined],
    ['/search/movie', undefined],
    ['/trending/movie/day', undefined],
  ])('of TMDB give %s the TTL %s', (path, ttl) => {
    expect(tmdbProfile.rules.findLast(({ match }) => matches(match, path))?.ttl).toBe(ttl)
  })
})

describe('never cached', () => {
  it.each([
    [tmdbProfile, '/authentication', true],
    [tmdbProfile, '/authentication/token/new', true],
    [tmdbProfile, '/authentication/guest_session/new', true],
    [tmdbProfile, '/authentication/session/new', true],
    [tmdbProfile, '/account', true],
    [tmdbProfile, '/account/42/favorite/movies', true],
    [tmdbProfile, '/guest_session/abc/rated/movies', true],
    [tmdbProfile, '/movie/550/account_states', true],
    [tmdbProfile, '/tv/1396/season/1/episode/2/account_states', true],
    [tmdbProfile, '/movie/550', false],
    [tmdbProfile, '/search/movie', false],
    [tmdbProfile, '/find/account', false],
    [spotifyProfile, '/me', true],
    [spotifyProfile, '/me/tracks', true],
    [spotifyProfile, '/me/player/currently-playing', true],
    [spotifyProfile, '/melodies', false],
    [spotifyProfile, '/artists/me', false],
    [spotifyProfile, '/search', false],
    [booksProfile, '/mylibrary/bookshelves', true],
    [booksProfile, '/mylibrary/readingpositions/x', true],
    [booksProfile, '/volumes/mybooks', true],
    [booksProfile, '/volumes/recommended', true],
    [booksProfile, '/volumes', false],
    [booksProfile, '/volumes/zyTCAlFPjgYC', false],
    [booksProfile, '/users/1/bookshelves/3/volumes', false],
  ])('by %o: %s is %s', (profile, path, expected) => {
    expect(isNeverCached(profile, path)).toBe(expected)
  })
})

describe('authorization', () => {
  it.each([
    [{}, { kind: 'missing', variables: ['TMDB_API_KEY or TMDB_ACCESS_TOKEN'] }],
    [{ TMDB_API_KEY: ' ' }, { kind: 'missing', variables: ['TMDB_API_KEY or TMDB_ACCESS_TOKEN'] }],
    [{ TMDB_API_KEY: 'k' }, { kind: 'param', name: 'api_key', value: 'k' }],
    [{ TMDB_ACCESS_TOKEN: 't\n' }, { kind: 'header', name: 'Authorization', value: 'Bearer t' }],
    [
      { TMDB_API_KEY: 'k', TMDB_ACCESS_TOKEN: 't' },
      { kind: 'header', name: 'Authorization', value: 'Bearer t' },
    ],
    [
      { TMDB_API_KEY: 'k', TMDB_ACCESS_TOKEN: '' },
      { kind: 'param', name: 'api_key', value: 'k' },
    ],
  ])('of TMDB from %o', (environment, expected) => {
    expect(tmdbProfile.authorization(environment)).toEqual(expected)
  })

  const both = { SPOTIFY_CLIENT_ID: 'i', SPOTIFY_CLIENT_SECRET: 's' }
  const credentials = { kind: 'client-credentials', clientId: 'i', clientSecret: 's' }
  it.each([
    [{}, { kind: 'missing', variables: ['SPOTIFY_CLIENT_ID', 'SPOTIFY_CLIENT_SECRET'] }],
    [{ SPOTIFY_CLIENT_ID: 'i' }, { kind: 'missing', variables: ['SPOTIFY_CLIENT_SECRET'] }],
    [{ SPOTIFY_CLIENT_SECRET: 's' }, { kind: 'missing', variables: ['SPOTIFY_CLIENT_ID'] }],
    [both, { ...credentials, tokenUrl: 'https://accounts.spotify.com/api/token' }],
    [
      { ...both, SPOTIFY_ACCOUNTS_URL: 'http://127.0.0.1:9' },
      { ...credentials, tokenUrl: 'http://127.0.0.1:9/api/token' },
    ],
    [
      { ...both, SPOTIFY_ACCOUNTS_URL: 'http://127.0.0.1:9/' },
      { ...credentials, tokenUrl: 'http://127.0.0.1:9/api/token' },
    ],
  ])('of Spotify from %o', (environment, expected) => {
    expect(spotifyProfile.authorization(environment)).toEqual(expected)
  })

  it.each([
    [{}, { kind: 'missing', variables: ['GOOGLE_BOOKS_API_KEY'] }],
    [{ GOOGLE_BOOKS_API_KEY: 'k' }, { kind: 'param', name: 'key', value: 'k' }],
  ])('of Google Books from %o', (environment, expected) => {
    expect(booksProfile.authorization(environment)).toEqual(expected)
  })
})

function isNeverCached(profile: Profile, path: string): boolean {
  return profile.neverCache.some((pattern) => matches(pattern, path))
}

function matches(pattern: string, path: string): boolean {
  return new URLPattern({ pathname: pattern }).test({ pathname: path })
}
