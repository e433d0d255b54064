// Entries and tallies for tests of stores.
import type { CacheEntry, EntryHead } from '../../model/cache-entry.js'
import { EntryBody } from '../../model/entry-body.js'
import { LATENCY_BUCKETS, type Tally } from '../../model/ledger.js'

let written = 0

/** An entry for tests, whole, with a body of its own. */
export function sampleEntry(overrides: Partial<Omit<CacheEntry, 'kind'>> = {}): CacheEntry {
  const body = overrides.body ?? new EntryBody(new TextEncoder().encode('{"title":"Amélie"}'))
  written += 1
  return {
    kind: 'entry',
    key: 'tmdb:0001',
    service: 'tmdb',
    method: 'GET',
    url: 'https://api.example.com/3/movie/194?api_key=REDACTED',
    purgeUrl: 'https://api.example.com/3/movie/194',
    status: 200,
    headers: [
      ['Content-Type', 'application/json;charset=utf-8'],
      ['ETag', 'W/"e1"'],
      ['Link', '<a>; rel=next'],
      ['Link', '<b>; rel=prev'],
    ],
    storedAtMs: 1_700_000_000_000,
    confirmedAtMs: 1_700_000_000_000,
    initialAgeMs: 1_500.5,
    staleAtMs: 1_700_014_400_000,
    removeAtMs: 1_700_600_000_000,
    tags: ['movies'],
    hasCallTtl: false,
    originMs: 123.5,
    sizeBytes: body.sizeBytes,
    bodyId: `body-${written}`,
    sequence: 0,
    ...overrides,
    body,
  }
}

/** The head of an entry, and nothing else. */
export function headOf(entry: CacheEntry): EntryHead {
  const head: Partial<CacheEntry> & EntryHead = { ...entry }
  for (const name of ['kind', 'body', 'confirmedMonotonicMs'] as const) Reflect.deleteProperty(head, name)
  return head
}

/** A tally of `hits` hits and nothing else. */
export function sampleTally(hits: number): Tally {
  const zeros = new Array<number>(LATENCY_BUCKETS).fill(0)
  return {
    outcomes: {
      hit: hits,
      stale: 0,
      coalesced: 0,
      miss: 1,
      revalidated: 0,
      rescued: 0,
      failed: 0,
      bypass: 0,
    },
    originCalls: 1,
    savedMs: hits * 100.5,
    savedBytes: hits * 10_700,
    drifts: hits,
    hitLatency: zeros.map((_, index) => (index === 12 ? hits : 0)),
    missLatency: zeros.map((_, index) => (index === 70 ? 1 : 0)),
  }
}
