import { describe, expect, it } from 'vitest'
import { policyWith } from '../../test/helpers/policy.js'
import type { ParamValue } from '../model/cache-request.js'
import { type KeyParts, type KeyQuestion, keyPartsOf } from './key-parts.js'

interface Question {
  readonly params?: Record<string, ParamValue>
  readonly headers?: Record<string, string>
  readonly policy?: Parameters<typeof policyWith>[0]
  readonly isOwnUrl?: boolean
}

function partsOf(
  url: string,
  { params = {}, headers = {}, policy = {}, isOwnUrl = false }: Question = {},
): KeyParts {
  const question: KeyQuestion = {
    url,
    params,
    headers: Object.entries(headers),
    policy: policyWith(policy),
    isOwnUrl,
    hasAuthorization: false,
  }
  return keyPartsOf(question)
}

const URL_TEXT = 'https://api.example.com/data'

describe('what is sent', () => {
  it.each([
    'https://API.example.com:443/a/../b%7e?z=1&a=%7e&a=+&&b#',
    'https://api.example.com/a?',
    'https://api.example.com/a?%zz=%4&q=%C3%A9',
    'https://[::1]:8443/a?b',
    'http://api.example.com',
  ])('is %s byte for byte, without the fragment', (url) => {
    expect(partsOf(url).sendUrl).toBe(url.replace('#', ''))
  })

  it.each([
    ['/a?b=1#part?c=2', {}, '/a?b=1'],
    ['/a#part', { params: { b: 1 } }, '/a?b=1'],
    ['/a?', { params: { b: 1 } }, '/a?b=1'],
    ['/a?a=1&', { params: { b: 1 } }, '/a?a=1&b=1'],
    ['/a?a=1', { params: { a: 2 } }, '/a?a=1&a=2'],
    [
      '/a',
      { params: { q: 'a b&c=d', t: true, n: null, u: undefined, l: ['x', 2], e: [] } },
      '/a?q=a%20b%26c%3Dd&t=true&l=x&l=2',
    ],
    ['/a', { params: { q: '\ud800' } }, '/a?q=%EF%BF%BD'],
    ['/a?utm_source=x&b=1&gclid=y&c', {}, '/a?b=1&c'],
    ['/a?utm%5Fsource=x', {}, '/a'],
    ['/a?b=1', { params: { fbclid: 'x' } }, '/a?b=1'],
    ['/a?b=1&cb=7', { policy: { key: { ignoreParams: ['cb'] } } }, '/a?b=1'],
    ['/a?b=1', { policy: { params: { region: 'FR' } }, isOwnUrl: true }, '/a?b=1&region=FR'],
    ['/a?region=DE', { policy: { params: { region: 'FR' } }, isOwnUrl: true }, '/a?region=DE'],
    ['/a?b=1', { policy: { params: { region: 'FR' } } }, '/a?b=1'],
  ] satisfies [string, Question, string][])('of %s with %j is %s', (path, question, expected) => {
    expect(partsOf(`https://api.example.com${path}`, question).sendUrl).toBe(
      `https://api.example.com${expected}`,
    )
  })

  it('loses the white space that every URL parser takes out', () => {
    expect(partsOf(' https://api.example.com/a?b=1\n&c ').sendUrl).toBe('https://api.example.com/a?b=1&c')
    expect(partsOf('https://api.example.com/a?b=1\n').keyUrl).not.toBe(
      partsOf('https://api.example.com/a?b=1%0A').keyUrl,
    )
  })

  it('has userinfo as the Authorization that it stands for', () => {
    const parts = partsOf('https://us%C3%A9r:p%40ss@api.example.com/a?b=1')
    expect(parts.sendUrl).toBe('https://api.example.com/a?b=1')
    expect(parts.sendHeaders).toEqual([
      ['Authorization', `Basic ${Buffer.from('usér:p@ss').toString('base64')}`],
    ])
    expect(parts.identity.map(({ name }) => name)).toEqual(['header authorization'])
  })

  it('takes userinfo with a percent sign that begins no escape', () => {
    const parts = partsOf('https://us%er:p%zz@api.example.com/a')
    expect(parts.sendHeaders).toEqual([['Authorization', `Basic ${btoa('us%er:p%zz')}`]])
  })

  it("has the caller's own Authorization rather than userinfo", () => {
    const parts = partsOf('https://u:p@api.example.com/a', { headers: { authorization: 'Bearer x' } })
    expect(parts.sendHeaders).toEqual([['authorization', 'Bearer x']])
  })

  it("adds the service's headers where the caller gave none of the name", () => {
    const policy = { headers: { Accept: 'text/csv', 'X-Api-Key': 'service-secret' } }
    expect(partsOf(URL_TEXT, { policy, isOwnUrl: true, headers: { accept: 'a/b' } }).sendHeaders).toEqual([
      ['accept', 'a/b'],
      ['X-Api-Key', 'service-secret'],
    ])
    expect(partsOf(URL_TEXT, { policy }).sendHeaders).toEqual([])
  })

  it('adds no credential of the service where credentials are not to be injected', () => {
    const policy = {
      injectCredentials: false,
      headers: { 'X-Api-Key': 'service-secret', Accept: 'text/csv' },
      params: { api_key: 'service-secret', region: 'FR' },
    }
    const parts = partsOf(URL_TEXT, { policy, isOwnUrl: true })
    expect(parts.sendHeaders).toEqual([['Accept', 'text/csv']])
    expect(parts.sendUrl).toBe(`${URL_TEXT}?region=FR`)
  })
})

