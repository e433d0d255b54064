// Why a call would be answered as it would: the key's parts, the policy with the origin of each value, the entry and
// the decision. Nothing is called and nothing is counted.
import { isCredentialHeader, isCredentialParam } from '../decide/credential-names.js'
import { decideLookup } from '../decide/decide-lookup.js'
import type { CacheEntry } from '../model/cache-entry.js'
import type { CacheRequest } from '../model/cache-request.js'
import type { Explanation } from '../model/entry-summary.js'
import type { Policy } from '../model/policy.js'
import type { Tier } from '../model/tier.js'
import type { Clock } from '../shared/clock.js'
import { summaryOf } from './entry-summaries.js'
import { type CallPreparer, type PreparedCall, prepareCall, variantKey } from './prepared-call.js'
import type { Tiers } from './tiers.js'

/** What explaining takes. */
export interface ExplainParts {
  readonly clock: Clock
  readonly tiers: Tiers
  readonly preparer: CallPreparer
}

/** Explains a call. */
export async function explainCall(request: CacheRequest, parts: ExplainParts): Promise<Explanation> {
  const call = prepareCall(request, parts.preparer)
  const policy = explainPolicy(call.policy)
  const shared = { key: call.key, keyParts: call.shownKey, policy }
  if (call.bypass !== undefined) return { ...shared, decision: 'bypass', because: call.bypass }
  await parts.tiers.lookNow()
  const found = await findEntry(call, parts)
  const { clock, tiers } = parts
  const decision = decideLookup({
    entry: found?.entry,
    policy: call.policy,
    demands: call.demands,
    isRefresh: request.options.isRefresh === true,
    purge: found === undefined ? 'none' : tiers.marks.stateOf(found.entry),
    now: { nowMs: clock.nowMs(), monotonicMs: clock.monotonicMs() },
  })
  const entry = found === undefined ? {} : { entry: summaryOf(found.entry, found.tier) }
  return {
    ...shared,
    key: found?.entry.key ?? call.key,
    ...entry,
    decision: decision.action,
    because: decision.because,
  }
}

async function findEntry(
  call: PreparedCall,
  { tiers, preparer }: ExplainParts,
): Promise<{ readonly entry: CacheEntry; readonly tier: Tier } | undefined> {
  const found = await tiers.find(call.key)
  if (found?.record.kind === 'entry') return { entry: found.record, tier: found.tier }
  if (found === undefined) return undefined
  const variant = await tiers.find(variantKey(preparer.hasher, call, found.record.names))
  return variant?.record.kind === 'entry' ? { entry: variant.record, tier: variant.tier } : undefined
}

/** Option names as people write them, and where the policy keeps each. */
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
  ['ignoreNoStore', 'ignoreNoStore'],
  ['identity', 'identity'],
  ['key', 'key'],
  ['headers', 'headers'],
  ['params', 'params'],
  ['injectCredentials', 'injectCredentials'],
  ['timeout', 'timeoutMs'],
  ['maxBodyBytes', 'maxBodyBytes'],
]

function explainPolicy(policy: Policy): Explanation['policy'] {
  return Object.fromEntries(
    SHOWN.map(([option, field]) => [
      option,
      { value: shownValue(option, policy[field], policy), from: policy.sources[option] ?? 'default' },
    ]),
  )
}

function shownValue(option: string, value: unknown, policy: Policy): unknown {
  if (value === Number.POSITIVE_INFINITY || value === undefined) return 'none'
  if (option !== 'headers' && option !== 'params') return value
  const isSecret = (name: string): boolean =>
    option === 'headers' ? isCredentialHeader(name) : isCredentialParam(name, policy.key.credentialParams)
  const entries = Object.entries(value as Readonly<Record<string, string>>)
  return Object.fromEntries(entries.map(([name, text]) => [name, isSecret(name) ? 'REDACTED' : text]))
}
