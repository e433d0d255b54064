// Puts what the origin gave into the tiers: a new entry, or an older one renewed by a 304. The near tier has it before
// the caller is answered; the commit to the store follows, with the bytes as the origin sent them.
import type { ResponseDecision } from '../decide/decide-after-response.js'
import { repeatsSecret } from '../decide/repeated-secret.js'
import type { EventBus } from '../events/event-bus.js'
import { mergeNotModified } from '../http/header-fields.js'
import type { CacheEntry, VaryNode } from '../model/cache-entry.js'
import { EntryBody } from '../model/entry-body.js'
import type { WriteResult } from '../model/store.js'
import type { Clock } from '../shared/clock.js'
import type { Asked, Errand, FlightResult } from './ask-origin.js'
import type { FlightWork } from './flights.js'
import { answerFrom } from './hop.js'
import type { Judged } from './judge-reply.js'
import type { KeyHasher } from './key-hasher.js'
import { makeEntry } from './make-entry.js'
import { type PreparedCall, variantKey } from './prepared-call.js'
import { secretsOf } from './secrets-of.js'
import type { Tiers } from './tiers.js'

/** Stores and renews. */
export interface StoreAnswers {
  store(asked: Asked, decision: Extract<ResponseDecision, { action: 'store' }>): FlightWork<FlightResult>
  renew(
    asked: Asked,
    entry: CacheEntry,
    decision: Extract<ResponseDecision, { action: 'update' }>,
  ): FlightWork<FlightResult>
}

/** What storing takes. */
export interface StoreParts {
  readonly clock: Clock
  readonly bus: EventBus
  readonly tiers: Tiers
  readonly hasher: KeyHasher
}

/** Shorter ones are words that any body may hold. */
const MIN_SECRET_LENGTH = 8

/** Makes the way into the tiers. */
export function createStoreAnswers({ clock, bus, tiers, hasher }: StoreParts): StoreAnswers {
  /** A store behind gets the bytes as they came; the near tier keeps the form that callers want. */
  function asItCame(entry: CacheEntry, { bytes }: Judged): CacheEntry {
    return tiers.near === tiers.shared ? entry : { ...entry, body: new EntryBody(bytes) }
  }

  /** An entry that the near tier took can be found at once, any other when the store has it. */
  function findableOnce(key: string, committed: Promise<void>): Promise<void> | undefined {
    return tiers.near?.head(key) === undefined ? committed : undefined
  }

  async function commitAll(entry: CacheEntry, node: VaryNode | undefined, errand: Errand): Promise<void> {
    const { call, beganSequence } = errand
    if (tiers.near !== tiers.shared && bodyRepeatsSecret(entry, call)) {
      bus.emit('not-stored', {
        key: entry.key,
        service: call.service.name,
        because: 'credential-in-response',
      })
      return
    }
    if (node !== undefined) await tiers.commit(node, beganSequence)
    announce(call, entry.key, await tiers.commit(entry, beganSequence))
  }

  function announce(call: PreparedCall, key: string, result: WriteResult | undefined): void {
    const service = call.service.name
    if (result?.isStored === true) bus.emit('stored', { key, service, tiers: [tiers.shared.tier] })
    else if (result?.isStored === false && result.because === 'purged-meanwhile') {
      bus.emit('not-stored', { key, service, because: 'purged-meanwhile' })
    }
  }

  return {
    store({ errand, judged, cost }, decision) {
      const { call, because, beganSequence } = errand
      const { varyNames: names } = decision
      const key = names.length === 0 ? call.key : variantKey(hasher, call, names)
      const entry = makeEntry(call, judged, {
        ...decision,
        key,
        beganSequence,
        originMs: cost.originMs,
        nowMs: clock.nowMs(),
        monotonicMs: clock.monotonicMs(),
      })
      const node = names.length === 0 ? undefined : varyNode(errand, entry, names)
      tiers.keepNear(entry)
      if (node !== undefined) tiers.keepNear(node)
      const isFindable = findableOnce(key, commitAll(asItCame(entry, judged), node, errand))
      const stored = answerFrom(entry, {
        outcome: 'miss',
        because,
        ageMs: 0,
        ttlMs: Math.max(0, entry.staleAtMs - entry.confirmedAtMs),
        tier: 'origin',
        attempts: cost.attempts,
      })
      const answer = { ...stored, headers: judged.headers }
      const variant = node === undefined ? undefined : { names, key }
      return { result: { answer, originMs: cost.originMs, isShareable: true, variant }, isFindable }
    },

    renew({ errand, judged, cost }, entry, { staleAtMs, removeAtMs }) {
      const { call, because, beganSequence } = errand
      const secrets = secretsOf(call)
      const update = judged.headers.filter(([, value]) => !repeatsSecret(value, secrets))
      const renewed: CacheEntry = {
        ...entry,
        headers: mergeNotModified(entry.headers, update),
        confirmedAtMs: clock.nowMs(),
        confirmedMonotonicMs: clock.monotonicMs(),
        staleAtMs,
        removeAtMs,
        hasCallTtl: call.policy.hasCallTtl,
        sequence: Math.max(entry.sequence, beganSequence),
      }
      tiers.keepNear(renewed)
      const confirming = tiers.confirm(renewed, beganSequence)
      const announced = confirming.then((result) => announce(call, renewed.key, result))
      const answer = answerFrom(renewed, {
        outcome: 'revalidated',
        because,
        ageMs: 0,
        ttlMs: Math.max(0, renewed.staleAtMs - renewed.confirmedAtMs),
        tier: 'origin',
        attempts: cost.attempts,
      })
      return {
        result: { answer, originMs: cost.originMs, isShareable: true, variant: undefined },
        isFindable: findableOnce(renewed.key, announced),
      }
    },
  }
}

/** A body that repeats a credential of its call is kept in this process' memory alone, never at rest. */
function bodyRepeatsSecret({ body }: CacheEntry, call: PreparedCall): boolean {
  const secrets = secretsOf(call).filter((secret) => secret.length >= MIN_SECRET_LENGTH)
  if (secrets.length === 0) return false
  const bytes = Buffer.from(body.bytes())
  return secrets.some((secret) => bytes.includes(secret) || bytes.includes(encodeURIComponent(secret)))
}

function varyNode({ call, beganSequence }: Errand, entry: CacheEntry, names: readonly string[]): VaryNode {
  return { kind: 'vary', key: call.key, names, removeAtMs: entry.removeAtMs, sequence: beganSequence }
}
