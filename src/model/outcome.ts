// What the caller got, in one word; the same word in answers, events, metrics and tools.

/** The outcomes, in the order in which tables show them. */
export const OUTCOMES = [
  'hit',
  'stale',
  'coalesced',
  'miss',
  'revalidated',
  'rescued',
  'failed',
  'bypass',
] as const

/**
 * What the caller got. `hit`: a fresh entry. `stale`: a stale entry at once, as the policy allows. `coalesced`:
 * waited for another caller's origin call, which succeeded. `miss`: the origin answered. `revalidated`: the
 * origin answered 304. `rescued`: the origin failed and an older entry was served. `failed`: nothing could be
 * served. `bypass`: not cacheable by method or by request.
 */
export type Outcome = (typeof OUTCOMES)[number]

/** How each outcome counts in the hit rate: an answer given without an origin call of its own is a hit. */
export const COUNTS_AS: Readonly<Record<Outcome, 'hit' | 'miss' | 'neither'>> = Object.freeze({
  hit: 'hit',
  stale: 'hit',
  coalesced: 'hit',
  miss: 'miss',
  revalidated: 'miss',
  rescued: 'miss',
  failed: 'miss',
  bypass: 'neither',
})
