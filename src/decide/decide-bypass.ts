// Whether a request can be cached at all, by its method and form. Pure.
import type { Because } from '../model/because.js'
import type { Demands } from '../model/demands.js'
import type { HeaderList } from '../model/header-list.js'
import type { Policy } from '../model/policy.js'
import { isForOrigin } from './rfc9111/preconditions.js'

const CACHED_METHODS = new Set(['GET', 'HEAD'])

/** Methods that ask without changing anything, or are used so: cached by the digest of their body where asked. */
const BODY_METHODS = new Set(['POST', 'QUERY', 'SEARCH', 'REPORT'])

/** A caller who sends one of these wants the origin's own answer to it. */
export const CONDITION_FIELDS: ReadonlySet<string> = new Set([
  'range',
  'if-range',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
])

/** Everything a bypass depends on. */
export interface BypassQuestion {
  readonly method: string
  readonly hasBody: boolean
  /** False for a body that can be read only once, as it comes. */
  readonly canBeKeyed: boolean
  readonly headers: HeaderList
  readonly policy: Policy
  readonly demands: Demands
  /** True for callers whose conditions and ranges the cache may answer itself. */
  readonly isHttp: boolean
}

/** The reason why a request goes past the cache, or undefined where it does not. */
export function decideBypass(question: BypassQuestion): Because | undefined {
  const { method, hasBody, headers, policy, demands, isHttp } = question
  const isKeyed = policy.key.body && question.canBeKeyed
  if (policy.isNeverCached) return 'never-cached-by-profile'
  if (demands.noStore || demands.mode === 'no-store') return 'request-no-store'
  if (isForOrigin(demands.conditions)) return 'conditional-request'
  if (!isHttp && headers.some(([name]) => CONDITION_FIELDS.has(name.toLowerCase())))
    return 'conditional-request'
  if (CACHED_METHODS.has(method)) return hasBody && !isKeyed ? 'body-not-keyed' : undefined
  if (!BODY_METHODS.has(method)) return 'method-not-cached'
  return isKeyed ? undefined : method === 'POST' ? 'method-not-cached' : 'body-not-keyed'
}

/** Safe methods change nothing at the origin. https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1 */
export function isUnsafe(method: string): boolean {
  return !['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY', 'SEARCH', 'REPORT', 'PROPFIND'].includes(method)
}
