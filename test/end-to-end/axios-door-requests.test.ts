// What the axios door sends: URLs, headers and bodies as axios itself makes them, over axios's own network.
import { Agent } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import axios from 'axios'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type CallConfig, openAxios } from './axios-door-world.js'

describe('a URL', () => {
  it.each<[string, CallConfig]>([
    ['/a', {}],
    ['a?x=1#part', {}],
    ['/a', { params: { list: [1, 2], when: new Date(0), deep: { er: 'ä b' }, none: undefined } }],
    ['/a?x=1', { params: { y: 2 }, paramsSerializer: { indexes: null } }],
    ['/a', { params: { y: [1, 2] }, paramsSerializer: { serialize: () => 'made=here' } }],
    ['/a', { params: new URLSearchParams('b=2&a=1') }],
    ['//a', { allowAbsoluteUrls: false }],
  ])('%s with %o is what axios asks for', async (url, config) => {
    const { get, origin } = await openAxios()
    await axios.get(url, { baseURL: origin.url, ...(config as object) })
    await get(url, config)
    expect(origin.requests[1]?.url).toBe(origin.requests[0]?.url)
  })

  it('with user and password, and the option `auth`, become a credential that parts callers', async () => {
    const { get, origin } = await openAxios()
    const auth = { username: 'alice', password: 'sécret' }
    await axios.get(`${origin.url}/a`, { auth })
    await get('/a', { auth, headers: { Authorization: 'Bearer gone' } as never })
    await get('/a', { auth })
    await get(`http://b%20b:x@${origin.host}/a`)
    await get('/a')
    const sent = origin.requests.map(({ headers }) => headers.authorization)
    expect(sent).toEqual([sent[0], sent[0], `Basic ${Buffer.from('b b:x').toString('base64')}`, undefined])
  })

  it.each(['data:text/plain,hello', '/relative', 'ftp://127.0.0.1/', 'http://', ''])(
    'that the cache cannot take, such as %j, goes to axios’s own network',
    async (url) => {
      const { client } = await openAxios()
      const config = { url, baseURL: '', responseType: 'text' } as const
      const outcome = (work: Promise<{ data: unknown }>): Promise<unknown> =>
        work.then(
          ({ data }) => data,
          ({ code, message }) => [code, message],
        )
      expect(await outcome(client.request(config))).toEqual(await outcome(axios.request(config)))
    },
  )
})

describe('headers', () => {
  it('are those that axios sends', async () => {
    const { get, origin } = await openAxios()
    const headers = { 'X-One': '1', 'X-Two': ['a', 'b'], 'X-None': null, 'X-False': false } as never
    await axios.get(`${origin.url}/a`, { headers })
    await get('/a', { headers })
    const [plain, cached] = origin.requests.map(({ headers: { 'accept-encoding': _, ...rest } }) => rest)
    expect(cached).toEqual(plain)
  })

  it('leave out what the caller turned off', async () => {
    const { get, origin } = await openAxios()
    await get('/a', { headers: { 'User-Agent': false, Accept: false } as never })
    expect(origin.last().headers).not.toHaveProperty('user-agent')
    expect(origin.last().headers).not.toHaveProperty('accept')
  })
})

