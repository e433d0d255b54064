import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { policyWith } from '../../test/helpers/policy.js'
import { type KeyParts, keyPartsOf } from './key-parts.js'

const BASE = 'https://api.example.com/data'

interface Given {
  readonly params?: Record<string, string>
  readonly headers?: Record<string, string>
  readonly policy?: Parameters<typeof policyWith>[0]
}

function partsOf(url: string, { params = {}, headers = {}, policy = {} }: Given = {}): KeyParts {
  return keyPartsOf({
    url,
    params,
    headers: Object.entries(headers),
    policy: policyWith(policy),
    isOwnUrl: false,
    hasAuthorization: false,
  })
}

const plainName = fc.constantFrom('a', 'b', 'q', 'page', 'a b', 'é', 'x[]', 'language')
const messyValue = fc.oneof(
  fc.constantFrom('', '1', 'a b', 'a+b', '%', '%4', '%41', '&', '=', '#', "'", '\ud800'),
  fc.string({ maxLength: 6 }),
)
/** Long and strange enough not to occur in a URL by chance. */
const secret = fc.stringMatching(/^[A-Za-z0-9]{16,32}$/).map((text) => `s3cret${text}`)
/** A query as somebody may write it, without a fragment or white space that parsers take out. */
const rawQuery = fc
  .array(
    fc.oneof(
      fc.constantFrom('a=1', 'b', '', '=', 'a=+', 'q=%zz', 'q=%4', '%61=2', 'é=ü', "x='", 'x[]=1', 'b=%2f'),
      fc.stringMatching(/^[!$-;=?-~]{0,8}$/),
    ),
    { maxLength: 6 },
  )
  .map((pairs) => pairs.join('&'))

function shuffled<Item>(items: readonly Item[]): fc.Arbitrary<Item[]> {
  return fc.shuffledSubarray([...items], { minLength: items.length })
}

