// Judges Google Books' responses by the reasons in the body: the same HTTP status stands for a spent quota, a
// bad key or an address that cannot be located, and the same cause has had several statuses. Pure.
// Source: https://developers.google.com/books/docs/v1/reference and https://cloud.google.com/apis/design/errors
import type { Classification, ResponseFacts } from '../../model/policy.js'
import { elementsOf, fieldOf, isSuccess, isWebPage } from '../response-shape.js'

const REASONS: Readonly<Record<Classification, readonly string[]>> = {
  ok: [],
  quota: [
    'rateLimitExceeded',
    'rateLimitExceededUnreg',
    'dailyLimitExceeded',
    'dailyLimitExceededUnreg',
    'userRateLimitExceeded',
    'userRateLimitExceededUnreg',
    'quotaExceeded',
    'limitExceeded',
    'concurrentLimitExceeded',
    'servingLimitExceeded',
    'variableTermLimitExceeded',
    'RATE_LIMIT_EXCEEDED',
    'RESOURCE_EXHAUSTED',
  ],
  auth: [
    'keyInvalid',
    'keyExpired',
    'accessNotConfigured',
    'authError',
    'expired',
    'ipRefererBlocked',
    'insufficientPermissions',
    'unauthorized',
    'forbidden',
    'API_KEY_INVALID',
    'API_KEY_SERVICE_BLOCKED',
    'API_KEY_IP_ADDRESS_BLOCKED',
    'API_KEY_HTTP_REFERRER_BLOCKED',
    'CONSUMER_INVALID',
    'SERVICE_DISABLED',
    'ACCESS_TOKEN_EXPIRED',
    'UNAUTHENTICATED',
    'PERMISSION_DENIED',
  ],
  transient: [
    'backendFailed',
    'backendError',
    'internalError',
    'UNAVAILABLE',
    'INTERNAL',
    'DEADLINE_EXCEEDED',
  ],
  permanent: [
    'unknownLocation',
    'queryRequired',
    'badRequest',
    'invalid',
    'invalidParameter',
    'invalidQuery',
    'INVALID_ARGUMENT',
    'OUT_OF_RANGE',
  ],
}

const BY_REASON: ReadonlyMap<string, Classification> = new Map(
  (Object.keys(REASONS) as Classification[]).flatMap((verdict) =>
    REASONS[verdict].map((reason): [string, Classification] => [reason, verdict]),
  ),
)

/** The verdict on a response; undefined (a 404 among them) leaves it to its HTTP status. */
export function classifyBooks(response: ResponseFacts): Classification | undefined {
  for (const reason of reasonsIn(fieldOf(response.json, 'error'))) {
    const verdict = BY_REASON.get(reason)
    if (verdict !== undefined) return verdict
  }
  return isSuccess(response.status) && isWebPage(response.headers) ? 'transient' : undefined
}

/** Every reason in an error body, the most specific first: an invalid key is a "badRequest" whose details say so. */
function reasonsIn(error: unknown): readonly string[] {
  const details = elementsOf(fieldOf(error, 'details')).map((detail) => fieldOf(detail, 'reason'))
  const errors = elementsOf(fieldOf(error, 'errors')).map((one) => fieldOf(one, 'reason'))
  return [...details, ...errors, fieldOf(error, 'status')].filter((reason) => typeof reason === 'string')
}
