import { describe, expect, it } from 'vitest'
import { readBody } from './request-body.js'

const TEXT = new TextEncoder()
const post = (body: unknown): Request =>
  new Request('https://api.example.com/', { method: 'POST', body, duplex: 'half' } as RequestInit)

async function gathered(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece)
  return Buffer.concat(all).toString()
}

/** A stream that is fed by hand. */
function fed(): {
  stream: ReadableStream<unknown>
  feed: (text: unknown) => void
  end: () => void
  ended: unknown[]
} {
  let controller: ReadableStreamDefaultController<unknown> | undefined
  const ended: unknown[] = []
  const stream = new ReadableStream<unknown>({
    start: (given) => void (controller = given),
    cancel: (reason) => void ended.push(reason),
  })
  const feed = (piece: unknown): void =>
    controller?.enqueue(typeof piece === 'string' ? TEXT.encode(piece) : piece)
  return { stream, feed, end: () => controller?.close(), ended }
}

describe('the body of a request', () => {
  const form = new FormData()
  form.set('name', 'value')
  it.each<[string, unknown, string | RegExp]>([
    ['text', 'héllo', 'héllo'],
    ['an ArrayBuffer', TEXT.encode('abc').buffer, 'abc'],
    ['a view', TEXT.encode('abcdef').subarray(1, 3), 'bc'],
    ['parameters', new URLSearchParams({ q: 'a b' }), 'q=a+b'],
    ['a Blob', new Blob(['abc']), 'abc'],
    ['a form', form, /form-data; name="name"\r\n\r\nvalue/],
  ])('is bytes where it is %s, in a call and in a Request', async (_, given, expected) => {
    for (const body of [await readBody(post(given), given), await readBody(post(given), undefined)]) {
      expect(body).toBeInstanceOf(Uint8Array)
      expect(Buffer.from(body as Uint8Array).toString()).toMatch(expected)
    }
  })

  it('is absent where there is none', async () => {
    expect(
      await readBody(new Request('https://api.example.com/', { method: 'POST' }), undefined),
    ).toBeUndefined()
  })

  it('is pieces where it is a stream, and none is waited for', async () => {
    const { stream, feed, end } = fed()
    const body = await readBody(post(stream), stream)
    expect(body).not.toBeInstanceOf(Uint8Array)
    feed('one ')
    feed('two')
    end()
    expect(await gathered(body as AsyncIterable<Uint8Array>)).toBe('one two')
  })

  it('is pieces where a Request has a stream that goes on later, its beginning included', async () => {
    const { stream, feed, end } = fed()
    feed('one ')
    const body = await readBody(post(stream), undefined)
    expect(body).not.toBeInstanceOf(Uint8Array)
    feed('two')
    end()
    expect(await gathered(body as AsyncIterable<Uint8Array>)).toBe('one two')
  })

  it('tells whoever writes it that the reader has left', async () => {
    const { stream, feed, ended } = fed()
    const body = (await readBody(post(stream), stream)) as AsyncIterable<Uint8Array>
    feed('one')
    for await (const piece of body) {
      expect(piece.byteLength).toBe(3)
      break
    }
    expect(ended).toHaveLength(1)
  })

  it('is bytes and nothing else', async () => {
    const { stream, feed } = fed()
    feed({ not: 'bytes' })
    const body = (await readBody(post(stream), stream)) as AsyncIterable<Uint8Array>
    await expect(gathered(body)).rejects.toThrow(/Uint8Array/)
  })
})
