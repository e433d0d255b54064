import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { STORED_AT_MS, entryWith } from '../../../test/helpers/dated-entry.js'
import { policyWith } from '../../../test/helpers/policy.js'
import { type Demands, NO_DEMANDS } from '../../model/demands.js'
import type { HeaderList } from '../../model/header-list.js'
import type { DatedEntry } from '../freshness-policy.js'
import { httpFreshness } from './http-freshness.js'

const seconds = fc.integer({ min: 0, max: 100_000 })
const date = seconds.map((ago) => new Date(STORED_AT_MS + (50_000 - ago) * 1_000).toUTCString())
const anyDirective = fc.oneof(
  fc.constantFrom(
    'public',
    'private',
    'must-revalidate',
    'proxy-revalidate',
    'no-cache',
    'no-store',
    'immutable',
  ),
  fc.constantFrom('no-cache="a"', 'private="b"', 'must-understand', 'max-age=x', 's-maxage', 'x="no-store"'),
  fc
    .tuple(fc.constantFrom('max-age', 's-maxage', 'stale-while-revalidate', 'stale-if-error'), seconds)
    .map(([name, value]) => `${name}=${value}`),
)
const anyControl = fc.array(anyDirective, { maxLength: 5 }).map((list) => list.join(', '))
const field = (name: string, value: fc.Arbitrary<string>): fc.Arbitrary<HeaderList> =>
  fc.option(value, { nil: undefined }).map((text) => (text === undefined ? [] : [[name, text]]))
const anyHeaders = fc
  .tuple(
    field('Cache-Control', anyControl),
    field('CDN-Cache-Control', anyControl),
    field('Expires', fc.oneof(date, fc.constant('0'))),
    field('Date', date),
    field('Last-Modified', date),
    field('Age', fc.oneof(seconds.map(String), fc.constant('x'))),
    field('ETag', fc.constant('"a"')),
    field('Vary', fc.constantFrom('A', '*', ', *')),
  )
  .map((lists): HeaderList => lists.flat())

const anyPolicy = fc
  .constantFrom('private', 'shared')
  .map((cacheType) => policyWith({ freshness: 'http', cacheType }))
const anyResponse = fc.record({
  status: fc.constantFrom(200, 201, 206, 301, 304, 404, 500, 503, 599),
  headers: anyHeaders,
})
const anyQuestion = fc.record({
  response: anyResponse,
  request: fc.record({ method: fc.constantFrom('GET', 'HEAD', 'POST'), isAuthorized: fc.boolean() }),
  policy: anyPolicy,
  requestedAtMs: seconds.map((ms) => STORED_AT_MS - ms),
  receivedAtMs: fc.constant(STORED_AT_MS),
})
const anyMs = fc.option(fc.nat({ max: 200_000_000 }), { nil: undefined })
const anyDemands: fc.Arbitrary<Demands> = fc.record({
  mode: fc.constant('default' as const),
  noCache: fc.boolean(),
  noStore: fc.constant(false),
  onlyIfCached: fc.constant(false),
  maxAgeMs: anyMs,
  minFreshMs: anyMs,
  maxStaleMs: fc.oneof(anyMs, fc.constant(Infinity)),
  conditions: fc.constant([]),
  range: fc.constant(undefined),
  ifRange: fc.constant(undefined),
})

type Stored = Extract<ReturnType<typeof httpFreshness.assess>, { isStorable: true }>

function storedEntry(headers: HeaderList, { freshForMs, initialAgeMs }: Stored): DatedEntry {
  return entryWith({ headers, initialAgeMs, staleAtMs: STORED_AT_MS + freshForMs })
}

const says = (headers: HeaderList, name: string, directive: RegExp): boolean =>
  headers.some(([field, value]) => field === name && value.split(', ').some((one) => directive.test(one)))

