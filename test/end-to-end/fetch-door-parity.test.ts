// What a program sees of a call through the cache is what it would see of the platform's own fetch.
import { describe, expect, it } from 'vitest'
import { createCachedFetch } from '../../src/doors/fetch/index.js'
import { openOrigin, openWorld } from '../helpers/cache-world.js'
import { createFakeClock } from '../helpers/fake-clock.js'
import type { ScriptedReply } from '../helpers/loopback-origin.js'

/** What differs by what the cache does, and by the connection. */
const OWN = new Set(['age', 'cache-status', 'connection', 'keep-alive', 'transfer-encoding', 'date'])

async function seenIn(response: Response): Promise<object> {
  const { status, statusText, ok, type, url, redirected, bodyUsed, body } = response
  const headers = [...response.headers].filter(([name]) => !OWN.has(name))
  const facts = { status, statusText, ok, type, url, redirected, bodyUsed, hasBody: body !== null, headers }
  return {
    ...facts,
    bytes: Buffer.from(await response.arrayBuffer()).toString('hex'),
    wasUsed: response.bodyUsed,
  }
}

const CACHED = { 'cache-control': 'max-age=60' }
const REPLIES: [string, ScriptedReply, RequestInit][] = [
  ['JSON', { json: { a: 1 }, headers: CACHED }, {}],
  ['an empty body', { body: '', headers: CACHED }, {}],
  ['204', { status: 204, headers: CACHED }, {}],
  ['404', { status: 404, body: 'none', headers: CACHED }, {}],
  ['500', { status: 500, body: 'broken' }, {}],
  ['a rare status', { status: 418, body: 'x', headers: CACHED }, {}],
  ['bytes', { body: Uint8Array.from([0, 255, 128, 10]), headers: CACHED }, {}],
  ['a byte order mark', { body: '\ufeffx', headers: CACHED }, {}],
  ['several cookies', { body: 'x', headers: { ...CACHED, 'set-cookie': ['a=1; Path=/', 'b=2'] } }, {}],
  ['repeated fields', { body: 'x', headers: { ...CACHED, link: ['<a>', '<b>'] } }, {}],
  ['letters beyond ASCII in a field', { body: 'x', headers: { ...CACHED, 'x-name': 'caf\u00e9' } }, {}],
  ['a HEAD', { body: 'hello', headers: CACHED }, { method: 'HEAD' }],
  [
    'a redirect handed back',
    { status: 302, headers: { location: '/to' }, body: 'm' },
    { redirect: 'manual' },
  ],
  ['a redirect without a target', { status: 302, body: 'where?', headers: CACHED }, {}],
  ['a POST', { body: 'made', status: 201 }, { method: 'POST', body: 'x' }],
]

describe('a response through the cache', () => {
  it.each(REPLIES)('is as without it, the first time and the second: %s', async (_, reply, init) => {
    const { cachette } = await openWorld({ clock: createFakeClock(Date.now()) })
    const origin = await openOrigin()
    origin.on('/data', reply)
    const url = `${origin.url}/a/../data?q=%7e#part`
    const expected = await seenIn(await fetch(url, init))
    const cachedFetch = createCachedFetch(cachette)
    expect(await seenIn(await cachedFetch(url, init))).toEqual(expected)
    expect(await seenIn(await cachedFetch(url, init))).toEqual(expected)
  })

  it('that was redirected is as without it', async () => {
    const { cachette } = await openWorld({ clock: createFakeClock(Date.now()) })
    const origin = await openOrigin()
    origin.on('/from', { status: 301, headers: { ...CACHED, location: './to?a=1#there' } })
    origin.on('/to', { body: 'there', headers: CACHED })
    const expected = await seenIn(await fetch(`${origin.url}/from#here`))
    const cachedFetch = createCachedFetch(cachette)
    expect(await seenIn(await cachedFetch(`${origin.url}/from#here`))).toEqual(expected)
    expect(await seenIn(await cachedFetch(`${origin.url}/from#here`))).toEqual(expected)
  })

  it('that leads to a URL with a password is refused, and nothing is sent there', async () => {
    const { cachette } = await openWorld({ clock: createFakeClock(Date.now()) })
    const origin = await openOrigin()
    origin.on('/from', { status: 301, headers: { ...CACHED, location: `http://u:p@${origin.host}/to` } })
    const cachedFetch = createCachedFetch(cachette)
    for (const call of [fetch, cachedFetch])
      await expect(call(`${origin.url}/from`)).rejects.toThrow(new TypeError('fetch failed'))
    expect(origin.count('/to')).toBe(0)
    // Whoever follows by themselves gets it, and what is stored then is refused as well.
    const response = await cachedFetch(`${origin.url}/from`, { redirect: 'manual' })
    expect([response.status, await response.text()]).toEqual([301, ''])
    await expect(cachedFetch(`${origin.url}/from`)).rejects.toThrow(new TypeError('fetch failed'))
  })
})

describe('a request through the cache', () => {
  it.each<[string, RequestInit]>([
    ['a GET', {}],
    ['fields', { headers: { 'X-Case': 'Kept ', accept: 'a/b' } }],
    ['text', { method: 'POST', body: 'h\u00e9' }],
    ['nothing', { method: 'POST' }],
    ['a form', { method: 'POST', body: new URLSearchParams({ a: '1' }) }],
    ['bytes', { method: 'PATCH', body: Uint8Array.of(1, 2) }],
    ['a deletion', { method: 'delete' }],
    ['a page that refers to it', { referrer: 'http://a.test/page?b', referrerPolicy: 'unsafe-url' }],
    ['a page by the usual policy', { referrer: 'http://a.test/page?b' }],
    ['no page', { referrer: '', referrerPolicy: 'no-referrer' }],
  ])('arrives as without it: %s', async (_, init) => {
    const { cachette } = await openWorld()
    const origin = await openOrigin()
    await fetch(`${origin.url}/in?b=%7e&a`, init)
    const expected = origin.last()
    await createCachedFetch(cachette)(`${origin.url}/in?b=%7e&a`, init)
    const { headers, ...line } = origin.last()
    expect({ ...line, nth: 1 }).toEqual({ ...expected, headers: undefined, nth: 1 })
    for (const name of ['accept', 'user-agent', 'content-type', 'content-length', 'x-case', 'referer'])
      expect([name, headers[name]]).toEqual([name, expected.headers[name]])
  })
})
