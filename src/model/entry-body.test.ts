import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EntryBody } from './entry-body.js'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A body that was parsed, and perhaps now is parsed JSON alone. */
function parsed(text: string): EntryBody {
  const body = new EntryBody(bytesOf(text))
  body.json()
  return body
}

async function piecesOf(body: EntryBody): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = []
  for await (const piece of body.stream()) pieces.push(piece)
  return pieces
}

describe('a body that was parsed', () => {
  it.each([
    ['compact', '{"a":1,"b":[true,null,"x"]}'],
    ['pretty-printed', '{\n  "a": 1\n}\n'],
    ['white space around it', ' [1] '],
    ['a byte order mark', '\ufeff{"a":1}'],
    ['names that repeat', '{"a":1,"a":2}'],
    ['names that are numbers, out of order', '{"b":1,"2":2,"1":3}'],
    ['a number beyond what a double holds', '{"id":12345678901234567890}'],
    ['a number with more digits than a double has', '[0.1000000000000000055511151231257827]'],
    ['minus zero', '[-0]'],
    ['exponents', '[1e2,1E+2,1.50]'],
    ['a number that becomes Infinity', '[1e999]'],
    ['escapes that need not be', '["\\u0041\\/"]'],
    ['escapes in other cases', '["\\u00E9\\u00e9"]'],
    ['a lone surrogate', '["\\ud800"]'],
    ['text beyond ASCII', '["\u00e9\u20ac\u{1f600}\u2028"]'],
    ['__proto__', '{"__proto__":{"a":1}}'],
    ['toJSON', '{"toJSON":1}'],
    ['a bare string', '"x"'],
    ['a bare number', '7'],
    ['null', 'null'],
    ['nothing', ''],
  ])('gives the very bytes that came: %s', (_, text) => {
    const body = parsed(text)
    expect(Buffer.compare(body.bytes(), bytesOf(text))).toBe(0)
    expect(body.sizeBytes).toBe(bytesOf(text).byteLength)
  })

  it('gives the very bytes that came, whatever JSON they are', () => {
    const spaces = fc.constantFrom('', ' ', '\n', '\t  ')
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, 2, '\t'), spaces, (value, indent, around) => {
        const text = `${around}${JSON.stringify(value, undefined, indent)}${around}`
        expect(Buffer.from(parsed(text).bytes()).toString()).toBe(text)
      }),
      { numRuns: 500 },
    )
  })

  it('keeps no bytes where it can make them again, and both where it cannot', () => {
    const compact = `{"a":"${'x'.repeat(1_000)}"}`
    expect(parsed(compact).chargeBytes).toBeLessThan(1_500)
    expect(parsed(`${compact} `).chargeBytes).toBeGreaterThan(2_000)
  })

  it('is one frozen value for all', () => {
    const body = new EntryBody(bytesOf('{"a":{"b":[{}]}}'))
    const value = body.json() as { a: { b: object[] } }
    expect(body.json()).toBe(value)
    for (const part of [value, value.a, value.a.b, value.a.b[0]]) expect(Object.isFrozen(part)).toBe(true)
  })
})

describe('a body that is not JSON', () => {
  it('says so each time, and stays what it is', () => {
    const body = new EntryBody(bytesOf('{"a":'))
    for (let time = 0; time < 2; time += 1) expect(() => body.json()).toThrow(SyntaxError)
    expect([body.isParsed, Buffer.from(body.bytes()).toString()]).toEqual([false, '{"a":'])
  })
})

describe('a body', () => {
  it('that is empty is null as JSON, and a stream of nothing', async () => {
    const body = new EntryBody(new Uint8Array())
    expect(body.json()).toBeNull()
    expect(await piecesOf(body)).toEqual([])
    expect(body.bytes()).toHaveLength(0)
  })

  it('in memory streams as one piece, as often as it is asked for, parsed or not', async () => {
    const body = new EntryBody(bytesOf('[1]'))
    for (let time = 0; time < 2; time += 1) expect(await piecesOf(body)).toEqual([bytesOf('[1]')])
    body.json()
    expect(await piecesOf(body)).toEqual([bytesOf('[1]')])
    body.discard()
    expect(await body.gather()).toBe(body)
    expect(body.whole).toBe(body)
  })

  it('in a tier is read from there each time, and never held', async () => {
    let reads = 0
    const body = new EntryBody({
      sizeBytes: 5,
      *chunks() {
        reads += 1
        yield bytesOf('[1,')
        yield bytesOf('2]')
      },
    })
    expect([body.isRemote, body.sizeBytes, body.chargeBytes]).toEqual([true, 5, 0])
    expect(await piecesOf(body)).toEqual([bytesOf('[1,'), bytesOf('2]')])
    expect(body.bytes()).toEqual(bytesOf('[1,2]'))
    expect(body.json()).toEqual([1, 2])
    expect([body.isParsed, body.chargeBytes, reads]).toEqual([false, 0, 3])
  })

  it('in a tier that lost a piece fails, and gives no bytes', async () => {
    const body = new EntryBody({
      sizeBytes: 5,
      *chunks(): Generator<Uint8Array> {
        throw new Error('gone')
      },
    })
    expect(() => body.bytes()).toThrow('gone')
    await expect(piecesOf(body)).rejects.toThrow('gone')
  })
})
