// Origins that speak badly, byte by byte: the caller gets what was meant or a TypeError with one of ours below it,
// nothing wrong is kept, and no connection stays behind.
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Cachette } from '../../src/create-cachette.js'
import { type Act, type RawServer, inTurn, openRawServer, says, saysAndEnds } from '../fuzz/raw-server.js'
import { openWorld } from '../helpers/cache-world.js'
import { createFakeClock } from '../helpers/fake-clock.js'
import { errorOf, until } from '../helpers/gate.js'

interface Hostile extends RawServer {
  readonly cachette: Cachette
  ask(
    init?: RequestInit,
  ): Promise<{ status: number; text: string; headers: Headers; outcome: string | undefined }>
  /** What is stored. */
  stored(): Promise<
    readonly { readonly status: number; readonly sizeBytes: number; readonly freshForMs: number }[]
  >
}

/** An origin that no service claims. */
async function openHostile(...acts: readonly Act[]): Promise<Hostile> {
  const { cachette } = await openWorld({ clock: createFakeClock(Date.UTC(2026, 0, 15, 12)) })
  const server = await openRawServer(inTurn(...acts))
  return {
    ...server,
    cachette,
    async ask(init = {}) {
      const response = await cachette.fetch(`${server.url}/data`, init)
      const { status, headers, cachette: report } = response
      return { status, text: await response.text(), headers, outcome: report?.outcome }
    },
    async stored() {
      const { entries } = await cachette.list()
      return entries.map(({ status, sizeBytes, staleAtMs, confirmedAtMs }) => ({
        status,
        sizeBytes,
        freshForMs: staleAtMs - confirmedAtMs,
      }))
    },
  }
}

const DATE = 'Date: Thu, 15 Jan 2026 12:00:00 GMT\r\n'
const answer = (fields: string, body = 'body', status = '200 OK'): string =>
  `HTTP/1.1 ${status}\r\n${DATE}${fields}Content-Length: ${body.length}\r\n\r\n${body}`

describe('fields that cannot be read', () => {
  it.each([
    ['Cache-Control: max-age=-1\r\n', 'miss'],
    ['Cache-Control: max-age=1.5\r\n', 'miss'],
    ['Cache-Control: max-age=0x7f\r\n', 'miss'],
    ['Cache-Control: max-age=abc\r\n', 'miss'],
    ['Cache-Control: max-age=\r\n', 'miss'],
    ['Cache-Control: max-age\r\n', 'miss'],
    ['Cache-Control: max-age=60;no-store\r\n', 'miss'],
    ['Cache-Control: ,,,no-store,,\r\n', 'miss'],
    ['Cache-Control: max-age=60, NO-STORE\r\n', 'miss'],
    ['Cache-Control: max-age=60\r\nCache-Control: no-store\r\n', 'miss'],
    ['Cache-Control: foo="bar, max-age=60\r\n', 'either'],
    ['Cache-Control: max-age=99999999999999999999\r\n', 'hit'],
    ['Cache-Control: max-age="60"\r\n', 'hit'],
    ['Cache-Control: foo="no-store", max-age=60\r\n', 'hit'],
    [`Cache-Control: ${'x=1,'.repeat(3_000)} max-age=60\r\n`, 'hit'],
    [`Cache-Control: ${'"\\'.repeat(4_000)}, max-age=60\r\n`, 'either'],
    ['Cache-Control: max-age=60\r\nAge: -5\r\n', 'hit'],
    ['Cache-Control: max-age=60\r\nAge: 61\r\n', 'miss'],
    ['Cache-Control: max-age=60\r\nAge: 99999999999999999999999\r\n', 'miss'],
    ['Cache-Control: max-age=60\r\nAge: abc\r\n', 'hit'],
    ['Cache-Control: max-age=60\r\nVary: *\r\n', 'miss'],
    ['Cache-Control: max-age=60\r\nVary: ,,\r\n', 'hit'],
    ['Cache-Control: max-age=60\r\nVary: \u0000accept\r\n', 'error'],
    [`Cache-Control: max-age=60\r\nVary: ${'x-a,'.repeat(2_000)}\r\n`, 'hit'],
    ['Expires: 0\r\nLast-Modified: Thu, 15 Jan 2025 12:00:00 GMT\r\n', 'miss'],
    ['Expires: Thu, 99 Jan 2026 12:00:00 GMT\r\n', 'miss'],
    ['Expires: Thu, 15 Jan 99999 12:00:00 GMT\r\n', 'miss'],
    ['Expires: Thu, 15 Jan 2026 13:00:00 GMT\r\nExpires: Thu, 15 Jan 2026 14:00:00 GMT\r\n', 'miss'],
    ['Cache-Control: max-age=60\r\nETag: "\r\n', 'hit'],
    ['Cache-Control: max-age=60\r\nETag: \u00ff\u00fe\r\n', 'hit'],
    ['Cache-Control: max-age=60\r\nLast-Modified: never\r\n', 'hit'],
  ])('%j: the second caller is a %s', async (fields, outcome) => {
    const { ask, stored } = await openHostile(says(answer(fields)))
    if (outcome === 'error') {
      expect((await errorOf(ask())).cause).toMatchObject({ code: 'CACHETTE_ORIGIN_UNREACHABLE' })
      expect(await stored()).toEqual([])
      return
    }
    expect(await ask()).toMatchObject({ status: 200, text: 'body', outcome: 'miss' })
    const second = await ask()
    expect(second.text).toBe('body')
    expect(outcome === 'either' ? ['hit', 'miss'] : [outcome]).toContain(second.outcome)
    if (second.outcome === 'miss')
      for (const { freshForMs } of await stored()) expect(freshForMs).toBeLessThanOrEqual(0)
  })

  it.each(['yesterday', 'Thu, 15 Jan 2026 12:00:00', '0', 'Thu, 15 Jan 2099 12:00:00 GMT', ''])(
    'a Date of %j makes nothing younger than it is',
    async (date) => {
      const { ask } = await openHostile(
        says(
          `HTTP/1.1 200 OK\r\nDate: ${date}\r\nCache-Control: max-age=60\r\nContent-Length: 4\r\n\r\nbody`,
        ),
      )
      await ask()
      const { outcome, headers } = await ask()
      expect(outcome).toBe('hit')
      expect(Number(headers.get('age'))).toBeGreaterThanOrEqual(0)
    },
  )

  it.each(['"', 'abc', 'W/abc', `"${'x'.repeat(8_000)}"`])(
    'an ETag of %j is sent back as it came or not at all',
    async (etag) => {
      const { ask, seen } = await openHostile(says(answer(`Cache-Control: no-cache\r\nETag: ${etag}\r\n`)))
      await ask()
      expect((await ask()).text).toBe('body')
      const sent = /if-none-match: (.*)\r\n/i.exec(seen[1]?.text ?? '')?.[1]
      expect([undefined, etag]).toContain(sent)
    },
  )
})

