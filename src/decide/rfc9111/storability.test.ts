import { describe, expect, it } from 'vitest'
import { policyWith } from '../../../test/helpers/policy.js'
import type { HeaderList } from '../../model/header-list.js'
import type { Policy } from '../../model/policy.js'
import type { AssessQuestion, Storability } from '../freshness-policy.js'
import { assess } from './storability.js'

const RECEIVED_AT_MS = Date.UTC(2026, 0, 15, 12)
const WEEK_MS = 7 * 86_400_000
const dateIn = (seconds: number): string => new Date(RECEIVED_AT_MS + seconds * 1_000).toUTCString()
const LAST_MODIFIED = ['Last-Modified', dateIn(-86_400)] as const
const GUESSED_MS = 8_640_000

interface Given {
  readonly status?: number
  readonly headers?: HeaderList
  readonly request?: Partial<AssessQuestion['request']>
  readonly policy?: Partial<Omit<Policy, 'key'>>
  readonly delayMs?: number
}

function assessed({ status = 200, headers = [], request, policy, delayMs = 0 }: Given): Storability {
  return assess({
    response: { status, headers },
    request: { method: 'GET', isAuthorized: false, ...request },
    policy: policyWith({ freshness: 'http', cacheType: 'private', ...policy }),
    requestedAtMs: RECEIVED_AT_MS - delayMs,
    receivedAtMs: RECEIVED_AT_MS,
  })
}

const control = (...values: string[]): HeaderList => values.map((value) => ['Cache-Control', value] as const)
const SHARED = { cacheType: 'shared' } as const

describe('a response', () => {
  it('with a lifetime is stored for what is left of it', () => {
    const headers: HeaderList = [
      ['Cache-Control', 'max-age=60'],
      ['Age', '20'],
    ]
    expect(assessed({ headers, delayMs: 500 })).toEqual({
      isStorable: true,
      because: 'stored',
      freshForMs: 39_500,
      initialAgeMs: 20_500,
      keptStaleForMs: WEEK_MS,
      unstoredFields: [],
    })
  })

  it.each([
    ['that is older than its lifetime', [...control('max-age=60'), ['Age', '7200']]],
    ['without a lifetime but with a validator', [['ETag', '"a"']]],
    ['that is to be validated first', control('no-cache, max-age=60')],
    ['that has expired', [['Expires', '0']]],
    ['with an unreadable lifetime', control('max-age=x')],
  ] satisfies [string, HeaderList][])('%s is stored, and never fresh', (_, headers) => {
    const { isStorable, freshForMs } = assessed({ headers }) as { isStorable: boolean; freshForMs: number }
    expect([isStorable, freshForMs <= 0]).toEqual([true, true])
  })

  it.each([200, 203, 204, 299, 301, 302, 303, 307, 308, 400, 401, 404, 410, 429, 499, 500, 503, 599])(
    'of any final status, as %i, is stored where it gives a lifetime',
    (status) => {
      expect(assessed({ status, headers: control('max-age=60') })).toMatchObject({
        isStorable: true,
        because: 'stored',
        freshForMs: 60_000,
      })
    },
  )

  it.each([200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501])(
    'of status %i is stored for a tenth of the time since it changed',
    (status) => {
      expect(assessed({ status, headers: [LAST_MODIFIED] })).toMatchObject({ freshForMs: GUESSED_MS })
    },
  )

  it.each([201, 202, 302, 303, 307, 400, 403, 500, 502, 503, 504, 599])(
    'of status %i is not stored on a guess, unless it says that it is public',
    (status) => {
      expect(assessed({ status, headers: [LAST_MODIFIED] })).toEqual({
        isStorable: false,
        because: 'no-freshness',
      })
      const headers = [LAST_MODIFIED, ...control('public')]
      expect(assessed({ status, headers })).toMatchObject({ freshForMs: GUESSED_MS })
    },
  )

  it('of any status is stored on a guess where it says that it is for this user', () => {
    const headers = [LAST_MODIFIED, ...control('private')]
    expect(assessed({ status: 599, headers })).toMatchObject({ freshForMs: GUESSED_MS })
  })

  it.each([
    [{ headers: [] }, 'no-freshness'],
    [{ headers: control('public') }, 'no-freshness'],
    [{ headers: control('no-cache') }, 'no-freshness'],
    [{ headers: control('s-maxage=60') }, 'no-freshness'],
    [{ status: 100, headers: control('max-age=60') }, 'status-not-stored'],
    [{ status: 103, headers: control('max-age=60') }, 'status-not-stored'],
    [{ status: 304, headers: control('max-age=60') }, 'status-not-stored'],
    [{ headers: control('max-age=60, no-store') }, 'no-store'],
    [{ headers: control('max-age=60', 'No-Store') }, 'no-store'],
    [{ headers: control('private, max-age=60'), policy: SHARED }, 'private'],
    [{ headers: [...control('max-age=60'), ['Vary', 'A, *']] }, 'vary-star'],
    [{ headers: [LAST_MODIFIED], request: { method: 'POST' } }, 'no-freshness'],
    [{ headers: [...control('max-age=60')], status: 206 }, 'partial-content'],
    [{ headers: [LAST_MODIFIED, ['Content-Range', 'bytes 0-4/10']], status: 206 }, 'no-freshness'],
  ] satisfies [Given, string][])('as %j is not stored: %s', (given, because) => {
    expect(assessed(given)).toEqual({ isStorable: false, because })
  })

  it('is not saved from its no-store by a setting of the other freshness', () => {
    const given = { headers: control('max-age=60, no-store'), policy: { ignoreNoStore: true } }
    expect(assessed(given)).toMatchObject({ because: 'no-store' })
  })

  it('to a POST is stored where it gives a lifetime', () => {
    expect(assessed({ headers: control('max-age=60'), request: { method: 'POST' } })).toMatchObject({
      freshForMs: 60_000,
    })
  })
})

