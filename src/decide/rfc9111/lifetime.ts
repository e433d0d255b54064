// How long a response is fresh, counted from when it was made. Pure. https://www.rfc-editor.org/rfc/rfc9111#section-4.2.1
import { firstValue } from '../../http/header-fields.js'
import { httpDateMs } from '../../http/http-date.js'
import type { HeaderList } from '../../model/header-list.js'
import type { Governing } from './governing-directives.js'
import { dateFieldMs } from './initial-age.js'

/** What a lifetime depends on. */
export interface LifetimeQuestion {
  readonly headers: HeaderList
  readonly governed: Governing
  readonly receivedAtMs: number
}

const DAY_MS = 86_400_000

/** A tenth of the time since the last change is the usual guess; more than a day of it is none. */
const HEURISTIC_SHARE = 0.1
const MAX_HEURISTIC_MS = DAY_MS

/** What the response says of itself, in milliseconds: undefined where it says nothing, 0 where it cannot be read. */
export function explicitLifetimeMs({
  headers,
  governed,
  receivedAtMs,
}: LifetimeQuestion): number | undefined {
  const { directives, cacheType, isTargeted } = governed
  if (cacheType === 'shared' && directives.sMaxAgeMs !== undefined) return directives.sMaxAgeMs
  if (directives.maxAgeMs !== undefined) return directives.maxAgeMs
  return isTargeted ? undefined : expiresLifetimeMs(headers, receivedAtMs)
}

/** Expires less Date. Several, and what is no date, mean that it has expired. https://www.rfc-editor.org/rfc/rfc9111#section-5.3 */
function expiresLifetimeMs(headers: HeaderList, receivedAtMs: number): number | undefined {
  const values = headers.filter(([name]) => name.toLowerCase() === 'expires').map(([, value]) => value)
  const [value] = values
  if (value === undefined) return undefined
  const expiresMs = values.length > 1 ? undefined : httpDateMs(value, receivedAtMs)
  if (expiresMs === undefined) return 0
  return Math.max(0, expiresMs - (dateFieldMs(headers, receivedAtMs) ?? receivedAtMs))
}

/** A guess for what says nothing of itself, in milliseconds. https://www.rfc-editor.org/rfc/rfc9111#section-4.2.2 */
export function heuristicLifetimeMs({ headers, receivedAtMs }: LifetimeQuestion): number {
  const text = firstValue(headers, 'last-modified')
  const modifiedMs = text === undefined ? undefined : httpDateMs(text, receivedAtMs)
  if (modifiedMs === undefined) return 0
  const unchangedMs = (dateFieldMs(headers, receivedAtMs) ?? receivedAtMs) - modifiedMs
  return Math.floor(Math.min(MAX_HEURISTIC_MS, Math.max(0, unchangedMs * HEURISTIC_SHARE)))
}
