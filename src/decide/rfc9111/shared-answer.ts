// Whether callers who wait for one call may share its answer. Pure. https://www.rfc-editor.org/rfc/rfc9111#section-4
import { firstValue } from '../../http/header-fields.js'
import type { HeaderList } from '../../model/header-list.js'
import { assertNever } from '../../shared/assert-never.js'
import type { ResponseDecision } from '../decide-after-response.js'
import { HEURISTIC_STATUSES } from './cacheable-statuses.js'

/** Fields in which an origin says that it has thought of caches, or of one caller alone. */
const SAYS_SOMETHING = ['set-cookie', 'cache-control', 'pragma', 'expires', 'vary']

/**
 * What is stored and fresh serves all who asked for it meanwhile. What is not may do so only where the origin said nothing at
 * all of caches and callers, and the status is one that may be guessed about.
 */
export function isSharedByHttp(
  decision: ResponseDecision,
  {
    status,
    headers,
    nowMs,
  }: { readonly status: number; readonly headers: HeaderList; readonly nowMs: number },
): boolean {
  const says = (name: string): boolean => firstValue(headers, name) !== undefined
  switch (decision.action) {
    case 'store':
      return decision.staleAtMs > nowMs && !says('set-cookie') && status !== 206
    case 'do-not-store':
      return (
        decision.because === 'no-freshness' &&
        HEURISTIC_STATUSES.has(status) &&
        !SAYS_SOMETHING.some(says) &&
        !/^text\/event-stream\b/i.test(firstValue(headers, 'content-type') ?? '')
      )
    case 'update':
      return !says('set-cookie')
    case 'rescue':
    case 'fail':
      return true
    default:
      return assertNever(decision)
  }
}