describe('whatever a response says', () => {
  it('none is stored against its no-store, Vary: *, or the rules of a cache for all', () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        const { response, request, policy } = question
        const { headers } = response
        const isStorable = httpFreshness.assess(question).isStorable
        const isTargeted = policy.cacheType === 'shared' && says(headers, 'CDN-Cache-Control', /./)
        if (response.status === 304) expect(isStorable).toBe(false)
        if (says(headers, 'Vary', /\*/)) expect(isStorable).toBe(false)
        if (isTargeted) return
        const isExcused = says(headers, 'Cache-Control', /^must-understand$/) && response.status !== 599
        if (says(headers, 'Cache-Control', /^no-store$/) && !isExcused) expect(isStorable).toBe(false)
        if (policy.cacheType === 'private') return
        if (says(headers, 'Cache-Control', /^private$/)) expect(isStorable).toBe(false)
        const isOpen = says(headers, 'Cache-Control', /^(public|must-revalidate|s-maxage.*)$/)
        if (request.isAuthorized && !isOpen) expect(isStorable).toBe(false)
      }),
      { numRuns: 3_000 },
    )
  })

  it('none is fresh where it says no-cache, has expired, or has no lifetime', () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        const assessed = httpFreshness.assess(question)
        const { headers } = question.response
        const isTargeted = question.policy.cacheType === 'shared' && says(headers, 'CDN-Cache-Control', /./)
        if (!assessed.isStorable || isTargeted) return
        expect(assessed.initialAgeMs).toBeGreaterThanOrEqual(STORED_AT_MS - question.requestedAtMs)
        if (says(headers, 'Cache-Control', /^no-cache$/)) expect(assessed.freshForMs).toBe(0)
        const hasAge = says(headers, 'Cache-Control', /^(max-age|s-maxage)/)
        if (!hasAge && says(headers, 'Expires', /^0$/)) expect(assessed.freshForMs).toBeLessThanOrEqual(0)
        if (!hasAge && !says(headers, 'Expires', /./) && !says(headers, 'Last-Modified', /./))
          expect(assessed.freshForMs).toBeLessThanOrEqual(0)
        const largest = 100_000_000 - assessed.initialAgeMs
        expect(assessed.freshForMs).toBeLessThanOrEqual(Math.max(0, largest))
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('whatever is stored and asked', () => {
  const anyNow = fc.record({ elapsedMs: fc.integer({ min: -5_000, max: 200_000_000 }), demands: anyDemands })

  it('nothing is served as fresh past its life, or younger, longer or less checked than the client wants it', () => {
    fc.assert(
      fc.property(anyQuestion, anyNow, (question, { elapsedMs, demands }) => {
        const assessed = httpFreshness.assess(question)
        if (!assessed.isStorable) return
        const { policy, response } = question
        const entry = storedEntry(response.headers, assessed)
        const now = { nowMs: STORED_AT_MS + elapsedMs, monotonicMs: 0 }
        const judgement = httpFreshness.judge({ entry, policy, demands, now })
        expect(judgement.ageMs).toBe(assessed.initialAgeMs + Math.max(0, elapsedMs))
        if (!judgement.isFresh) return
        expect(elapsedMs).toBeLessThan(assessed.freshForMs)
        expect(elapsedMs).toBeGreaterThanOrEqual(-1_000)
        expect(demands.noCache).toBe(false)
        expect(judgement.ttlMs).toBeGreaterThanOrEqual(demands.minFreshMs ?? 1)
        const isSpared = demands.maxAgeMs === 0 && says(response.headers, 'Cache-Control', /^immutable$/)
        if (demands.maxAgeMs !== undefined && !isSpared)
          expect(judgement.ageMs).toBeLessThanOrEqual(demands.maxAgeMs)
      }),
      { numRuns: 3_000 },
    )
  })

  it('nothing is served stale, at once or for a failing origin, against must-revalidate or no-cache', () => {
    const forbids = fc.constantFrom('must-revalidate', 'no-cache', 'Must-Revalidate')
    fc.assert(
      fc.property(
        anyControl,
        forbids,
        anyPolicy,
        anyNow,
        (control, directive, policy, { elapsedMs, demands }) => {
          const headers: HeaderList = [['Cache-Control', `${control}, ${directive}`]]
          const entry = entryWith({ headers, staleAtMs: STORED_AT_MS })
          const now = { nowMs: STORED_AT_MS + elapsedMs, monotonicMs: 0 }
          for (const asked of [demands, NO_DEMANDS]) {
            const judgement = httpFreshness.judge({ entry, policy, demands: asked, now })
            expect(judgement).toMatchObject({ isFresh: false, stale: undefined })
          }
          for (const failure of ['no-answer', 'failing-answer'] as const) {
            expect(httpFreshness.rescue({ entry, policy, now, failure })).toBe('forbidden')
          }
        },
      ),
    )
  })

  it('an error is never stood in for beyond what the entry says itself', () => {
    fc.assert(
      fc.property(anyHeaders, anyPolicy, anyNow, seconds, (headers, policy, { elapsedMs }, lifeMs) => {
        const entry = entryWith({ headers, staleAtMs: STORED_AT_MS + lifeMs })
        const now = { nowMs: STORED_AT_MS + elapsedMs, monotonicMs: 0 }
        const result = httpFreshness.rescue({ entry, policy, now, failure: 'failing-answer' })
        if (result !== 'allowed' || elapsedMs < lifeMs) return
        expect(headers.some(([, value]) => /stale-if-error=[1-9]/.test(value))).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })
})