describe('what is keyed', () => {
  it.each([
    ['/a?b=1&a=2', '/a?a=2&b=1'],
    ['/a?a[]=1&a%5B%5D=2', '/a?a[]=1&a%5B%5D=2'],
    ['/a?a%5B%5D=2&a[]=1', '/a?a%5B%5D=2&a[]=1'],
    ['/a?&&', '/a'],
    ['/a#b', '/a'],
  ])('of %s is %s', (path, expected) => {
    expect(partsOf(`https://api.example.com${path}`).keyUrl).toBe(`https://api.example.com${expected}`)
  })

  it.each([
    ['parameters in the URL or beside it', '?q=a%20b', { params: { q: 'a b' } }],
    ['an apostrophe, bare or encoded', '?q=it%27s', { params: { q: "it's" } }],
    ['numbers and their digits', '?page=2', { params: { page: 2 } }],
    ['no query and an empty one', '?', {}],
    ['values beyond ASCII', '?q=é', { params: { q: 'é' } }],
  ] satisfies [string, string, Question][])('is the same for %s', (_, query, question) => {
    expect(partsOf(`${URL_TEXT}${query}`).keyUrl).toBe(partsOf(URL_TEXT, question).keyUrl)
  })

  it('leaves out what is passed through, and sends it', () => {
    const parts = partsOf(`${URL_TEXT}?q=1&quotaUser=7`, { policy: { key: { passThrough: ['quotaUser'] } } })
    expect(parts.keyUrl).toBe(`${URL_TEXT}?q=1`)
    expect(parts.sendUrl).toBe(`${URL_TEXT}?q=1&quotaUser=7`)
  })

  it('folds equivalent hosts, and sends to the one that was asked', () => {
    const policy = { equivalentHosts: { 'b.example.com': 'api.example.com' } }
    const parts = partsOf('https://b.example.com/data', { policy })
    expect(parts.keyUrl).toBe(URL_TEXT)
    expect(parts.sendUrl).toBe('https://b.example.com/data')
  })

  it('has headers by lower-case name in order, without space at the ends', () => {
    const parts = partsOf(URL_TEXT, { headers: { 'X-B': ' 1\t', Accept: 'a/b' } })
    expect(parts.keyHeaders).toEqual([
      ['accept', 'a/b'],
      ['x-b', '1'],
    ])
  })

  it.each([
    'User-Agent',
    'Accept-Encoding',
    'traceparent',
    'X-B3-TraceId',
    'x-datadog-parent-id',
    'X-Request-Id',
  ])('leaves out %s, which cannot change a response, and sends it', (name) => {
    const parts = partsOf(URL_TEXT, { headers: { [name]: 'x' } })
    expect(parts.keyHeaders).toEqual([])
    expect(parts.sendHeaders).toEqual([[name, 'x']])
  })

  it("has a Host other than the URL's, since it picks another site", () => {
    expect(partsOf(URL_TEXT, { headers: { Host: 'other.example.com' } }).keyHeaders).toEqual([
      ['host', 'other.example.com'],
    ])
    expect(partsOf(URL_TEXT, { headers: { Host: 'api.example.com' } }).keyHeaders).toEqual([])
  })

  it('neither keys nor sends ignored headers', () => {
    const parts = partsOf(URL_TEXT, {
      headers: { 'X-Noise': '1', authorization: 'Bearer x' },
      policy: { key: { ignoreHeaders: ['x-noise', 'Authorization'] } },
    })
    expect(parts).toMatchObject({ sendHeaders: [], keyHeaders: [], identity: [], secrets: [] })
  })

  it('has what the service adds, save its credentials, so that rotation keeps the cache', () => {
    const rotated = ['first-secret', 'other-secret'].map((secret) =>
      partsOf(URL_TEXT, {
        isOwnUrl: true,
        policy: {
          headers: { Authorization: secret, Accept: 'a/b' },
          params: { api_key: secret, region: 'FR' },
        },
      }),
    )
    for (const { keyUrl, keyHeaders, identity } of rotated) {
      expect([keyUrl, keyHeaders, identity]).toEqual([`${URL_TEXT}?region=FR`, [['accept', 'a/b']], []])
    }
  })
})

