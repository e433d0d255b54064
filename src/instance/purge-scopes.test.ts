import { describe, expect, it } from 'vitest'
import { createPolicyResolver } from '../config/policy-resolver.js'
import { resolveConfig } from '../config/resolve-config.js'
import { CachetteError } from '../errors/cachette-error.js'
import type { PurgeRequest } from '../model/entry-summary.js'
import type { MarkScope } from '../model/mark.js'
import { booksProfile } from '../providers/books/profile.js'
import { planPurge } from './purge-scopes.js'

const config = resolveConfig({
  options: {
    env: {},
    services: {
      mine: { baseURL: 'https://api.example.com/v1', params: { language: 'de' } },
    },
  },
  profiles: [booksProfile],
  from: 'code',
  root: 'test',
})
const rules = { config, policyOf: createPolicyResolver() }
const scopesOf = (request: PurgeRequest): readonly MarkScope[] => planPurge(request, rules).scopes

describe('a purge by what URLs begin with', () => {
  it.each([
    ['https://api.example.com/v1/movie/*', 'https://api.example.com/v1/movie/'],
    ['https://api.example.com/*', 'https://api.example.com/'],
    ['HTTPS://API.Example.com:443/v1/a/../%7Emovie/*', 'https://api.example.com/v1/~movie/'],
    ['http://127.0.0.1:8080/%e6%98%a0/*', 'http://127.0.0.1:8080/%E6%98%A0/'],
    ['https://api.example.com/映画/*', 'https://api.example.com/%E6%98%A0%E7%94%BB/'],
    [' https://user:secret@api.example.com/v1/* ', 'https://api.example.com/v1/'],
  ])('%s is one on %s', (url, urlPrefix) => {
    expect(scopesOf({ url })).toEqual([{ urlPrefix }])
  })

  it('goes with a service, a tag and softness', () => {
    const url = 'https://api.example.com/v1/*'
    expect(planPurge({ url, service: 'mine', tag: 'films', soft: true }, rules)).toEqual({
      scopes: [{ service: 'mine', tag: 'films', urlPrefix: 'https://api.example.com/v1/' }],
      isSoft: true,
    })
  })

  it('finds what a service keeps under another of its hosts, of that service alone', () => {
    expect(scopesOf({ url: 'https://books.googleapis.com/*' })).toEqual([
      { urlPrefix: 'https://books.googleapis.com/' },
      { urlPrefix: 'https://www.googleapis.com/', service: 'books' },
    ])
    expect(scopesOf({ url: 'https://books.googleapis.com/books/v1/*', service: 'books' })).toEqual([
      { urlPrefix: 'https://www.googleapis.com/books/v1/', service: 'books' },
    ])
  })

  it.each([
    'https://api.example.com*',
    'https://api.example.com/v1/mov*',
    'https://api.example.com/*/images',
    'https://api.example.com/*/images/*',
    'https://api.example.com/v1/**',
    'https://api.example.com/v1/?page=*',
    'https://api.example.com/v1?dir=/*',
    'https://api.example.com/v1/#/*',
    'https://*/v1/*',
    'https://*.example.com/*',
    'api.example.com/*',
    '/v1/*',
    '*',
  ])('is refused with a sentence for %s', (url) => {
    expect(() => planPurge({ url }, rules)).toThrow(CachetteError)
    expect(() => planPurge({ url }, rules)).toThrow(/a star stands at the end alone, after a slash/)
  })

  it('shows no credential in what it refuses', () => {
    const url = 'https://user:secret@api.example.com/a*?api_key=secret'
    expect(() => planPurge({ url }, rules)).toThrow(/^(?!.*secret)/s)
  })
})

describe('a purge by URL', () => {
  it('covers every form in which a service may keep it', () => {
    expect(scopesOf({ url: 'https://api.example.com/v1/a?b=1' })).toEqual([
      { url: 'https://api.example.com/v1/a?b=1&language=de' },
      { url: 'https://api.example.com/v1/a?b=1' },
    ])
  })

  it.each(['api.example.com/a', '/a', 'ftp://api.example.com/a', 'https://'])('is refused for %s', (url) => {
    expect(() => planPurge({ url }, rules)).toThrow(/expected an absolute http or https URL/)
  })
})
