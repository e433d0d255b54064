import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createArrivedBody } from '../../../test/helpers/arrived-body.js'
import type { AnswerBody } from '../../model/answer-body.js'
import type { CacheAnswer } from '../../model/cache-answer.js'
import { EntryBody } from '../../model/entry-body.js'
import { type CachedResponse, respond } from './cached-response.js'
import type { FetchCall } from './fetch-call.js'

const JSON_TEXT = '{"name":"Amélie","list":[1,{"a":true}]}'
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const PLAIN: FetchCall = {
  method: 'GET',
  url: 'HTTPS://API.example.com:443/a/../b?q=1',
  headers: undefined,
  body: undefined,
  mode: 'default',
  redirect: 'follow',
  signal: undefined,
}

/** The types of the platform may be older than it is. */
function bytesIn(response: CachedResponse): Promise<Uint8Array> {
  return (response as CachedResponse & { bytes(): Promise<Uint8Array> }).bytes()
}

function answerOf(body: AnswerBody, overrides: Partial<CacheAnswer> = {}): CacheAnswer {
  return {
    status: 200,
    headers: [['Content-Type', 'application/json']],
    body,
    outcome: 'hit',
    because: 'fresh',
    ageMs: 1_500,
    ttlMs: 60_000,
    tier: 'memory',
    url: 'https://api.example.com/b?q=1',
    attempts: 0,
    key: 'abc',
    isStored: false,
    originStatus: undefined,
    redirectedTo: undefined,
    ...overrides,
  }
}

/** A body that comes in two pieces. */
function comingBody(text: string, seen: string[] = []): AnswerBody {
  const bytes = bytesOf(text)
  const half = bytes.byteLength >> 1
  return {
    sizeBytes: undefined,
    whole: undefined,
    gather: () => Promise.resolve(new EntryBody(bytes)),
    async *stream() {
      yield bytes.subarray(0, half)
      yield bytes.subarray(half)
    },
    discard: () => void seen.push('discarded'),
  }
}

function parsedBody(text: string): EntryBody {
  const body = new EntryBody(bytesOf(text))
  body.json()
  return body
}

const FORMS: [string, (text: string) => AnswerBody][] = [
  ['held as bytes', (text) => new EntryBody(bytesOf(text))],
  ['held as parsed JSON', parsedBody],
  ['still coming', comingBody],
]

function responseTo(
  body: AnswerBody,
  overrides?: Partial<CacheAnswer>,
  call?: Partial<FetchCall>,
): CachedResponse {
  return respond(answerOf(body, overrides), { ...PLAIN, ...call })
}

async function piecesOf(response: CachedResponse): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of response.body!) pieces.push(piece)
  return Buffer.concat(pieces)
}

it.each([
  ['text', (response: CachedResponse) => response.text()],
  ['stream', async (response: CachedResponse) => (await piecesOf(response)).toString()],
  ['clone', (response: CachedResponse) => response.clone().text()],
])('a body that has come whole is let go of, and read as %s all the same', async (_, read) => {
  const { body, left } = createArrivedBody('all of it')
  const response = responseTo(body)
  expect(left()).toBe(1)
  expect(await read(response)).toBe('all of it')
})

