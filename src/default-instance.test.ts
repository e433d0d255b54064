import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { refusalOf } from '../test/helpers/refusal.js'
import { CachedExternalAPIService } from './doors/service/cached-external-api-service.js'
import { setDefaultInstance } from './doors/service/default-instance.js'
import { defaultCachette } from './default-instance.js'

const before = { ...process.env }

beforeEach(() => setDefaultInstance(defaultCachette))

afterEach(() => {
  for (const name of Object.keys(process.env))
    if (!(name in before)) Reflect.deleteProperty(process.env, name)
  Object.assign(process.env, before)
})

describe('a service object on the default instance', () => {
  it.each([
    ['CACHETTE_STORE', 'memory', 'CACHETTE_STORE is "memory"; expected \'memory:\''],
    [
      'CACHETTE_STORE',
      'redis://u:s3cret@h/a',
      'CACHETTE_STORE is "redis://REDACTED@h/a"; expected a URL such as',
    ],
    ['CACHE_TTL_TMDB_HOURS', 'abc', 'CACHE_TTL_TMDB_HOURS is "abc"; expected a number of hours'],
    ['CACHE_TTL_ANYTHING_HOURS', '-1', 'CACHE_TTL_ANYTHING_HOURS is "-1"; expected a number of hours'],
    ['CACHE_TTL_DEFAULT_HOURS', '', 'CACHE_TTL_DEFAULT_HOURS is ""; expected a number of hours'],
    ['TMDB_BASE_URL', '', 'TMDB_BASE_URL is ""; expected an http or https URL'],
    ['CACHETTE_SECRET', 'short', 'CACHETTE_SECRET has 5 characters; expected at least 16'],
    ['CACHETTE_ENCRYPTION_KEY', 'x', 'CACHETTE_ENCRYPTION_KEY is no key: it has 1 characters'],
    ['CACHETTE_ADMIN_TOKEN', 'x', 'CACHETTE_ADMIN_TOKEN is not in this version'],
  ])('is refused at its making where %s is %j, by that name', (variable, value, message) => {
    process.env[variable] = value
    expect(refusalOf(() => new CachedExternalAPIService('my_service')).startsWith(message)).toBe(true)
  })

  it.each(['', 'other', 'a b'])('is refused at its making under the name %j', (name) => {
    expect(refusalOf(() => new CachedExternalAPIService(name))).toMatch(/^service name ("|is)/)
  })

  it('is made without a word where the environment is sound', () => {
    process.env.CACHETTE_STORE = 'memory:'
    process.env.CACHE_TTL_MY_SERVICE_HOURS = '0.5'
    expect(new CachedExternalAPIService('my_service').service).toBe('my_service')
  })
})
