// What one caller was given is given to others only where it may be: at the same time, and afterwards.
import { deflateRawSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { openHttpWorld } from '../end-to-end/http-freshness-world.js'
import { openWorld } from '../helpers/cache-world.js'
import { createGate, until } from '../helpers/gate.js'

describe('five who ask at once', () => {
  async function atOnce(headers: Readonly<Record<string, string>>, status = 200): Promise<string[]> {
    const { origin, script, ask } = await openHttpWorld()
    const gate = createGate()
    script('/data', ({ nth }) => ({ status, body: `answer ${nth}`, headers, after: gate.opened }))
    const asked = Array.from({ length: 5 }, () => ask('/data'))
    await until(() => origin.count() > 0)
    gate.open()
    return (await Promise.all(asked)).map(({ text }) => text)
  }

  it.each<[Record<string, string>, number]>([
    [{ 'cache-control': 'no-cache' }, 200],
    [{ 'cache-control': 'max-age=0', etag: '"1"' }, 200],
    [{ 'cache-control': 'max-age=60', 'set-cookie': 'sid=1' }, 200],
    [{ 'set-cookie': 'sid=1' }, 200],
    [{ 'content-type': 'text/event-stream' }, 200],
    [{}, 201],
    [{}, 500],
  ])('get an answer each where it comes with %j and %i', async (headers, status) => {
    expect(new Set(await atOnce(headers, status)).size).toBe(5)
  })

  it.each<[Record<string, string>]>([[{ 'cache-control': 'max-age=60' }], [{}]])(
    'share one that comes with %j',
    async (headers) => {
      expect(new Set(await atOnce(headers))).toEqual(new Set(['answer 1']))
    },
  )
})

describe('those who come later', () => {
  it.each([416, 404, 412])('do not get the %i that a range was answered with', async (status) => {
    const { script, ask } = await openHttpWorld()
    const headers = { 'cache-control': 'max-age=60' }
    script('/data', { status, body: 'refused', headers })
    await ask('/data', { headers: { range: 'bytes=90-' } })
    script('/data', { body: 'whole', headers })
    expect(await ask('/data')).toMatchObject({ status: 200, text: 'whole', outcome: 'miss' })
  })

  it('do not get what another Host was asked for', async () => {
    const { script, ask } = await openHttpWorld()
    script('/data', (request) => ({
      body: String(request.headers.host),
      headers: { 'cache-control': 'max-age=60' },
    }))
    expect((await ask('/data', { headers: { host: 'a.example' } })).text).toBe('a.example')
    expect((await ask('/data', { headers: { host: 'b.example' } })).text).toBe('b.example')
  })

  it("and bring no credential do not get what the service's own was answered with", async () => {
    const { api, origin, cachette } = await openWorld({ service: { headers: { 'x-api-key': 'own-secret' } } })
    origin.on('/data', ({ headers }) => ({ json: { key: headers['x-api-key'] ?? 'none' } }))
    expect(await api.getExternal('/data')).toEqual({ key: 'own-secret' })
    const response = await cachette.fetch(`${origin.url}/data`)
    expect(await response.json()).toEqual({ key: 'none' })
  })
})

describe('what asks for nothing of the origin', () => {
  it.each(['POST', 'GET'])('by only-if-cached does not reach it, as a %s', async (method) => {
    const { origin, ask } = await openHttpWorld()
    const headers = { 'cache-control': 'only-if-cached' }
    expect(await ask('/data', { method, headers })).toMatchObject({ status: 504, because: 'only-if-cached' })
    expect(origin.count()).toBe(0)
  })
})

describe('a coded body', () => {
  it('is read where deflate comes without its frame', async () => {
    const { script, ask } = await openHttpWorld()
    script('/data', { body: deflateRawSync('plain text'), headers: { 'content-encoding': 'deflate' } })
    expect((await ask('/data')).text).toBe('plain text')
  })

  it('is left as it is where only a part of it came, and is not kept', async () => {
    const { script, cachette, base } = await openHttpWorld()
    const part = gzipSync('x'.repeat(1_000)).subarray(4, 20)
    const headers = {
      'content-encoding': 'gzip',
      'content-range': 'bytes 4-19/40',
      'cache-control': 'max-age=60',
    }
    script('/data', { status: 206, body: part, headers })
    const response = await cachette.fetch(`${base}/data`, { headers: { range: 'bytes=4-19' } })
    expect(Buffer.compare(Buffer.from(await response.arrayBuffer()), part)).toBe(0)
    expect((await cachette.list()).entries).toEqual([])
  })
})
