// Puts what the origin gave into the tiers: a new entry, or an older one renewed by a 304. A body that is whole is in the
// near tier before the caller is answered, and the commit to the store follows; one that is still coming is stored when
// it has come, and its flight stays until then.
import type { ResponseDecision } from '../decide/decide-after-response.js'
import { repeatsSecret } from '../decide/repeated-secret.js'
import type { EventBus } from '../events/event-bus.js'
import { mergeNotModified, withoutFields } from '../http/header-fields.js'
import type { Because } from '../model/because.js'
import type { CacheAnswer } from '../model/cache-answer.js'
import type { CacheEntry, VaryNode } from '../model/cache-entry.js'
import { EntryBody } from '../model/entry-body.js'
import type { WriteResult } from '../model/store.js'
import type { Clock } from '../shared/clock.js'
import type { Asked } from './ask-origin.js'
import { type FlightResult, wholeResult } from './flight-result.js'
import type { FlightWork } from './flights.js'
import { answerFrom, answerFromOrigin } from './hop.js'
import type { KeyHasher } from './key-hasher.js'
import type { BodyEnd } from './live-body.js'
import { makeEntry } from './make-entry.js'
import { type PreparedCall, partialKey, variantKey, variantOf } from './prepared-call.js'
import { createSecretScanner } from './secret-scanner.js'
import { secretsOf } from './secrets-of.js'
import type { Tiers } from './tiers.js'

type StoreDecision = Extract<ResponseDecision, { action: 'store' }>

