import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HOUR_MS, STORED_AT_MS, after, entryWith } from '../../test/helpers/dated-entry.js'
import { policyWith } from '../../test/helpers/policy.js'
import type { HeaderList } from '../model/header-list.js'
import type { Classification } from '../model/policy.js'
import {
  type JudgedResponse,
  type ResponseDecision,
  type ResponseQuestion,
  classifyStatus,
  decideAfterResponse,
  isFailure,
} from './decide-after-response.js'

const TTL_MS = 4 * HOUR_MS
const WEEK_MS = 7 * 24 * HOUR_MS

function decide(
  response: Partial<JudgedResponse>,
  changes: Partial<Omit<ResponseQuestion, 'response'>> = {},
): ResponseDecision {
  return decideAfterResponse({
    response: { status: 200, headers: [], classification: 'ok', sizeBytes: 2, ...response },
    entry: undefined,
    purge: 'none',
    policy: policyWith({}),
    isConditional: true,
    secrets: [],
    request: { method: 'GET', isAuthorized: false, isConditional: false },
    requestedAtMs: STORED_AT_MS,
    now: after(0),
    chance: 0,
    ...changes,
  })
}

describe('a good response', () => {
  it('is stored for its TTL, and kept for rescue beyond', () => {
    expect(decide({})).toEqual({
      action: 'store',
      because: 'stored',
      staleAtMs: STORED_AT_MS + TTL_MS,
      removeAtMs: STORED_AT_MS + TTL_MS + WEEK_MS,
      varyNames: [],
      initialAgeMs: 0,
      unstoredFields: ['set-cookie', 'set-cookie2'],
    })
  })

  it('that is negative replaces what was there, for negativeTtl', () => {
    expect(decide({ status: 404 }, { entry: entryWith() })).toMatchObject({
      action: 'store',
      because: 'negative-answer',
      staleAtMs: STORED_AT_MS + 60_000,
    })
  })

  it.each([
    [{ status: 206 }, 'partial-content'],
    [{ status: 400 }, 'status-not-stored'],
    [{ headers: [['Cache-Control', 'no-store']] }, 'no-store'],
    [{ headers: [['Vary', '*']] }, 'vary-star'],
    [{ sizeBytes: 16 * 1024 ** 2 + 1 }, 'body-too-large'],
  ] satisfies [Partial<JudgedResponse>, string][])('with %j is not stored: %s', (response, because) => {
    expect(decide(response)).toEqual({ action: 'do-not-store', because })
  })

  it('of exactly maxBodyBytes is stored', () => {
    expect(decide({ sizeBytes: 16 * 1024 ** 2 })).toMatchObject({ action: 'store' })
  })

  it('with Set-Cookie is stored, without the cookie being any of this decision', () => {
    expect(decide({ headers: [['Set-Cookie', 'a=1']] })).toMatchObject({ action: 'store', varyNames: [] })
  })

  it.each([
    ['Location', 'https://api.example.com/b?api_key=s3cretvalue', ['s3cretvalue']],
    ['Link', '<https://api.example.com/?k=a%20b%2Fsecret>; rel=next', ['a b/secret']],
    ['X-Echo', 'Bearer s3cretvalue', ['Bearer s3cretvalue', 's3cretvalue']],
    ['X-Echo', 'half \ud800 a character', ['half \ud800 a character']],
  ])('whose %s repeats a credential is not stored', (name, value, secrets) => {
    expect(decide({ headers: [[name, value]] }, { secrets })).toEqual({
      action: 'do-not-store',
      because: 'credential-in-response',
    })
  })

  it('that repeats what is too short to be a credential is stored', () => {
    expect(decide({ headers: [['X-Echo', 'abcde']] }, { secrets: ['abcde', ''] })).toMatchObject({
      action: 'store',
    })
  })
})

describe('Vary', () => {
  it.each([
    ['Accept', {}, []],
    ['Authorization, Cookie', {}, []],
    ['Accept-Encoding', {}, []],
    ['User-Agent', {}, ['user-agent']],
    ['X-Request-Id, accept, USER-AGENT, user-agent', {}, ['user-agent', 'x-request-id']],
    ['Host', {}, []],
    ['Authorization, Cookie, Accept', { identity: 'shared' }, ['authorization', 'cookie']],
    ['User-Agent', { key: { ignoreHeaders: ['User-Agent'] } }, []],
    ['', {}, []],
  ] satisfies [string, Parameters<typeof policyWith>[0], string[]][])(
    'on %s, under %j, makes variants by %j',
    (vary, changes, varyNames) => {
      const decision = decide({ headers: [['Vary', vary]] }, { policy: policyWith(changes) })
      expect(decision).toMatchObject({ action: 'store', varyNames })
    },
  )
})

describe('a failed response', () => {
  it.each([
    ['quota', 'origin-quota', true],
    ['transient', 'origin-transient', true],
    ['auth', 'origin-auth', false],
    ['permanent', 'origin-permanent', false],
  ] satisfies [Classification, string, boolean][])(
    'of class %s is called %s, and an entry stands in for it: %s',
    (classification, because, isRescued) => {
      for (const status of [404, 429, 500]) {
        expect(decide({ status, classification })).toEqual({ action: 'fail', because })
        expect(decide({ status, classification }, { entry: entryWith(), now: after(2 * HOUR_MS) })).toEqual(
          isRescued ? { action: 'rescue', because, ageMs: 2 * HOUR_MS } : { action: 'fail', because },
        )
      }
    },
  )

  it.each(['quota', 'transient', 'auth', 'permanent'] as const)(
    'of class %s under a good status is an invalid response, for which an entry stands in',
    (classification) => {
      for (const status of [200, 304]) {
        expect(decide({ status, classification })).toEqual({ action: 'fail', because: 'invalid-response' })
        expect(decide({ status, classification }, { entry: entryWith() })).toMatchObject({
          action: 'rescue',
          because: 'invalid-response',
        })
      }
    },
  )
})

