// The slow way of one request: past the cache, or through the tiers to a decision, and on to the origin where it says so.
import { type LookupDecision, decideLookup, forbidsAsking } from '../decide/decide-lookup.js'
import type { CacheAnswer } from '../model/cache-answer.js'
import type { CacheEntry } from '../model/cache-entry.js'
import type { CacheRequest } from '../model/cache-request.js'
import { EMPTY_BODY } from '../model/entry-body.js'
import type { BudgetLevel } from '../model/limits.js'
import type { Tier } from '../model/tier.js'
import { assertNever } from '../shared/assert-never.js'
import type { Clock } from '../shared/clock.js'
import type { Errand } from './ask-origin.js'
import type { BypassCache } from './bypass.js'
import { type FlightResult, wholeResult } from './flight-result.js'
import type { Fly } from './fly.js'
import { type Hop, NO_COST, Unanswered, answerFrom, hitHop, refusal } from './hop.js'
import {
  type CallPreparer,
  type KnownCall,
  type PreparedCall,
  partialKey,
  prepareCall,
  variantKey,
  variantOf,
} from './prepared-call.js'
import { selectShare, selectShareOfPart } from './select-body.js'
import type { Found, Tiers } from './tiers.js'
import { updateFromHead } from './update-from-head.js'

/** What the slow way takes. */
export interface HopParts {
  readonly clock: Clock
  readonly tiers: Tiers
  readonly preparer: CallPreparer
  readonly bypassCache: BypassCache
  readonly fly: Fly
  /** How far the budget that a call counts under has run down. */
  readonly budgetOf: (call: KnownCall) => BudgetLevel
  /** What is known of a call, worked out at most once while the memo remembers it. */
  readonly recall: (request: CacheRequest) => KnownCall
}

/** What deciding on a lookup takes. */
type ConsiderParts = Pick<HopParts, 'clock' | 'tiers' | 'preparer' | 'budgetOf'>

/** The slow way, and what a near hit may set off. */
export interface AnswerHop {
  answerHop(request: CacheRequest): Promise<Hop>
  refreshAhead(request: CacheRequest, known: KnownCall): void
  /** Resolves when every refresh that a hit set off has begun, or was given up. */
  begun(): Promise<void>
}

/** What was found for a call. */
interface Lookup {
  readonly entry: CacheEntry | undefined
  readonly tier: Tier
}

