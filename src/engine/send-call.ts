// A prepared call as it goes down the origin pipeline.
import { fieldValue } from '../http/header-fields.js'
import type { EntryHead } from '../model/cache-entry.js'
import type { HeaderList } from '../model/header-list.js'
import type { Attempts, Interest, OriginReply, OriginStep } from '../origin/origin-call.js'
import type { PreparedCall } from './prepared-call.js'

/** How a call is sent. */
export interface Sending {
  readonly pipeline: OriginStep
  readonly conditions?: HeaderList
  /** Ends the call, where it is made for one caller alone. */
  readonly signal?: AbortSignal | undefined
  readonly interest: Interest
  /** Told of each request that goes out. */
  readonly onAttempt: () => void
}

/** Sends a prepared call down the pipeline. */
export function sendCall(call: PreparedCall, sending: Sending): Promise<OriginReply> {
  const { request, parts, policy, service, isOwnUrl } = call
  const { pipeline, conditions = [], signal = new AbortController().signal, interest } = sending
  const usesOwnCredentials = policy.injectCredentials && isOwnUrl && !parts.isAuthorized
  return pipeline({
    service: service.name,
    policy,
    method: request.method,
    url: parts.sendUrl,
    redactedUrl: parts.redactedUrl,
    headers: [...parts.sendHeaders, ...conditions],
    body: request.body,
    transport: request.transport,
    authorization: usesOwnCredentials ? service.authorization : { kind: 'none' },
    signal,
    interest,
    attempts: countAttempts(sending.onAttempt),
  })
}

/** The interest of one caller, who leaves by aborting. */
export function interestOf(signal: AbortSignal | undefined): Interest {
  return {
    isWanted: () => signal?.aborted !== true,
    onUnwanted(listener) {
      signal?.addEventListener('abort', listener, { once: true })
      return () => signal?.removeEventListener('abort', listener)
    },
    giveUp: () => undefined,
  }
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