describe('a body', () => {
  const form = (): FormData => {
    const data = new FormData()
    data.append('name', 'värde')
    return data
  }
  it.each<[string, () => unknown]>([
    ['an object', () => ({ a: [1] })],
    ['text', () => 'héllo'],
    ['parameters', () => new URLSearchParams({ a: 'b c' })],
    ['a buffer', () => Buffer.from('bytes')],
    ['an array buffer', () => new TextEncoder().encode('bytes').buffer],
    ['a view', () => new TextEncoder().encode('bytes')],
    ['a stream', () => Readable.from([Buffer.from('one '), Buffer.from('two')])],
    ['a file', () => new Blob(['content'], { type: 'text/css' })],
    ['a form', form],
  ])('that is %s arrives as axios sends it', async (_, dataOf) => {
    const { client, origin } = await openAxios()
    await axios.post(`${origin.url}/a`, dataOf())
    await client.post('/a', dataOf())
    const boundary = /axios-[\w.-]*boundary[\w-]*/gi
    const [plain, cached] = origin.requests.map(({ body, headers }) => [
      body.replace(boundary, '*'),
      headers['content-type']?.replace(boundary, '*'),
    ])
    expect(cached).toEqual(plain)
  })

  it('goes past the cache, and is seen on its way', async () => {
    const { client, origin, heard } = await openAxios()
    const seen: number[] = []
    const onUploadProgress = ({ loaded }: { loaded: number }): void => void seen.push(loaded)
    await client.put('/a', 'x'.repeat(1_000), { onUploadProgress })
    expect(origin.last().body.length).toBe(1_000)
    expect(heard.find(({ name }) => name === 'request')?.event).toMatchObject({
      outcome: 'bypass',
      door: 'axios',
    })
    await expect.poll(() => seen.at(-1)).toBe(1_000)
  })

  it('beyond `maxBodyLength` is refused before it is sent', async () => {
    const { client, origin } = await openAxios()
    const refused = { code: 'ERR_BAD_REQUEST', message: 'Request body larger than maxBodyLength limit' }
    await expect(client.post('/a', 'x'.repeat(11), { maxBodyLength: 10 })).rejects.toMatchObject(refused)
    expect(origin.count()).toBe(0)
    const stream = Readable.from([Buffer.alloc(11)])
    await expect(client.post('/a', stream, { maxBodyLength: 10 })).rejects.toMatchObject({
      isAxiosError: true,
    })
  })
})

describe('the network', () => {
  it('is that of the call: its agent is used on a miss, and not on a hit', async () => {
    const { get } = await openAxios()
    let connections = 0
    class CountingAgent extends Agent {
      override createConnection(
        ...args: Parameters<Agent['createConnection']>
      ): ReturnType<Agent['createConnection']> {
        connections += 1
        return super.createConnection(...args)
      }
    }
    const httpAgent = new CountingAgent()
    expect((await get('/a', { httpAgent })).cachette.outcome).toBe('miss')
    expect((await get('/a', { httpAgent })).cachette.outcome).toBe('hit')
    expect(connections).toBe(1)
  })

  it('is a proxy where one is set', async () => {
    const { get, origin } = await openAxios()
    const proxy = { host: '127.0.0.1', port: Number(new URL(origin.url).port) }
    const { data } = await get('http://api.example.test/through', { proxy })
    expect(origin.last()).toMatchObject({ path: 'http://api.example.test/through' })
    expect((data as { nth: number }).nth).toBe(1)
  })

  it('of a call with `socketPath`, or another option that only it can honour, is asked past the cache', async () => {
    const { get, origin, heard } = await openAxios()
    const folder = mkdtempSync(join(tmpdir(), 'cachette-test-'))
    const socketPath = join(folder, 'socket')
    const server = createServer((socket) => {
      socket.once('data', () =>
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nhere'),
      )
    }).listen(socketPath)
    onTestFinished(() => {
      server.close()
      rmSync(folder, { recursive: true })
    })
    expect((await get('/a', { socketPath })).data).toBe('here')
    await get('/a', { onDownloadProgress: () => undefined })
    await get('/a', { beforeRedirect: () => undefined })
    expect(origin.count('/a')).toBe(2)
    expect(heard).toEqual([])
  })

  it('gives a body as it was sent to those who decode it themselves, and decodes what is stored', async () => {
    const { client, get, origin } = await openAxios()
    origin.on('/a', { json: { a: 1 }, encoding: 'gzip' })
    const posted = await client.post('/a', 'x', { decompress: false, responseType: 'arraybuffer' })
    expect([posted.headers['content-encoding'], (posted.data as Buffer)[0]]).toEqual(['gzip', 0x1f])
    const got = await get('/a', { decompress: false })
    expect([got.headers['content-encoding'], got.data]).toEqual([undefined, { a: 1 }])
  })
})
