// Why a call would be answered as it would: the key's parts, the policy with the origin of each value, the entry and
// the decision. Nothing is called and nothing is counted.
import { decideLookup } from '../decide/decide-lookup.js'
import type { CacheEntry } from '../model/cache-entry.js'
import type { CacheRequest } from '../model/cache-request.js'
import type { Explanation } from '../model/entry-summary.js'
import type { BudgetLevel } from '../model/limits.js'
import type { Tier } from '../model/tier.js'
import type { Clock } from '../shared/clock.js'
import { summaryOf } from './entry-summaries.js'
import { type CallPreparer, type PreparedCall, prepareCall, variantKey } from './prepared-call.js'
import { shownPolicy } from './shown-policy.js'
import type { Tiers } from './tiers.js'

/** What explaining takes. */
export interface ExplainParts {
  readonly clock: Clock
  readonly tiers: Tiers
  readonly preparer: CallPreparer
  readonly budgetOf: (call: PreparedCall) => BudgetLevel
}

/** Explains a call. */
export async function explainCall(request: CacheRequest, parts: ExplainParts): Promise<Explanation> {
  const call = prepareCall(request, parts.preparer)
  const policy = shownPolicy(call.policy)
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
    purge: found === undefined ? 'none' : tiers.stateOf(found.entry),
    budget: parts.budgetOf(call),
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
