// What the tests of the clients stand on: the origin's two sides, its codings, its dates, and that nothing leaves loopback.
import { get, type IncomingHttpHeaders } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTlsOrigin, type TlsOrigin } from '../helpers/tls-origin.js'
import { createProviderAnswers, RECORDED } from './provider-answers.js'
import { runClient } from './run-client.js'

let origin: TlsOrigin
beforeAll(async () => {
  origin = await startTlsOrigin(createProviderAnswers(RECORDED))
})
afterAll(() => origin.close())

async function ask(path: string, headers: Record<string, string> = {}) {
  return new Promise<{ headers: IncomingHttpHeaders; bytes: Buffer }>((resolve, reject) => {
    const outgoing = get(origin.httpUrl + path, { headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ headers: response.headers, bytes: Buffer.concat(chunks) }))
    })
    outgoing.on('error', reject)
  })
}

describe('the origin', () => {
  const path = '/3/genre/movie/list'

  it.each(['gzip', 'br, gzip;q=0.5', 'GZIP , deflate'])('sends gzip to who accepts %j', async (accepted) => {
    const plain = await ask(path)
    const packed = await ask(path, { 'accept-encoding': accepted })
    expect(packed.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(packed.bytes)).toEqual(plain.bytes)
  })

  it.each(['identity', 'br', 'gzip;q=0', 'gzip;q=0.0, br'])(
    'sends the plain body to who accepts %j',
    async (accepted) => {
      const { headers, bytes } = await ask(path, { 'accept-encoding': accepted })
      expect(headers['content-encoding']).toBeUndefined()
      expect(JSON.parse(bytes.toString())).toHaveProperty('genres')
    },
  )

  it('counts requests by path', async () => {
    const before = origin.count(path)
    await ask(`${path}?language=en`)
    await ask(path)
    expect(origin.count(path) - before).toBe(2)
    expect(origin.count()).toBe(origin.requests.length)
  })

  it('dates its answers to the present', async () => {
    const { headers } = await ask('/3/search/movie?language=en&query=Disney')
    expect(Math.abs(Date.parse(headers.date ?? '') - Date.now())).toBeLessThan(5_000)
  })

  it.runIf(RECORDED !== undefined)('answers with what was recorded, credentials aside', async () => {
    const { bytes } = await ask('/books/v1/volumes?printType=BOOKS&q=OCLC2364071&key=app-key')
    expect(JSON.parse(bytes.toString())).toMatchObject({ items: [{ volumeInfo: { title: 'Frankenstein' } }] })
  })
})

describe('a program', () => {
  const stranger = { program: 'stranger.mjs', reaches: 'real-host', cache: 'none' } as const

  it('cannot reach a host that the certificate does not name', async () => {
    const { rounds } = await runClient(origin, stranger)
    expect(rounds[0].outcomes).toMatchObject({
      stranger: { error: { name: 'TypeError', cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' } } },
    })
    expect(rounds[0].requests).toEqual([])
  })

  it('that fails is reported with what it printed', async () => {
    const missing = { ...stranger, program: 'no-such-program.mjs' }
    await expect(runClient(origin, missing)).rejects.toThrow(
      /exit code 1 after 0 rounds[^]*ERR_MODULE_NOT_FOUND/,
    )
  })
})
