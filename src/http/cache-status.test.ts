import fc from 'fast-check'
import { type Parameters, type Token, parseList, serializeList } from 'structured-headers'
import { describe, expect, it } from 'vitest'
import { OUTCOMES } from '../model/outcome.js'
import { type CacheStatusFacts, cacheStatus } from './cache-status.js'

const HIT: CacheStatusFacts = {
  outcome: 'hit',
  because: 'fresh',
  ttlMs: 30_999,
  key: 'k1',
  isStored: false,
  originStatus: undefined,
}
const MISS: CacheStatusFacts = {
  ...HIT,
  outcome: 'miss',
  because: 'not-in-cache',
  ttlMs: 0,
  originStatus: 200,
}

describe('Cache-Status', () => {
  it.each([
    [HIT, 'cachette; hit; ttl=30; key="k1"'],
    [
      { ...HIT, outcome: 'stale', because: 'stale-while-revalidate', ttlMs: -5_000 },
      'cachette; hit; ttl=-5; key="k1"; detail=stale-while-revalidate',
    ],
    [
      { ...HIT, outcome: 'stale', because: 'max-stale', ttlMs: 0 },
      'cachette; hit; ttl=0; key="k1"; detail=max-stale',
    ],
    [
      { ...MISS, isStored: true },
      'cachette; fwd=uri-miss; fwd-status=200; stored; key="k1"; detail=not-in-cache',
    ],
    [{ ...MISS, because: 'no-store' }, 'cachette; fwd=miss; fwd-status=200; key="k1"; detail=no-store'],
    [{ ...MISS, because: 'expired' }, 'cachette; fwd=stale; fwd-status=200; key="k1"; detail=expired'],
    [{ ...MISS, because: 'purged' }, 'cachette; fwd=uri-miss; fwd-status=200; key="k1"; detail=purged'],
    [
      { ...MISS, because: 'soft-purged' },
      'cachette; fwd=stale; fwd-status=200; key="k1"; detail=soft-purged',
    ],
    [
      { ...MISS, because: 'request-no-cache' },
      'cachette; fwd=request; fwd-status=200; key="k1"; detail=request-no-cache',
    ],
    [
      { ...MISS, outcome: 'revalidated', because: 'expired', originStatus: 304, isStored: true },
      'cachette; fwd=stale; fwd-status=304; stored; key="k1"; detail=expired',
    ],
    [
      { ...MISS, outcome: 'revalidated', because: 'request-max-age', originStatus: 304 },
      'cachette; fwd=request; fwd-status=304; key="k1"; detail=request-max-age',
    ],
    [
      { ...MISS, outcome: 'coalesced', because: 'joined-call' },
      'cachette; fwd=miss; fwd-status=200; collapsed; key="k1"; detail=joined-call',
    ],
    [
      { ...MISS, outcome: 'rescued', because: 'origin-transient', originStatus: 503 },
      'cachette; fwd=stale; fwd-status=503; key="k1"; detail=origin-transient',
    ],
    [
      {
        ...MISS,
        outcome: 'rescued',
        because: 'origin-unreachable',
        originStatus: undefined,
        isCollapsed: true,
      },
      'cachette; fwd=stale; collapsed; key="k1"; detail=origin-unreachable',
    ],
    [
      { ...MISS, outcome: 'failed', because: 'must-revalidate', originStatus: undefined },
      'cachette; fwd=stale; key="k1"; detail=must-revalidate',
    ],
    [
      { ...MISS, outcome: 'failed', because: 'only-if-cached', originStatus: undefined },
      'cachette; key="k1"; detail=only-if-cached',
    ],
    [
      { ...MISS, outcome: 'bypass', because: 'method-not-cached', key: '', originStatus: 201 },
      'cachette; fwd=method; fwd-status=201; detail=method-not-cached',
    ],
    [
      { ...MISS, outcome: 'bypass', because: 'never-cached-by-profile', key: '' },
      'cachette; fwd=bypass; fwd-status=200; detail=never-cached-by-profile',
    ],
    [
      { ...MISS, outcome: 'bypass', because: 'request-no-store', key: '' },
      'cachette; fwd=request; fwd-status=200; detail=request-no-store',
    ],
    [{ ...HIT, key: 'a"b\\c' }, 'cachette; hit; ttl=30; key="a\\"b\\\\c"'],
    [{ ...HIT, key: 'é' }, 'cachette; hit; ttl=30'],
  ] satisfies [CacheStatusFacts, string][])('of %j is %s', (facts, expected) => {
    expect(cacheStatus(facts)).toBe(expected)
  })

  it('is what a serialiser of structured fields makes of the same parameters', () => {
    const facts: fc.Arbitrary<CacheStatusFacts> = fc.record({
      outcome: fc.constantFrom(...OUTCOMES),
      because: fc.constantFrom(
        'fresh',
        'not-in-cache',
        'expired',
        'only-if-cached',
        'request-no-cache',
        'stored',
      ),
      ttlMs: fc.integer({ min: -1e12, max: 1e12 }),
      key: fc.oneof(fc.string(), fc.stringMatching(/^[\x20-\x7e]*$/)),
      isStored: fc.boolean(),
      originStatus: fc.option(fc.integer({ min: 100, max: 999 }), { nil: undefined }),
      isCollapsed: fc.boolean(),
    })
    fc.assert(
      fc.property(facts, (given) => {
        const text = cacheStatus(given)
        // Written with a blank before each parameter, which readers skip and writers leave out.
        const parsed = parseList(text)
        expect(serializeList(parsed)).toBe(text.replace(/; (?=(?:[^"\\]|\\.|"(?:[^"\\]|\\.)*")*$)/g, ';'))
        const [[name, parameters]] = parsed as [[Token, Parameters]]
        expect(String(name)).toBe('cachette')
        const isHit = given.outcome === 'hit' || given.outcome === 'stale'
        expect(parameters.get('hit')).toBe(isHit ? true : undefined)
        expect(parameters.has('fwd')).toBe(!isHit && given.because !== 'only-if-cached')
        expect(parameters.get('ttl')).toBe(isHit ? Math.floor(given.ttlMs / 1_000) : undefined)
        if (parameters.has('key')) expect(parameters.get('key')).toBe(given.key)
        if (given.outcome !== 'hit') expect(String(parameters.get('detail'))).toBe(given.because)
      }),
    )
  })
})