describe('must-understand', () => {
  it.each([
    [200, { isStorable: true, freshForMs: 3_600_000 }],
    [404, { isStorable: true }],
    [599, { isStorable: false, because: 'not-understood' }],
    [299, { isStorable: false, because: 'not-understood' }],
  ])('with status %i', (status, expected) => {
    const headers = control('max-age=3600, no-store, must-understand')
    expect(assessed({ status, headers })).toMatchObject(expected)
  })
})

describe('a cache for all', () => {
  it.each([
    ['max-age=60', 'authorization'],
    ['max-age=60, proxy-revalidate', 'authorization'],
    ['max-age=60, public', 'stored'],
    ['max-age=60, must-revalidate', 'stored'],
    ['s-maxage=60', 'stored'],
  ])('takes an answer to who said who they are with %s: %s', (value, because) => {
    const given = { headers: control(value), request: { isAuthorized: true } }
    expect(assessed({ ...given, policy: SHARED })).toMatchObject({ because })
    if (value.startsWith('max-age')) expect(assessed(given)).toMatchObject({ because: 'stored' })
  })

  it.each([
    [[['CDN-Cache-Control', 'private'], ...control('max-age=60')], { because: 'private' }],
    [[['CDN-Cache-Control', 'no-store'], ...control('max-age=60')], { because: 'no-store' }],
    [[['CDN-Cache-Control', 'no-cache'], ...control('max-age=60')], { because: 'no-freshness' }],
    [[['CDN-Cache-Control', 'max-age=60'], ...control('no-store')], { freshForMs: 60_000 }],
    [[['CDN-Cache-Control', 'max-age=60'], ...control('private')], { freshForMs: 60_000 }],
    [[['CDN-Cache-Control', 'max-age=10, &&&'], ...control('no-store')], { because: 'no-store' }],
    [[['CDN-Cache-Control', 'max-age="10"'], ...control('no-store')], { freshForMs: 0 }],
  ] satisfies [HeaderList, object][])('takes %j by its targeted field', (headers, expected) => {
    expect(assessed({ headers, policy: SHARED })).toMatchObject(expected)
  })

  it('alone heeds targeted fields', () => {
    const headers: HeaderList = [['CDN-Cache-Control', 'max-age=60'], ...control('no-store')]
    expect(assessed({ headers })).toMatchObject({ because: 'no-store' })
  })
})

describe('fields named by a directive', () => {
  it.each([
    [
      ['no-cache="A, b"', 'max-age=60'],
      ['a', 'b'],
      ['a', 'b'],
    ],
    [['private="Set-Cookie", max-age=60'], [], ['set-cookie']],
    [['private="a", no-cache="a, c", max-age=60'], ['a', 'c'], ['a', 'c']],
  ])('as %j are not stored: %j for one user, %j for all', (values, own, shared) => {
    const headers = control(...values)
    expect(assessed({ headers })).toMatchObject({ unstoredFields: own, freshForMs: 60_000 })
    expect(assessed({ headers, policy: SHARED })).toMatchObject({
      unstoredFields: shared,
      freshForMs: 60_000,
    })
  })
})

