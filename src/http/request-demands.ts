// What a request asks of a cache, read from its headers. Pure. https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1
import { type CacheMode, type Demands, NO_DEMANDS } from '../model/demands.js'
import type { HeaderList } from '../model/header-list.js'
import { type Directive, cacheDirectives } from './cache-control.js'
import { deltaMs } from './delta-seconds.js'
import { fieldValue } from './header-fields.js'

/** Conditions, which count as they were sent. https://www.rfc-editor.org/rfc/rfc9110#section-13.1 */
const CONDITIONS = new Set(['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'])

/** The lengths of the names that are read, so that other headers cost one comparison. */
const LENGTHS = new Set(
  [...CONDITIONS, 'cache-control', 'pragma', 'range', 'if-range'].map((name) => name.length),
)

/** What the request asks; {@link NO_DEMANDS} itself where it asks nothing. */
export function demandsOf(headers: HeaderList, mode: CacheMode): Demands {
  let conditions: [string, string][] | undefined
  let isDirected = false
  let isRanged = false
  for (const [name, value] of headers) {
    if (!LENGTHS.has(name.length)) continue
    const lower = name.toLowerCase()
    if (CONDITIONS.has(lower)) (conditions ??= []).push([name, value])
    else if (lower === 'range' || lower === 'if-range') isRanged = true
    else if (lower === 'cache-control' || lower === 'pragma') isDirected = true
  }
  const directed = isDirected ? directedDemands(headers) : undefined
  if (directed === undefined && conditions === undefined && !isRanged) return inMode(mode)
  return Object.freeze({
    ...NO_DEMANDS,
    mode,
    ...directed,
    conditions: conditions ?? NO_DEMANDS.conditions,
    range: fieldValue(headers, 'range'),
    ifRange: fieldValue(headers, 'if-range'),
  })
}

function inMode(mode: CacheMode): Demands {
  return mode === 'default' ? NO_DEMANDS : Object.freeze({ ...NO_DEMANDS, mode })
}

/** What directives ask; undefined where they ask nothing that is known here. */
function directedDemands(headers: HeaderList): Partial<Demands> | undefined {
  const isSilent = fieldValue(headers, 'cache-control') === undefined
  // https://www.rfc-editor.org/rfc/rfc9111#section-5.4
  if (isSilent) return asksNoCache(fieldValue(headers, 'pragma')) ? { noCache: true } : undefined
  const asked: { -readonly [Key in keyof Demands]?: Demands[Key] } = {}
  for (const directive of cacheDirectives(headers)) demand(asked, directive)
  return Object.keys(asked).length === 0 ? undefined : asked
}

function asksNoCache(pragma: string | undefined): boolean {
  return /(?:^|,)\s*no-cache\s*(?:,|$)/i.test(pragma ?? '')
}

/** Adds one directive; of several, and of what is unreadable, the strictest counts. */
function demand(
  asked: { -readonly [Key in keyof Demands]?: Demands[Key] },
  { name, argument }: Directive,
): void {
  const ms = deltaMs(argument)
  if (name === 'no-cache') asked.noCache = true
  else if (name === 'no-store') asked.noStore = true
  else if (name === 'only-if-cached') asked.onlyIfCached = true
  else if (name === 'max-age') asked.maxAgeMs = Math.min(asked.maxAgeMs ?? Number.POSITIVE_INFINITY, ms ?? 0)
  else if (name === 'min-fresh' && ms !== undefined) asked.minFreshMs = Math.max(asked.minFreshMs ?? 0, ms)
  else if (name === 'max-stale' && (ms !== undefined || argument === '')) {
    asked.maxStaleMs = Math.min(asked.maxStaleMs ?? Number.POSITIVE_INFINITY, ms ?? Number.POSITIVE_INFINITY)
  }
}