describe('identity', () => {
  it.each([
    ['a header', { headers: { Authorization: 'Bearer x' } }, ['header authorization']],
    ['a cookie', { headers: { cookie: 'a=1' } }, ['header cookie']],
    ['a key in a header', { headers: { 'X-API-Key': 'x' } }, ['header x-api-key']],
    ['a parameter', { params: { api_key: 'x' } }, ['param api_key']],
    [
      'several',
      { headers: { 'x-auth-token': 'x' }, params: { token: 'x' } },
      ['header x-auth-token', 'param token'],
    ],
    [
      'one that the operator names',
      { params: { pin: 1 }, policy: { key: { credentialParams: ['pin'] } } },
      ['param pin'],
    ],
    ['nothing', { params: { pageToken: 'x', page_token: 'y', sort_key: 'z' } }, []],
    [
      'nothing but the parameters not named, where it is shared',
      {
        headers: { Authorization: 'Bearer x' },
        params: { pin: 1, api_key: 'x' },
        policy: { identity: 'shared', key: { credentialParams: ['pin'] } },
      },
      ['param api_key'],
    ],
  ] satisfies [string, Question, string[]][])('is %s', (_, question, names) => {
    const parts = partsOf(URL_TEXT, question)
    expect(parts.identity.map(({ name }) => name)).toEqual(names)
    expect(parts.keyUrl).not.toMatch(/api_key|pin|token=x$/)
  })

  it.each([
    ['token=a+b', 'token=a%20b'],
    ['token=a+b', 'token=a%2Bb'],
    ['token=%zz', 'token=%25zz'],
    ['token=a&token=b', 'token=b&token=a'],
    ['token=a', 'access_token=a'],
    ['token=a', ''],
  ])('of ?%s is not that of ?%s', (one, other) => {
    expect(partsOf(`${URL_TEXT}?${one}`).identity).not.toEqual(partsOf(`${URL_TEXT}?${other}`).identity)
  })

  it('is the same for one credential encoded in two ways', () => {
    expect(partsOf(`${URL_TEXT}?token=%61%2f`).identity).toEqual(partsOf(`${URL_TEXT}?token=a%2F`).identity)
  })

  it('counts white space that HTTP does not strip', () => {
    const [one, other] = ['Bearer x', 'Bearer x\u00a0'].map((value) =>
      partsOf(URL_TEXT, { headers: { Authorization: value } }),
    )
    expect(one!.identity).not.toEqual(other!.identity)
  })

  it('shows REDACTED in the place of a parameter, in order', () => {
    expect(partsOf(`${URL_TEXT}?token=secret&q=1&api_key=secret`).redactedUrl).toBe(
      `${URL_TEXT}?api_key=REDACTED&q=1&token=REDACTED`,
    )
  })
})

describe('the secrets of a request', () => {
  it("are the caller's and the service's own, with the token without its scheme", () => {
    const parts = partsOf(`${URL_TEXT}?token=a%20b`, {
      isOwnUrl: true,
      headers: { Authorization: 'Bearer caller' },
      policy: { headers: { 'X-Api-Key': 'header-secret' }, params: { api_key: 'param-secret' } },
    })
    expect(new Set(parts.secrets)).toEqual(
      new Set(['Bearer caller', 'caller', 'header-secret', 'a b', 'param-secret']),
    )
  })

  it("keep out the service's own authorisation only where another stands in its place", () => {
    const policy = { headers: { 'X-Api-Key': 'header-secret' } }
    expect(partsOf(URL_TEXT).isAuthorized).toBe(false)
    expect(partsOf(URL_TEXT, { policy, isOwnUrl: true }).isAuthorized).toBe(true)
    expect(partsOf(URL_TEXT, { headers: { Authorization: 'Bearer x' } }).isAuthorized).toBe(true)
    expect(partsOf(`${URL_TEXT}?api_key=x`).isAuthorized).toBe(true)
    expect(partsOf(`${URL_TEXT}?session_id=x`).isAuthorized).toBe(false)
    expect(partsOf(URL_TEXT, { headers: { Cookie: 'a=1', 'Idempotency-Key': '7' } }).isAuthorized).toBe(false)
  })
})