describe('a 304', () => {
  const entry = entryWith({ headers: [['ETag', '"1"']] })

  it('renews staleAtMs from now', () => {
    expect(decide({ status: 304 }, { entry, now: after(2 * HOUR_MS) })).toEqual({
      action: 'update',
      because: 'not-modified',
      staleAtMs: STORED_AT_MS + 2 * HOUR_MS + TTL_MS,
      removeAtMs: STORED_AT_MS + 2 * HOUR_MS + TTL_MS + WEEK_MS,
      initialAgeMs: 0,
      unstoredFields: ['set-cookie', 'set-cookie2'],
    })
  })

  it('renews a negative answer for negativeTtl', () => {
    const negative = entryWith({ status: 404 })
    expect(decide({ status: 304 }, { entry: negative })).toMatchObject({ staleAtMs: STORED_AT_MS + 60_000 })
  })

  it.each([[[['Cache-Control', 'no-store']]], [[['Vary', '*']]]] satisfies [HeaderList][])(
    'with %j leaves the entry stale',
    (headers) => {
      expect(decide({ status: 304, headers }, { entry })).toMatchObject({
        action: 'update',
        staleAtMs: STORED_AT_MS,
      })
    },
  )

  it('after a soft purge renews the entry, after a hard one does not', () => {
    expect(decide({ status: 304 }, { entry, purge: 'soft' })).toMatchObject({ action: 'update' })
    expect(decide({ status: 304 }, { entry, purge: 'hard' })).toEqual({
      action: 'fail',
      because: 'invalid-response',
    })
  })

  it('that nobody asked for is a failure: the older entry stands in, or there is nothing to give', () => {
    expect(decide({ status: 304 }, { isConditional: false })).toEqual({
      action: 'fail',
      because: 'invalid-response',
    })
    expect(decide({ status: 304 }, { entry, isConditional: false })).toMatchObject({ action: 'rescue' })
  })

  it('does not move the cap, whenever it comes', () => {
    const ms = fc.integer({ min: 0, max: WEEK_MS })
    fc.assert(
      fc.property(ms, ms, ms, ms, (ageMs, ttlMs, maxTtlMs, staleIfErrorMs) => {
        const policy = policyWith({ ttlMs, maxTtlMs, staleIfErrorMs })
        const decision = decide({ status: 304 }, { entry, policy, now: after(ageMs) })
        const capAtMs = STORED_AT_MS + maxTtlMs
        expect(decision).toEqual({
          action: 'update',
          because: 'not-modified',
          initialAgeMs: 0,
          unstoredFields: ['set-cookie', 'set-cookie2'],
          staleAtMs: Math.min(STORED_AT_MS + ageMs + ttlMs, capAtMs),
          removeAtMs: Math.min(STORED_AT_MS + ageMs + ttlMs + staleIfErrorMs, capAtMs),
        })
      }),
    )
  })
})

describe('the cap on a stored response', () => {
  it('bounds freshness and rescue alike', () => {
    const ms = fc.oneof(fc.integer({ min: 0, max: WEEK_MS }), fc.constant(0))
    fc.assert(
      fc.property(ms, ms, ms, fc.boolean(), (ttlMs, maxTtlMs, staleIfErrorMs, isNegative) => {
        const policy = policyWith({ ttlMs, negativeTtlMs: ttlMs, maxTtlMs, staleIfErrorMs })
        const decision = decide({ status: isNegative ? 410 : 200 }, { policy })
        expect(decision).toMatchObject({
          staleAtMs: STORED_AT_MS + Math.min(ttlMs, maxTtlMs),
          removeAtMs: STORED_AT_MS + Math.min(ttlMs + staleIfErrorMs, maxTtlMs),
        })
      }),
    )
  })
})

describe('a status by itself', () => {
  it.each([
    [200, 'ok'],
    [302, 'ok'],
    [304, 'ok'],
    [400, 'ok'],
    [401, 'auth'],
    [403, 'auth'],
    [404, 'ok'],
    [407, 'auth'],
    [408, 'transient'],
    [410, 'ok'],
    [422, 'ok'],
    [425, 'transient'],
    [429, 'quota'],
    [500, 'transient'],
    [503, 'transient'],
    [599, 'transient'],
  ] as const)('%i is of class %s', (status, classification) => {
    expect(classifyStatus(status)).toBe(classification)
    expect(isFailure(classification)).toBe(classification !== 'ok')
  })

  it('is never stored where it is a failure', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), (status) => {
        fc.pre([401, 403, 407, 429].includes(status) || status >= 500)
        expect(decide({ status, classification: classifyStatus(status) }).action).toBe('fail')
        expect(decide({ status, classification: 'ok' }).action).toBe('do-not-store')
      }),
    )
  })
})
