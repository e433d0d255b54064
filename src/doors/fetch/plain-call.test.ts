import { describe, expect, it } from 'vitest'
import type { CachedFetchInit, FetchCall } from './fetch-call.js'
import { plainCall } from './plain-call.js'
import { readCall } from './read-call.js'

const URL_TEXT = 'https://api.example.com/v1/things?q=a%20b&page=2'

/** Two calls are the same where they send the same. */
async function sent(call: FetchCall): Promise<object> {
  const headers = [...new Headers(call.headers as Record<string, string>)]
  return { ...call, url: new URL(call.url).href, headers }
}

describe('a plain call', () => {
  const { signal } = new AbortController()
  it.each<[string, string | URL, CachedFetchInit | undefined]>([
    ['a URL alone', URL_TEXT, undefined],
    ['a URL object', new URL(URL_TEXT), undefined],
    ['a bare host', 'http://localhost:8080', {}],
    ['an IPv6 host', 'http://[::1]:8080/a', {}],
    ['headers as an object', URL_TEXT, { headers: { Accept: 'text/plain', 'X-Empty': '' } }],
    ['headers as pairs', URL_TEXT, { headers: [['Accept', 'a'], ['accept', 'b']] }], // prettier-ignore
    ['headers as Headers', URL_TEXT, { headers: new Headers({ 'x-a': '1' }) }],
    ['a signal', URL_TEXT, { signal }],
    ['no signal', URL_TEXT, { signal: null }],
    ['a HEAD', URL_TEXT, { method: 'HEAD', body: null }],
    ['a cache mode', URL_TEXT, { cache: 'no-cache' }],
    ['options that mean nothing here', URL_TEXT, { credentials: 'include', mode: 'cors', keepalive: true }],
    ['options left undefined', URL_TEXT, { method: undefined, integrity: undefined } as object],
  ])('with %s is what the thorough reading gives', async (_, input, init) => {
    const plain = plainCall(input, init)
    expect(plain).toBeDefined()
    const thorough = await readCall(input, init)
    expect(await sent(plain!)).toEqual(await sent(thorough))
  })

  it('keeps the URL byte for byte', () => {
    expect(plainCall('http://EXAMPLE.com:80/a/../b?x=%7e', undefined)?.url).toBe(
      'http://EXAMPLE.com:80/a/../b?x=%7e',
    )
  })

  it.each([
    ['a name and password', 'https://me:secret@example.com/'],
    ['a name', 'https://me@example.com/'],
    ['a fragment', 'https://example.com/#part'],
    ['a backslash', 'https://example.com\\@evil.example/'],
    ['a line break', 'https://example.com/\n'],
    ['a space before it', ' https://example.com/'],
    ['letters beyond ASCII', 'https://exämple.com/'],
    ['another scheme', 'data:,x'],
    ['no scheme', '/path'],
  ])('has no URL with %s', (_, url) => {
    expect(plainCall(url, undefined)).toBeUndefined()
  })

  it.each<[string, object]>([
    ['another method', { method: 'POST' }],
    ['a body', { body: 'x' }],
    ['a redirect mode', { redirect: 'manual' }],
    ['a hash', { integrity: 'sha256-x' }],
    ['a network of its own', { dispatcher: {} }],
    ['a cache mode that is none', { cache: 'often' }],
    ['a signal that is none', { signal: {} }],
    ['a header value that is a number', { headers: { 'x-a': 1 } }],
    ['a header value with a line break', { headers: { 'x-a': 'a\r\nb: c' } }],
    ['a header value to trim', { headers: { 'x-a': ' a' } }],
    ['a header name with a space', { headers: { 'x a': 'a' } }],
    ['a pair of three', { headers: [['a', 'b', 'c']] }],
    ['headers of another kind', { headers: new Map([['a', 'b']]) }],
    ['headers that are text', { headers: 'x' }],
  ])('has no option like %s', (_, init) => {
    expect(plainCall(URL_TEXT, init as CachedFetchInit)).toBeUndefined()
  })

  it('copies nothing of headers that are a plain object', () => {
    const headers = { accept: 'a' }
    expect(plainCall(URL_TEXT, { headers })?.headers).toBe(headers)
  })
})
