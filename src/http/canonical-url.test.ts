import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalUrl, normalisePercent } from './canonical-url.js'
import { splitQuery } from './query-string.js'

function canonical(text: string, equivalentHosts: Record<string, string> = {}): string {
  const url = new URL(text)
  return canonicalUrl({ url, pairs: splitQuery(url.search.slice(1)), equivalentHosts })
}

describe('the canonical URL', () => {
  it.each([
    ['HTTPS://API.Example.COM/a', 'https://api.example.com/a'],
    ['https://api.example.com:443/a', 'https://api.example.com/a'],
    ['http://api.example.com:80/a', 'http://api.example.com/a'],
    ['http://api.example.com:443/a', 'http://api.example.com:443/a'],
    ['https://api.example.com:8443/a', 'https://api.example.com:8443/a'],
    ['https://[::1]:8443/a?b=1', 'https://[::1]:8443/a?b=1'],
    ['https://[0:0:0:0:0:0:0:1]/a', 'https://[::1]/a'],
    ['https://api.example.com', 'https://api.example.com/'],
    ['https://api.example.com/a/./b/../c', 'https://api.example.com/a/c'],
    ['https://api.example.com/a/%2e%2E/c', 'https://api.example.com/c'],
    ['https://api.example.com/%7euser/%c3%a9', 'https://api.example.com/~user/%C3%A9'],
    ['https://api.example.com/é', 'https://api.example.com/%C3%A9'],
    ['https://api.example.com/a%2fb', 'https://api.example.com/a%2Fb'],
    ['https://api.example.com/a?', 'https://api.example.com/a'],
    ['https://api.example.com/a?&&b=1&', 'https://api.example.com/a?b=1'],
    ['https://api.example.com/a?b=2&a=1', 'https://api.example.com/a?a=1&b=2'],
    ['https://api.example.com/a?b=2&a=2&a=1', 'https://api.example.com/a?a=2&a=1&b=2'],
    ['https://api.example.com/a?b=2&%61=1', 'https://api.example.com/a?a=1&b=2'],
    ['https://api.example.com/a?q=%27x%27', 'https://api.example.com/a?q=%27x%27'],
    ["https://api.example.com/a?q='x'", 'https://api.example.com/a?q=%27x%27'],
    ['https://user:word@api.example.com/a#part', 'https://api.example.com/a'],
  ])('of %s is %s', (given, expected) => {
    expect(canonical(given)).toBe(expected)
  })

  it.each([
    ['https://h.example/a?q=a+b', 'https://h.example/a?q=a%20b'],
    ['https://h.example/a?q=a%2Bb', 'https://h.example/a?q=a+b'],
    ['https://h.example/a%2Fb', 'https://h.example/a/b'],
    ['https://h.example/a?q=%25zz', 'https://h.example/a?q=%zz'],
    ['https://h.example/a?q=%2%35', 'https://h.example/a?q=%25'],
    ['https://h.example/a?q=a%26b', 'https://h.example/a?q=a&b'],
    ['https://h.example/a?x%5B%5D=1&x[]=2', 'https://h.example/a?x[]=2&x%5B%5D=1'],
    ['https://h.example/a', 'https://h.example/a/'],
    ['https://h.example/A', 'https://h.example/a'],
    ['http://h.example/a', 'https://h.example/a'],
    ['https://h.example/a?q', 'https://h.example/a?q='],
  ])('keeps %s and %s apart', (one, other) => {
    expect(canonical(one)).not.toBe(canonical(other))
  })

  it('folds equivalent hosts into the one that stands for them', () => {
    const hosts = { 'books.googleapis.com': 'www.googleapis.com' }
    expect(canonical('https://books.googleapis.com/books/v1/volumes', hosts)).toBe(
      'https://www.googleapis.com/books/v1/volumes',
    )
  })

  it('does not take names of Object for equivalent hosts', () => {
    expect(canonical('https://constructor/a')).toBe('https://constructor/a')
  })
})

/** Pieces that meet in URLs, sound or not. */
const piece = fc.oneof(
  fc.constantFrom('%', '%4', '%41', '%2f', '%2F', '%25', '%zz', '+', ' ', '~', "'", '"', 'é', '\ud800', '😀'),
  fc.string({ maxLength: 4 }),
)
const messyText = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''))

/** What a lenient server makes of a text: escapes to bytes, a lone `%` for itself. */
function leniently(text: string): string {
  const bytes = Buffer.from(text)
  let read = ''
  for (let index = 0; index < bytes.length; index += 1) {
    const escape = /^%([0-9a-f]{2})/i.exec(bytes.subarray(index, index + 3).toString('latin1'))
    read += String.fromCharCode(escape === null ? bytes[index]! : Number.parseInt(escape[1]!, 16))
    if (escape !== null) index += 2
  }
  return read
}

describe('normalised percent-encoding', () => {
  it('does not change when it is normalised again', () => {
    fc.assert(
      fc.property(messyText, (text) => {
        const once = normalisePercent(text)
        expect(normalisePercent(once)).toBe(once)
      }),
    )
  })

  it('reads the same to a server as what was given', () => {
    fc.assert(
      fc.property(messyText, (text) => {
        expect(leniently(normalisePercent(text))).toBe(leniently(text.toWellFormed()))
      }),
    )
  })

  it('keeps reserved characters as they were given, bare or encoded', () => {
    fc.assert(
      fc.property(fc.constantFrom(...":/?#[]@!$&'()*+,;="), fc.boolean(), (character, isEncoded) => {
        const code = character.charCodeAt(0).toString(16).toUpperCase()
        const given = isEncoded ? `a%${code.toLowerCase()}b` : `a${character}b`
        const isBareHash = given === 'a#b'
        fc.pre(!isBareHash)
        expect(normalisePercent(given)).toBe(isEncoded ? `a%${code}b` : given)
      }),
    )
  })

  it('leaves only characters that may stand in a URL', () => {
    fc.assert(
      fc.property(messyText, (text) => {
        expect(normalisePercent(text)).toMatch(/^[\w\-.~:/?#[\]@!$&'()*+,;=%]*$/)
      }),
    )
  })
})