describe('framing that lies', () => {
  it.each([
    ['a negative length', 'Content-Length: -1\r\n\r\nbody'],
    ['two lengths', 'Content-Length: 4\r\nContent-Length: 5\r\n\r\nbody!'],
    ['a length that is no number', 'Content-Length: four\r\n\r\nbody'],
    ['a length beyond all numbers', `Content-Length: ${'9'.repeat(30)}\r\n\r\nbody`],
    ['a longer length', 'Content-Length: 400\r\n\r\nbody'],
    ['a chunk size that is no number', 'Transfer-Encoding: chunked\r\n\r\nzz\r\nbody\r\n0\r\n\r\n'],
    ['a negative chunk size', 'Transfer-Encoding: chunked\r\n\r\n-4\r\nbody\r\n0\r\n\r\n'],
    ['a chunk size beyond all numbers', `Transfer-Encoding: chunked\r\n\r\n${'f'.repeat(20)}\r\nbody`],
    ['a chunk that is longer than it says', 'Transfer-Encoding: chunked\r\n\r\n2\r\nbody\r\n0\r\n\r\n'],
    ['a chunk that is shorter than it says', 'Transfer-Encoding: chunked\r\n\r\n9\r\nbody\r\n'],
    ['no last chunk', 'Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n'],
    [
      'both a length and chunks',
      'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n',
    ],
    ['a field without a name', ': x\r\nContent-Length: 4\r\n\r\nbody'],
    ['a field with a blank in its name', 'X A: 1\r\nContent-Length: 4\r\n\r\nbody'],
    ['NUL in a value', 'X-A: a\u0000b\r\nContent-Length: 4\r\n\r\nbody'],
    ['CR in a value', 'X-A: a\rb: c\r\nContent-Length: 4\r\n\r\nbody'],
    ['a folded field', 'X-A: a\r\n b\r\nContent-Length: 4\r\n\r\nbody'],
  ])('%s: the whole body or an error, nothing else is stored, the connection ends', async (_, rest) => {
    const { ask, stored, sockets } = await openHostile(
      saysAndEnds(`HTTP/1.1 200 OK\r\n${DATE}Cache-Control: max-age=600\r\n${rest}`),
    )
    for (let call = 0; call < 2; call += 1) {
      const result = await ask().catch((error: Error) => error)
      if (result instanceof Error) {
        expect(result).toBeInstanceOf(TypeError)
        expect(result.cause).toMatchObject({ code: 'CACHETTE_ORIGIN_UNREACHABLE' })
      } else expect(result).toMatchObject({ status: 200, text: 'body' })
    }
    for (const entry of await stored()) expect(entry).toMatchObject({ status: 200, sizeBytes: 4 })
    await until(() => sockets.size === 0, 'the end of the connections')
  })

  it.each([
    [
      'that breaks off',
      (socket) =>
        void socket.write(
          'HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 9\r\n\r\nbody',
          () => socket.resetAndDestroy(),
        ),
    ],
    [
      'that breaks off in a chunk',
      (socket) =>
        void socket.write(
          'HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nbody',
          () => socket.resetAndDestroy(),
        ),
    ],
    ['that says nothing', (socket) => void socket.end()],
    ['that speaks another language', (socket) => void socket.end('SSH-2.0-OpenSSH_9.6\r\n')],
    ['that ends within the headers', (socket) => void socket.end('HTTP/1.1 200 OK\r\nCache-Con')],
  ] satisfies [string, Act][])('an answer %s is an error, and is not stored', async (_, act) => {
    let isGood = false
    const good = says(answer('Cache-Control: max-age=60\r\n'))
    const { ask, stored, sockets } = await openHostile((...given) => (isGood ? good : act)(...given))
    for (let call = 0; call < 2; call += 1) {
      const error = await errorOf(ask())
      expect(error).toBeInstanceOf(TypeError)
      expect(error.cause).toMatchObject({ code: 'CACHETTE_ORIGIN_UNREACHABLE' })
    }
    expect(await stored()).toEqual([])
    isGood = true
    expect(await ask()).toMatchObject({ text: 'body', outcome: 'miss' })
    await until(() => sockets.size === 1)
  })

  it('bytes after an answer are nobody\u2019s answer', async () => {
    const { ask, stored } = await openHostile(
      saysAndEnds(`${answer('')}${answer('Cache-Control: max-age=600\r\n', 'smuggled')}`),
      says(answer('')),
    )
    expect((await ask()).text).toBe('body')
    expect((await ask()).text).toBe('body')
    expect(await stored()).toEqual([])
  })
})