/** Stores and renews. */
export interface StoreAnswers {
  store(asked: Asked, decision: StoreDecision): FlightWork<FlightResult>
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

/** An entry on its way into the tiers. */
interface Placed {
  readonly asked: Asked
  readonly entry: CacheEntry
  readonly node: VaryNode | undefined
}

/** Makes the way into the tiers. */
export function createStoreAnswers({ clock, bus, tiers, hasher }: StoreParts): StoreAnswers {
  /** A store behind gets the bytes as they came; the near tier keeps the form that callers want. */
  function asItCame(entry: CacheEntry, bytes: Uint8Array): CacheEntry {
    return tiers.near === tiers.shared ? entry : { ...entry, body: new EntryBody(bytes) }
  }

  /** An entry that the near tier took can be found at once, any other when the store has it. */
  function findableOnce(key: string, committed: Promise<boolean>): Promise<boolean> | undefined {
    return tiers.near?.head(key) === undefined ? committed : undefined
  }

  function notStored({ call }: Asked['errand'], key: string, because: Because): void {
    bus.emit('not-stored', { key, service: call.service.name, because })
  }

  /** True where the store has it now. */
  function announce(errand: Asked['errand'], key: string, result: WriteResult | undefined): boolean {
    if (result?.isStored === true)
      bus.emit('stored', { key, service: errand.call.service.name, tiers: [tiers.shared.tier] })
    else if (result?.isStored === false && result.because === 'purged-meanwhile')
      notStored(errand, key, 'purged-meanwhile')
    return result?.isStored === true
  }

  function place(asked: Asked, decision: StoreDecision, body: EntryBody): Placed {
    const { errand, judged, cost, held } = asked
    const { call, beganSequence } = errand
    const { varyNames: names } = decision
    const key = keyOf(call, judged.status, names)
    const entry = makeEntry(call, judged, {
      ...decision,
      key,
      body,
      bodyId: held.bodyId,
      beganSequence,
      originMs: cost.originMs,
      nowMs: clock.nowMs(),
      confirmed: asked.confirmed,
      tags: tagsOf(asked),
    })
    const node: VaryNode | undefined =
      names.length === 0
        ? undefined
        : {
            kind: 'vary',
            key: baseKeyOf(call, judged.status),
            names,
            removeAtMs: entry.removeAtMs,
            sequence: beganSequence,
          }
    return { asked, entry, node }
  }

  function keyOf(call: PreparedCall, status: number, names: readonly string[]): string {
    const key = baseKeyOf(call, status)
    return names.length === 0 ? key : variantKey(hasher, { key, sendHeaders: call.sendHeaders }, names)
  }

  /** A part is kept beside the whole, never in its place. */
  function baseKeyOf(call: PreparedCall, status: number): string {
    return status === 206 ? partialKey(hasher, call) : call.key
  }

  /** A function of the operator's that fails costs the tags, not the answer. */
  function tagsOf({ errand: { call }, judged }: Asked): readonly string[] {
    try {
      const { policy, request, parts } = call
      return policy.tags?.({ method: request.method, url: parts.redactedUrl }, judged) ?? []
    } catch (error) {
      bus.emit('warning', { message: `the function tags of ${call.service.name} failed: ${String(error)}` })
      return []
    }
  }

  /** Makes a whole entry findable, here at once and in the store soon; resolves when that has it. */
  async function commitWhole({ asked, entry, node }: Placed, bytes: Uint8Array): Promise<boolean> {
    const { errand } = asked
    tiers.keepNear(entry)
    if (node !== undefined) tiers.keepNear(node)
    const scan = createSecretScanner(secretsOf(errand.call))
    // A body that repeats a credential of its call is kept in this process' memory alone, never at rest.
    if (tiers.near !== tiers.shared && scan(bytes)) {
      notStored(errand, entry.key, 'credential-in-response')
      return false
    }
    if (node !== undefined) await tiers.commit(node, errand.beganSequence)
    return announce(errand, entry.key, await tiers.commit(asItCame(entry, bytes), errand.beganSequence))
  }

  function storeWhole(asked: Asked, decision: StoreDecision, body: EntryBody): FlightWork<FlightResult> {
    const { errand, judged, cost } = asked
    const placed = place(asked, decision, body)
    const { entry } = placed
    const committed = commitWhole(placed, judged.bytes ?? body.bytes())
    asked.held.letGo()
    const answer = withOrigin(asked, entry, { ttlMs: lifeLeft(entry), because: errand.because })
    const variant = variantOf(hasher, errand.call, judged.headers)
    const fate = { kind: 'stored', committed } as const
    return {
      result: wholeResult(answer, { originMs: cost.originMs, variant, fate }),
      isFindable: findableOnce(entry.key, committed),
      released: undefined,
    }
  }

  /** Answers now; the entry is made when its body has come. */
  function storeLater(asked: Asked, decision: StoreDecision): FlightWork<FlightResult> {
    const { errand, judged, cost, held } = asked
    const { call, because } = errand
    const { varyNames: names } = decision
    const key = keyOf(call, judged.status, names)
    const isFindable = held.end.then((end) => commitEnded(asked, decision, end))
    const ttlMs = Math.max(0, decision.staleAtMs - clock.nowMs())
    const take = (): CacheAnswer | undefined => {
      const body = held.take()
      if (body === undefined) return undefined
      const facts = {
        outcome: 'miss',
        because,
        url: call.parts.redactedUrl,
        attempts: cost.attempts,
      } as const
      const answer = answerFromOrigin({ ...judged, body }, { ...facts, key })
      return { ...answer, ageMs: decision.initialAgeMs, ttlMs, isStored: true }
    }
    const variant = variantOf(hasher, call, judged.headers)
    return {
      result: {
        take,
        isStalled: held.isStalled,
        ttlMs,
        ageMs: decision.initialAgeMs,
        originMs: cost.originMs,
        isShareable: judged.status !== 206,
        fate: { kind: 'stored', committed: isFindable },
        variant,
      },
      isFindable,
      released: undefined,
    }
  }

  async function commitEnded(asked: Asked, decision: StoreDecision, end: BodyEnd): Promise<boolean> {
    const { errand, held } = asked
    const key = keyOf(errand.call, asked.judged.status, decision.varyNames)
    if (end.kind === 'whole') return commitWhole(place(asked, decision, end.body), end.body.bytes())
    if (end.kind === 'written') {
      const source = { sizeBytes: end.sizeBytes, chunks: () => end.writer.written() }
      const { entry, node } = place(asked, decision, new EntryBody(source))
      if (node !== undefined) {
        tiers.keepNear(node)
        await tiers.commit(node, errand.beganSequence)
      }
      const result = await tiers.finish(end.writer, entry, errand.beganSequence)
      // Whoever lags behind reads on from what was written.
      if (result?.isStored !== true) void held.left.then(() => end.writer.abandon()).catch(() => undefined)
      return announce(errand, key, result)
    }
    const isSecret = end.kind === 'too-large' && held.repeatsSecret()
    notStored(errand, key, isSecret ? 'credential-in-response' : WHY_NOT[end.kind])
    return false
  }

  return {
    store(asked, decision) {
      const { body } = asked.judged
      return body === undefined ? storeLater(asked, decision) : storeWhole(asked, decision, body)
    },

    renew(asked, entry, { initialAgeMs, staleAtMs, removeAtMs, unstoredFields }) {
      const { errand, judged, cost } = asked
      const { call, because, beganSequence } = errand
      const secrets = secretsOf(call)
      const update = judged.headers.filter(([, value]) => !repeatsSecret(value, secrets))
      const merged = mergeNotModified(entry.headers, update)
      const renewed: CacheEntry = {
        ...entry,
        headers: withoutFields(merged, new Set(unstoredFields)),
        confirmedAtMs: clock.nowMs(),
        confirmedMonotonicMs: clock.monotonicMs(),
        initialAgeMs,
        staleAtMs,
        removeAtMs,
        hasCallTtl: call.policy.hasCallTtl,
        sequence: Math.max(entry.sequence, beganSequence),
      }
      tiers.keepNear(renewed)
      const confirming = tiers.confirm(renewed, beganSequence)
      const announced = confirming.then((result) => announce(errand, renewed.key, result))
      const answer = {
        ...answerFrom(renewed, {
          outcome: 'revalidated',
          because,
          ageMs: initialAgeMs,
          ttlMs: lifeLeft(renewed),
          tier: 'origin',
          attempts: cost.attempts,
        }),
        headers: [...merged, ...judged.headers.filter(([name]) => name.toLowerCase() === 'set-cookie')],
        originStatus: judged.status,
      }
      const variant = variantOf(hasher, call, entry.headers)
      const fate = { kind: 'stored', committed: announced } as const
      return {
        result: wholeResult(answer, { originMs: cost.originMs, variant, fate }),
        isFindable: findableOnce(renewed.key, announced),
        released: undefined,
      }
    },
  }
}

const WHY_NOT = {
  'too-large': 'body-too-large',
  left: 'left-by-caller',
  'cut-short': 'body-cut-short',
} as const

function lifeLeft({ staleAtMs, confirmedAtMs }: CacheEntry): number {
  return Math.max(0, staleAtMs - confirmedAtMs)
}

/** The answer to those who came for a response that was stored: with all its fields. */
function withOrigin(
  { judged, cost }: Asked,
  entry: CacheEntry,
  { because, ttlMs }: { readonly because: Because; readonly ttlMs: number },
): CacheAnswer {
  const { attempts } = cost
  const ageMs = entry.initialAgeMs
  const stored = answerFrom(entry, { outcome: 'miss', because, ageMs, ttlMs, tier: 'origin', attempts })
  const { headers, status, statusText } = judged
  return { ...stored, headers, statusText, isStored: true, originStatus: status }
}
