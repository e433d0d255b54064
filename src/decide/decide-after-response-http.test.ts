import { describe, expect, it } from 'vitest'
import { HOUR_MS, STORED_AT_MS, after, entryWith } from '../../test/helpers/dated-entry.js'
import { policyWith } from '../../test/helpers/policy.js'
import type { HeaderList } from '../model/header-list.js'
import type { JudgedResponse, ResponseDecision, ResponseQuestion } from './decide-after-response.js'
import { decideAfterResponse, failureDecision, unkeyedVaryNames } from './decide-after-response.js'

const HTTP = policyWith({ freshness: 'http', cacheType: 'private', timeoutMs: Number.POSITIVE_INFINITY })
const SHARED = policyWith({ freshness: 'http', cacheType: 'shared' })
/** A plain GET of somebody whom nothing is known of. */
const REQUEST = { method: 'GET', isAuthorized: false, isConditional: false, isForwarded: false }

const control = (value: string): HeaderList => [['Cache-Control', value]]

function decide(
  response: Partial<JudgedResponse>,
  changes: Partial<Omit<ResponseQuestion, 'response'>> = {},
): ResponseDecision {
  return decideAfterResponse({
    response: {
      status: 200,
      headers: control('max-age=60'),
      classification: 'ok',
      sizeBytes: 2,
      ...response,
    },
    entry: undefined,
    purge: 'none',
    policy: HTTP,
    isConditional: false,
    secrets: [],
    request: REQUEST,
    requestedAtMs: STORED_AT_MS,
    now: after(0),
    chance: 0,
    ...changes,
  })
}

describe('an answer that says what it allows', () => {
  it('is stored for as long as it says, with the age that it has', () => {
    const headers = [...control('max-age=60'), ['Age', '20'] as const]
    expect(decide({ headers })).toMatchObject({
      action: 'store',
      because: 'stored',
      initialAgeMs: 20_000,
      staleAtMs: STORED_AT_MS + 40_000,
    })
  })

  it.each([
    [200, 'store'],
    [203, 'store'],
    [302, 'store'],
    [404, 'store'],
    [418, 'store'],
    [500, 'store'],
    [599, 'store'],
  ])('of status %i is stored by its own word: %s', (status, action) => {
    expect(decide({ status }).action).toBe(action)
  })

  it.each([
    ['no-store', HTTP, 'no-store'],
    ['no-store, max-age=60', HTTP, 'no-store'],
    ['private, max-age=60', SHARED, 'private'],
  ])('that says %s is not stored: %#', (value, policy, because) => {
    expect(decide({ headers: control(value) }, { policy })).toEqual({ action: 'do-not-store', because })
  })

  it('that varies by everything is not stored', () => {
    expect(decide({ headers: [...control('max-age=60'), ['Vary', 'a, *']] })).toMatchObject({
      because: 'vary-star',
    })
  })

  it('to who is authorised is not for all, unless it says so', () => {
    const request = { ...REQUEST, isAuthorized: true }
    expect(decide({}, { request, policy: SHARED })).toMatchObject({ because: 'authorization' })
    expect(decide({}, { request })).toMatchObject({ action: 'store' })
    for (const word of ['public', 'must-revalidate', 's-maxage=9'])
      expect(decide({ headers: control(`max-age=60, ${word}`) }, { request, policy: SHARED }).action).toBe(
        'store',
      )
  })

  it('names the fields that are for this caller alone', () => {
    const headers = control('max-age=60, no-cache="a, B", private="c"')
    expect(decide({ headers })).toMatchObject({ unstoredFields: ['a', 'b'] })
    expect(decide({ headers }, { policy: SHARED })).toMatchObject({ unstoredFields: ['a', 'b', 'c'] })
  })

  it.each([
    [undefined, 'store'],
    [16 * 1024 ** 2, 'store'],
    [16 * 1024 ** 2 + 1, 'do-not-store'],
  ])('of %s bytes: %s', (sizeBytes, action) => {
    expect(decide({ sizeBytes }).action).toBe(action)
  })

  it('that repeats a credential in a field is not stored', () => {
    const headers = [...control('max-age=60'), ['X-Echo', 'Bearer s3cretvalue'] as const]
    expect(decide({ headers }, { secrets: ['s3cretvalue'] })).toMatchObject({
      because: 'credential-in-response',
    })
  })
})

describe('an answer that says nothing', () => {
  it.each([200, 403, 500, 302])(
    'of status %i is not stored where there is nothing to guess from',
    (status) => {
      expect(decide({ status, headers: [] })).toEqual({ action: 'do-not-store', because: 'no-freshness' })
    },
  )

  it('is stored to be validated where it can be', () => {
    expect(decide({ headers: [['ETag', '"1"']] })).toMatchObject({ action: 'store', staleAtMs: STORED_AT_MS })
  })
})