describe('the key URL', () => {
  it('does not depend on the order of parameters', () => {
    const reordered = fc
      .uniqueArray(fc.tuple(plainName, messyValue), { selector: ([name]) => name })
      .chain((pairs) => fc.tuple(fc.constant(pairs), shuffled(pairs)))
    fc.assert(
      fc.property(reordered, ([pairs, others]) => {
        expect(partsOf(BASE, { params: Object.fromEntries(others) }).keyUrl).toBe(
          partsOf(BASE, { params: Object.fromEntries(pairs) }).keyUrl,
        )
      }),
    )
  })

  it('depends on the order of the values of one name', () => {
    fc.assert(
      fc.property(plainName, messyValue, messyValue, (name, one, other) => {
        fc.pre(one.toWellFormed() !== other.toWellFormed())
        const [first, second] = [one, other].map((value) => partsOf(BASE, { params: { [name]: value } }))
        const query = (parts: KeyParts): string => parts.sendUrl.slice(BASE.length + 1)
        const forth = partsOf(`${BASE}?${query(first!)}&z=1&${query(second!)}`).keyUrl
        const back = partsOf(`${BASE}?${query(second!)}&z=1&${query(first!)}`).keyUrl
        expect(forth).not.toBe(back)
      }),
    )
  })

  it('is the same wherever a parameter is given', () => {
    fc.assert(
      fc.property(plainName, messyValue, (name, value) => {
        const beside = partsOf(BASE, { params: { [name]: value } })
        expect(partsOf(beside.sendUrl).keyUrl).toBe(beside.keyUrl)
      }),
    )
  })

  it('asks for itself: a key URL has itself for its key URL', () => {
    fc.assert(
      fc.property(rawQuery, (query) => {
        const { keyUrl } = partsOf(`${BASE}?${query}`)
        expect(partsOf(keyUrl).keyUrl).toBe(keyUrl)
      }),
    )
  })

  it('is one only for queries that a form-decoding server reads as one, save for order between names', () => {
    const read = (url: string): string => {
      const pairs = [...new URL(url).searchParams].filter(([name, value]) => name !== '' || value !== '')
      return JSON.stringify(pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
    }
    fc.assert(
      fc.property(rawQuery, rawQuery, (one, other) => {
        fc.pre(partsOf(`${BASE}?${one}`).keyUrl === partsOf(`${BASE}?${other}`).keyUrl)
        expect(read(`${BASE}?${one}`)).toBe(read(`${BASE}?${other}`))
      }),
    )
  })
})

describe('the URL that is sent', () => {
  it("is the caller's byte for byte where nothing is ignored", () => {
    fc.assert(
      fc.property(rawQuery, fc.constantFrom('', '#', '#x?y=1'), (query, fragment) => {
        expect(partsOf(`${BASE}?${query}${fragment}`).sendUrl).toBe(`${BASE}?${query}`)
      }),
    )
  })

  it('has no ignored parameter, and neither has the key', () => {
    const ignored = fc.constantFrom('utm_source', 'UTM_Campaign', 'gclid', 'fbclid', 'nocache')
    fc.assert(
      fc.property(rawQuery, ignored, secret, fc.boolean(), (query, name, value, isInUrl) => {
        const policy = { key: { ignoreParams: ['nocache'] } }
        const url = `${BASE}?${query}`
        const decorated = isInUrl
          ? partsOf(`${url}&${name}=${value}`, { policy })
          : partsOf(url, { params: { [name]: value }, policy })
        expect(decorated).toEqual(partsOf(url, { policy }))
      }),
    )
  })
})

describe('credentials', () => {
  const place = fc.constantFrom(
    { header: 'Authorization' },
    { header: 'cookie' },
    { header: 'X-API-Key' },
    { param: 'api_key' },
    { param: 'Access_Token' },
    { param: 'session_id' },
    { param: 'pin' },
    { url: 'token' },
    { userinfo: true },
  )
  type Place = { header?: string; param?: string; url?: string; userinfo?: boolean }

  function withSecret(where: Place, value: string, identity: 'shared' | 'per-credential'): KeyParts {
    const policy = { identity, key: { credentialParams: ['pin'] } }
    if (where.header !== undefined) return partsOf(BASE, { headers: { [where.header]: value }, policy })
    if (where.param !== undefined) return partsOf(BASE, { params: { [where.param]: value }, policy })
    if (where.url !== undefined) return partsOf(`${BASE}?q=1&${where.url}=${value}`, { policy })
    return partsOf(`https://user:${value}@api.example.com/data`, { policy })
  }

  it('that differ never give the same identity', () => {
    fc.assert(
      fc.property(place, secret, secret, (where, one, other) => {
        fc.pre(one !== other)
        const [first, second] = [one, other].map((value) => withSecret(where, value, 'per-credential'))
        expect(first!.identity).not.toEqual(second!.identity)
        expect(first!.identity).toHaveLength(1)
      }),
    )
  })

  it('that differ in any byte of a parameter never give the same identity', () => {
    fc.assert(
      fc.property(messyValue, messyValue, (one, other) => {
        fc.pre(one.toWellFormed() !== other.toWellFormed())
        const [first, second] = [one, other].map((token) => partsOf(BASE, { params: { token } }))
        expect(first!.identity).not.toEqual(second!.identity)
      }),
    )
  })

  it('never appear in what is keyed in clear, purged by or shown', () => {
    fc.assert(
      fc.property(place, secret, fc.constantFrom('shared', 'per-credential'), (where, value, identity) => {
        const { keyUrl, purgeUrl, redactedUrl, keyHeaders, secrets } = withSecret(where, value, identity)
        const encoded = Buffer.from(`user:${value}`).toString('base64')
        for (const shown of [keyUrl, purgeUrl, redactedUrl, JSON.stringify(keyHeaders)]) {
          expect(shown).not.toContain(value)
          expect(shown).not.toContain(encoded)
        }
        expect(secrets.some((text) => text.includes(value) || text.includes(encoded))).toBe(true)
      }),
    )
  })

  it('are sent all the same', () => {
    fc.assert(
      fc.property(place, secret, (where, value) => {
        const { sendUrl, sendHeaders } = withSecret(where, value, 'per-credential')
        const sent = `${sendUrl} ${JSON.stringify(sendHeaders)}`
        const encoded = Buffer.from(`user:${value}`).toString('base64')
        expect(sent.includes(value) || sent.includes(encoded)).toBe(true)
      }),
    )
  })
})
