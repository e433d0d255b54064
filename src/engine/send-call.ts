// A prepared call as it goes down the origin pipeline.
import { CONDITION_FIELDS } from '../decide/decide-bypass.js'
import { fieldValue, firstValue, withoutFields } from '../http/header-fields.js'
import type { EntryHead } from '../model/cache-entry.js'
import type { CacheMode } from '../model/demands.js'
import type { HeaderList } from '../model/header-list.js'
import type { Attempts, OriginPipeline, OriginReply } from '../origin/origin-call.js'
import { UNCLAIMED } from '../model/unclaimed.js'
import { classifyReply } from './judge-reply.js'
import type { PreparedCall } from './prepared-call.js'

/** How a call is sent. */
export interface Sending {
  readonly pipeline: OriginPipeline
  /** `own`: with these, in place of the caller's; `callers`: with what the caller sent. */
  readonly conditions: { readonly whose: 'own'; readonly fields: HeaderList } | { readonly whose: 'callers' }
  /** True for what goes past the cache, to a caller who decodes bodies himself. */
  readonly keepsCoding?: boolean
  /** Ends the call, where it is made for one caller alone. */
  readonly signal?: AbortSignal | undefined
  /** When the caller's time is over, by the monotonic clock, where that is before the call's own timeout. */
  readonly endsAtMs?: number | undefined
  /** Told of each request that goes out. */
  readonly onAttempt: () => void
}

/** Unconditionally, and for the whole. */
export const UNCONDITIONAL: Sending['conditions'] = Object.freeze({ whose: 'own', fields: [] })

/** Sends a prepared call down the pipeline. */
export function sendCall(call: PreparedCall, sending: Sending): Promise<OriginReply> {
  const { request, parts, policy, service, isOwnUrl } = call
  const { pipeline, signal = new AbortController().signal } = sending
  const usesOwnCredentials = policy.injectCredentials && isOwnUrl && !parts.isAuthorized
  return pipeline.send({
    service: service.name,
    identity: call.identity,
    policy,
    isClaimed: service.name !== UNCLAIMED,
    method: request.method,
    url: parts.sendUrl,
    redactedUrl: parts.redactedUrl,
    headers: headersOf(call, sending),
    body: request.body,
    transport: request.transport,
    authorization: usesOwnCredentials ? service.authorization : { kind: 'none' },
    signal,
    attempts: countAttempts(sending.onAttempt),
    takes: request.options.isHttp === true ? 'stream' : 'whole',
    classify: ({ status, headers }) => classifyReply(call, { status, headers, json: undefined }),
    keepsCoding: sending.keepsCoding === true,
    endsAtMs: sending.endsAtMs,
  })
}

function headersOf({ parts, demands }: PreparedCall, { conditions }: Sending): HeaderList {
  const headers =
    conditions.whose === 'callers'
      ? parts.sendHeaders
      : [...withoutFields(parts.sendHeaders, CONDITION_FIELDS), ...conditions.fields]
  return demands.mode === 'default' ? headers : [...headers, ...modeFields(demands.mode, headers)]
}

/** What fetch says of its cache mode to caches on the way. https://fetch.spec.whatwg.org/#http-network-or-cache-fetch */
function modeFields(mode: CacheMode, headers: HeaderList): HeaderList {
  if (firstValue(headers, 'cache-control') !== undefined) return []
  if (mode === 'no-cache') return [['cache-control', 'max-age=0']]
  if (mode !== 'no-store' && mode !== 'reload') return []
  return [
    ['pragma', 'no-cache'],
    ['cache-control', 'no-cache'],
  ]
}

function countAttempts(onAttempt: () => void): Attempts {
  let count = 0
  return {
    get count() {
      return count
    },
    add() {
      count += 1
      onAttempt()
    },
  }
}

/** The conditions that validate an entry. https://www.rfc-editor.org/rfc/rfc9111#section-4.3.1 */
export function conditionsFor(entry: EntryHead): HeaderList {
  const etag = fieldValue(entry.headers, 'etag')
  const lastModified = fieldValue(entry.headers, 'last-modified')
  const conditions: (readonly [string, string])[] = []
  if (etag !== undefined && /^(W\/)?"/.test(etag)) conditions.push(['if-none-match', etag])
  if (lastModified !== undefined) conditions.push(['if-modified-since', lastModified])
  return conditions
}
