// Conditions, ranges, HEAD and invalidation through the whole engine, for hosts that no service claims.
import { describe, expect, it } from 'vitest'
import { openHttpWorld } from './http-freshness-world.js'

const MINUTE_MS = 60_000
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz'

describe('a request with a condition', () => {
  it('is answered 304 out of what is stored, without a body, and 200 where the caller has something else', async () => {
    const { script, ask, origin } = await openHttpWorld()
    script('/data', { body: 'body', headers: { etag: '"1"', 'cache-control': 'max-age=60', 'x-a': '1' } })
    await ask('/data')
    const known = await ask('/data', { headers: { 'if-none-match': '"0", W/"1"' } })
    expect([known.status, known.text, known.headers.get('etag')]).toEqual([304, '', '"1"'])
    const unknown = await ask('/data', { headers: { 'if-none-match': '"2"' } })
    expect([unknown.status, unknown.text]).toEqual([200, 'body'])
    expect(origin.count()).toBe(1)
  })

  it('is answered 304 after a validation of our own, and the entry is renewed', async () => {
    const { script, ask, clock, origin } = await openHttpWorld()
    script('/data', ({ headers }) => ({
      ...(headers['if-none-match'] === '"1"' ? { status: 304 } : { body: 'body' }),
      headers: { etag: '"1"', 'cache-control': 'max-age=60' },
    }))
    await ask('/data')
    clock.advance(MINUTE_MS)
    expect((await ask('/data', { headers: { 'if-none-match': '"1"' } })).status).toBe(304)
    expect(await ask('/data')).toMatchObject({ text: 'body', outcome: 'hit' })
    expect(origin.count()).toBe(2)
  })

  it('goes to the origin where nothing is stored, and a 304 to it stores nothing', async () => {
    const { script, ask, origin, cachette } = await openHttpWorld()
    script('/data', { status: 304, headers: { etag: '"1"', 'cache-control': 'max-age=60' } })
    expect((await ask('/data', { headers: { 'if-none-match': '"1"' } })).status).toBe(304)
    expect(origin.last().headers['if-none-match']).toBe('"1"')
    expect((await cachette.list()).entries).toEqual([])
  })

  it('by date is answered from Last-Modified, then from Date', async () => {
    const { script, ask, clock } = await openHttpWorld()
    const at = (ms: number): string => new Date(clock.nowMs() + ms).toUTCString()
    const modified = at(-100_000)
    script('/data', { body: 'body', headers: { 'last-modified': modified, 'cache-control': 'max-age=60' } })
    await ask('/data')
    const since = (date: string) => ask('/data', { headers: { 'if-modified-since': date } })
    expect((await since(modified)).status).toBe(304)
    expect((await since(at(-101_000))).status).toBe(200)
    expect((await since('yesterday')).status).toBe(200)
  })
})

describe('a request for a part', () => {
  it('is answered out of the whole, in all its forms', async () => {
    const { script, ask, origin } = await openHttpWorld()
    script('/data', { body: ALPHABET, headers: { etag: '"1"', 'cache-control': 'max-age=60' } })
    await ask('/data')
    const part = async (range: string, more = {}) => {
      const { status, text, headers } = await ask('/data', { headers: { range, ...more } })
      return [status, text, headers.get('content-range')]
    }
    expect(await part('bytes=0-2')).toEqual([206, 'abc', 'bytes 0-2/26'])
    expect(await part('bytes=-2')).toEqual([206, 'yz', 'bytes 24-25/26'])
    expect(await part('bytes=24-99')).toEqual([206, 'yz', 'bytes 24-25/26'])
    expect(await part('bytes=26-')).toEqual([416, '', 'bytes */26'])
    expect(await part('bytes=0-2', { 'if-range': '"1"' })).toEqual([206, 'abc', 'bytes 0-2/26'])
    expect(await part('bytes=0-2', { 'if-range': '"2"' })).toEqual([200, ALPHABET, null])
    expect(await part('bytes=0-2,4-5')).toEqual([200, ALPHABET, null])
    expect(origin.count()).toBe(1)
  })

  it('is answered out of a part that is stored, and asked for where that does not reach', async () => {
    const { script, ask, origin } = await openHttpWorld()
    script('/data', ({ headers }) => {
      const [, from = '0', to = '25'] = /bytes=(\d+)-(\d+)/.exec(String(headers.range)) ?? []
      const [start, end] = [Number(from), Number(to)]
      return {
        status: 206,
        body: ALPHABET.slice(start, end + 1),
        headers: { etag: '"1"', 'cache-control': 'max-age=60', 'content-range': `bytes ${start}-${end}/26` },
      }
    })
    const part = async (range: string) => {
      const { status, text, headers, outcome } = await ask('/data', { headers: { range } })
      return [status, text, headers.get('content-range'), outcome]
    }
    expect(await part('bytes=5-10')).toEqual([206, 'fghijk', 'bytes 5-10/26', 'miss'])
    expect(await part('bytes=6-8')).toEqual([206, 'ghi', 'bytes 6-8/26', 'hit'])
    expect(await part('bytes=4-8')).toEqual([206, 'efghi', 'bytes 4-8/26', 'miss'])
    expect(origin.count()).toBe(2)
  })

  it('of an answer that ignores it is cut out of the whole, which is stored', async () => {
    const { script, ask, origin } = await openHttpWorld()
    script('/data', { body: ALPHABET, headers: { 'cache-control': 'max-age=60' } })
    expect(await ask('/data', { headers: { range: 'bytes=1-2' } })).toMatchObject({ status: 206, text: 'bc' })
    expect(origin.last().headers['accept-encoding']).toBe('identity')
    // Who wanted a part let go of the rest, so that the whole is there only where it came all the same.
    expect(await ask('/data')).toMatchObject({ status: 200, text: ALPHABET })
  })

  it('never becomes a whole: who asks for all is not given a part', async () => {
    const { script, ask, origin } = await openHttpWorld()
    const headers = { 'cache-control': 'max-age=60', 'content-range': 'bytes 0-25/26' }
    script('/data', ({ headers: { range } }) =>
      range === undefined
        ? { body: ALPHABET, headers: { 'cache-control': 'max-age=60' } }
        : { status: 206, body: ALPHABET, headers },
    )
    await ask('/data', { headers: { range: 'bytes=0-25' } })
    expect(await ask('/data')).toMatchObject({ status: 200, text: ALPHABET, outcome: 'miss' })
    expect(origin.count()).toBe(2)
  })
})