/** Makes the slow way. */
export function createAnswerHop(parts: HopParts): AnswerHop {
  const { clock, tiers, preparer, fly } = parts
  const beginnings = new Set<Promise<void>>()

  async function answerHop(request: CacheRequest): Promise<Hop> {
    const known = parts.recall(request)
    if (known.bypass !== undefined) {
      const call = prepared(request, known)
      return forbidsAsking(call.demands)
        ? refusal('only-if-cached', { url: call.parts.redactedUrl, key: call.key, cost: NO_COST })
        : parts.bypassCache(call, known.bypass)
    }
    const found = await tiers.find(known.key)
    if (found?.record.kind === 'entry') {
      // Where it decides, how far the budget has run down is asked below and before a refresh.
      const decision = decideOn(found.record, known, { tiers, clock, request, budgetOf: ampleBudget })
      if (decision.action === 'serve-fresh') {
        if (decision.isRefreshDue) refreshAhead(request, known)
        return shareHop(request, known, hitHop(found.record, hitAnswer(found.record, decision, found.tier)))
      }
    }
    const call = prepared(request, known)
    return shareHop(request, known, await decideAndAct(call, found))
  }

  /** Begins a refresh behind the caller of a hit; whatever becomes of it is nobody's failure. */
  function refreshAhead(request: CacheRequest, known: KnownCall): void {
    if (!fly.mayAskBehind(known.key)) return
    const call = prepared(request, known)
    const beginning = tiers.find(call.key).then(async (found) => {
      const { decision, errand } = await consider(call, found, parts)
      if (decision.action === 'serve-fresh' && decision.isRefreshDue) fly.behind(errand)
    })
    const ended = beginning.catch(() => undefined).finally(() => beginnings.delete(ended))
    beginnings.add(ended)
  }

  function prepared(request: CacheRequest, known: KnownCall): PreparedCall {
    return 'parts' in known ? (known as PreparedCall) : prepareCall(request, preparer)
  }

  function shareHop({ method }: CacheRequest, { demands }: KnownCall, hop: Hop): Hop {
    const answer = selectShare(hop.answer, { method, demands, nowMs: clock.nowMs() })
    return answer === hop.answer ? hop : { ...hop, answer }
  }

  async function decideAndAct(call: PreparedCall, found: Found | undefined): Promise<Hop> {
    const { lookup, decision, errand } = await consider(call, found, parts)
    const { entry, tier } = lookup
    switch (decision.action) {
      case 'serve-fresh':
        if (entry === undefined) throw new TypeError('a hit needs an entry')
        if (decision.isRefreshDue) fly.behind(errand)
        return hitHop(entry, hitAnswer(entry, decision, tier))
      case 'serve-stale': {
        if (entry === undefined) throw new TypeError('a stale answer needs an entry')
        if (decision.isRefreshed) fly.behind(errand)
        return staleHop(entry, decision, tier)
      }
      case 'refuse':
        return (
          (await elsewhere(call)) ??
          refusal(decision.because, { url: call.parts.redactedUrl, key: call.key, cost: NO_COST })
        )
      case 'fetch':
      case 'revalidate':
        return (await elsewhere(call)) ?? (await askFor(errand))
      default:
        return assertNever(decision)
    }
  }

  /** A request for a part is served out of a stored part, and one for the head alone out of a stored whole. */
  async function elsewhere(call: PreparedCall): Promise<Hop | undefined> {
    const { demands, request } = call
    if (request.options.isHttp !== true || request.options.isRefresh === true) return undefined
    if (demands.range !== undefined) return partOf(call)
    return request.method === 'HEAD' ? headOf(call) : undefined
  }

  async function partOf(call: PreparedCall): Promise<Hop | undefined> {
    const key = partialKey(preparer.hasher, call)
    const { sendHeaders, demands, request } = call
    const { entry, tier } = await followVary({ key, sendHeaders }, await tiers.find(key), parts)
    if (entry === undefined) return undefined
    const decision = decideOn(entry, call, { ...parts, request })
    if (decision.action !== 'serve-fresh') return undefined
    const { method } = request
    const part = hitAnswer(entry, decision, tier)
    const answer = selectShareOfPart(part, { method, demands, nowMs: clock.nowMs() })
    return answer === undefined ? undefined : hitHop(entry, answer)
  }

  async function headOf(call: PreparedCall): Promise<Hop | undefined> {
    const asGet = prepareCall({ ...call.request, method: 'GET' }, preparer)
    const found = await tiers.find(asGet.key)
    const { entry, tier } = await followVary(asGet, found, parts)
    if (entry === undefined) return undefined
    const decision = decideOn(entry, asGet, { ...parts, request: call.request })
    if (decision.action !== 'serve-fresh') return undefined
    return hitHop(entry, { ...hitAnswer(entry, decision, tier), body: EMPTY_BODY })
  }

  /** An answer to HEAD says something of what is stored for GET. */
  async function tellGet({ call, beganSequence }: Errand, answer: CacheAnswer): Promise<void> {
    if (call.policy.freshness !== 'http' || answer.originStatus === undefined) return
    const asGet = prepareCall({ ...call.request, method: 'GET' }, preparer)
    const { entry } = await followVary(asGet, await tiers.find(asGet.key), parts)
    if (entry === undefined || tiers.stateOf(entry) !== 'none') return
    await updateFromHead({ call: asGet, entry, answer, beganSequence }, { clock, tiers })
  }

  async function askFor(errand: Errand): Promise<Hop> {
    const { call, action } = errand
    const { demands, request, parts: keyParts } = call
    const isHttp = request.options.isHttp === true
    const isSpecial = demands.conditions.length > 0 || demands.range !== undefined
    try {
      // Nothing to validate: the caller's own conditions and ranges go out, and what comes back is for it alone.
      if (isHttp && isSpecial && action === 'fetch' && demands.mode !== 'reload')
        return await fly.alone({ ...errand, action: 'forward' })
      const hop = await fly.together(errand)
      if (isHttp && request.method === 'HEAD') await tellGet(errand, hop.answer)
      return hop
    } catch (error) {
      if (!isHttp || !(error instanceof Unanswered) || !error.isForbidden) throw error
      return refusal('must-revalidate', { url: keyParts.redactedUrl, key: call.key, cost: error.cost })
    }
  }

  return {
    answerHop,
    refreshAhead,
    async begun() {
      await Promise.all(beginnings)
    },
  }
}

/** Looks up once more for one who is about to lead. */
export async function findLate(errand: Errand, parts: ConsiderParts): Promise<FlightResult | undefined> {
  const { tiers } = parts
  const { call } = errand
  if (tiers.near !== undefined && tiers.near.read(call.key) === undefined) return undefined
  const { lookup, decision } = await consider(call, await tiers.find(call.key), parts)
  const { entry, tier } = lookup
  if (decision.action !== 'serve-fresh' || entry === undefined) return undefined
  // Who refreshes ahead of time is not served by the very entry that is to be refreshed.
  if (errand.because === 'eager-refresh' && decision.isRefreshDue) return undefined
  const answer = hitAnswer(entry, decision, tier)
  const variant = variantOf(parts.preparer.hasher, errand.call, entry.headers)
  return wholeResult(answer, { originMs: entry.originMs, variant })
}