describe('a Response from the cache', () => {
  it('is a Response to everyone who looks', () => {
    const response = responseTo(new EntryBody(bytesOf('{}')))
    expect(response).toBeInstanceOf(Response)
    expect(Object.prototype.toString.call(response)).toBe('[object Response]')
    expect(response.constructor).toBe(Response)
    expect(inspect(response)).toMatch(/^Response \{\s+status: 200/)
    expect(response.bodyUsed).toBe(false)
  })

  it('tells what a Response tells', () => {
    const response = responseTo(new EntryBody(bytesOf('{}')))
    expect(response).toMatchObject({
      status: 200,
      ok: true,
      statusText: 'OK',
      type: 'basic',
      url: 'https://api.example.com/b?q=1',
      redirected: false,
    })
    expect(response.headers).toBeInstanceOf(Headers)
    expect(response.headers).toBe(response.headers)
    expect(response.headers.get('age')).toBe('1')
  })

  it('has headers that cannot be changed, but copied', () => {
    const { headers } = responseTo(new EntryBody(bytesOf('{}')))
    for (const change of [
      () => headers.set('x-mine', '1'),
      () => headers.append('x-mine', '1'),
      () => headers.delete('age'),
    ])
      expect(change).toThrow(new TypeError('immutable'))
    const copy = new Headers(headers)
    copy.set('age', '2')
    expect([headers.get('age'), copy.get('age'), headers.constructor]).toEqual(['1', '2', Headers])
    expect(inspect(headers)).toMatch(/^Headers \{/)
  })

  it('tells what the cache did, and lets nobody change it', () => {
    const { cachette } = responseTo(new EntryBody(bytesOf('{}')))
    expect(cachette).toEqual({
      outcome: 'hit',
      because: 'fresh',
      ageMs: 1_500,
      ttlMs: 60_000,
      tier: 'memory',
      key: 'abc',
    })
    expect(Object.isFrozen(cachette)).toBe(true)
  })

  it('calls a status what the origin called it, and a stored one what the standard does', () => {
    const named = responseTo(new EntryBody(bytesOf('')), { status: 404, statusText: 'Nope' })
    expect([named.statusText, named.ok]).toEqual(['Nope', false])
    expect(responseTo(new EntryBody(bytesOf('')), { status: 404 }).statusText).toBe('Not Found')
    expect(responseTo(new EntryBody(bytesOf('')), { status: 799 }).statusText).toBe('')
  })

  it('has the URL that it was redirected to, without fragment', () => {
    const response = responseTo(new EntryBody(bytesOf('')), {
      redirectedTo: 'https://other.example/x?t=1#part',
    })
    expect([response.url, response.redirected]).toEqual(['https://other.example/x?t=1', true])
  })

  it.each([
    ['a HEAD', 200, 'HEAD'],
    ['204', 204, 'GET'],
    ['205', 205, 'GET'],
    ['304', 304, 'GET'],
  ])('has no body for %s, and lets go of what there may be', async (_, status, method) => {
    const seen: string[] = []
    const response = responseTo(comingBody('x', seen), { status }, { method })
    expect(seen).toEqual(['discarded'])
    expect(response.body).toBeNull()
    expect(await response.clone().text()).toBe('')
    expect((await response.arrayBuffer()).byteLength).toBe(0)
    await expect(response.json()).rejects.toThrow(SyntaxError)
    expect(response.bodyUsed).toBe(false)
  })

  it('can be the model of another', async () => {
    const response = responseTo(new EntryBody(bytesOf(JSON_TEXT)), { status: 201 })
    const other = new Response(response.body, response)
    expect([other.status, other.headers.get('content-type')]).toEqual([201, 'application/json'])
    expect(await other.text()).toBe(JSON_TEXT)
    expect(response.bodyUsed).toBe(true)
  })

  it("fails loudly where the platform's own methods are forced on it", () => {
    const response = responseTo(new EntryBody(bytesOf(JSON_TEXT)))
    const forced = async (): Promise<unknown> => Response.prototype.text.call(response)
    return expect(forced()).rejects.toThrow(TypeError)
  })
})

describe.each(FORMS)('a body %s', (_, bodyFrom) => {
  const make = (text = JSON_TEXT, overrides?: Partial<CacheAnswer>): CachedResponse =>
    responseTo(bodyFrom(text), overrides)

  it('is read in every form as the platform reads it', async () => {
    const native = (): Response =>
      new Response(JSON_TEXT, { headers: { 'content-type': 'application/json' } })
    expect(await make().json()).toEqual(await native().json())
    expect(await make().text()).toBe(JSON_TEXT)
    expect(Buffer.from(await make().arrayBuffer()).toString()).toBe(JSON_TEXT)
    expect(Buffer.from(await bytesIn(make())).toString()).toBe(JSON_TEXT)
    const blob = await make().blob()
    expect([blob.type, await blob.text()]).toEqual(['application/json', JSON_TEXT])
    await expect(make().formData()).rejects.toThrow(TypeError)
    expect((await piecesOf(make())).toString()).toBe(JSON_TEXT)
  })

  it('gives each caller values of its own', async () => {
    const body = bodyFrom(JSON_TEXT)
    if (body.whole === undefined) return
    const first = (await responseTo(body).json()) as { list: unknown[] }
    first.list.push('mine')
    new Uint8Array(await responseTo(body).arrayBuffer()).fill(0)
    const bytes = await bytesIn(responseTo(body))
    bytes.fill(0)
    for await (const piece of responseTo(body).body!) piece.fill(0)
    expect(await responseTo(body).json()).toEqual(JSON.parse(JSON_TEXT))
    expect(await responseTo(body).text()).toBe(JSON_TEXT)
  })

  it('is read once', async () => {
    const response = make()
    expect(response.bodyUsed).toBe(false)
    const reading = response.json()
    expect(response.bodyUsed).toBe(true)
    await reading
    for (const again of [
      () => response.text(),
      () => response.json(),
      () => response.blob(),
      () => bytesIn(response),
    ])
      await expect(again()).rejects.toThrow('Body is unusable: Body has already been read')
    expect(() => response.clone()).toThrow('Body has already been consumed')
    expect(response.body).toBeInstanceOf(ReadableStream)
  })

  it('is not read while someone else reads its stream', async () => {
    const response = make()
    const reader = response.body!.getReader()
    await expect(response.text()).rejects.toThrow(TypeError)
    expect(() => response.clone()).toThrow(TypeError)
    reader.releaseLock()
    expect(response.bodyUsed).toBe(false)
    expect(await response.text()).toBe(JSON_TEXT)
  })

  it('is used once its stream was touched', async () => {
    const response = make()
    expect(response.body).toBe(response.body)
    await response.body!.cancel()
    expect(response.bodyUsed).toBe(true)
    await expect(response.text()).rejects.toThrow(TypeError)
  })

  it('is whole in both clones, whichever is read first and however', async () => {
    const response = make()
    const clone = response.clone()
    expect(clone).toBeInstanceOf(Response)
    expect(clone.url).toBe(response.url)
    const [text, json, again] = await Promise.all([clone.clone().text(), response.json(), clone.text()])
    expect([text, json, again]).toEqual([JSON_TEXT, JSON.parse(JSON_TEXT), JSON_TEXT])
  })

  it('is whole in a clone made after the stream was asked for', async () => {
    const response = make()
    expect(response.body).not.toBeNull()
    const clone = response.clone()
    expect(await Promise.all([response.text(), clone.text()])).toEqual([JSON_TEXT, JSON_TEXT])
  })

  it('has headers of its own in a clone', () => {
    const response = make()
    const clone = response.clone()
    expect(clone.headers).not.toBe(response.headers)
    expect([...clone.headers]).toEqual([...response.headers])
  })

  it('is refused to who aborted', async () => {
    const caller = new AbortController()
    const response = responseTo(bodyFrom(JSON_TEXT), {}, { signal: caller.signal })
    const reason = new Error('no more')
    caller.abort(reason)
    await expect(response.json()).rejects.toBe(reason)
    expect(response.bodyUsed).toBe(true)
  })
})

describe('bodies of odd content', () => {
  it('leave out a byte order mark', async () => {
    expect(await responseTo(new EntryBody(bytesOf('\ufeff{}'))).text()).toBe('{}')
    expect(await responseTo(comingBody('\ufeff{"a":1}')).json()).toEqual({ a: 1 })
  })

  it('that are empty are no JSON, whoever read them before', async () => {
    const body = parsedBody('')
    await expect(responseTo(body).json()).rejects.toThrow(SyntaxError)
    expect(await responseTo(body).text()).toBe('')
    expect(await piecesOf(responseTo(body))).toEqual(Buffer.of())
  })

  it('that are no JSON are refused as such', async () => {
    await expect(responseTo(new EntryBody(bytesOf('<html>'))).json()).rejects.toThrow(SyntaxError)
    await expect(responseTo(comingBody('<html>')).json()).rejects.toThrow(SyntaxError)
  })

  it('that are forms are read as forms', async () => {
    const headers = [['content-type', 'application/x-www-form-urlencoded']] as const
    const form = await responseTo(new EntryBody(bytesOf('a=1&b=%C3%A9')), { headers }).formData()
    expect([form.get('a'), form.get('b')]).toEqual(['1', 'é'])
  })
})
