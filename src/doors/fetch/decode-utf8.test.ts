import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeUtf8 } from './decode-utf8.js'

describe('text of bytes', () => {
  it('is what the platform makes of any bytes', () => {
    const decoder = new TextDecoder()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(decodeUtf8(bytes)).toBe(decoder.decode(bytes))
      }),
      { numRuns: 2_000 },
    )
  })

  it('is what the platform makes of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bytes = new TextEncoder().encode(text)
        expect(decodeUtf8(bytes)).toBe(new TextDecoder().decode(bytes))
      }),
    )
  })

  it.each([
    ['a byte order mark is left out', [0xef, 0xbb, 0xbf, 0x61], 'a'],
    ['a second one stays', [0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf], '\ufeff'],
    ['one in the middle stays', [0x61, 0xef, 0xbb, 0xbf], 'a\ufeff'],
    ['what is cut short is replaced', [0x61, 0xe2, 0x82], 'a\ufffd'],
  ])('%s', (_, bytes, expected) => {
    expect(decodeUtf8(Uint8Array.from(bytes))).toBe(expected)
  })

  it('of a part of a larger buffer is that of the part', () => {
    expect(decodeUtf8(new TextEncoder().encode('héllo wörld').subarray(1, 6))).toBe('éllo')
  })
})