/** What another process was given since a moment of the wall clock and has put into the store, for those who waited for it. */
export async function findNews(
  errand: Errand,
  sinceMs: number,
  parts: ConsiderParts,
): Promise<FlightResult | undefined> {
  const { call, beganSequence } = errand
  const { lookup, decision } = await consider(call, await parts.tiers.find(call.key), parts)
  const { entry, tier } = lookup
  if (entry === undefined || decision.action === 'refuse') return undefined
  // The older entry itself may have got its number since, when its own write was committed.
  const { entry: older } = errand
  const isOther = entry.bodyId !== older?.bodyId || entry.confirmedAtMs > older.confirmedAtMs
  const isLate = entry.sequence > beganSequence && entry.confirmedAtMs >= sinceMs
  const isNew = isOther && isLate && parts.tiers.stateOf(entry) === 'none'
  const isFresh = decision.action === 'serve-fresh' && !decision.isRefreshDue
  if (!isNew && !isFresh) return undefined
  const { ageMs, ttlMs } =
    decision.action === 'serve-fresh' ? decision : { ageMs: entry.initialAgeMs, ttlMs: 0 }
  const facts = { outcome: 'coalesced', because: 'joined-call', ageMs, ttlMs, tier, attempts: 0 } as const
  const variant = variantOf(parts.preparer.hasher, call, entry.headers)
  return wholeResult(answerFrom(entry, facts), { originMs: entry.originMs, variant })
}

/** Decides on what was found, and makes ready for asking the origin. */
async function consider(
  call: PreparedCall,
  found: Found | undefined,
  parts: ConsiderParts,
): Promise<{ lookup: Lookup; decision: LookupDecision; errand: Errand }> {
  const { tiers } = parts
  const lookup = await followVary(call, found, parts)
  const { entry, tier } = lookup
  const beganSequence = await tiers.began()
  const decision = decideOn(entry, call, { ...parts, request: call.request })
  const purge = entry === undefined ? 'none' : tiers.stateOf(entry)
  const isValidated = decision.action !== 'fetch' && decision.action !== 'refuse'
  const action = isValidated ? 'revalidate' : 'fetch'
  const because = decision.action === 'serve-fresh' ? 'eager-refresh' : decision.because
  const errand: Errand = { call, entry, tier, purge, action, because, beganSequence }
  return { lookup, decision, errand }
}

async function followVary(
  call: Pick<KnownCall, 'key' | 'sendHeaders'>,
  found: Found | undefined,
  { tiers, preparer }: Pick<HopParts, 'tiers' | 'preparer'>,
): Promise<Lookup> {
  if (found === undefined) return { entry: undefined, tier: 'origin' }
  if (found.record.kind === 'entry') return { entry: found.record, tier: found.tier }
  const variant = await tiers.find(variantKey(preparer.hasher, call, found.record.names))
  return variant?.record.kind === 'entry'
    ? { entry: variant.record, tier: variant.tier }
    : { entry: undefined, tier: 'origin' }
}

function decideOn(
  entry: CacheEntry | undefined,
  known: KnownCall,
  { tiers, clock, request, budgetOf }: Omit<ConsiderParts, 'preparer'> & { readonly request: CacheRequest },
): LookupDecision {
  const { policy, demands } = known
  return decideLookup({
    entry,
    policy,
    demands,
    isRefresh: request.options.isRefresh === true,
    purge: entry === undefined ? 'none' : tiers.stateOf(entry),
    budget: entry === undefined ? 'ample' : budgetOf(known),
    now: { nowMs: clock.nowMs(), monotonicMs: clock.monotonicMs() },
  })
}

const ampleBudget = (): BudgetLevel => 'ample'

/** An answer out of a fresh entry. */
export function hitAnswer(
  entry: CacheEntry,
  { ageMs, ttlMs }: Extract<LookupDecision, { action: 'serve-fresh' }>,
  tier: Tier,
): CacheAnswer {
  return answerFrom(entry, { outcome: 'hit', because: 'fresh', ageMs, ttlMs, tier, attempts: 0 })
}

function staleHop(
  entry: CacheEntry,
  { because, ageMs, ttlMs }: Extract<LookupDecision, { action: 'serve-stale' }>,
  tier: Tier,
): Hop {
  const answer = answerFrom(entry, { outcome: 'stale', because, ageMs, ttlMs, tier, attempts: 0 })
  return hitHop(entry, answer)
}
