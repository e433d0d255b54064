// What the directives of a response mean, Cache-Control and targeted fields alike. Pure.
// https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2
import type { Directive } from './cache-control.js'
import { deltaMs } from './delta-seconds.js'
import { listMembers } from './header-fields.js'

/** What a directive that can be qualified covers: the whole response, or fields by lower-case name. */
export type Scope = 'response' | readonly string[]

/** Directives of a response; durations in milliseconds. What is unreadable is read as the strictest it could mean. */
export interface ResponseDirectives {
  readonly noStore: boolean
  readonly noCache: Scope | undefined
  readonly private: Scope | undefined
  readonly public: boolean
  readonly mustRevalidate: boolean
  readonly proxyRevalidate: boolean
  readonly mustUnderstand: boolean
  readonly immutable: boolean
  readonly maxAgeMs: number | undefined
  readonly sMaxAgeMs: number | undefined
  readonly staleWhileRevalidateMs: number | undefined
  readonly staleIfErrorMs: number | undefined
}

const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/

/** Reads the directives that caches act upon; unknown ones are ignored. */
export function responseDirectives(directives: readonly Directive[]): ResponseDirectives {
  const named = (name: string): readonly Directive[] => directives.filter((one) => one.name === name)
  const has = (name: string): boolean => directives.some((one) => one.name === name)
  return {
    noStore: has('no-store'),
    noCache: scopeOf(named('no-cache')),
    private: scopeOf(named('private')),
    public: has('public'),
    mustRevalidate: has('must-revalidate'),
    proxyRevalidate: has('proxy-revalidate'),
    mustUnderstand: has('must-understand'),
    immutable: has('immutable'),
    maxAgeMs: durationOf(named('max-age')),
    sMaxAgeMs: durationOf(named('s-maxage')),
    staleWhileRevalidateMs: durationOf(named('stale-while-revalidate')),
    staleIfErrorMs: durationOf(named('stale-if-error')),
  }
}

/**
 * Invalid is 0, and so are several that disagree: such a response is better taken for stale.
 * https://www.rfc-editor.org/rfc/rfc9111#section-4.2.1
 */
function durationOf(found: readonly Directive[]): number | undefined {
  const [first, ...others] = found.map(({ argument }) => deltaMs(argument) ?? 0)
  return others.every((other) => other === first) ? first : 0
}

/** Only the quoted form names fields; the bare directive, beside it or instead, covers everything. */
function scopeOf(found: readonly Directive[]): Scope | undefined {
  if (found.length === 0) return undefined
  const names = found.flatMap(({ argument }) => {
    const members = listMembers(argument).map((name) => name.toLowerCase())
    return members.length === 0 ? [''] : members
  })
  const areNames = found.every(({ isQuoted }) => isQuoted) && names.every((name) => TOKEN.test(name))
  return areNames ? [...new Set(names)] : 'response'
}
