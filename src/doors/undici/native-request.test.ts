import type { Dispatcher } from 'undici'
import { describe, expect, it } from 'vitest'
import { readRequest } from './native-request.js'

const read = (options: object): ReturnType<typeof readRequest> =>
  readRequest({
    origin: 'http://a.test',
    path: '/x',
    method: 'GET',
    ...options,
  } as Dispatcher.DispatchOptions)

describe('a call of undici', () => {
  it.each<[object, string]>([
    [{}, 'http://a.test/x'],
    [{ origin: new URL('http://a.test:81/ignored') }, 'http://a.test:81/x'],
    [{ origin: 'http://a.test/' }, 'http://a.test/x'],
    [{ origin: 'https://[::1]:8443', path: '/?q=%20' }, 'https://[::1]:8443/?q=%20'],
    [{ query: { a: [1, 2], b: 'é' } }, 'http://a.test/x?a=1&a=2&b=%C3%A9'],
    [{ query: {} }, 'http://a.test/x'],
    [{ maxRedirections: 0 }, 'http://a.test/x'],
    [{ path: '//b.test/y' }, 'http://a.test//b.test/y'],
    [{ headers: { Host: 'A.test' } }, 'http://a.test/x'],
  ])('%j has the URL %s', (options, url) => {
    expect(read(options)?.url).toBe(url)
  })

  it.each<[string, object]>([
    ['an upgrade', { upgrade: 'websocket' }],
    ['CONNECT', { method: 'CONNECT' }],
    ['OPTIONS', { method: 'OPTIONS' }],
    ['TRACE', { method: 'TRACE' }],
    ['100-continue', { method: 'POST', expectContinue: true }],
    ['redirects to be followed below', { maxRedirections: 3 }],
    ['no origin', { origin: undefined }],
    ['another scheme', { origin: 'ftp://a.test' }],
    ['a name and a password', { origin: 'http://u:p@a.test' }],
    ['an origin that is none', { origin: 'http://a.test:port' }],
    ['a path without a slash', { path: 'http://b.test/' }],
    ['a path with a fragment', { path: '/x#y' }],
    ['two queries', { path: '/x?a=1', query: { b: 2 } }],
    ['headers that are none', { headers: ['a'] }],
    ['a body that is none', { method: 'POST', body: 5 }],
    ["another server's name", { headers: { host: 'b.test' } }],
  ])('goes straight on with %s', (_what, options) => {
    expect(read(options)).toBeUndefined()
  })

  it.each<[string, unknown, string | undefined]>([
    ['text', 'é', 'é'],
    ['a Buffer', Buffer.from('b'), 'b'],
    ['an ArrayBuffer', new TextEncoder().encode('c').buffer, 'c'],
    ['a view', new DataView(new TextEncoder().encode('d').buffer), 'd'],
    ['nothing', '', undefined],
    ['null', null, undefined],
  ])('has bytes for a body that is %s', (_what, body, text) => {
    const bytes = read({ method: 'POST', body })?.body as Uint8Array | undefined
    expect(bytes === undefined ? undefined : Buffer.from(bytes).toString()).toBe(text)
  })

  it.each<[string, () => unknown, string]>([
    [
      'an async iterable',
      () =>
        (async function* () {
          yield Buffer.from('a')
        })(),
      'a',
    ],
    ['an iterable', () => [Buffer.from('a'), Buffer.from('b')], 'ab'],
    ['a blob', () => new Blob(['blob']), 'blob'],
    [
      'a form',
      () => {
        const form = new FormData()
        form.set('k', 'v')
        return form
      },
      'name="k"',
    ],
  ])('has something to be read for a body that is %s', async (_what, make, text) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of read({ method: 'POST', body: make() })?.body as AsyncIterable<Uint8Array>)
      chunks.push(chunk)
    expect(Buffer.concat(chunks).toString()).toContain(text)
  })
})