describe('a status', () => {
  it.each(['999 Odd', '599 Odd', '299 Odd'])(
    'of %s is handed on, and stored only as what it is',
    async (line) => {
      const { ask, stored } = await openHostile(says(answer('Cache-Control: max-age=60\r\n', 'body', line)))
      const result = await ask().catch((error: Error) => error)
      if (result instanceof Error) expect(result).toBeInstanceOf(TypeError)
      else expect(result).toMatchObject({ status: Number(line.slice(0, 3)), text: 'body' })
      for (const { status } of await stored()) expect(status).toBe(Number(line.slice(0, 3)))
    },
  )

  it.each(['099 Odd', '000 Odd', '1000 Odd', '20 Odd', '-200 Odd', 'abc Odd'])(
    'of %s is an error',
    async (line) => {
      const { ask, stored } = await openHostile(
        saysAndEnds(answer('Cache-Control: max-age=60\r\n', 'body', line)),
      )
      const error = await errorOf(ask())
      expect(error).toBeInstanceOf(TypeError)
      expect(error.cause).toMatchObject({ name: 'CachetteError' })
      expect(await stored()).toEqual([])
    },
  )

  it('of 1xx, a thousand times, is followed by the answer', async () => {
    const early = 'HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n'.repeat(1_000)
    const { ask } = await openHostile(says(`${early}${answer('Cache-Control: max-age=60\r\n')}`))
    const result = await ask()
    expect(result).toMatchObject({ status: 200, text: 'body' })
    expect(result.headers.get('link')).toBeNull()
    expect((await ask()).outcome).toBe('hit')
  })

  it('of 304 that nobody asked for stores nothing, and reaches the caller as it is or as an error', async () => {
    const { ask, stored } = await openHostile(
      says(`HTTP/1.1 304 Not Modified\r\n${DATE}ETag: "1"\r\nCache-Control: max-age=600\r\n\r\n`),
    )
    const result = await ask().catch((error: Error) => error)
    if (!(result instanceof Error)) expect(result.status).toBe(304)
    expect(await stored()).toEqual([])
  })

  it('of 206 that nobody asked for is never taken for the whole', async () => {
    const { ask } = await openHostile(
      says(
        answer(
          'Cache-Control: max-age=600\r\nContent-Range: bytes 0-3/100\r\n',
          'body',
          '206 Partial Content',
        ),
      ),
      says(answer('Cache-Control: max-age=600\r\n', 'whole')),
    )
    await ask()
    expect(await ask()).toMatchObject({ status: 200, text: 'whole', outcome: 'miss' })
  })

  it.each([
    ['Content-Range: bytes 5-2/10\r\n', 'backwards'],
    ['Content-Range: bytes 0-99/10\r\n', 'beyond its whole'],
    ['Content-Range: bytes 0-9/100\r\n', 'other than the body is'],
    ['Content-Range: bytes */100\r\n', 'none'],
    ['', 'missing'],
  ])('of 206 whose %j is %s gives nobody wrong bytes later', async (field) => {
    const { ask } = await openHostile(
      says(answer(`Cache-Control: max-age=600\r\n${field}`, 'body', '206 Partial Content')),
      says(answer('Content-Range: bytes 2-3/10\r\n', 'cd', '206 Partial Content')),
    )
    await ask({ headers: { range: 'bytes=0-9' } })
    const { text, outcome } = await ask({ headers: { range: 'bytes=2-3' } })
    if (outcome === 'hit') expect(text).toBe('dy')
    else expect(text).toBe('cd')
  })
})