describe('a failing answer', () => {
  const stale = entryWith({ headers: control('max-age=3600, stale-if-error=60') })
  const now = after(HOUR_MS + 59_000)

  it.each([500, 502, 503, 504])('of status %i is covered up as long as the older one says', (status) => {
    const failing = { status, headers: [] }
    expect(decide(failing, { entry: stale, now })).toMatchObject({
      action: 'rescue',
      because: 'origin-transient',
      ageMs: HOUR_MS + 59_000,
    })
    expect(decide(failing, { entry: stale, now: after(HOUR_MS + 60_000) }).action).toBe('do-not-store')
    expect(decide(failing, { entry: stale, now, purge: 'hard' }).action).toBe('do-not-store')
  })

  it.each([400, 401, 403, 404, 429, 501, 505])('of status %i is the origin\u2019s word', (status) => {
    expect(decide({ status, headers: [] }, { entry: stale, now }).action).toBe('do-not-store')
  })

  it.each(['must-revalidate', 'no-cache'])('is not covered up by what says %s', (word) => {
    const entry = entryWith({ headers: control(`max-age=3600, stale-if-error=60, ${word}`) })
    expect(decide({ status: 503, headers: [] }, { entry, now }).action).toBe('do-not-store')
  })
})

describe('no answer at all', () => {
  const lost = (headers: HeaderList, elapsedMs: number, policy = HTTP) =>
    failureDecision(
      { entry: entryWith({ headers }), purge: 'none', policy, now: after(elapsedMs) },
      'origin-unreachable',
    )

  it('is covered up by what is stale, where nothing in it forbids that', () => {
    expect(lost(control('max-age=3600'), 10 * HOUR_MS)).toMatchObject({ action: 'rescue' })
  })

  it.each([
    ['must-revalidate', HTTP],
    ['no-cache', HTTP],
    ['s-maxage=3600', SHARED],
    ['proxy-revalidate', SHARED],
  ])('is not covered up by what says %s', (word, policy) => {
    expect(lost(control(`max-age=3600, ${word}`), 2 * HOUR_MS, policy)).toEqual({
      action: 'fail',
      because: 'must-revalidate',
    })
  })

  it('is covered up by what is fresh still, whatever it says', () => {
    expect(lost(control('max-age=3600, must-revalidate'), 1_000)).toMatchObject({ action: 'rescue' })
  })

  it('is not covered up from removeAtMs on', () => {
    expect(lost(control('max-age=3600'), 1_000 * HOUR_MS).action).toBe('fail')
  })
})

describe('a 304', () => {
  const entry = entryWith({ headers: [['ETag', '"1"'], ...control('max-age=3600')] })

  it('renews what was validated, by the fields that it carries', () => {
    const now = after(HOUR_MS)
    const renewing = { entry, isConditional: true, now, requestedAtMs: now.nowMs }
    expect(decide({ status: 304, headers: control('max-age=10') }, renewing)).toMatchObject({
      action: 'update',
      staleAtMs: now.nowMs + 10_000,
    })
    expect(decide({ status: 304, headers: [] }, renewing)).toMatchObject({ staleAtMs: now.nowMs + HOUR_MS })
  })

  it('that forbids to store ends what is stored', () => {
    const now = after(HOUR_MS)
    expect(
      decide({ status: 304, headers: control('no-store') }, { entry, isConditional: true, now }),
    ).toMatchObject({ action: 'update', staleAtMs: now.nowMs, removeAtMs: now.nowMs })
  })

  it('names the fields that are for this caller alone', () => {
    const headers = control('max-age=60, no-cache="x-user"')
    expect(decide({ status: 304, headers }, { entry, isConditional: true })).toMatchObject({
      unstoredFields: ['x-user'],
    })
  })

  it.each([
    [{ entry: undefined, isConditional: false }],
    [{ entry, isConditional: false }],
    [{ entry, isConditional: true, purge: 'hard' }],
  ] as const)('that validates nothing of ours is handed on: %#', (changes) => {
    expect(decide({ status: 304, headers: control('max-age=60') }, changes)).toEqual({
      action: 'do-not-store',
      because: 'not-modified',
    })
  })
})

describe('the names by which an answer varies', () => {
  it('are those that the key does not tell apart', () => {
    const vary: HeaderList = [
      ['Vary', 'Accept-Language, ACCEPT, accept-encoding'],
      ['Vary', 'Cookie, Authorization, accept'],
    ]
    expect(unkeyedVaryNames(vary, HTTP)).toEqual(['accept', 'accept-language'])
    expect(unkeyedVaryNames(vary, policyWith({ freshness: 'ttl' }))).toEqual([])
    expect(unkeyedVaryNames(vary, policyWith({ freshness: 'http', identity: 'shared' }))).toEqual([
      'accept',
      'accept-language',
      'authorization',
      'cookie',
    ])
  })
})
