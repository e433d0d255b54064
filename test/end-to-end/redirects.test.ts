import { describe, expect, it } from 'vitest'
import { openOrigin, openWorld } from '../helpers/cache-world.js'
import { errorOf } from '../helpers/gate.js'
import { providerEnvironment } from '../helpers/provider-origin.js'

const CREDENTIALS = {
  Authorization: 'Bearer mine',
  Cookie: 'a=1',
  'X-API-Key': 'k',
  Accept: 'application/json',
}

describe('redirects', () => {
  it.each([
    ['absolute', (url: string) => `${url}/target?x=1`],
    ['rooted', () => '/target?x=1'],
    ['relative', () => '../target?x=1'],
    ['by scheme', (url: string) => `${url.replace('http:', '')}/target?x=1`],
  ])('are followed: %s Location', async (_, location) => {
    const { api, origin } = await openWorld()
    origin.on('/deep/start', { status: 302, headers: { location: location(origin.url) } })
    expect(await api.getExternal('/deep/start')).toMatchObject({ path: '/target', query: 'x=1' })
  })

  it.each([301, 302, 303, 307, 308])(
    'a %i and its target are cached, each by its own rules',
    async (status) => {
      const { api, origin, cachette } = await openWorld()
      origin.on('/start', { status, headers: { location: '/target' } })
      expect(await api.fetchExternal('/start')).toMatchObject({ outcome: 'miss', data: { path: '/target' } })
      expect(await api.fetchExternal('/start')).toMatchObject({ outcome: 'hit', data: { path: '/target' } })
      expect(await api.fetchExternal('/target')).toMatchObject({ outcome: 'hit' })
      expect(origin.count()).toBe(2)
      expect(await cachette.metrics()).toMatchObject({ totalRequests: 3, originCalls: 2 })
    },
  )

  it('to the same origin keep the caller\u2019s credentials', async () => {
    const { api, origin } = await openWorld()
    origin.on('/start', { status: 302, headers: { location: '/target' } })
    await api.getExternal('/start', { headers: CREDENTIALS })
    expect(origin.last().headers).toMatchObject({
      authorization: 'Bearer mine',
      cookie: 'a=1',
      'x-api-key': 'k',
    })
  })

  it('to another origin leave them behind, and the service\u2019s own, and parameters', async () => {
    const other = await openOrigin()
    const { api, origin } = await openWorld({
      service: { headers: { 'X-App-Token': 'app' }, params: { app_key: 'p', format: 'json' } },
    })
    origin.on('/start', { status: 302, headers: { location: `${other.url}/target` } })
    await api.getExternal('/start', { headers: CREDENTIALS, params: { token: 't' } })
    expect(origin.last().headers).toMatchObject({ 'x-app-token': 'app', authorization: 'Bearer mine' })
    const { headers, url } = other.last()
    expect(url).toBe('/target')
    expect(headers.accept).toBe('application/json')
    for (const name of ['authorization', 'cookie', 'x-api-key', 'x-app-token'])
      expect(headers).not.toHaveProperty(name)
  })

  it('from user and password in the URL to another origin leave them behind', async () => {
    const other = await openOrigin()
    const { api, origin } = await openWorld()
    origin.on('/start', { status: 302, headers: { location: `${other.url}/target` } })
    await api.getExternal(origin.url.replace('://', '://user:word@') + '/start')
    expect(origin.last().headers.authorization).toBe(`Basic ${Buffer.from('user:word').toString('base64')}`)
    expect(other.last().headers).not.toHaveProperty('authorization')
  })

  it('of a provider to another host never carry the app\u2019s key', async () => {
    const other = await openOrigin()
    const { cachette, origin } = await openWorld({ environment: providerEnvironment })
    origin.on('/3/movie/1', { status: 302, headers: { location: `${other.url}/3/movie/1` } })
    await cachette.service('tmdb').getExternal('/movie/1')
    expect(origin.last().query).toContain('api_key=')
    expect(other.last().url).toBe('/3/movie/1')
  })

  it('an absolute URL of another host gets no key either', async () => {
    const other = await openOrigin()
    const { cachette } = await openWorld({ environment: providerEnvironment })
    await cachette.service('tmdb').getExternal(`${other.url}/3/movie/1`)
    expect(other.last().url).toBe('/3/movie/1')
  })

  it.each([
    ['/start', '/start'],
    ['/start', '/other'],
  ])('in a loop (%s to %s) end with an error, after few calls', async (start, next) => {
    const { api, origin } = await openWorld()
    origin.on('/start', { status: 302, headers: { location: next } })
    origin.on('/other', { status: 302, headers: { location: '/start' } })
    const error = await errorOf(api.getExternal(start))
    expect(error).toMatchObject({ code: 'CACHETTE_INVALID_RESPONSE', service: 'my_service' })
    expect(error.message).toMatch(/redirected more than 20 times/)
    expect(origin.count()).toBeLessThanOrEqual(2)
    expect(await api.getExternal(start, { fallback: 'instead' })).toBe('instead')
  })

  it.each(['ftp://host/x', 'javascript:alert(1)', 'file:///etc/passwd', 'http://'])(
    'to %s are refused',
    async (location) => {
      const { api, origin } = await openWorld()
      origin.on('/start', { status: 302, headers: { location } })
      expect(await errorOf(api.getExternal('/start'))).toMatchObject({ code: 'CACHETTE_INVALID_RESPONSE' })
    },
  )

  it.each([
    [303, 'GET', ''],
    [302, 'GET', ''],
    [307, 'POST', '{"a":1}'],
    [308, 'POST', '{"a":1}'],
  ])('a %i after a POST goes on as %s', async (status, method, body) => {
    const { api, origin } = await openWorld()
    origin.on('/items', { status, headers: { location: '/items/1' } })
    await api.getExternal('/items', { method: 'POST', json: { a: 1 } })
    expect(origin.last()).toMatchObject({ method, path: '/items/1', body })
    if (method === 'GET') expect(origin.last().headers).not.toHaveProperty('content-type')
  })

  it('without a Location are answers like others', async () => {
    const { api, origin } = await openWorld()
    origin.on('/start', { status: 300, json: { choices: [] } })
    expect(await api.fetchExternal('/start')).toMatchObject({ status: 300, data: { choices: [] } })
  })
})
