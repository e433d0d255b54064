import { describe, expect, it } from 'vitest'
import { refusalOf } from '../../test/helpers/refusal.js'
import type { Environment } from '../model/profile.js'
import { booksProfile } from '../providers/books/profile.js'
import { spotifyProfile } from '../providers/spotify/profile.js'
import { tmdbProfile } from '../providers/tmdb/profile.js'
import { compileHosts } from './host-matcher.js'
import { resolveConfig } from './resolve-config.js'
import { type ResolvedService, checkServiceName } from './resolve-service.js'
import { compileRule } from './rule-matcher.js'

const PROFILES = [tmdbProfile, spotifyProfile, booksProfile]

function serviceOf(name: string, settings?: object, env: Environment = {}): ResolvedService {
  const options = settings === undefined ? { env } : { env, services: { [name]: settings } }
  return resolveConfig({ options, profiles: PROFILES, from: 'code', root: 'createCachette' }).service(name)
}

const owns = (service: ResolvedService, url: string): boolean => service.ownsUrl(new URL(url))

describe('the hosts of a service', () => {
  it.each([
    ['api.example.com', 'api.example.com', true],
    ['api.example.com', 'API.example.com:443', true],
    ['api.example.com', 'api.example.com:8443', false],
    ['api.example.com', 'www.api.example.com', false],
    ['api.example.com:8443', 'api.example.com:8443', true],
    ['api.example.com:8443', 'api.example.com', false],
    ['api.example.com:443', 'api.example.com', true],
    ['*.example.com', 'api.example.com', true],
    ['*.example.com', 'a.b.example.com', true],
    ['*.example.com', 'example.com', false],
    ['*.example.com', 'evilexample.com', false],
    ['*.example.com', 'example.com.evil.org', false],
    ['*.example.com', 'api.example.com:8443', false],
    ['*.example.com:8443', 'api.example.com:8443', true],
    ['[::1]:8443', '[0:0::1]:8443', true],
    ['[::1]:8443', '[::2]:8443', false],
  ])('%s cover %s: %s', (host, asked, expected) => {
    expect(owns(serviceOf('my_service', { hosts: [host] }), `https://${asked}/data`)).toBe(expected)
  })

  it('are in lower case, as those of URLs', () => {
    expect(owns(serviceOf('my_service', { hosts: ['API.Example.com'] }), 'https://api.example.com')).toBe(
      true,
    )
  })

  it('are none for a service without any', () => {
    expect(compileHosts([])('api.example.com')).toBe(false)
    expect(owns(serviceOf('my_service'), 'https://api.example.com')).toBe(false)
  })

  it('are never asked with less than the safety of the base URL', () => {
    const settings = { baseURL: 'https://api.example.com', hosts: ['cdn.example.com'] }
    const service = serviceOf('my_service', settings)
    expect(owns(service, 'https://cdn.example.com/x')).toBe(true)
    expect(owns(service, 'http://cdn.example.com/x')).toBe(false)
    expect(owns(service, 'http://api.example.com/x')).toBe(false)
  })

  it('must be named where the service sends headers or parameters of its own', () => {
    for (const settings of [{ headers: { A: 'b' } }, { params: { a: 1 } }]) {
      expect(refusalOf(() => serviceOf('my_service', settings))).toBe(
        'services.my_service sends headers or params of its own but has no baseURL or hosts; ' +
          'name the hosts that may get them',
      )
    }
  })
})

describe('the base URL', () => {
  it.each([
    ['https://api.example.com', 'https://api.example.com'],
    ['https://API.example.com:443/v1/', 'https://api.example.com/v1'],
    ['http://localhost:8080/a/b//', 'http://localhost:8080/a/b'],
  ])('%s is kept as %s', (given, kept) => {
    expect(serviceOf('my_service', { baseURL: given }).baseURL).toBe(kept)
  })

  it.each([
    ['tmdb', 'TMDB_BASE_URL', 'http://127.0.0.1:4321/3', 'https://api.themoviedb.org/3/movie/1'],
    ['spotify', 'SPOTIFY_BASE_URL', 'http://127.0.0.1:4321/v1', 'https://api.spotify.com/v1/search'],
    [
      'books',
      'GOOGLE_BOOKS_BASE_URL',
      'http://127.0.0.1:4321/books/v1',
      'https://www.googleapis.com/books/v1/volumes',
    ],
  ])(
    'of %s is moved by %s, away from its own host, whatever the options say',
    (name, variable, moved, before) => {
      const service = serviceOf(name, { baseURL: 'https://elsewhere.example' }, { [variable]: moved })
      expect(service.baseURL).toBe(moved)
      expect([owns(service, `${moved}/x`), owns(service, before)]).toEqual([true, false])
      expect(owns(serviceOf(name), before)).toBe(true)
    },
  )

  it.each(['', 'localhost:4321', 'ftp://h', 'http://h/?a=1'])('is not moved to %j', (value) => {
    expect(refusalOf(() => serviceOf('tmdb', undefined, { TMDB_BASE_URL: value }))).toMatch(
      /^TMDB_BASE_URL is "/,
    )
  })

  it('is not moved to one with a password, nor is that shown', () => {
    const message = refusalOf(() => serviceOf('tmdb', undefined, { TMDB_BASE_URL: 'https://u:s3cret@h/3' }))
    expect(message).toContain('"https://REDACTED@h/3"')
  })
})

describe('a service name', () => {
  it.each(['tmdb', 'my_service', 'My-Service.v2', '3', 'a'.repeat(64)])('may be %s', (name) => {
    expect(serviceOf(name).name).toBe(name)
  })

  it.each(['', ' ', 'a b', '_a', '-a', 'a/b', 'é', 'a'.repeat(65)])('may not be %j', (name) => {
    expect(refusalOf(() => serviceOf(name))).toContain('expected 1 to 64 letters, digits, "_", "-" or "."')
  })

  it.each(['other', 'OTHER', 'default'])('may not be %s, which is taken', (name) => {
    expect(refusalOf(() => checkServiceName(name))).toContain('is reserved')
  })
})

describe('a rule', () => {
  it.each([
    ['/movie/:id', '/movie/1', true],
    ['/movie/:id', '/movie/1/credits', false],
    ['/movie/:id', '/movie/', false],
    ['/search/*', '/search/movie/x', true],
    ['/search/**', '/search/movie/x', true],
    ['/:type(movie|tv)/latest', '/tv/latest', true],
    ['/:type(movie|tv)/latest', '/person/latest', false],
    ['/', '/', true],
    ['/Movie', '/movie', false],
    ['/café', '/caf%C3%A9', true],
  ])('%s on %s: %s', (pattern, path, expected) => {
    expect(compileRule(pattern, 'match')(path)).toBe(expected)
  })

  it.each(['', 'movie', '*', '/(', '/:'])('%j is refused', (pattern) => {
    expect(refusalOf(() => compileRule(pattern, 'rules.0.match'))).toMatch(/^rules\.0\.match is "/)
  })
})
