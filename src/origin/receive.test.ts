import zlib from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { bytesOf, callWith } from '../../test/fuzz/origin-call.js'
import { errorOf } from '../../test/helpers/gate.js'
import type { HeaderList } from '../model/header-list.js'
import type { OriginRequest, OriginResponse } from '../model/transport.js'
import type { OriginCall, OriginReply } from './origin-call.js'
import { receive } from './receive.js'

const TEXT = Buffer.from('what the origin meant '.repeat(1_000))

interface Received {
  readonly reply: OriginReply
  readonly sent: OriginRequest
  readonly isLetGo: () => boolean
}

/** What comes of a response, its body cut into pieces. */
async function receiveOf(
  response: Partial<OriginResponse> & { readonly bytes?: Uint8Array; readonly pieceBytes?: number },
  call: Partial<OriginCall> = {},
): Promise<Received> {
  const { bytes = new Uint8Array(), pieceBytes = 997, ...rest } = response
  let sent: OriginRequest | undefined
  let isLetGo = false
  async function* body(): AsyncGenerator<Uint8Array> {
    try {
      for (let at = 0; at < bytes.byteLength; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
    } finally {
      isLetGo = true
    }
  }
  const transport = (request: OriginRequest): Promise<OriginResponse> => {
    sent = request
    return Promise.resolve({ status: 200, headers: [], body: body(), ...rest })
  }
  const reply = await receive(callWith({ transport, ...call }))
  return { reply, sent: sent!, isLetGo: () => isLetGo }
}

const length = (value: string | number): HeaderList => [['Content-Length', String(value)]]
const coding = (value: string): HeaderList => [['Content-Encoding', value]]

const zstd = (zlib as unknown as { zstdCompressSync?: (bytes: Uint8Array) => Buffer }).zstdCompressSync
const CODINGS: Readonly<Record<string, (bytes: Uint8Array) => Buffer>> = {
  gzip: (bytes) => zlib.gzipSync(bytes),
  'x-gzip': (bytes) => zlib.gzipSync(bytes),
  br: (bytes) => zlib.brotliCompressSync(bytes),
  deflate: (bytes) => zlib.deflateSync(bytes),
  ...(zstd === undefined ? {} : { zstd }),
}

describe('a body and the length that was announced', () => {
  it('pass where they agree', async () => {
    const { reply } = await receiveOf({ bytes: TEXT, headers: length(TEXT.byteLength) })
    expect(reply.sizeBytes).toBe(TEXT.byteLength)
    expect(Buffer.compare(await bytesOf(reply.body), TEXT)).toBe(0)
  })

  it.each([
    ['shorter', TEXT.byteLength + 1],
    ['longer', TEXT.byteLength - 1],
    ['longer, where none was announced,', 0],
  ])('fail where it is %s', async (_, announced) => {
    const { reply } = await receiveOf({ bytes: TEXT, headers: length(announced) })
    expect(await errorOf(bytesOf(reply.body))).toMatchObject({ code: 'CACHETTE_ORIGIN_UNREACHABLE' })
  })

  it.each([
    ['one value twice', [...length(3), ...length(3)], 3],
    ['one value twice in a field', length('3, 3'), 3],
    ['two values', [...length(3), ...length(4)], undefined],
    ['a negative value', length(-3), undefined],
    ['a fraction', length('3.0'), undefined],
    ['a hexadecimal value', length('0x3'), undefined],
    ['a value beyond all bodies', length('9'.repeat(16)), undefined],
    ['nothing', length(''), undefined],
    ['a value next to chunks', [...length(3), ['Transfer-Encoding', 'chunked']], undefined],
  ] satisfies [string, HeaderList, number | undefined][])('of %s: %j is %s', async (_, headers, size) => {
    const { reply } = await receiveOf({ bytes: new Uint8Array(3), headers })
    expect(reply.sizeBytes).toBe(size)
    expect(await bytesOf(reply.body)).toHaveLength(3)
  })

  it.each([
    ['HEAD', 200],
    ['GET', 304],
    ['GET', 204],
  ])('have nothing to do with each other for %s with %i', async (method, status) => {
    const headers = [...length(5_000), ...coding('gzip')]
    const { reply } = await receiveOf({ status, headers }, { method })
    expect(reply.sizeBytes).toBe(0)
    expect(await bytesOf(reply.body)).toHaveLength(0)
    expect(reply.headers).toEqual(headers)
  })
})

describe('a coded body', () => {
  it.each(Object.keys(CODINGS))('in %s is decoded as it comes', async (name) => {
    const packed = CODINGS[name]!(TEXT)
    const headers = [...coding(name), ...length(packed.byteLength)]
    const { reply } = await receiveOf({ bytes: packed, pieceBytes: 7, headers })
    expect([reply.sizeBytes, reply.headers]).toEqual([undefined, []])
    expect(Buffer.compare(await bytesOf(reply.body), TEXT)).toBe(0)
  })

  it('in several codings is decoded from the last to the first', async () => {
    const packed = zlib.brotliCompressSync(zlib.gzipSync(zlib.deflateSync(TEXT)))
    const { reply } = await receiveOf({
      bytes: packed,
      headers: [...coding('deflate, GZIP'), ...coding('br')],
    })
    expect(Buffer.compare(await bytesOf(reply.body), TEXT)).toBe(0)
  })

  it.each(['identity', '', ' , '])('in %j is what it is', async (name) => {
    const { reply } = await receiveOf({ bytes: TEXT, headers: [...coding(name), ...length(TEXT.byteLength)] })
    expect(Buffer.compare(await bytesOf(reply.body), TEXT)).toBe(0)
  })

  it('in a coding that nobody knows is handed on as it is, and says so', async () => {
    const headers = [...coding('gzip, rot13'), ...length(TEXT.byteLength)]
    const { reply } = await receiveOf({ bytes: TEXT, headers })
    expect(reply.headers).toEqual(headers)
    expect(Buffer.compare(await bytesOf(reply.body), TEXT)).toBe(0)
  })

  it('in more than five codings is refused, and let go of', async () => {
    let isLetGo = false
    async function* body(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield TEXT
      } finally {
        isLetGo = true
      }
    }
    const response = { bytes: TEXT, headers: coding('gzip,'.repeat(6)), body: body() }
    expect(await errorOf(receiveOf(response))).toMatchObject({ code: 'CACHETTE_INVALID_RESPONSE' })
    await new Promise((resolve) => setImmediate(resolve))
    expect(isLetGo).toBe(true)
  })

  it.each(Object.keys(CODINGS))('in %s that is corrupt, or cut off, is an error', async (name) => {
    const packed = CODINGS[name]!(TEXT)
    const corrupt = Buffer.from(packed).fill(0xff, 4)
    for (const bytes of [corrupt, packed.subarray(0, packed.byteLength / 2), TEXT]) {
      const { reply } = await receiveOf({ bytes, headers: coding(name) })
      expect(await errorOf(bytesOf(reply.body))).toMatchObject({ code: 'CACHETTE_INVALID_RESPONSE' })
    }
  })

  it('that breaks off is the network\u2019s failure, not the coding\u2019s', async () => {
    const packed = zlib.gzipSync(TEXT)
    async function* body(): AsyncGenerator<Uint8Array> {
      yield packed.subarray(0, 10)
      throw Object.assign(new Error('reset'), { code: 'ECONNRESET' })
    }
    const { reply } = await receiveOf({ body: body(), headers: coding('gzip') })
    expect(await errorOf(bytesOf(reply.body))).toMatchObject({ code: 'CACHETTE_ORIGIN_UNREACHABLE' })
  })

  it('is let go of where its reader stops', async () => {
    const packed = zlib.gzipSync(Buffer.alloc(10_000_000))
    const { reply, isLetGo } = await receiveOf({ bytes: packed, pieceBytes: 100, headers: coding('gzip') })
    for await (const piece of reply.body) {
      expect(piece.byteLength).toBeGreaterThan(0)
      break
    }
    await new Promise((resolve) => setImmediate(resolve))
    expect(isLetGo()).toBe(true)
  })

  it.each(['gzip', 'br', 'deflate'])('that is empty is empty, though it says %s', async (name) => {
    const { reply } = await receiveOf({ headers: coding(name) })
    expect(await bytesOf(reply.body)).toHaveLength(0)
  })

  it('is left as it is for a caller who decodes himself, however many codings it has', async () => {
    const packed = zlib.gzipSync(TEXT)
    const headers = [...coding('gzip'), ...length(packed.byteLength)]
    const { reply, sent } = await receiveOf(
      { bytes: packed, headers },
      { keepsCoding: true, headers: [['Accept-Encoding', 'x']] },
    )
    expect([reply.headers, reply.sizeBytes]).toEqual([headers, packed.byteLength])
    expect(Buffer.compare(await bytesOf(reply.body), packed)).toBe(0)
    expect(sent.headers).toEqual([['Accept-Encoding', 'x']])
    const many = await receiveOf({ headers: coding('gzip,'.repeat(9)) }, { keepsCoding: true })
    expect(many.reply.status).toBe(200)
  })
})