describe('HEAD', () => {
  it('is answered out of a stored GET, with its fields and no body', async () => {
    const { script, ask, origin } = await openHttpWorld()
    script('/data', { body: 'body', headers: { etag: '"1"', 'cache-control': 'max-age=60' } })
    await ask('/data')
    const head = await ask('/data', { method: 'HEAD' })
    expect([head.status, head.text, head.headers.get('content-length'), head.outcome]).toEqual([
      200,
      '',
      '4',
      'hit',
    ])
    expect(origin.count()).toBe(1)
  })

  it('never gives its empty body to a GET', async () => {
    const { script, ask } = await openHttpWorld()
    script('/data', ({ method }) => ({
      ...(method === 'HEAD' ? {} : { body: 'body' }),
      headers: { 'cache-control': 'max-age=60', ...(method === 'HEAD' && { 'content-length': '4' }) },
    }))
    await ask('/data', { method: 'HEAD' })
    expect(await ask('/data')).toMatchObject({ text: 'body', outcome: 'miss' })
  })
})

describe('a request that changes something', () => {
  it.each(['POST', 'PUT', 'DELETE', 'PATCH'])(
    'by %s makes its URL, and those it names, be asked for again',
    async (method) => {
      const { script, ask, base } = await openHttpWorld()
      for (const path of ['/item', '/list', '/latest', '/other'])
        script(path, ({ method: given }) =>
          given === 'GET'
            ? { body: 'body', headers: { 'cache-control': 'max-age=60' } }
            : { headers: { location: `${base}/list`, 'content-location': '/latest' } },
        )
      for (const path of ['/item', '/list', '/latest', '/other']) await ask(path)
      expect(await ask('/item', { method })).toMatchObject({ outcome: 'bypass' })
      const outcomes = []
      for (const path of ['/item', '/list', '/latest', '/other']) outcomes.push((await ask(path)).outcome)
      expect(outcomes).toEqual(['miss', 'miss', 'miss', 'hit'])
    },
  )

  it('purges every variant, and every part', async () => {
    const { script, ask } = await openHttpWorld()
    script('/data', ({ headers: { range } }) => ({
      ...(range === undefined ? { body: ALPHABET } : { status: 206, body: 'a' }),
      headers: {
        'cache-control': 'max-age=60',
        vary: 'accept-language',
        ...(range !== undefined && { 'content-range': 'bytes 0-0/26' }),
      },
    }))
    const calls = [
      { headers: { 'accept-language': 'en', range: 'bytes=0-0' } },
      { headers: { 'accept-language': 'en' } },
      { headers: { 'accept-language': 'fr' } },
    ]
    for (const call of calls) await ask('/data', call)
    await ask('/data', { method: 'DELETE' })
    for (const call of calls) expect((await ask('/data', call)).outcome).toBe('miss')
  })

  it('and fails, or is safe, makes nothing stale', async () => {
    const { script, ask } = await openHttpWorld()
    script('/data', ({ method }) => ({
      status: method === 'POST' ? 400 : 200,
      headers: { 'cache-control': 'max-age=60' },
    }))
    await ask('/data')
    await ask('/data', { method: 'POST' })
    await ask('/data', { method: 'OPTIONS' })
    expect((await ask('/data')).outcome).toBe('hit')
  })

  it('and names another origin makes nothing stale there', async () => {
    const { script, ask, origin } = await openHttpWorld()
    script('/data', ({ method }) =>
      method === 'GET'
        ? { headers: { 'cache-control': 'max-age=60' } }
        : { headers: { location: origin.url.replace('127.0.0.1', '127.0.0.2') } },
    )
    await ask('/other')
    await ask('/data')
    expect((await ask('/data', { method: 'POST' })).status).toBe(200)
  })
})
