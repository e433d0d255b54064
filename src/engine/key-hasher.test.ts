import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { policyWith } from '../../test/helpers/policy.js'
import { keyPartsOf } from '../decide/key-parts.js'
import { type HashedKey, createKeyHasher } from './key-hasher.js'

const SECRET = new Uint8Array(32).fill(7)
const hasher = createKeyHasher(SECRET)

interface Call {
  readonly service?: string
  readonly method?: string
  readonly url?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

function hash(call: Call = {}, by = hasher): HashedKey {
  const { service = 'tmdb', method = 'GET', url = 'https://api.example.com/a', headers = {}, body } = call
  const parts = keyPartsOf({
    url,
    params: {},
    headers: Object.entries(headers),
    policy: policyWith({}),
    isOwnUrl: true,
    hasAuthorization: false,
  })
  return by.hash({ service, method, parts, body: body === undefined ? undefined : Buffer.from(body) })
}

describe('a key', () => {
  it('is 192 bits in 32 characters that any store takes', () => {
    expect(hash().key).toMatch(/^[0-9a-f]{32}$/)
  })

  it('is the same for the same call, in every process with the secret', () => {
    const call = { url: 'https://api.example.com/a?b=1&a=2', headers: { Accept: 'a/b', Authorization: 'x' } }
    const same = { url: 'https://API.example.com/a?a=2&b=1', headers: { authorization: 'x', accept: 'a/b' } }
    expect(hash(same, createKeyHasher(SECRET.slice())).key).toBe(hash(call).key)
  })

  it('is another for every part that differs', () => {
    const calls: Call[] = [
      {},
      { service: 'books' },
      { method: 'HEAD' },
      { url: 'https://api.example.com/b' },
      { url: 'https://api.example.com/a?x=GET' },
      { headers: { accept: 'a/b' } },
      { headers: { accept: 'a/c' } },
      { headers: { 'accept-language': 'a/b' } },
      { headers: { authorization: 'x' } },
      { headers: { authorization: 'y' } },
      { headers: { 'x-api-key': 'x' } },
      { url: 'https://api.example.com/a?token=x' },
      { url: 'https://api.example.com/a?api_key=x' },
      { body: '' },
      { body: '{}' },
    ]
    expect(new Set(calls.map((call) => hash(call).key)).size).toBe(calls.length)
  })

  it('depends on the secret where a credential takes part, and only there', () => {
    const other = createKeyHasher(new Uint8Array(32).fill(8))
    const call = { headers: { authorization: 'Bearer x' } }
    expect(hash(call, other).key).not.toBe(hash(call).key)
    expect(hash({}, other).key).toBe(hash().key)
  })
})

describe('the parts of a key, as tools show them', () => {
  it('name what took part', () => {
    expect(hash({ headers: { Accept: 'a/b' }, body: '{}', method: 'POST' }).shown).toEqual({
      service: 'tmdb',
      method: 'POST',
      url: 'https://api.example.com/a',
      'header accept': 'a/b',
      body: expect.stringMatching(/^[\w-]{43}$/) as string,
    })
  })

  it('show a credential as a digest under the secret and never in clear', () => {
    const credential = fc.stringMatching(/^[A-Za-z0-9]{12,24}$/).map((text) => `s3cret${text}`)
    fc.assert(
      fc.property(credential, credential, (one, other) => {
        const call = { url: `https://api.example.com/a?api_key=${one}`, headers: { Cookie: other } }
        const { key, shown } = hash(call)
        expect(Object.keys(shown)).toContain('identity header cookie')
        expect(shown['identity param api_key']).toMatch(/^[\w-]{32}$/)
        expect(`${key} ${JSON.stringify(shown)}`).not.toMatch(new RegExp(`${one}|${other}`))
        const elsewhere = hash(call, createKeyHasher(new Uint8Array(32))).shown
        expect(elsewhere['identity param api_key']).not.toBe(shown['identity param api_key'])
      }),
    )
  })
})

describe('the key of a variant', () => {
  const variant = (values: Record<string, string>, key = 'k'): string =>
    hasher.variant(key, ['accept', 'user-agent'], (name) => values[name])

  it('is another for every value, and for none', () => {
    const keys = [
      variant({}),
      variant({ accept: '' }),
      variant({ accept: 'a' }),
      variant({ 'user-agent': 'a' }),
      variant({ accept: 'a', 'user-agent': 'a' }),
      variant({}, 'other'),
    ]
    expect(new Set(keys).size).toBe(keys.length)
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/)
  })

  it('is the same for the same values', () => {
    expect(variant({ accept: 'a' })).toBe(variant({ accept: 'a' }))
  })
})
