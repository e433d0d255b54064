// When a spent quota of Google Books renews: its answers carry no Retry-After, but their details name the unit that was counted
// in, and older ones the reason. Pure.
// Source: https://cloud.google.com/service-infrastructure/docs/rate-limiting and https://developers.google.com/books/docs/v1/using
import type { ResponseFacts } from '../../model/policy.js'
import { dayWindow } from '../../shared/day-window.js'
import { elementsOf, fieldOf } from '../response-shape.js'

/** Google's daily quotas renew at midnight, Pacific time. */
const GOOGLE_DAY = Object.freeze({ resetsAt: '00:00', timeZone: 'America/Los_Angeles' })

const SPANS_MS: Readonly<Record<string, number>> = { s: 1_000, min: 60_000, h: 3_600_000 }

const DAILY_REASONS = new Set(['dailyLimitExceeded', 'dailyLimitExceededUnreg'])

/** The instant in wall-clock milliseconds; undefined where the response does not tell. */
export function booksQuotaRenewsAtMs({ json }: ResponseFacts, nowMs: number): number | undefined {
  const error = fieldOf(json, 'error')
  const span = elementsOf(fieldOf(error, 'details'))
    .map((detail) => spanOf(fieldOf(fieldOf(detail, 'metadata'), 'quota_unit')))
    .find((found) => found !== undefined)
  const reasons = elementsOf(fieldOf(error, 'errors')).map((one) => fieldOf(one, 'reason'))
  if (span === 'd' || reasons.some((reason) => typeof reason === 'string' && DAILY_REASONS.has(reason)))
    return dayWindow(GOOGLE_DAY, nowMs).endsAtMs
  const spanMs = span === undefined ? undefined : SPANS_MS[span]
  return spanMs === undefined ? undefined : nowMs + spanMs
}

/** The span of a unit such as `1/d/{project}`. */
function spanOf(unit: unknown): string | undefined {
  return typeof unit === 'string' ? /^1\/(d|h|min|s)(\/|$)/.exec(unit)?.[1] : undefined
}
