// What the cache did, as a Cache-Status value. Pure. https://www.rfc-editor.org/rfc/rfc9211
import type { Because } from '../model/because.js'
import type { CacheAnswer } from '../model/cache-answer.js'
import type { Outcome } from '../model/outcome.js'

/** What a Cache-Status is made of. A negative `ttlMs` says how long the answer has been stale. */
export type CacheStatusFacts = Pick<
  CacheAnswer,
  'outcome' | 'because' | 'ttlMs' | 'key' | 'isStored' | 'originStatus'
> & {
  /** True where the call of another was waited for, however that ended. */
  readonly isCollapsed?: boolean
}

type Forward = 'bypass' | 'method' | 'uri-miss' | 'miss' | 'request' | 'stale'

/** Why a request went to the origin. https://www.rfc-editor.org/rfc/rfc9211#section-2.2 */
const FORWARDS: Readonly<Partial<Record<Because, Forward>>> = {
  'not-in-cache': 'uri-miss',
  purged: 'uri-miss',
  'method-not-cached': 'method',
  'refresh-requested': 'request',
  'request-no-cache': 'request',
  'request-max-age': 'request',
  'request-min-fresh': 'request',
  'reload-requested': 'request',
  'request-no-store': 'request',
  'conditional-request': 'request',
  expired: 'stale',
  'ttl-lowered': 'stale',
  'call-ttl-shorter': 'stale',
  'always-revalidate': 'stale',
  'store-away': 'stale',
  'from-the-future': 'stale',
  'over-max-ttl': 'stale',
  'soft-purged': 'stale',
  'must-revalidate': 'stale',
}

/** What goes for other reasons. `undefined`: answered without a call. */
const USUAL_FORWARD: Readonly<Record<Outcome, Forward | undefined>> = {
  hit: undefined,
  stale: undefined,
  coalesced: 'miss',
  miss: 'miss',
  revalidated: 'stale',
  rescued: 'stale',
  failed: 'miss',
  bypass: 'bypass',
}

/** Written by hand, since it is made for every answer; a test holds it against the grammar. */
const PLAIN = /^[\w-]+$/
const PRINTABLE = /^[\x20-\x7e]*$/

/** The field's value: one member, for whoever hands the answer on to append to the members already there. */
export function cacheStatus(facts: CacheStatusFacts): string {
  const { outcome, because, ttlMs, key, isStored, originStatus, isCollapsed } = facts
  if (outcome === 'hit' && isCollapsed !== true)
    return `cachette; hit; ttl=${Math.floor(ttlMs / 1_000)}${keyText(key)}`
  const forward = forwardOf(outcome, because)
  let text = 'cachette'
  if (USUAL_FORWARD[outcome] === undefined) text += `; hit; ttl=${Math.floor(ttlMs / 1_000)}`
  if (forward !== undefined) text += `; fwd=${forward}`
  if (forward !== undefined && originStatus !== undefined) text += `; fwd-status=${originStatus}`
  if (isStored && forward !== undefined) text += '; stored'
  if (outcome === 'coalesced' || isCollapsed === true) text += '; collapsed'
  text += keyText(key)
  return outcome === 'hit' ? text : `${text}; detail=${because}`
}

function keyText(key: string): string {
  if (PLAIN.test(key)) return `; key="${key}"`
  return key !== '' && PRINTABLE.test(key) ? `; key="${key.replace(/["\\]/g, '\\$&')}"` : ''
}

function forwardOf(outcome: Outcome, because: Because): Forward | undefined {
  const usual = USUAL_FORWARD[outcome]
  // Nothing was asked, though nothing was found.
  if (usual === undefined || because === 'only-if-cached') return undefined
  return FORWARDS[because] ?? usual
}
