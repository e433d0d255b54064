import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HOUR_MS, after, entryWith } from '../../test/helpers/dated-entry.js'
import { policyWith } from '../../test/helpers/policy.js'
import { demandsOf } from '../http/request-demands.js'
import { type CacheMode, type Demands, NO_DEMANDS } from '../model/demands.js'
import { type LookupDecision, type LookupQuestion, decideLookup } from './decide-lookup.js'

const HTTP = policyWith({ freshness: 'http', cacheType: 'private' })
const ETAG = [['ETag', '"1"']] as const

const inMode = (mode: CacheMode): Demands => ({ ...NO_DEMANDS, mode })
const asking = (control: string): Demands => demandsOf([['Cache-Control', control]], 'default')

function decide(changes: Partial<LookupQuestion>): LookupDecision {
  return decideLookup({
    entry: entryWith({ headers: ETAG }),
    policy: HTTP,
    demands: NO_DEMANDS,
    isRefresh: false,
    purge: 'none',
    budget: 'ample',
    now: after(0),
    ...changes,
  })
}

const FRESH = after(1)
const STALE = after(2 * HOUR_MS)

/** What is there, from the best to nothing. */
const STATES = {
  fresh: { now: FRESH },
  stale: { now: STALE },
  'softly purged': { now: FRESH, purge: 'soft' },
  purged: { now: FRESH, purge: 'hard' },
  'past its removal': { now: after(1_000 * HOUR_MS) },
  nothing: { entry: undefined },
} as const satisfies Record<string, Partial<LookupQuestion>>

describe('a lookup in a cache mode of fetch', () => {
  it.each([
    ['default', ['serve-fresh', 'revalidate', 'revalidate', 'fetch', 'fetch', 'fetch']],
    ['no-cache', ['revalidate', 'revalidate', 'revalidate', 'fetch', 'fetch', 'fetch']],
    ['reload', ['fetch', 'fetch', 'fetch', 'fetch', 'fetch', 'fetch']],
    ['force-cache', ['serve-fresh', 'serve-stale', 'serve-stale', 'fetch', 'fetch', 'fetch']],
    ['only-if-cached', ['serve-fresh', 'serve-stale', 'serve-stale', 'refuse', 'refuse', 'refuse']],
  ] as const)(
    '%s does with what is fresh, stale, softly purged, purged, too old, not there: %j',
    (mode, actions) => {
      const done = Object.values(STATES).map((state) => decide({ ...state, demands: inMode(mode) }).action)
      expect(done).toEqual(actions)
    },
  )

  it('force-cache and only-if-cached refresh nothing behind the caller', () => {
    const headers = [...ETAG, ['Cache-Control', 'stale-while-revalidate=99999']] as const
    for (const mode of ['force-cache', 'only-if-cached'] as const)
      expect(decide({ entry: entryWith({ headers }), now: STALE, demands: inMode(mode) })).toMatchObject({
        action: 'serve-stale',
        because: 'force-cache',
        isRefreshed: false,
      })
  })

  it('no-cache fetches what cannot be validated', () => {
    expect(decide({ entry: entryWith(), demands: inMode('no-cache') })).toEqual({
      action: 'fetch',
      because: 'request-no-cache',
    })
  })
})