describe('bombs', () => {
  it.each([
    ['ten thousand fields', Array.from({ length: 10_000 }, (_, at) => `X-${at}: ${at}\r\n`).join('')],
    ['a field of 1 MB', `X-Long: ${'x'.repeat(1_000_000)}\r\n`],
    ['a name of 1 MB', `${'x'.repeat(1_000_000)}: 1\r\n`],
  ])('%s: an error, nothing is stored, the connection ends', async (_, fields) => {
    const { ask, stored, sockets } = await openHostile(says(answer(`Cache-Control: max-age=60\r\n${fields}`)))
    expect((await errorOf(ask())).cause).toMatchObject({ code: 'CACHETTE_ORIGIN_UNREACHABLE' })
    expect(await stored()).toEqual([])
    await until(() => sockets.size === 0, 'the end of the connection')
  })

  it('of gzip, within what is stored: the caller gets what was meant', async () => {
    const packed = gzipSync(Buffer.alloc(8 * 1024 ** 2))
    const head = `HTTP/1.1 200 OK\r\n${DATE}Cache-Control: max-age=60\r\nContent-Encoding: gzip\r\nContent-Length: ${packed.byteLength}\r\n\r\n`
    const { ask, stored } = await openHostile(says(Buffer.concat([Buffer.from(head), packed])))
    expect((await ask()).text).toHaveLength(8 * 1024 ** 2)
    expect(await stored()).toMatchObject([{ sizeBytes: 8 * 1024 ** 2 }])
  })

  it('of gzip, beyond what is stored: nothing is stored, and who stops reading is rid of it', async () => {
    const packed = gzipSync(Buffer.alloc(64 * 1024 ** 2))
    const head = `HTTP/1.1 200 OK\r\n${DATE}Cache-Control: max-age=60\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n${packed.byteLength.toString(16)}\r\n`
    const { cachette, url, stored } = await openHostile(says(Buffer.concat([Buffer.from(head), packed])))
    const response = await cachette.fetch(url)
    let sizeBytes = 0
    for await (const piece of response.body!) {
      sizeBytes += piece.byteLength
      if (sizeBytes > 40 * 1024 ** 2) break
    }
    expect(await stored()).toEqual([])
  })
})

describe('a coding that is not what it says', () => {
  it.each([
    ['gzip', Buffer.from('this is no gzip at all')],
    ['br', Buffer.from('this is no brotli at all, and it is long enough to be noticed')],
    ['deflate', Buffer.from('this is no deflate at all')],
    ['gzip', gzipSync('x'.repeat(10_000)).subarray(0, 30)],
    ['gzip', gzipSync('x'.repeat(10_000)).fill(0, 20, 30)],
    ['gzip, gzip', gzipSync('once only')],
    [Array.from({ length: 50 }, () => 'gzip').join(','), gzipSync('many')],
  ])('%s: an error, and nothing is stored', async (coding, bytes) => {
    const head = `HTTP/1.1 200 OK\r\n${DATE}Cache-Control: max-age=60\r\nContent-Encoding: ${coding}\r\nContent-Length: ${bytes.byteLength}\r\n\r\n`
    const { ask, stored } = await openHostile(says(Buffer.concat([Buffer.from(head), bytes])))
    for (let call = 0; call < 2; call += 1) {
      const error = await errorOf(ask())
      expect(error).toBeInstanceOf(TypeError)
      expect(error.cause).toMatchObject({ code: 'CACHETTE_INVALID_RESPONSE' })
    }
    expect(await stored()).toEqual([])
  })
})