describe('a part', () => {
  it('with a lifetime and one Content-Range is stored', () => {
    const headers: HeaderList = [...control('max-age=60'), ['Content-Range', 'bytes 4-9/10']]
    expect(assessed({ status: 206, headers })).toMatchObject({ isStorable: true, because: 'stored' })
  })

  it.each([[['bytes */10']], [['foo']], [['bytes 0-4/10', 'bytes 5-9/10']]])(
    'that says %j is not',
    (ranges) => {
      const headers = [...control('max-age=60'), ...ranges.map((range) => ['Content-Range', range] as const)]
      expect(assessed({ status: 206, headers })).toMatchObject({ because: 'partial-content' })
    },
  )
})

describe('settings', () => {
  it.each([
    ['defaultTtl fills in', { defaultTtlMs: 5_000 }, [], 5_000],
    ['defaultTtl goes before a guess', { defaultTtlMs: 5_000 }, [LAST_MODIFIED], 5_000],
    ['defaultTtl yields to what is said', { defaultTtlMs: 5_000 }, control('max-age=1'), 1_000],
    ['defaultTtl yields to what has expired', { defaultTtlMs: 5_000 }, [['Expires', '0']], 0],
    ['defaultTtl yields to no-cache', { defaultTtlMs: 5_000 }, [...control('no-cache'), ['ETag', '"a"']], 0],
    ['minTtl is a floor', { minTtlMs: 5_000 }, control('max-age=1'), 5_000],
    ['minTtl is a floor for what has to be validated', { minTtlMs: 5_000 }, control('no-cache'), 5_000],
    [
      'minTtl is a floor for what is old already',
      { minTtlMs: 5_000 },
      [...control('max-age=9'), ['Age', '9']],
      5_000,
    ],
    ['minTtl leaves more alone', { minTtlMs: 5_000 }, control('max-age=9'), 9_000],
    ['maxTtl is a cap', { maxTtlMs: 5_000 }, control('max-age=9'), 5_000],
    ['maxTtl goes before minTtl', { maxTtlMs: 5_000, minTtlMs: 9_000 }, control('max-age=1'), 5_000],
    ['ttl does not count', { ttlMs: 1, negativeTtlMs: 1, hasCallTtl: true }, control('max-age=9'), 9_000],
  ] satisfies [string, Partial<Policy>, HeaderList, number][])('%s', (_, policy, headers, freshForMs) => {
    expect(assessed({ headers, policy })).toMatchObject({ isStorable: true, freshForMs })
  })

  it.each([201, 500])('defaultTtl does not make status %i storable', (status) => {
    expect(assessed({ status, policy: { defaultTtlMs: 5_000 } })).toMatchObject({ because: 'no-freshness' })
  })

  it.each(['no-store', 'private'])('none brings in what says %s', (value) => {
    const policy = { ...SHARED, defaultTtlMs: 5_000, minTtlMs: 5_000 }
    expect(assessed({ headers: control(value), policy })).toMatchObject({ isStorable: false, because: value })
  })
})

describe('past its freshness', () => {
  const DAYS_30 = 30 * 86_400
  it.each([
    ['what may be used stale', control('max-age=60'), WEEK_MS],
    ['what can be validated', [...control('max-age=60, must-revalidate'), ['ETag', '"a"']], WEEK_MS],
    ['what may be of use for longer', control(`max-age=60, stale-if-error=${DAYS_30}`), DAYS_30 * 1_000],
    [
      'what may be served for longer',
      control(`max-age=60, stale-while-revalidate=${DAYS_30}`),
      DAYS_30 * 1_000,
    ],
    ['what must be validated and cannot be', control('max-age=60, must-revalidate'), 60_000],
    ['what is never fresh and cannot be validated', control('no-cache, max-age=60'), 60_000],
  ] satisfies [string, HeaderList, number][])('%s is kept', (_, headers, keptStaleForMs) => {
    expect(assessed({ headers })).toMatchObject({ keptStaleForMs })
  })
})