describe('a lookup for a request with directives of its own', () => {
  it.each([
    ['no-cache', FRESH, 'revalidate', 'request-no-cache'],
    ['max-age=0', FRESH, 'revalidate', 'request-max-age'],
    ['max-age=1799', after(HOUR_MS / 2), 'revalidate', 'request-max-age'],
    ['max-age=1800', after(HOUR_MS / 2), 'serve-fresh', 'fresh'],
    ['min-fresh=1801', after(HOUR_MS / 2), 'revalidate', 'request-min-fresh'],
    ['min-fresh=1800', after(HOUR_MS / 2), 'serve-fresh', 'fresh'],
    ['max-stale=3600', STALE, 'serve-stale', 'max-stale'],
    ['max-stale=3599', STALE, 'revalidate', 'expired'],
    ['max-stale', STALE, 'serve-stale', 'max-stale'],
    ['max-stale, max-age=10', STALE, 'revalidate', 'expired'],
    ['max-stale, no-cache', STALE, 'revalidate', 'expired'],
    ['only-if-cached', FRESH, 'serve-fresh', 'fresh'],
    ['only-if-cached', STALE, 'refuse', 'only-if-cached'],
    ['only-if-cached, max-stale', STALE, 'serve-stale', 'max-stale'],
    ['only-if-cached, max-age=0', FRESH, 'refuse', 'only-if-cached'],
  ] as const)('%s, at %j: %s, %s', (control, now, action, because) => {
    expect(decide({ demands: asking(control), now })).toMatchObject({ action, because })
  })

  it.each(['must-revalidate', 'no-cache'])('max-stale gets nothing stale that says %s', (control) => {
    const headers = [...ETAG, ['Cache-Control', control]] as const
    const entry = entryWith({ headers })
    expect(decide({ entry, demands: asking('max-stale'), now: STALE }).action).toBe('revalidate')
  })

  it('max-stale gets nothing that is softly purged', () => {
    expect(decide({ demands: asking('max-stale'), now: STALE, purge: 'soft' }).action).toBe('revalidate')
  })
})

describe('stale-while-revalidate', () => {
  const entry = entryWith({
    headers: [...ETAG, ['Cache-Control', 'max-age=3600, stale-while-revalidate=60']],
  })

  it.each([
    [0, 'serve-stale'],
    [59_999, 'serve-stale'],
    [60_000, 'revalidate'],
  ])('%i ms past its freshness: %s', (pastMs, action) => {
    expect(decide({ entry, now: after(HOUR_MS + pastMs) }).action).toBe(action)
  })

  it('has the entry refreshed behind the caller', () => {
    expect(decide({ entry, now: after(HOUR_MS) })).toMatchObject({
      because: 'stale-while-revalidate',
      isRefreshed: true,
      ageMs: HOUR_MS,
    })
  })
})

describe('whatever a request demands', () => {
  const seconds = fc.option(
    fc.nat({ max: 10_000 }).map((value) => value * 1_000),
    { nil: undefined },
  )
  const demands: fc.Arbitrary<Demands> = fc.record({
    mode: fc.constantFrom<CacheMode>('default', 'reload', 'no-cache', 'force-cache', 'only-if-cached'),
    noCache: fc.boolean(),
    noStore: fc.constant(false),
    onlyIfCached: fc.boolean(),
    maxAgeMs: seconds,
    minFreshMs: seconds,
    maxStaleMs: fc.oneof(seconds, fc.constant(Number.POSITIVE_INFINITY)),
    conditions: fc.constant([]),
    range: fc.constant(undefined),
    ifRange: fc.constant(undefined),
  })

  it('nothing is fresh that is not, nothing is served that is purged, nobody is asked for who forbids it', () => {
    fc.assert(
      fc.property(
        demands,
        fc.nat({ max: 3 * HOUR_MS }),
        fc.constantFrom('none' as const, 'soft' as const, 'hard' as const),
        (given, elapsedMs, purge) => {
          const decision = decide({ demands: given, now: after(elapsedMs), purge })
          if (decision.action === 'serve-fresh') {
            expect(elapsedMs).toBeLessThan(HOUR_MS)
            expect([purge, given.noCache, given.mode === 'no-cache']).toEqual(['none', false, false])
            expect(decision.ttlMs).toBe(HOUR_MS - elapsedMs)
          }
          if (purge === 'hard') expect(['fetch', 'refuse']).toContain(decision.action)
          if (given.mode === 'only-if-cached')
            expect(['serve-fresh', 'serve-stale', 'refuse']).toContain(decision.action)
          if (decision.action === 'serve-stale') expect(decision.ageMs).toBe(elapsedMs)
        },
      ),
      { numRuns: 1_000 },
    )
  })
})
