// The policy in force as `explain` shows it: options by the names that people write, each with where it came from. Pure.
import { isCredentialHeader, isCredentialParam } from '../decide/credential-names.js'
import type { Explanation } from '../model/entry-summary.js'
import type { BudgetRule } from '../model/limits.js'
import type { Policy } from '../model/policy.js'

/** Option names, and where the policy keeps each. */
const SHOWN: readonly (readonly [option: string, field: keyof Policy])[] = [
  ['freshness', 'freshness'],
  ['cacheType', 'cacheType'],
  ['ttl', 'ttlMs'],
  ['negativeTtl', 'negativeTtlMs'],
  ['maxTtl', 'maxTtlMs'],
  ['defaultTtl', 'defaultTtlMs'],
  ['minTtl', 'minTtlMs'],
  ['staleWhileRevalidate', 'staleWhileRevalidateMs'],
  ['staleIfError', 'staleIfErrorMs'],
  ['eagerRefresh', 'eagerRefreshFrom'],
  ['jitter', 'jitter'],
  ['ignoreNoStore', 'ignoreNoStore'],
  ['identity', 'identity'],
  ['key', 'key'],
  ['headers', 'headers'],
  ['params', 'params'],
  ['injectCredentials', 'injectCredentials'],
  ['softTimeout', 'softTimeoutMs'],
  ['timeout', 'timeoutMs'],
  ['retry', 'retryAttempts'],
  ['breaker', 'breaker'],
  ['rateLimit', 'rateLimits'],
  ['quota', 'quotas'],
  ['limitsPer', 'limitsPer'],
  ['validate', 'validate'],
  ['maxBodyBytes', 'maxBodyBytes'],
]

/** Every setting of a policy but functions; durations in milliseconds, what is not set `'none'`, credentials redacted. */
export function shownPolicy(policy: Policy): Explanation['policy'] {
  const written = writtenValues(policy)
  return Object.fromEntries(
    SHOWN.map(([option, field]) => {
      const value = option in written ? written[option] : policy[field]
      const isNone = value === Number.POSITIVE_INFINITY || value === undefined
      return [option, { value: isNone ? 'none' : value, from: policy.sources[option] ?? 'default' }]
    }),
  )
}

/** The values that a policy keeps in another form than people write them in, or that hold secrets. */
function writtenValues(policy: Policy): Readonly<Record<string, unknown>> {
  const { breaker, eagerRefreshFrom, key, validate } = policy
  return {
    headers: withoutCredentials(policy.headers, isCredentialHeader),
    params: withoutCredentials(policy.params, (name) => isCredentialParam(name, key.credentialParams)),
    eagerRefresh: eagerRefreshFrom < 1 ? eagerRefreshFrom : false,
    retry: { attempts: policy.retryAttempts },
    breaker: breaker === undefined ? false : { failures: breaker.failures, openFor: breaker.openForMs },
    rateLimit: policy.rateLimits.map(writtenBudget),
    quota: policy.quotas.map(writtenBudget),
    validate: validate === undefined ? undefined : `a schema of ${validate['~standard'].vendor}`,
  }
}

function writtenBudget({ name, resetsAt, timeZone }: BudgetRule): string {
  return resetsAt === undefined ? name : `${name} from ${resetsAt} ${timeZone}`
}

function withoutCredentials(
  values: Readonly<Record<string, string>>,
  isCredential: (name: string) => boolean,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).map(([name, text]) => [name, isCredential(name) ? 'REDACTED' : text]),
  )
}