describe('a request', () => {
  it('asks for the codings that can be undone, whatever its caller said', async () => {
    const { sent } = await receiveOf(
      {},
      {
        headers: [
          ['ACCEPT-encoding', 'rot13'],
          ['X-A', '1'],
        ],
      },
    )
    const names = Object.keys(CODINGS).filter((name) => name !== 'x-gzip')
    expect(sent.headers[0]).toEqual(['X-A', '1'])
    expect(sent.headers).toHaveLength(2)
    expect(sent.headers[1]![1].split(', ').sort()).toEqual(names.sort())
  })

  it('for a range asks for no coding: a part of coded bytes is of no use', async () => {
    const { sent } = await receiveOf({}, { headers: [['RANGE', 'bytes=0-1']] })
    expect(sent.headers).toContainEqual(['accept-encoding', 'identity'])
  })

  it('counts as an attempt when it goes out', async () => {
    const call = callWith({ transport: () => Promise.reject(new Error('refused')) })
    expect(await errorOf(receive(call))).toMatchObject({ code: 'CACHETTE_ORIGIN_UNREACHABLE', attempts: 1 })
  })

  it('that fails says how, and repeats neither a credential nor what a parser could not read', async () => {
    const cause = Object.assign(new Error('bad'), { code: 'HPE_INVALID', data: 'api_key=s3cret' })
    const call = callWith({ transport: () => Promise.reject(new Error('wrapped', { cause })) })
    const error = await errorOf(receive(call))
    expect(error.message).toContain('HPE_INVALID')
    expect(error.message).not.toContain('s3cret')
    const bare = callWith({ transport: () => Promise.reject(cause) })
    expect((await errorOf(receive(bare))).cause as object).not.toHaveProperty('data')
  })
})

describe('the fields of a response', () => {
  it('are end-to-end ones', async () => {
    const { reply } = await receiveOf({
      headers: [
        ['Connection', 'X-Hop, close'],
        ['X-Hop', '1'],
        ['Keep-Alive', 'timeout=5'],
        ['Transfer-Encoding', 'chunked'],
        ['X-End', '2'],
      ],
    })
    expect(reply.headers).toEqual([['X-End', '2']])
  })
})

describe('a reply that nobody wants', () => {
  it('is let go of', async () => {
    const { reply, isLetGo } = await receiveOf({ bytes: TEXT })
    reply.cancel(new Error('unwanted'))
    await new Promise((resolve) => setImmediate(resolve))
    expect(isLetGo()).toBe(true)
  })
})
