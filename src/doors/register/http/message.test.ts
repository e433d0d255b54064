import { describe, expect, it } from 'vitest'
import { chunkOf, hasBody, messageOf } from './message.js'
import { responseHead } from './response-head.js'

describe('the head of a response', () => {
  it('is the status line and the fields as they stand', () => {
    const headers = [
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
      ['X-Latin', 'é'],
    ] as const
    expect(responseHead({ status: 200, statusText: 'Fine', headers })).toBe(
      'HTTP/1.1 200 Fine\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Latin: é\r\n\r\n',
    )
  })

  it('calls a status what it is called where nobody said', () => {
    expect(responseHead({ status: 404, statusText: undefined, headers: [] })).toBe(
      'HTTP/1.1 404 Not Found\r\n\r\n',
    )
    expect(responseHead({ status: 299, statusText: undefined, headers: [] })).toBe('HTTP/1.1 299 \r\n\r\n')
  })

  it.each([
    ['x', 'a\r\nset-cookie: b=1'],
    ['x', 'a\nb'],
    ['x', 'a\0'],
    ['x', '€'],
    ['x\r\ny', 'a'],
    ['x y', 'a'],
    ['', 'a'],
  ])('leaves out the field %j: %j, which could be taken for more than one', (name, value) => {
    expect(responseHead({ status: 200, statusText: 'OK', headers: [[name, value]] })).toBe(
      'HTTP/1.1 200 OK\r\n\r\n',
    )
  })

  it('leaves out a phrase that could be taken for a field', () => {
    expect(responseHead({ status: 200, statusText: 'OK\r\nx: y', headers: [] })).toBe('HTTP/1.1 200 \r\n\r\n')
  })
})

describe('a message', () => {
  const message = (method: string, status: number, headers: [string, string][]) =>
    messageOf(method, { status, statusText: '', headers })

  it('says how long its body is where that is known, and else sends it in chunks', () => {
    expect(message('GET', 200, [['Content-Length', '5']]).framing).toBe('length')
    expect(message('GET', 200, [])).toEqual({
      head: 'HTTP/1.1 200 \r\ntransfer-encoding: chunked\r\n\r\n',
      framing: 'chunked',
    })
  })

  it.each([
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ])('has no body in answer to %s with %d, whatever its length', (method, status) => {
    expect(hasBody(method, status)).toBe(false)
    expect(message(method, status, [['content-length', '5']])).toEqual({
      head: `HTTP/1.1 ${status} \r\ncontent-length: 5\r\n\r\n`,
      framing: 'none',
    })
  })

  it('has no field of another connection', () => {
    const headers: [string, string][] = [
      ['Connection', 'close'],
      ['Transfer-Encoding', 'chunked'],
      ['Keep-Alive', 'timeout=5'],
      ['Upgrade', 'h2c'],
      ['content-length', '1'],
    ]
    expect(message('GET', 200, headers).head).toBe('HTTP/1.1 200 \r\ncontent-length: 1\r\n\r\n')
  })

  it('has chunks of their own bytes', () => {
    const bytes = Buffer.from('sixteen bytes ok')
    const chunk = chunkOf(bytes)
    expect(Buffer.from(chunk).toString()).toBe('10\r\nsixteen bytes ok\r\n')
    chunk.fill(0)
    expect(bytes.toString()).toBe('sixteen bytes ok')
  })
})
