// Picks the kind of freshness that a policy names. Pure.
import type { Policy } from '../model/policy.js'
import { assertNever } from '../shared/assert-never.js'
import type { FreshnessPolicy } from './freshness-policy.js'
import { httpFreshness } from './rfc9111/http-freshness.js'
import { ttlFreshness } from './ttl/ttl-freshness.js'

/** The freshness in force. */
export function freshnessOf(policy: Policy): FreshnessPolicy {
  switch (policy.freshness) {
    case 'ttl':
      return ttlFreshness
    case 'http':
      return httpFreshness
    default:
      return assertNever(policy.freshness)
  }
}
